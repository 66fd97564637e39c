"""What stands beside a question: an example, where to find the answer, what it counts for, and how it was read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from registry.domain.answers import typed_otherwise
from registry.domain.criteria import CriteriaSet
from registry.domain.shapes import Gate, Indicator, Input
from registry.domain.values import written
from registry.web.plots import is_series
from registry.web.reading import split_clause
from registry.web.templating import figure, language_of_reader, picked, unit

# Figures that everything rests on would name every indicator of a set.
MOST_USES = 5
WAN = Decimal(10_000)
# Documents that hold in every province.
NATIONAL = ("GJ", "GW")


@dataclass(frozen=True, slots=True)
class Cited:
    """Clauses under the title of their document, each with its address where the portal has a page of it."""

    document: str
    refs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Help:
    """The help of a question: an example as it is entered, where to look, and what rests on the answer."""

    example: str
    where: str
    uses: tuple[str, ...]
    more: int
    clauses: tuple[Cited, ...]
    limits: str
    factors: tuple[str, ...] = ()

    @property
    def said(self) -> bool:
        """Whether there is anything to unfold."""
        return bool(self.where or self.uses or self.clauses or self.limits or self.factors)


def help_of(criteria: CriteriaSet, entry: Input, category: str = "") -> Help:
    """Return the help of an input; a clause is that of what rests on the answer.

    Clauses of other provinces and cities stand back where the document of the category, or a national one, has some.
    """
    resting = [one for one in _judged(criteria) if entry.key in criteria.uses[one.key]]
    clauses = dict.fromkeys(clause for one in resting for clause in one.clauses)
    return Help(
        example=with_unit(entry, entry.example) if entry.example is not None else "",
        where=picked(entry.where) if entry.where else "",
        uses=tuple(_use(one) for one in resting[:MOST_USES]),
        more=max(0, len(resting) - MOST_USES),
        clauses=tuple(_cited(criteria, _nearest(clauses, category))),
        limits=_limits(entry),
        factors=tuple(picked(criteria.tables[key].title) for key in _tables(criteria, entry.key)),
    )


def _nearest(clauses: Iterable[str], category: str) -> list[str]:
    """Return the clauses of the document of a category and of the national ones; all where there is none of these."""
    found = list(clauses)
    near = {category.partition("-")[0], *NATIONAL}
    return [clause for clause in found if split_clause(clause)[0] in near] or found


def _tables(criteria: CriteriaSet, key: str) -> list[str]:
    """Return the factor tables with which an input is counted, itself or beside it in a computed value."""
    formulas = {one.key: criteria.formulas[one.formula] for one in criteria.derived}
    waiting = {one for one, formula in formulas.items() if key in formula.names}
    seen: set[str] = set()
    while waiting - seen:
        name = min(waiting - seen)
        seen.add(name)
        waiting |= formulas[name].names & formulas.keys()
    return sorted({table for name in seen for table in formulas[name].tables})


def read_as(entry: Input, value: Any, typed: Any = None) -> str:
    """Return how a stored figure was read, where it has digits enough to be misread; else an empty text.

    What was `typed` in another unit is said whatever its size. A Chinese reader counts by ten thousands, so that the
    figure stands in these too.
    """
    if entry.kind not in ("number", "whole") or entry.unit == "year" or is_series(value) or not isinstance(value, str):
        return ""
    number = Decimal(value)
    otherwise = typed_otherwise(entry, typed)
    said = with_unit(entry, value)
    if otherwise is not None and otherwise.water:
        return str(_("%(figure)s (1 t of water counted as 1 m³)", figure=said))
    if abs(number) < WAN:
        return said if otherwise is not None else ""
    if language_of_reader() == "zh":
        tens = round(number / WAN, 4)
        return f"{said}（{figure(written(tens))} 万）"
    return said


def with_unit(entry: Input, value: str) -> str:
    """Return a figure with thousands set apart and its unit; a year and a day stand as they are."""
    if entry.kind == "date" or entry.unit == "year":
        return value
    return f"{figure(value)} {unit(entry.unit)}".strip()


def _cited(criteria: CriteriaSet, clauses: Iterable[str]) -> Iterator[Cited]:
    refs: dict[str, list[str]] = {}
    for clause in clauses:
        key, ref = split_clause(clause)
        refs.setdefault(key, []).append(ref)
    for key, found in refs.items():
        known = criteria.documents.get(key)
        # A document that the set brings along has no page of its own.
        own = known is None or key in criteria.shape.documents
        urls = ["" if own else url_for("public.document", key=key, _anchor=ref) for ref in found]
        yield Cited(picked(known.title) if known else key, tuple(zip(found, urls, strict=True)))


def _judged(criteria: CriteriaSet) -> tuple[Gate | Indicator, ...]:
    return (*criteria.gates, *criteria.indicators.values())


def _use(one: Gate | Indicator) -> str:
    if isinstance(one, Gate):
        return str(_("%(title)s (requirement)", title=picked(one.title)))
    return str(_("%(title)s (%(points)s points)", title=picked(one.title), points=written(one.points)))


def _limits(entry: Input) -> str:
    """Say between which figures an answer is usual."""
    if entry.plausible is None or entry.plausible.min is None or entry.plausible.max is None or entry.unit == "year":
        return ""
    low, high = figure(written(entry.plausible.min)), figure(written(entry.plausible.max))
    return str(_("Usual: %(low)s to %(high)s", low=low, high=high))
