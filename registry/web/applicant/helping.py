"""What stands beside a question: an example, where to find the answer, what it counts for, and how it was read."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from registry.domain.criteria import CriteriaSet
from registry.domain.shapes import Gate, Indicator, Input
from registry.domain.values import written
from registry.web.plots import is_series
from registry.web.templating import figure, language_of_reader, picked, unit

# Figures that everything rests on would name every indicator of a set.
MOST_USES = 5
WAN = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class Help:
    """The help of a question: an example as it is entered, where to look, and what rests on the answer."""

    example: str
    where: str
    uses: tuple[str, ...]
    more: int
    clauses: tuple[str, ...]
    limits: str


def help_of(criteria: CriteriaSet, entry: Input) -> Help:
    """Return the help of an input; a clause is that of what rests on the answer."""
    resting = [one for one in _judged(criteria) if entry.key in criteria.uses[one.key]]
    clauses = dict.fromkeys(clause for one in resting for clause in one.clauses)
    return Help(
        example=with_unit(entry, entry.example) if entry.example is not None else "",
        where=picked(entry.where) if entry.where else "",
        uses=tuple(_use(one) for one in resting[:MOST_USES]),
        more=max(0, len(resting) - MOST_USES),
        clauses=tuple(clauses),
        limits=_limits(entry),
    )


def read_as(entry: Input, value: Any) -> str:
    """Return how a stored figure was read, where it has digits enough to be misread; else an empty text.

    A Chinese reader counts by ten thousands, so that the figure stands in these too.
    """
    if entry.kind not in ("number", "whole") or entry.unit == "year" or is_series(value) or not isinstance(value, str):
        return ""
    number = Decimal(value)
    if abs(number) < WAN:
        return ""
    said = with_unit(entry, value)
    if language_of_reader() == "zh":
        tens = round(number / WAN, 4)
        return f"{said}（{figure(written(tens))} 万）"
    return said


def with_unit(entry: Input, value: str) -> str:
    """Return a figure with thousands set apart and its unit; a year and a day stand as they are."""
    if entry.kind == "date" or entry.unit == "year":
        return value
    return f"{figure(value)} {unit(entry.unit)}".strip()


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
