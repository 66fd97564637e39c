"""A criteria set as people read it: what is asked, cited and wanted as evidence, and where its numbers come from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import g
from sqlalchemy.orm import Session

from registry.domain import completeness
from registry.domain.criteria import CriteriaSet
from registry.domain.parts import surroundings
from registry.domain.shapes import (
    Entry,
    Gate,
    Indicator,
    Texts,
)
from registry.models import CriteriaVersion, Region, RoundCategory
from registry.queries import catalogue, criteria_versions, holdings, public
from registry.web.formula_words import words_of
from registry.web.templating import named
from registry.web.templating import said as _


@dataclass(frozen=True, slots=True)
class Asked:
    """What one category of a round asks: its criteria, which gates are on, and the papers that it may ask for."""

    row: RoundCategory
    criteria: CriteriaSet
    gates: tuple[tuple[Gate, bool], ...]
    papers: tuple[completeness.Wanted, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A gate or an indicator that rests on a clause, with the version of the set it stands in."""

    version: CriteriaVersion
    key: str
    title: Texts


def asked(session: Session, row: RoundCategory) -> Asked:
    """Return what a category of a round asks."""
    criteria = criteria_versions.of_round_category(session, row)
    switched = row.settings.get("gates", {})
    gates = tuple((gate, bool(switched.get(gate.key, gate.default == "on"))) for gate in criteria.gates)
    return Asked(row, criteria, gates, completeness.wanted(criteria))


def citing(session: Session) -> dict[str, dict[str, list[Citation]]]:
    """Return, for each document and clause, what rests on it in the criteria sets in force."""
    found: dict[str, dict[str, list[Citation]]] = {}
    for version, criteria in criteria_versions.parsed_each(session, public.criteria_in_force(session)):
        for entry, clauses in cited(criteria):
            for clause in dict.fromkeys(clauses):
                document, ref = split_clause(clause)
                found.setdefault(document, {}).setdefault(ref, []).append(Citation(version, entry.key, entry.title))
    return found


def split_clause(clause: str) -> tuple[str, str]:
    """Return the document's key and the reference of a citation."""
    document, _blank, ref = clause.partition(" ")
    return document, ref


def in_words(formula: str, criteria: CriteriaSet) -> str:
    """Return a formula with entries, choices and regions by their names in the reader's language."""
    return words_of(formula, criteria, region_name)


def region_name(key: str) -> str:
    """Return the name of a region; a key that is none names itself. The names are read once a request."""
    return named(_regions()[key]) if key in _regions() else key


def category_name(name: str) -> str:
    """Return the name of a category with its programme by its full name; one that is not there names itself."""
    if "categories" not in g:
        g.categories = {}
    if name not in g.categories:
        row = holdings.categories(g.session, (name,)).get(name)
        g.categories[name] = f"{named(row.programme)} · {named(row)}" if row else name
    found: str = g.categories[name]
    return found


def regions_around(key: str) -> list[str]:
    """Return a region and all that it lies in, from the inside out."""
    return surroundings(key, {one.key: one.parent_key for one in _regions().values()})


def _regions() -> dict[str, Region]:
    if "regions" not in g:
        g.regions = {region.key: region for region in catalogue.regions(g.session)}
    found: dict[str, Region] = g.regions
    return found


def source_words(kind: str) -> str:
    """Return what a kind of source is called."""
    return {
        "document": _("Stated in the document"),
        "derived": _("Our use of a number in the document"),
        "public": _("Another public source"),
        "default": _("Default set by the portal, to be confirmed by the issuing authority"),
    }[kind]


def cited(criteria: CriteriaSet) -> Iterator[tuple[Gate | Indicator, Sequence[str]]]:
    """Yield every entry that is judged, with the clauses it rests on, those of its items too."""
    for gate in criteria.gates:
        yield gate, gate.clauses
    for indicator in criteria.indicators.values():
        yield indicator, (*indicator.clauses, *_item_clauses(indicator.items))


def _item_clauses(items: Sequence[Entry]) -> Iterator[str]:
    for item in items:
        yield from item.clauses
