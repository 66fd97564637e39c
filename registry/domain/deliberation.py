"""A meeting that deliberates: who took part, who stayed out of what, and what it says of each application."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from registry.domain.attending import Person, halves
from registry.domain.errors import Invalid
from registry.domain.reasons import reasoned
from registry.domain.vocabulary import MeetingMethod, MeetingPart

FEWEST = 2
MOST = 60
VOTING = frozenset({MeetingPart.CHAIR, MeetingPart.MEMBER})


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody present, and in which part."""

    name: str
    unit: str
    part: MeetingPart

    def as_dict(self) -> dict[str, str]:
        """Return what is kept of the person."""
        return {"name": self.name, "unit": self.unit, "part": str(self.part)}


@dataclass(frozen=True, slots=True)
class Recusal:
    """Somebody present who stayed out of one application, and why."""

    name: str
    application: int
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """Return what is kept of the recusal."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the meeting says of one application; the votes are given where it voted, and nowhere else."""

    application: int
    supported: bool
    in_favour: int | None = None
    against: int | None = None
    abstained: int | None = None
    reason: str = ""

    @property
    def votes(self) -> tuple[int | None, int | None, int | None]:
        return self.in_favour, self.against, self.abstained


def gathered(
    chair: Sequence[Person], members: Iterable[Person], secretaries: Iterable[Person], observers: Iterable[Person]
) -> tuple[Present, ...]:
    """Return all who were present.

    Raises Invalid where there is not one chair, too few or too many were there, or two have the same name: votes and
    recusals go by the name.
    """
    if len(chair) != 1:
        raise Invalid("meeting_one_chair", field="chair")
    groups = (
        ("chair", MeetingPart.CHAIR, chair),
        ("members", MeetingPart.MEMBER, members),
        ("secretaries", MeetingPart.SECRETARY, secretaries),
        ("observers", MeetingPart.OBSERVER, observers),
    )
    found: list[Present] = []
    for field, part, people in groups:
        for person in people:
            if person.name in {other.name for other in found}:
                raise Invalid("person_named_twice", field=field, name=person.name)
            found.append(Present(person.name, person.unit, part))
    if not FEWEST <= len(found) <= MOST:
        raise Invalid("people_outside", field="members", least=FEWEST, most=MOST, count=len(found))
    return tuple(found)


def read_recusals(text: str, application: int) -> tuple[Recusal, ...]:
    """Return who stayed out of an application, from a text with one a line: name | reason."""
    lines = (halves(line) for line in text.splitlines() if line.strip())
    return tuple(Recusal(name, application, reason) for name, reason in lines)


def check_recusals(recusals: Sequence[Recusal], present: Iterable[Present]) -> None:
    """Raise Invalid for a recusal without a reason, of nobody who was present, or told twice."""
    names = {person.name for person in present}
    for recusal in recusals:
        field = f"recused_{recusal.application}"
        if recusal.name not in names:
            raise Invalid("recused_not_present", field=field, name=recusal.name)
        if not recusal.reason:
            raise Invalid("recusal_without_reason", field=field, name=recusal.name)
        if sum((one.name, one.application) == (recusal.name, recusal.application) for one in recusals) > 1:
            raise Invalid("person_named_twice", field=field, name=recusal.name)


def voters(application: int, present: Iterable[Present], recusals: Iterable[Recusal]) -> int:
    """Return how many may vote on an application: chair and members, less those who stayed out of it."""
    out = {recusal.name for recusal in recusals if recusal.application == application}
    return sum(person.part in VOTING and person.name not in out for person in present)


def checked(opinion: Opinion, method: MeetingMethod, able: int, *, explained: bool = False) -> Opinion:
    """Return an opinion with its reason tidied; `able` is how many may vote on it.

    With `explained` a reason is needed even where it is supported.

    Raises Invalid, naming the field of the application, where nobody was left to judge, votes are missing, are more
    than there are voters, do not agree with the opinion, or were not asked for, and where it is not supported without a
    reason.
    """
    number = opinion.application
    if able < 1:
        raise Invalid("nobody_left_to_judge", field=f"recused_{number}")
    if method is MeetingMethod.VOTE:
        _check_votes(opinion, able)
    elif opinion.votes != (None, None, None):
        raise Invalid("votes_without_voting", field=f"in_favour_{number}")
    needs_reason = explained or not opinion.supported
    reason = reasoned(opinion.reason, f"reason_{number}") if needs_reason else opinion.reason.strip()
    return Opinion(number, opinion.supported, *opinion.votes, reason)


def _check_votes(opinion: Opinion, able: int) -> None:
    number = opinion.application
    in_favour, against, abstained = opinion.votes
    if in_favour is None or against is None or abstained is None:
        missing = next(name for name in ("in_favour", "against", "abstained") if getattr(opinion, name) is None)
        raise Invalid("votes_needed", field=f"{missing}_{number}")
    if min(in_favour, against, abstained) < 0:
        raise Invalid("number_negative", field=f"in_favour_{number}")
    if in_favour + against + abstained != able:
        raise Invalid("votes_not_those_of_voters", field=f"in_favour_{number}", voters=able)
    if opinion.supported is not (in_favour > against):
        raise Invalid("votes_say_otherwise", field=f"supported_{number}", in_favour=in_favour, against=against)
