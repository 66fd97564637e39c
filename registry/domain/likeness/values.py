"""The words of likeness: what is compared, whose it is, why likeness matters, and the thresholds with their reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class TextKind(StrEnum):
    """What a text is; answers and evidence are held against each other, justifications among themselves."""

    ANSWER = "answer"
    EVIDENCE = "evidence"
    REVIEW = "review"


class Why(StrEnum):
    """Why it matters that two things are alike."""

    OTHER_APPLICANT = "other_applicant"
    OTHER_YEAR = "other_year"
    SAME_FIRM = "same_firm"
    OTHER_FIRM = "other_firm"
    TWO_REVIEWERS = "two_reviewers"
    ONE_REVIEWER = "one_reviewer"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose it is: the application with its applicant, year and evaluator firm, and of a justification the reviewer."""

    application: int
    applicant: str
    year: int
    firm: str = ""
    reviewer: int | None = None

    @property
    def hand(self) -> str:
        """By whose hand it was probably written: the reviewer's, else the firm's, else the applicant's."""
        if self.reviewer is not None:
            return f"reviewer:{self.reviewer}"
        return f"firm:{self.firm}" if self.firm else f"applicant:{self.applicant}"


@dataclass(frozen=True, slots=True)
class Text:
    """A text under its own key."""

    key: str
    kind: TextKind
    owner: Owner
    text: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file under its own key, known by digest and size."""

    key: str
    owner: Owner
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers that an application gives, by question; `key` is their own."""

    key: str
    owner: Owner
    values: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Rules:
    """What is left out, what is compared and from where on it is shown. The values are ours; each has its reason.

    `gram` 4: four Chinese signs are two words, so that phrases of the trade are shared but no sentence is by chance;
    four words for Latin writing. `alike` 0.5: with one sign in ten changed at random 0.9⁴ = 66 % of the shingles are
    left and the index is 0.66 / (2 − 0.66) = 0.49; half is where a text was gone over, not written anew. `held` 0.8: of
    a short text within a long one, one sign in eighteen changed (0.945⁴ = 0.80). `long` 80: as many shingles one after
    another are two or three whole sentences, which nobody writes twice, however much else stands around them.

    `usual_share` and `usual_least`: what stands in texts of more than a fifth of all hands, and of ten at least, is the
    language of the trade or of the form. Hands are counted and not texts, since a firm that gives its fifteen clients
    one text is the very thing to be found. `shortest` is how many shingles must be left for a text to say anything.

    `bands` of `rows` values: a pair of index s is a candidate with the chance 1 − (1 − sʳ)ᵇ; with 3 and 42 that is
    99.6 % at 0.5 and 4 % at 0.1. `window` 16 finds any common passage of 16 + 4 − 1 = 19 units for certain. Of groups
    beyond `largest` only neighbours and the first are paired: the cluster stays whole, its list of pairs does not.
    """

    seed: str = "likeness"
    gram: int = 4
    alike: float = 0.5
    held: float = 0.8
    long: int = 80
    usual_share: float = 0.2
    usual_least: int = 10
    shortest: Mapping[TextKind, int] = field(
        default_factory=lambda: {TextKind.ANSWER: 20, TextKind.EVIDENCE: 20, TextKind.REVIEW: 8}
    )
    rows: int = 3
    bands: int = 42
    window: int = 16
    largest: int = 60
    passage: int = 6


@dataclass(frozen=True, slots=True)
class Passage:
    """The same words in two texts: from where to where in each, as places in the text as it was written."""

    start: int
    end: int
    other_start: int
    other_end: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that are alike.

    `jaccard` is shared shingles by all, `containment` shared by those of the shorter, `longest` how many that count
    stand one after another in both.
    """

    one: str
    other: str
    jaccard: float
    containment: float
    longest: int
    why: frozenset[Why]
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Cluster:
    """Things that hang together, each like one other at least, with all reasons why that matters."""

    members: tuple[str, ...]
    why: frozenset[Why]


@dataclass(frozen=True, slots=True)
class Report:
    """Pairs, the most alike first, and clusters, the largest first.

    `too_short` were not compared; `usual` is how many shingles were left out as everybody's; `candidates` how many
    pairs were compared exactly; `thinned` is true where a group was too large for all its pairs to be listed.
    """

    pairs: tuple[Pair, ...]
    clusters: tuple[Cluster, ...]
    too_short: tuple[str, ...] = ()
    usual: int = 0
    candidates: int = 0
    thinned: bool = False


def reasons(one: Owner, other: Owner) -> frozenset[Why]:
    """Return why likeness of what these two own matters; nothing where it does not."""
    if (one.reviewer is None) != (other.reviewer is None):
        return frozenset()
    if one.reviewer is not None:
        if one.reviewer != other.reviewer:
            return frozenset({Why.TWO_REVIEWERS})
        return frozenset({Why.ONE_REVIEWER} if one.application != other.application else ())
    if one.application == other.application:
        return frozenset()
    found = set()
    if one.applicant != other.applicant:
        found.add(Why.OTHER_APPLICANT)
    if one.year != other.year:
        found.add(Why.OTHER_YEAR)
    if found and one.firm and other.firm:
        found.add(Why.SAME_FIRM if one.firm == other.firm else Why.OTHER_FIRM)
    return frozenset(found)
