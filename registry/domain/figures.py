"""The figures that the series of a filing come to, where several inputs are filled from one table."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from registry.domain.criteria import CriteriaSet
from registry.domain.errors import Invalid
from registry.domain.series import Coverage, Records, coverage, days_covered, one_period, reduced
from registry.domain.shapes import Input, SeriesRule
from registry.domain.values import Value, written


class Figures:
    """What the series of one filing come to: figures by input, how far each covers its year, and why one does not.

    Of what is added up only the dates count that every such series of the same table has; a mean counts the dates that
    it shares with what weighs it and what it stands beside. A series that covers too little has no figure.
    """

    def __init__(
        self, criteria: CriteriaSet, filled: Mapping[str, Records], typed: Mapping[str, Value], year: int | None
    ) -> None:
        self.inputs = criteria.inputs
        self.filled = filled
        self.typed = typed
        self.year = year
        self.values: dict[str, Decimal] = {}
        self.covered: dict[str, Coverage] = {}
        self.days: dict[str, int] = {}
        self.refused: dict[str, Invalid] = {}
        for key in filled:
            entry = criteria.inputs[key]
            if entry.series is not None:
                try:
                    self._fill(entry, entry.series)
                except Invalid as error:
                    self.refused[key] = error

    def _fill(self, entry: Input, rule: SeriesRule) -> None:
        """Note the figure and the coverage of one series; raises Invalid for what fits neither year nor limits."""
        records = self.filled[entry.key]
        one_period([*records, *self._first_dates(entry)], self.year, entry.key)
        dates = frozenset(records).intersection(*self._beside(entry, rule))
        covered = self.covered[entry.key] = coverage(dates, self.year, rule, mixed=self._mixed(entry, rule))
        self.days[entry.key] = days_covered(dates)
        weights = self.filled.get(rule.weight) if rule.weight else None
        if covered.enough and (weights is not None or rule.weight is None):
            self.values[entry.key] = _within(entry, reduced(rule, records, dates, weights))

    def _beside(self, entry: Input, rule: SeriesRule) -> list[Records]:
        """Return the series without whose dates those of an input do not count."""
        if rule.reduce == "sum":
            return [self.filled[other] for other in self._sums(entry) if other in self.filled]
        return [self.filled[name] for name in (rule.weight, rule.beside) if name is not None and name in self.filled]

    def _mixed(self, entry: Input, rule: SeriesRule) -> bool:
        """Tell whether a sum stands beside one of its table that was typed, and so is not over the same dates."""
        return rule.reduce == "sum" and any(other in self.typed for other in self._sums(entry))

    def _sums(self, entry: Input) -> Iterator[str]:
        """Yield the inputs of the same table whose series are added up."""
        for key, other in self.inputs.items():
            if other.table == entry.table and other.series is not None and other.series.reduce == "sum":
                yield key

    def _first_dates(self, entry: Input) -> list[str]:
        """Return a date of each series of the table, so that days and months are not mixed in one table."""
        same = [records for key, records in self.filled.items() if self.inputs[key].table == entry.table]
        return [next(iter(records)) for records in same if records]


def _within(entry: Input, figure: Decimal) -> Decimal:
    """Return a figure that lies within the limits of its input, or raise Invalid."""
    if entry.limits is not None and not entry.limits.holds(figure):
        raise Invalid("outside_limits", field=entry.key, value=written(figure), **entry.limits.ends)
    return figure
