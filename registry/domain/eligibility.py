"""Who may apply: what a category takes, held against the kind of a site, where it lies, and the awards it has."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from registry.domain.vocabulary import Level, Once, SiteKind

# These stand for their region as a whole; all others lie in one.
WHOLE = frozenset({SiteKind.CITY, SiteKind.ZONE})


class Exclusion(StrEnum):
    """Why a category does not take a site, as the key of the sentence that says so."""

    OUTSIDE = "site_outside_programme"
    TOO_WIDE = "site_region_too_wide"
    KIND = "site_kind_not_taken"
    LEVEL = "site_level_not_taken"
    NOT_NAMED = "site_not_named"
    NOT_LISTED = "site_not_listed"
    HELD_ALREADY = "award_held_already"


@dataclass(frozen=True, slots=True)
class Place:
    """A region: the keys of all that it lies in and the levels above and below it, with its own among them."""

    key: str
    level: Level
    line: frozenset[str]
    above: frozenset[Level]
    below: frozenset[Level]


@dataclass(frozen=True, slots=True)
class Taking:
    """What a category takes; what is empty sets no limit, and without a region it is the whole country.

    `bureaus` are the levels at which a bureau recommends.
    """

    region_key: str | None = None
    kinds: frozenset[SiteKind] = frozenset()
    levels: frozenset[Level] = frozenset()
    named: frozenset[str] = frozenset()
    bureaus: frozenset[Level] = frozenset()


@dataclass(frozen=True, slots=True)
class Prior:
    """What a category asks of the awards that are valid: one of those in `after`, and maybe none of its own.

    Categories go by their full names, with the key of their programme: `shenzhen-projects/SZ-02`.
    """

    name: str
    after: frozenset[str] = frozenset()
    once: Once | None = None

    def exclusion(self, of_site: Collection[str], of_applicant: Collection[str]) -> Exclusion | None:
        """Return why valid awards in these categories keep somebody out, or the lack of them; None where they do not.

        An award of the applicant counts under its credit code, whichever site it is for.
        """
        if self.after and self.after.isdisjoint((*of_site, *of_applicant)):
            return Exclusion.NOT_LISTED
        held = {Once.SITE: of_site, Once.APPLICANT: (*of_site, *of_applicant)}
        if self.once is not None and self.name in held[self.once]:
            return Exclusion.HELD_ALREADY
        return None


def full_name(programme: str, category: str) -> str:
    """Return how a category is named outside its programme, by the keys of both."""
    return f"{programme}/{category}"


def exclusion(taking: Taking, kind: SiteKind, place: Place, *, whole: bool) -> Exclusion | None:
    """Return why a category does not take a site of a kind at a place, or None where it does.

    `whole` says that the site stands for the region, and does not only lie in it.
    """
    if taking.region_key is not None and taking.region_key not in place.line:
        return Exclusion.OUTSIDE
    if not whole and passed_over(taking, place):
        return Exclusion.TOO_WIDE
    if taking.kinds and kind not in taking.kinds:
        return Exclusion.KIND
    if taking.levels and place.level not in taking.levels:
        return Exclusion.LEVEL
    if taking.named and place.key not in taking.named:
        return Exclusion.NOT_NAMED
    return None


def passed_over(taking: Taking, place: Place) -> list[Level]:
    """Return the levels whose bureau would be passed over by a site that gives so wide a region.

    Where a region has none below it nobody is passed over.
    """
    return [level for level in Level if level in taking.bureaus - place.above and level in place.below]


def taken_at(taking: Taking, kinds: Iterable[SiteKind], places: Iterable[Place]) -> list[Place]:
    """Return those of the places at which a site of one of these kinds is taken."""
    kinds = tuple(kinds)
    return [
        place for place in places if any(exclusion(taking, kind, place, whole=kind in WHOLE) is None for kind in kinds)
    ]
