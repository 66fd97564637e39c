"""The values of an assignment: reviewers, cases, rules, reasons, and the plan that comes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import NamedTuple


class Level(IntEnum):
    """How deep two paths of regions are compared; the country stands first in every path."""

    PROVINCE = 2
    CITY = 3
    DISTRICT = 4


class Demand(StrEnum):
    """The least expertise that a reviewer must have for a case."""

    MAIN = "main"
    ANY = "any"
    NONE = "none"


class Match(IntEnum):
    """How well a reviewer knows the fields of a case, in points; the main one is worth less than any at all."""

    NONE = 0
    OTHER = 2
    MAIN = 3


class Against(StrEnum):
    """Why a reviewer may not, or does not, judge a case."""

    TIED = "tied"
    SAME_REGION = "same_region"
    REGION_BARRED = "region_barred"
    SAME_ORGANISATION = "same_organisation"
    NO_EXPERTISE = "no_expertise"
    LOAD_FULL = "load_full"
    DECLINED = "declined"
    ALREADY_THERE = "already_there"
    COLLEAGUE_THERE = "colleague_there"
    NOT_CANDIDATE = "not_candidate"
    PLACES_TAKEN = "places_taken"
    UNKNOWN_CASE = "unknown_case"
    UNKNOWN_REVIEWER = "unknown_reviewer"
    TWICE = "twice"


class For(StrEnum):
    """What speaks for a pair, or only describes it."""

    MAIN_FIELD = "main_field"
    OTHER_FIELDS = "other_fields"
    LAST_RESORT = "last_resort"
    LOAD = "load"


class Duo(NamedTuple):
    """One reviewer for one case, by their keys."""

    case: int
    reviewer: int


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason as a key, for which words are found elsewhere, and the values that stand in them."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A reviewer as assignment sees one.

    `employer` is the present one, `organisations` are all others whose cases are not for this reviewer, past employers
    among them. `most` is the limit of the load, `taken` the load already carried, kept places included. `declined` are
    the keys of cases that this reviewer has turned down.
    """

    key: int
    fields: frozenset[str]
    most: int
    taken: int = 0
    region: tuple[str, ...] = ()
    barred_regions: frozenset[str] = frozenset()
    employer: str | None = None
    organisations: frozenset[str] = frozenset()
    declined: frozenset[int] = frozenset()

    @property
    def room(self) -> int:
        """How many more places this reviewer can take."""
        return max(0, self.most - self.taken)


@dataclass(frozen=True, slots=True)
class Case:
    """One application as assignment sees it.

    `fields` begins with the main field. `region` is the path from the country down. `organisations` are the applicant,
    its parents and affiliates and the evaluator firm. `needed` reviewers are wanted beside those `kept`, who stay.
    """

    key: int
    fields: tuple[str, ...]
    needed: int
    region: tuple[str, ...] = ()
    organisations: frozenset[str] = frozenset()
    kept: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """What a round demands of its assignment.

    `apart` is the level at which reviewer and applicant may not share a region, none if they may. `spread` asks for
    even loads. `candidates` is how many reviewers are weighed for each case. `seed` parts plans that are equally good.
    """

    seed: str
    apart: Level | None = Level.CITY
    own_organisation_barred: bool = True
    one_of_an_employer: bool = True
    demand: Demand = Demand.ANY
    spread: bool = True
    candidates: int = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """All that a plan depends on; `ties` forbids pairs for reasons found elsewhere."""

    cases: tuple[Case, ...]
    reviewers: tuple[Reviewer, ...]
    rules: Rules
    ties: Mapping[Duo, Reason] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a pair is possible, and every reason for it or against it."""

    possible: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A pair of the plan and what speaks for it."""

    case: int
    reviewer: int
    match: Match
    reasons: tuple[Reason, ...]

    @property
    def duo(self) -> Duo:
        """The keys of the pair."""
        return Duo(self.case, self.reviewer)


@dataclass(frozen=True, slots=True)
class Load:
    """What a reviewer carries before and after the plan, and the limit."""

    reviewer: int
    before: int
    after: int
    most: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A case that does not get all the reviewers it needs, and how many are missing."""

    case: int
    needed: int
    missing: int


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a plan is: places, points of expertise, pairs by match, and the burden, least when loads are even."""

    places: int
    filled: int
    points: int
    matches: Mapping[Match, int]
    burden: int


@dataclass(frozen=True, slots=True)
class Plan:
    """An assignment of the whole round with its grounds.

    `candidates` are the reviewers weighed for each case, `widened` the pairs beyond the limit of candidates that were
    weighed because places would else stay open; a plan made by hand has neither. `digest` is that of the problem.
    """

    placed: tuple[Placed, ...]
    loads: tuple[Load, ...]
    gaps: tuple[Gap, ...]
    figures: Figures
    seed: str
    digest: str
    candidates: Mapping[int, frozenset[int]] | None = None
    widened: tuple[Duo, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row of a plan made by hand; rows count from 1."""

    row: int
    duo: Duo
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Shortage:
    """The fewest further reviewers by field, the places they would fill, and the places that nobody could fill."""

    reviewers: Mapping[str, int]
    fills: Mapping[str, int]
    open_places: int
    beyond: Mapping[int, int]
