"""How severe and how steady each reviewer is, found from the applications that several have marked.

The model is additive: a mark is the level of its application, less the severity of its reviewer, and a rest. Every mark
is a share of its panel's maximum. The applications are fitted freely, so that nothing is supposed about who was given
the better ones; the severities are drawn towards 0 by the ratio of two variances, that of the rest over that of the
severities (best linear unbiased prediction: G. K. Robinson, "That BLUP is a good thing", Statistical Science 6, 1991,
15–32). So a reviewer with few marks stays near 0. The two variances are those of C. R. Henderson's third method, which
sets sums of squares equal to what they should be (Biometrics 9, 1953, 226–252; S. R. Searle, G. Casella and
C. E. McCulloch, Variance Components, 1992, chapter 5).

Severities compare reviewers whom shared applications connect, and nobody else: each group has a mean of 0 of its own.
Anchors, applications whose level is known, connect whoever marked one, and tie their severities to that level.

The figures come out the same to the last digit wherever they are computed: rows are put in order first, sums are
`math.fsum`, the systems are solved with single multiplications and subtractions, and what is returned is rounded.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

import numpy as np
from numpy.typing import NDArray

from registry.domain.judging import deviation
from registry.domain.values import CONTEXT, ONE, ZERO, half_up

PLACES = 4
# A rest of exactly nothing would leave the system without a solution; beside the marks' own rounding this is nothing.
SMALLEST = 1e-9
NO_ANCHORS: Mapping[int, Decimal] = {}
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mark:
    """What one reviewer gave one application in all, as a share of the most that could be given."""

    application: int
    reviewer: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Severity:
    """What is known of one reviewer, in shares of the maximum.

    A positive severity is what the reviewer gives less than others would. `error` is its standard error, `spread` the
    deviation of the reviewer's marks from what the model expects; None where nothing can be said. `group` numbers those
    who can be compared, from 1.
    """

    reviewer: str
    severity: Decimal
    error: Decimal | None
    spread: Decimal | None
    marks: int
    group: int


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A mark beside what it would be without the reviewer's severity, held between nothing and the maximum."""

    application: int
    reviewer: str
    raw: Decimal
    adjusted: Decimal


@dataclass(frozen=True, slots=True)
class Calibration:
    """The reviewers and the marks in order, how many groups there are, and the deviations that were estimated.

    `between` is the standard deviation of the severities and `within` that of the rest; None where no application has
    two marks more than are needed to tell them.
    """

    reviewers: tuple[Severity, ...]
    marks: tuple[Adjusted, ...]
    groups: int
    between: Decimal | None
    within: Decimal | None

    @property
    def severities(self) -> Mapping[str, Decimal]:
        """Return the severity of each reviewer."""
        return {one.reviewer: one.severity for one in self.reviewers}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An application whose marks are too far apart: their standard deviation, and how many there are."""

    application: int
    deviation: Decimal
    marks: int


def calibrate(marks: Iterable[Mark], anchors: Mapping[int, Decimal] = NO_ANCHORS, places: int = PLACES) -> Calibration:
    """Return the severity and spread of every reviewer and the adjusted marks, rounded half up to the places.

    The model and its sources stand at the head of this module. `anchors` are the known shares of some applications.
    Raises ValueError where a reviewer marked an application twice or a share is not between 0 and 1.
    """
    table = _Table(sorted(marks, key=lambda one: (one.application, one.reviewer)))
    variances = _variances(table)
    found = _severities(table, anchors, variances)
    groups = _groups(table, anchors)
    with localcontext(CONTEXT):
        reviewers = tuple(
            Severity(
                name,
                _rounded(found.severities[number], places),
                _rounded_if(found.errors[number], places),
                _rounded_if(found.spreads[number], places),
                table.many[number],
                groups[number],
            )
            for number, name in enumerate(table.reviewers)
        )
        severities = {one.reviewer: one.severity for one in reviewers}
        return Calibration(
            reviewers,
            tuple(_made_good(one, severities[one.reviewer], places) for one in table.marks),
            max(groups, default=0),
            _rounded_if(math.sqrt(variances[0]) if variances else None, places),
            _rounded_if(math.sqrt(variances[1]) if variances else None, places),
        )


def adjusted(mark: Decimal, maximum: Decimal, severity: Decimal, places: int) -> Decimal:
    """Return a mark with the reviewer's severity made good, rounded half up and held between 0 and its maximum."""
    return half_up(min(max(mark + severity * maximum, ZERO), maximum), places)


def disagreeing(marks: Iterable[Mark], threshold: Decimal, places: int = PLACES) -> tuple[Disagreement, ...]:
    """Return the applications whose marks in all have a standard deviation of the threshold or more, by number.

    The deviation is that by which a set points out single panels (`judging.deviation`); here it is that of the totals.
    """
    of: dict[int, list[Decimal]] = defaultdict(list)
    for mark in marks:
        of[mark.application].append(mark.share)
    with localcontext(CONTEXT):
        apart = {key: deviation(tuple(sorted(shares))) for key, shares in sorted(of.items())}
        return tuple(
            Disagreement(key, half_up(one, places), len(of[key])) for key, one in apart.items() if one >= threshold
        )


class _Table:
    """The marks in order, their applications and reviewers by number."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self.marks = marks
        self.reviewers = sorted({one.reviewer for one in marks})
        number = {name: index for index, name in enumerate(self.reviewers)}
        self.many = [0] * len(self.reviewers)
        self.rows: dict[int, list[tuple[int, float]]] = {}
        for mark in marks:
            if not ZERO <= mark.share <= ONE:
                raise ValueError(f"{mark.application} {mark.reviewer}: {mark.share}")
            row = self.rows.setdefault(mark.application, [])
            if row and row[-1][0] == number[mark.reviewer]:
                raise ValueError(f"{mark.application} {mark.reviewer}: twice")
            row.append((number[mark.reviewer], float(mark.share)))
            self.many[number[mark.reviewer]] += 1

    def system(self, anchors: Mapping[int, Decimal] = NO_ANCHORS) -> tuple[Matrix, list[float]]:
        """Return the equations of the reviewers' effects once those of the applications are taken out."""
        size = len(self.reviewers)
        matrix = [[0.0] * size for _ in range(size)]
        right: list[list[float]] = [[] for _ in range(size)]
        for application, row in self.rows.items():
            level = float(anchors[application]) if application in anchors else _mean([mark for _, mark in row])
            each = 0.0 if application in anchors else 1.0 / len(row)
            for one, mark in row:
                right[one].append(mark - level)
                matrix[one][one] += 1.0
                if each:
                    line = matrix[one]
                    for other, _ in row:
                        line[other] -= each
        return np.array(matrix).reshape(size, size), [math.fsum(one) for one in right]


@dataclass(frozen=True, slots=True)
class _Found:
    """Severity, error and spread of each reviewer by number."""

    severities: Sequence[float]
    errors: Sequence[float | None]
    spreads: Sequence[float | None]


def _variances(table: _Table) -> tuple[float, float] | None:
    """Return the variance of the severities and that of the rest by Henderson's third method.

    Within applications the reviewers' effects explain a sum of squares which is on average the variance of the
    severities times the trace of their equations, here marks less applications, and that of the rest times their rank.
    """
    matrix, right = table.system()
    groups = _groups(table)
    # One of each group is held at nothing, or the equations would have no single solution.
    free = [number for number, group in enumerate(groups) if group in groups[:number]]
    rank, trace = len(free), len(table.marks) - len(table.rows)
    if trace - rank <= 0:
        return None
    effects = [0.0] * len(groups)
    solution = _solved(_inverse(matrix[np.ix_(free, free)]), [right[one] for one in free])
    for number, effect in zip(free, solution, strict=True):
        effects[number] = effect
    explained = math.fsum(effect * one for effect, one in zip(effects, right, strict=True))
    rest = math.fsum(one * one for _, one, _ in _rests(table, effects, NO_ANCHORS)) / (trace - rank)
    return max(0.0, (explained - rest * rank) / trace), rest


def _severities(table: _Table, anchors: Mapping[int, Decimal], variances: tuple[float, float] | None) -> _Found:
    nobody: list[float | None] = [None] * len(table.reviewers)
    if variances is None:
        return _Found([0.0] * len(nobody), nobody, nobody)
    between, within = variances
    effects = [0.0] * len(nobody)
    errors = nobody
    if between > 0:
        matrix, right = table.system(anchors)
        inverse = _inverse(matrix + max(within / between, SMALLEST) * np.eye(len(nobody)))
        effects = _solved(inverse, right)
        errors = [math.sqrt(within * float(inverse[one, one])) for one in range(len(nobody))]
    squares: list[list[float]] = [[] for _ in nobody]
    freedom: list[list[float]] = [[] for _ in nobody]
    for reviewer, rest, free in _rests(table, effects, anchors):
        squares[reviewer].append(rest * rest)
        freedom[reviewer].append(free)
    spreads = [
        math.sqrt(math.fsum(of) / math.fsum(free)) if math.fsum(free) > 0 else None
        for of, free in zip(squares, freedom, strict=True)
    ]
    return _Found([-one for one in effects], errors, spreads)


def _rests(
    table: _Table, effects: Sequence[float], anchors: Mapping[int, Decimal]
) -> Iterable[tuple[int, float, float]]:
    """Yield for each mark its reviewer, what the model leaves of it, and how free it was to differ."""
    for application, row in table.rows.items():
        known = anchors.get(application)
        level = float(known) if known is not None else _mean([mark - effects[one] for one, mark in row])
        free = 1.0 if known is not None else 1.0 - 1.0 / len(row)
        for one, mark in row:
            yield one, mark - effects[one] - level, free


def _groups(table: _Table, anchors: Mapping[int, Decimal] = NO_ANCHORS) -> list[int]:
    """Return the group of each reviewer: those whom a chain of shared applications, or of anchors, connects."""
    above = list(range(len(table.reviewers)))

    def first(one: int) -> int:
        while above[one] != one:
            above[one] = above[above[one]]
            one = above[one]
        return one

    anchored: int | None = None
    for application, row in table.rows.items():
        start = row[0][0]
        if application in anchors:
            anchored = start if anchored is None else anchored
            start = anchored
        for one, _ in row:
            low, high = sorted((first(start), first(one)))
            above[high] = low
    numbers: dict[int, int] = {}
    return [numbers.setdefault(first(one), len(numbers) + 1) for one in range(len(above))]


def _inverse(matrix: Matrix) -> Matrix:
    """Return the inverse of a positive definite matrix (Gauss and Jordan), each step element by element.

    No product of matrices is asked for: how one is added up differs from machine to machine.
    """
    found = matrix.copy()
    for step in range(len(found)):
        pivot = found[step, step]
        found[step, step] = 1.0
        found[step] /= pivot
        factors = found[:, step].copy()
        factors[step] = 0.0
        found[:step, step] = 0.0
        found[step + 1 :, step] = 0.0
        found -= factors[:, None] * found[step][None, :]
    return found


def _solved(inverse: Matrix, right: Sequence[float]) -> list[float]:
    column = np.array(right)
    return [math.fsum((row * column).tolist()) for row in inverse]


def _mean(numbers: Sequence[float]) -> float:
    return math.fsum(numbers) / len(numbers)


def _made_good(mark: Mark, severity: Decimal, places: int) -> Adjusted:
    return Adjusted(mark.application, mark.reviewer, mark.share, adjusted(mark.share, ONE, severity, places))


def _rounded(number: float, places: int) -> Decimal:
    """Return a figure rounded half up, never a negative zero."""
    return half_up(Decimal(number), places) + ZERO


def _rounded_if(number: float | None, places: int) -> Decimal | None:
    return None if number is None else _rounded(number, places)
