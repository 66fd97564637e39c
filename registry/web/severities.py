"""Reviewers beside each other: their severity in words, and each application's raw marks beside the adjusted ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from registry.domain.calibration import Adjusted, Calibration, Severity, disagreeing
from registry.domain.criteria import CriteriaSet
from registry.domain.values import half_up
from registry.domain.whatif.bench import Bench
from registry.domain.whatif.frozen import marks_of
from registry.models import Application
from registry.queries.benches import Workbench

# The share beyond which marks in all are called far apart where the set says nothing: a default of ours.
APART = Decimal("0.15")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One reviewer as the page shows them: the figures in points of a hundred."""

    row: Severity
    name: str
    severity: str
    error: str
    spread: str
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One application: each reviewer's mark raw and adjusted, both totals, and the deviation where it is too large."""

    application: Application
    marks: tuple[tuple[str, str, str], ...]
    raw: Decimal | None
    adjusted: Decimal | None
    apart: str


@dataclass(frozen=True, slots=True)
class Beside:
    """All reviewers of a ranking, and what their marks come to; `keys` are the applications, those apart first."""

    reviewers: tuple[Reviewer, ...]
    keys: tuple[int, ...]
    apart: Mapping[int, Decimal]
    threshold: Decimal
    ours: bool
    names: Mapping[str, str]
    marks: Mapping[int, Sequence[Adjusted]]
    raw: Mapping[int, Decimal | None]
    adjusted: Mapping[int, Decimal | None]

    def lines(self, applications: Mapping[int, Application], keys: Iterable[int]) -> list[Line]:
        """Return the lines of some applications."""
        return [
            Line(
                applications[key],
                tuple(
                    (self.names.get(one.reviewer, one.reviewer), _points(one.raw), _points(one.adjusted))
                    for one in self.marks[key]
                ),
                self.raw[key],
                self.adjusted[key],
                _points(self.apart[key]) if key in self.apart else "",
            )
            for key in keys
        ]


def beside(bench: Workbench, calibration: Calibration, people: Mapping[int, str]) -> Beside:
    """Return the reviewers of a ranking beside each other, under the names of people by their numbers."""
    names = {one.reviewer: people.get(int(one.reviewer), one.reviewer) for one in calibration.reviewers}
    stated = threshold_of(bench.criteria)
    threshold = APART if stated is None else stated
    apart = {one.application: one.deviation for one in disagreeing(marks_of(bench.frozen), threshold)}
    marks: dict[int, list[Adjusted]] = {}
    for one in calibration.marks:
        marks.setdefault(one.application, []).append(one)
    every = Bench(bench.frozen)
    raw = every.outcome(bench.raw).figures
    adjusted = raw
    if every.calibrated:
        adjusted = every.outcome(bench.adjusted).figures
    return Beside(
        tuple(_reviewer(one, names[one.reviewer]) for one in calibration.reviewers),
        tuple(sorted(marks, key=lambda key: (key not in apart, key))),
        apart,
        HUNDRED * threshold,
        stated is None,
        names,
        marks,
        raw,
        adjusted,
    )


def threshold_of(criteria: CriteriaSet) -> Decimal | None:
    """Return the least share that a panel of a set states for marks that are far apart, or None."""
    rules = [one.panel for one in criteria.indicators.values() if one.kind == "panel" and one.panel]
    rules += [criteria.rules.panel] if criteria.rules.panel else []
    return min((rule.spread for rule in rules if rule.spread is not None), default=None)


def _reviewer(row: Severity, name: str) -> Reviewer:
    return Reviewer(row, name, _signed(row.severity), _points_if(row.error), _points_if(row.spread), _words(row))


def _words(row: Severity) -> str:
    if not row.severity:
        return str(_("as the others"))
    points = _points(abs(row.severity))
    if row.severity > 0:
        return str(_("gives %(points)s less than others would", points=points))
    return str(_("gives %(points)s more than others would", points=points))


def _signed(share: Decimal) -> str:
    return f"+{_points(share)}" if share > 0 else _points(share).replace("-", "−")


def _points(share: Decimal) -> str:
    return format(half_up(HUNDRED * share, 1), "f")


def _points_if(share: Decimal | None) -> str:
    return "–" if share is None else _points(share)
