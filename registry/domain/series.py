"""Series: the daily or monthly records from which a figure is filled, how far they cover the year, and what stands out.

A record is a number on a date, a day (2025-01-31) or a month (2025-01); one series never mixes the two. Inputs of one
table come from one measuring system: where several of them are added up, only the dates that all of these have count,
so that a ratio of two sums is one over the same days. A mean counts its own dates, and where it is weighted those that
have a weight: what is sampled once a week does not take days from what is metered every day.
"""

import re
from calendar import isleap, monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from statistics import median

from registry.domain.errors import Invalid
from registry.domain.shapes import CoverageRule, SeriesRule
from registry.domain.values import CONTEXT, ZERO

DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
MONTHS = 12
# A record is pointed out beyond this many median deviations; 1.4826 makes one of them a standard deviation where
# the records are normally distributed (the usual "modified z-score", there with a limit of 3.5).
OUTLYING = Decimal("3.5") * Decimal("1.4826")

Records = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the days or months of the year have a record, and what the set asks of that."""

    recorded: int
    expected: int
    monthly: bool
    rule: CoverageRule | None
    mixed: bool = False

    @property
    def enough(self) -> bool:
        """Whether there are records, not fewer than the least with which there is a figure, and no gaps beside what
        was typed: a sum over part of the year does not go with one over all of it."""
        return (
            not (self.mixed and self.recorded < self.expected)
            and self.recorded > 0
            and (self.rule is None or self.recorded >= self.rule.least * self.expected)
        )

    @property
    def short(self) -> bool:
        """Whether there are fewer records than are asked."""
        return self.rule is not None and self.recorded < self.rule.asked * self.expected


def period_of(text: object) -> bool | None:
    """Tell whether a date is a month (True) or a day (False); None where it is no date."""
    if not isinstance(text, str):
        return None
    if MONTH.fullmatch(text):
        return True
    try:
        return False if DAY.fullmatch(text) and date.fromisoformat(text) else None
    except ValueError:
        return None


def one_period(dates: Iterable[str], year: int | None, field: str) -> bool | None:
    """Tell whether these dates are months, None if there are none.

    Raises Invalid where days and months are mixed or a date lies outside the year.
    """
    monthly: bool | None = None
    for one in dates:
        kind = period_of(one)
        if monthly is None:
            monthly = kind
        if kind is not monthly:
            raise Invalid("dates_mixed", field=field, value=one)
        if year is not None and int(one[:4]) != year:
            raise Invalid("date_outside_year", field=field, value=one, year=str(year))
    return monthly


def coverage(dates: Iterable[str], year: int | None, rule: SeriesRule, *, mixed: bool = False) -> Coverage:
    """Return how far dates cover a year; without a year it is that of the first date."""
    known = sorted(dates)
    monthly = bool(known) and period_of(known[0]) is True
    of_year = year if year is not None else int(known[0][:4]) if known else 1
    expected = MONTHS if monthly else 366 if isleap(of_year) else 365
    return Coverage(len(known), expected, monthly, rule.coverage, mixed)


def days_covered(dates: Iterable[str]) -> int:
    """Return the number of days that dates stand for; a month stands for all its days."""
    return sum(monthrange(int(one[:4]), int(one[5:7]))[1] if period_of(one) else 1 for one in dates)


def reduced(rule: SeriesRule, records: Records, dates: frozenset[str], weights: Records | None = None) -> Decimal:
    """Return the figure that a series comes to on these dates, at least one of which it must have.

    Weights, where there are any, have a record on each date; raises Invalid where they add up to nothing.
    """
    chosen = sorted(dates)
    numbers = [records[one] for one in chosen]
    with localcontext(CONTEXT):
        if rule.reduce == "last":
            return numbers[-1]
        if rule.reduce == "min":
            return min(numbers)
        if rule.reduce == "max":
            return max(numbers)
        if rule.reduce == "sum":
            return sum(numbers, ZERO)
        if weights is None:
            return sum(numbers, ZERO) / len(numbers)
        weight = sum((weights[one] for one in chosen), ZERO)
        if weight <= ZERO:
            raise Invalid("weights_nothing")
        return sum((records[one] * weights[one] for one in chosen), ZERO) / weight


def outliers(rule: SeriesRule, records: Records) -> frozenset[str]:
    """Return the dates whose records stand out: beyond the plausible range, or far from the median of the series."""
    found = {one for one, number in records.items() if rule.plausible is not None and not rule.plausible.holds(number)}
    if len(records) > 2:
        with localcontext(CONTEXT):
            middle = median(records.values())
            spread = median(abs(number - middle) for number in records.values())
            found |= {one for one, number in records.items() if spread and abs(number - middle) > OUTLYING * spread}
    return frozenset(found)
