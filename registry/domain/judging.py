"""The rules by which single figures are found, used by the scoring and again by its working."""

from decimal import Decimal, DecimalException
from typing import NamedTuple

from registry.domain.criteria import CriteriaSet
from registry.domain.curves import share_of
from registry.domain.formula import reason
from registry.domain.shapes import Indicator, Panel, Section
from registry.domain.values import ZERO, UncomputableError

TRIMMED_FROM = 5


class Mean(NamedTuple):
    """The marks of a panel joined: what counted and what was dropped."""

    value: Decimal
    counted: tuple[Decimal, ...]
    dropped: tuple[Decimal, ...]


def panel_rule(criteria: CriteriaSet, indicator: Indicator) -> Panel:
    """Return the rule that joins the marks of a panel."""
    rule = indicator.panel or criteria.rules.panel
    if rule is None:
        raise ValueError(indicator.key)
    return rule


def needs_justification(criteria: CriteriaSet, indicator: Indicator, points: Decimal) -> bool:
    """Tell whether a mark of these points needs a justification, by the rule of its panel."""
    asked = panel_rule(criteria, indicator).justification
    ends = (indicator.levels[0].points, indicator.levels[-1].points)
    return asked == "always" or (asked == "extremes" and not ends[0] < points < ends[1])


def mean_of(rule: Panel, marks: tuple[Decimal, ...]) -> Mean:
    """Join the sorted marks of a panel by its rule."""
    counted = marks
    dropped: tuple[Decimal, ...] = ()
    if rule.rule == "trimmed_mean" and len(marks) >= TRIMMED_FROM:
        counted, dropped = marks[1:-1], (marks[0], marks[-1])
    elif rule.rule == "median":
        middle = len(marks) // 2
        counted = marks[middle : middle + 1] if len(marks) % 2 else marks[middle - 1 : middle + 1]
    return Mean(sum(counted, ZERO) / len(counted), counted, dropped)


def deviation(marks: tuple[Decimal, ...]) -> Decimal:
    """Return how far the marks of a panel are apart: their standard deviation."""
    average = sum(marks, ZERO) / len(marks)
    apart = [mark - average for mark in marks]
    variance = sum([one * one for one in apart], ZERO) / len(marks)
    return variance.sqrt()


def about_failure(error: Exception) -> dict[str, str]:
    """Return the key and values that say why something cannot be computed."""
    if isinstance(error, UncomputableError):
        return {"reason": error.key, **error.values}
    return {"reason": reason(error) if isinstance(error, DecimalException) else "no_number"}


def least_of(section: Section, most: Decimal) -> Decimal:
    """Return the points that a section must reach, out of the points that apply."""
    minimum = section.minimum
    if minimum is None:
        return ZERO
    return share_of(minimum) * most if minimum.endswith("%") else Decimal(minimum)
