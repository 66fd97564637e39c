"""The words of ties: organisations, bonds between them, what links a person to them, ways, findings and verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from registry.domain.policy import INTEREST_MONTHS
from registry.domain.ties.names import read


class BondKind(StrEnum):
    """How one organisation stands to another: the other is its parent, or an affiliate of it."""

    PARENT = "parent"
    AFFILIATE = "affiliate"


class LinkKind(StrEnum):
    """What links a person to an organisation or to somebody by name."""

    EMPLOYER = "employer"
    SEAT = "seat"
    DECLARED = "declared"


class Part(StrEnum):
    """The part that an organisation has in an application."""

    APPLICANT = "applicant"
    OWNER = "owner"
    OPERATOR = "operator"
    JOINT_APPLICANT = "joint_applicant"
    EVALUATOR = "evaluator"
    CONSULTANT = "consultant"
    BUREAU = "bureau"


class Tie(StrEnum):
    """With what a way begins, at the person."""

    EMPLOYER = "employer"
    PAST_EMPLOYER = "past_employer"
    SEAT = "seat"
    PAST_SEAT = "past_seat"
    DECLARED = "declared"
    NAMESAKE = "namesake"


class Reach(StrEnum):
    """How it goes on from the organisation to which the person is linked to the one that has a part.

    It is that organisation; its parent or subsidiary at any depth; a member of the same group under a common parent;
    an affiliate, or an affiliate's affiliate; connected by bonds of several sorts; under the same legal representative
    with a further agreement, or under one of the same name alone. Last, the link goes to the legal representative.
    """

    DIRECT = "direct"
    LINE = "line"
    GROUP = "group"
    AFFILIATE = "affiliate"
    CONNECTED = "connected"
    SAME_REPRESENTATIVE = "same_representative"
    REPRESENTATIVE_NAMESAKE = "representative_namesake"
    REPRESENTATIVE = "representative"


class By(StrEnum):
    """By what organisations on the way are held to be the same: by codes alone, by name, or by a like name."""

    CODE = "code"
    NAME = "name"
    LIKE_NAME = "like_name"


class Strength(StrEnum):
    """A certain tie blocks; a possible one is to be judged."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


class StepKind(StrEnum):
    """One step of a way, in the direction in which it is told."""

    EMPLOYER = "employer"
    PAST_EMPLOYER = "past_employer"
    SEAT = "seat"
    PAST_SEAT = "past_seat"
    DECLARED = "declared"
    NAMESAKE = "namesake"
    PARENT = "parent"
    SUBSIDIARY = "subsidiary"
    AFFILIATE = "affiliate"
    LED_BY = "led_by"
    LEADS = "leads"
    SAME_NAME = "same_name"
    LIKE_NAME = "like_name"


class NodeKind(StrEnum):
    """What stands on a way."""

    PERSON = "person"
    ORGANISATION = "organisation"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as far as it is known; `region` is the path from the country down, as assignment has it."""

    name: str
    code: str = ""
    name_en: str = ""
    region: tuple[str, ...] = ()
    representative: str = ""

    @property
    def key(self) -> str:
        """By what it is known: its credit code, else its name in the one spelling."""
        return f"code:{self.code}" if self.code else f"name:{read(self.name or self.name_en).key}"


@dataclass(frozen=True, slots=True)
class Bond:
    """A bond from one organisation to another, by their keys; `until` is the day on which it no longer held."""

    kind: BondKind
    one: str
    other: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """What links a person to an organisation, or, where declared, to somebody by name; `words` are the declared ones.

    `until` is the day on which it ended. A link that is still to begin counts as one that has: it is agreed.
    """

    kind: LinkKind
    to: Organisation | None = None
    named: str = ""
    since: date | None = None
    until: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A person by number, with all that links one to organisations."""

    number: int
    name: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation, by its key, with its part in an application."""

    organisation: str
    part: Part


@dataclass(frozen=True, slots=True)
class Case:
    """An application with whoever has a part in it."""

    key: int
    parties: tuple[Party, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts how long and how far.

    Three years after an employment ended are those of the Regulation on the Implementation of the Government
    Procurement Law (政府采购法实施条例), article 9, by which whoever worked for a supplier in the three years before
    stands aside; the months of a seat that ended are the portal's own. `region_depth` is how many steps of two paths of
    regions must be common to agree: country, province and city.
    """

    past_employer_months: int = 36
    past_seat_months: int = INTEREST_MONTHS
    region_depth: int = 3
    group_is_certain: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A person, an organisation or somebody known by name alone, with the key it is known by and the name to show."""

    kind: NodeKind
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """A step from one node to the next, with its time and, where declared, its words."""

    kind: StepKind
    since: date | None = None
    until: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """The shortest way of its sort from one organisation to another: one node more than steps."""

    reach: Reach
    by: By
    nodes: tuple[Node, ...]
    steps: tuple[Step, ...]
    affiliates: int = 0

    @property
    def end(self) -> str:
        """The key of the organisation at which it ends."""
        return self.nodes[-1].key


@dataclass(frozen=True, slots=True)
class Finding:
    """A tie of a person to an organisation that has a part in an application, with the whole way from one to the other.

    `fingerprint` stands for person, both ends, the sort of the way and the words of what was declared: what was decided
    about it holds wherever it is found again, and for no way of another sort. `between` stands for the two
    organisations alone, whoever the person; it is empty where nothing lies between them.
    """

    person: int
    tie: Tie
    reach: Reach
    by: By
    parts: tuple[Part, ...]
    strength: Strength
    nodes: tuple[Node, ...]
    steps: tuple[Step, ...]
    fingerprint: str
    between: str

    @property
    def unequivocal(self) -> bool:
        """Whether nobody can dismiss it: the organisation's employment known by the code, or a seat in it.

        A seat counts present or past, known by the code or the name; one in an organisation of a like name does not.
        """
        if self.reach is not Reach.DIRECT:
            return False
        by_code = self.tie is Tie.EMPLOYER and self.by is By.CODE
        return by_code or (self.tie in _SEATS and self.by is not By.LIKE_NAME)

    @property
    def blocks(self) -> bool:
        """Whether the person must not judge as long as it stands: it is certain, or the employer's name is like.

        An employer of a like name may well be the same: somebody is to look before the person reads anything.
        """
        near = (self.tie, self.reach, self.by) == (Tie.EMPLOYER, Reach.DIRECT, By.LIKE_NAME)
        return near or self.strength is Strength.CERTAIN


_SEATS = frozenset({Tie.SEAT, Tie.PAST_SEAT})


class Decision(StrEnum):
    """What was decided about a finding."""

    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A remembered decision about a fingerprint: of a finding, or of what lies between two organisations."""

    fingerprint: str
    decision: Decision
    reason: str
    by: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """What stands of some findings, strongest first, and what was dismissed, each with the verdict on it."""

    standing: tuple[Finding, ...]
    dismissed: tuple[tuple[Finding, Verdict], ...] = ()
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Whether one of those that stand blocks."""
        return any(one.blocks for one in self.standing)


def fingerprint(*parts: str) -> str:
    """Return the digest by which the same finding is known again."""
    return sha256("\x1f".join(("tie", "1", *parts)).encode()).hexdigest()[:32]
