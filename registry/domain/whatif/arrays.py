"""Totals of a whole round at once, in whole numbers of the smallest unit, equal to the scoring to the last digit.

Every figure is an integer: points in units of the last place of items, marks of the last place of marks, and so on. A
quotient is rounded half up by whole-number division, which is what the scoring's decimals come to: they carry 28 digits
and judge a half after 24, and no quotient of figures of this size lies that near to a half without being one. Where
figures would be too large for 64 bits, Python's own integers take their place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.domain.curves import share_of
from registry.domain.judging import TRIMMED_FROM
from registry.domain.quota_rules import Groups
from registry.domain.shapes import PanelRule
from registry.domain.values import ZERO
from registry.domain.vocabulary import Ground
from registry.domain.whatif.frozen import Application, Frame, FrozenRound
from registry.domain.whatif.settings import Left, Setting

Whole = NDArray[Any]
Flags = NDArray[np.bool_]
ABSENT = -1
# Below it a figure and its double fit into 64 bits.
LARGEST = 2**61


@dataclass(frozen=True, slots=True, eq=False)
class Arrays:
    """A frozen round as arrays: rows are applications in the order of keys, columns indicators, slots reviewers.

    `points` and `addition` (bonus less deduction) are in units of `places` and `fine` decimal places, `marks` of
    `mark_places`, with a column a panel and ABSENT where a slot has none; what is not a judged panel has its points.
    `slots` number the reviewers of each row by their place in `reviewers`, ABSENT where there is none.
    """

    frame: Frame
    keys: Sequence[int]
    groups: Sequence[Groups]
    figure: Flags
    eligible: Flags
    supported: Flags
    barred: Flags
    bars: Sequence[Ground | None]
    waits: Flags
    turn: Whole
    applies: Flags
    points: Whole
    marks: Whole
    mark_places: int
    slots: Whole
    reviewers: tuple[str, ...]
    addition: Whole
    fine: int
    tie_points: Whole
    severities: Mapping[str, Decimal]

    @property
    def panels(self) -> list[int]:
        """Return which columns are panels."""
        return [number for number, column in enumerate(self.frame.columns) if column.rule is not None]


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """The total of each row in units of its last place, whether it has one, reaches what is asked, may be ranked."""

    total: Whole
    figure: Flags
    reaches: Flags
    able: Flags
    ties: Whole


def arrays_of(frozen: FrozenRound) -> Arrays:
    """Return a frozen round as arrays; raises ValueError where two applications share a key."""
    frame = frozen.frame
    rows = sorted(frozen.applications, key=lambda one: one.key)
    if len({one.key for one in rows}) < len(rows):
        raise ValueError("two applications of one key")
    panels = [number for number, column in enumerate(frame.columns) if column.rule is not None]
    reviewers = tuple(sorted({name for one in rows for name in one.reviewers}))
    mark_places = max(
        [frame.places, *(places_of(mark) for one in rows for item in one.items for _, mark in item.marks)]
    )
    fine = max(
        [frame.places, frame.total_places, places_of(frame.cap)]
        + [places_of(number) for one in rows for number in (one.bonus, one.deduction)]
    )
    marks, slots = _marks(rows, panels, reviewers, mark_places)
    size = max([10**mark_places, 10**fine]) * 10**6
    return Arrays(
        frame=frame,
        keys=[one.key for one in rows],
        groups=[one.groups for one in rows],
        figure=np.array([one.figure for one in rows], dtype=bool),
        eligible=np.array([one.eligible for one in rows], dtype=bool),
        supported=np.array([one.supported for one in rows], dtype=bool),
        barred=np.array([one.barred is not None for one in rows], dtype=bool),
        bars=[one.barred for one in rows],
        waits=np.array([one.waits for one in rows], dtype=bool),
        turn=np.array([one.turn or 0 for one in rows], dtype=np.int64),
        applies=np.array([[item.applies for item in one.items] for one in rows], dtype=bool).reshape(
            len(rows), len(frame.columns)
        ),
        points=whole(
            [[scaled(ZERO if item.marks else item.points, frame.places) for item in one.items] for one in rows], size
        ).reshape(len(rows), len(frame.columns)),
        marks=marks,
        mark_places=mark_places,
        slots=slots,
        reviewers=reviewers,
        addition=whole([scaled(one.bonus - one.deduction, fine) for one in rows], size),
        fine=fine,
        tie_points=whole(
            [[scaled(points, frame.places) for points in one.tie_points or (ZERO,) * len(frame.ties)] for one in rows],
            size,
        ).reshape(len(rows), len(frame.ties)),
        severities=frozen.severities,
    )


def _marks(
    rows: Sequence[Application], panels: Sequence[int], reviewers: Sequence[str], places: int
) -> tuple[Whole, Whole]:
    number = {name: index for index, name in enumerate(reviewers)}
    own = [one.reviewers for one in rows]
    width = max(map(len, own), default=0)
    marks = whole([], 10**places * 10**6, (len(rows), len(panels), width))
    slots = np.full((len(rows), width), ABSENT, dtype=np.int64)
    for index, (one, names) in enumerate(zip(rows, own, strict=True)):
        slot = {name: place for place, name in enumerate(names)}
        slots[index, : len(names)] = [number[name] for name in names]
        for panel, column in enumerate(panels):
            for name, mark in one.items[column].marks:
                marks[index, panel, slot[name]] = scaled(mark, places)
    return marks, slots


def adjusted(arrays: Arrays) -> Whole:
    """Return the marks with the severities made good, as `calibration.adjusted` does, rounded to the items' places."""
    frame, places = arrays.frame, arrays.mark_places
    panels = frame.panels
    severe = [arrays.severities.get(name, ZERO) for name in arrays.reviewers]
    fine = max([places_of(one) for one in severe] + [0]) + max([places_of(one.maximum) for one in panels] + [0])
    fine = max(fine, places)
    unit, last = 10**fine, 10 ** (fine - frame.places)
    moved = np.array(
        [[scaled(one * panel.maximum, fine) for one in [*severe, ZERO]] for panel in panels], dtype=object
    ).reshape(len(panels), -1)
    most = np.array([scaled(panel.maximum, fine) for panel in panels], dtype=object)
    if unit * 10**6 < LARGEST and all(abs(one.maximum) < 10**5 for one in panels):
        moved, most = moved.astype(np.int64), most.astype(np.int64)
    found = arrays.marks.astype(moved.dtype) * 10 ** (fine - places)
    found += np.moveaxis(moved[:, arrays.slots], 0, 1)
    found = np.minimum(np.maximum(found, 0), most[:, None])
    found = half_up(found, last) * 10 ** (places - frame.places)
    return np.where(arrays.marks == ABSENT, ABSENT, found)


def left_out(arrays: Arrays, marks: Whole, without: Iterable[Left]) -> Whole:
    """Return marks without those of the reviewers that are left out; raises ValueError for one nobody knows."""
    chosen = tuple(without)
    found = marks.copy() if chosen else marks
    for one in chosen:
        if one.reviewer not in arrays.reviewers:
            raise ValueError(one.reviewer)
        theirs = arrays.slots == arrays.reviewers.index(one.reviewer)
        if one.application is not None:
            theirs &= (np.array(arrays.keys) == one.application)[:, None]
        rows, slots = np.nonzero(theirs)
        found[rows, :, slots] = ABSENT
    return found


def joined(arrays: Arrays, marks: Whole, aggregation: PanelRule | None) -> Whole:
    """Return the points of every panel from its marks, by its own rule or the one that is given.

    A panel of which no mark is left has none. The least number of marks was asked when the round was frozen.
    """
    found = np.zeros(marks.shape[:2], dtype=marks.dtype)
    panels = arrays.frame.panels
    for rule in {aggregation or panel.rule for panel in panels}:
        numbers = [number for number, panel in enumerate(panels) if (aggregation or panel.rule) == rule]
        total, counted = _sums(marks if len(numbers) == len(panels) else marks[:, numbers], rule)
        places, finer = arrays.frame.places, 10 ** max(arrays.mark_places - arrays.frame.places, 0)
        most = np.array([half_up(scaled(panels[one].maximum, places + 9), 10**9) for one in numbers], dtype=found.dtype)
        points = half_up(total, np.maximum(counted, 1) * finer)
        found[:, numbers] = np.minimum(points, most)
    return found


def completed(arrays: Arrays, panel_points: Whole) -> Whole:
    """Return the points of all indicators, those of the panels among them."""
    full = arrays.points.copy()
    full[:, arrays.panels] += panel_points
    return full


def _sums(marks: Whole, rule: PanelRule | None) -> tuple[Whole, Whole]:
    """Return the sum of the marks that count and how many they are."""
    total = np.zeros(marks.shape[:2], dtype=marks.dtype)
    many = np.zeros(marks.shape[:2], dtype=np.int64)
    highest, lowest = total + ABSENT, total + LARGEST
    # Slot by slot: there are few of them, and an axis of few is slow to add up along.
    for slot in range(marks.shape[2]):
        own = marks[:, :, slot]
        there = own != ABSENT
        many += there
        total += np.where(there, own, 0)
        if rule == "trimmed_mean" and marks.shape[2] >= TRIMMED_FROM:
            highest, lowest = np.maximum(highest, own), np.minimum(lowest, np.where(there, own, LARGEST))
    if rule == "median" and marks.shape[2]:
        # Absent marks are put last; with an even number both in the middle count, with an odd one the same twice.
        rising = np.sort(np.where(marks != ABSENT, marks, LARGEST), axis=2)
        low, high = np.maximum(many - 1, 0) // 2, np.minimum(many // 2, marks.shape[2] - 1)
        both = np.take_along_axis(rising, np.stack([low, high], axis=2), axis=2).sum(axis=2)
        return np.where(many > 0, both, 0), np.where(many > 0, 2, 0)
    if rule == "trimmed_mean":
        enough = many >= TRIMMED_FROM
        return np.where(enough, total - highest - lowest, total), np.where(enough, many - 2, many)
    return total, many


class Scale:
    """How panel points become totals under a setting, prepared once and used for any number of rows of marks."""

    def __init__(self, arrays: Arrays, setting: Setting) -> None:
        self.arrays, self.setting = arrays, setting
        frame = arrays.frame
        self.places, self.total_places = frame.places, frame.total_places
        self.maximum_places = max([places_of(column.maximum) for column in frame.columns] + [0])
        self.most = [scaled(column.maximum, self.maximum_places) for column in frame.columns]
        weights = _weights(frame, setting)
        heaviest = sum(
            weight * _above(column.maximum, self.places) for weight, column in zip(weights, frame.columns, strict=True)
        )
        largest = 400 * 10 ** (self.total_places + self.maximum_places) * heaviest
        self.kind: Any = np.int64 if largest < LARGEST and arrays.points.dtype != object else object
        self.weights = np.array(weights, dtype=self.kind)
        self.asked = _asked(frame, setting)
        self.compared = _compared(frame, setting)
        self.given = self._as_given() if setting.adjusted and setting.by_given else None

    def _as_given(self) -> Totals:
        plain = replace(self.setting, adjusted=False, aggregation=None, without=(), shift=None)
        points = completed(self.arrays, joined(self.arrays, self.arrays.marks, None))
        return Scale(self.arrays, plain).totals(points)

    def totals(self, points: Whole, moved: Whole | None = None) -> Totals:
        """Return the totals with these points of all indicators, moved by so many of their units."""
        arrays = self.arrays
        full = points.astype(self.kind, copy=False)
        most = np.array(self.most, dtype=self.kind) * (1 if arrays.applies.all() else arrays.applies)
        weight = np.broadcast_to(most @ self.weights * 10**self.places, (len(full),))
        figure = arrays.figure & (weight > 0)
        weighted = full @ self.weights * (100 * 10 ** (self.total_places + self.maximum_places))
        base = half_up(weighted, np.where(weight > 0, weight, 1))
        finer = 10 ** (arrays.fine - self.total_places)
        cap = scaled(arrays.frame.cap, arrays.fine)
        total = half_up(np.minimum(np.maximum(base * finer + arrays.addition, 0), cap), finer)
        if moved is not None:
            total = np.minimum(np.maximum(total + moved, 0), half_up(cap, finer))
        if self.given is None:
            reaches = arrays.eligible & self._reaches(total, full, most)
            ties = arrays.tie_points[:, list(self.compared)] + full @ self._tie_columns().astype(self.kind)
        else:
            reaches, ties = self.given.reaches, self.given.ties
        able = figure & reaches & arrays.supported & ~arrays.barred
        return Totals(total.astype(np.int64), figure.astype(bool), reaches, able.astype(bool), ties.astype(np.int64))

    def _reaches(self, total: Whole, full: Whole, most: Whole) -> Flags:
        """Return whose total and sections reach what is asked."""
        lowest, minima = self.asked
        found = np.ones(len(total), dtype=bool)
        if lowest is not None:
            found &= (total >= ceil(lowest * 10**self.total_places)).astype(bool)
        for section, minimum in minima.items():
            own = [number for number, column in enumerate(self.arrays.frame.columns) if column.section == section]
            points = full[:, own].sum(axis=1)
            if minimum.endswith("%"):
                share = share_of(minimum)
                places = places_of(share)
                least = most[..., own].sum(axis=-1) * scaled(share, places) * 10**self.places
                found &= (points * 10 ** (places + self.maximum_places) >= least).astype(bool)
            else:
                least = Decimal(minimum)
                finer = max(places_of(least) - self.places, 0)
                found &= (points * 10**finer >= scaled(least, self.places + finer)).astype(bool)
        return found

    def _tie_columns(self) -> Whole:
        """Return how often each column counts in each tie sum that is compared."""
        frame = self.arrays.frame
        counts = [
            [
                frame.ties[tie].items.count(column.key) + frame.ties[tie].sections.count(column.section)
                for tie in self.compared
            ]
            for column in frame.columns
        ]
        return np.array(counts, dtype=np.int64).reshape(len(frame.columns), len(self.compared))

    def order_keys(self, totals: Totals) -> Whole:
        """Return one number a row by which the ranking goes, the highest first: reserve and order, total, ties, key."""
        arrays = self.arrays
        frame = arrays.frame
        most = sum(_above(column.maximum, self.places) for column in frame.columns)
        latest = int(arrays.turn.max(initial=0))
        parts: list[tuple[Whole, int]] = [
            (latest - arrays.turn, latest + 1),
            (totals.total, scaled(frame.cap, arrays.fine) + 1),
        ]
        columns = self._tie_columns()
        for number in range(len(self.compared)):
            extra = int(max(abs(arrays.tie_points[:, self.compared[number]]), default=0))
            parts.append((totals.ties[:, number], most * int(columns[:, number].sum()) + extra + 1))
        parts.append((np.arange(len(arrays.keys))[::-1], len(arrays.keys) + 1))
        span = 2
        for _, size in parts:
            span *= size
        found = arrays.waits.astype(np.int64 if span < LARGEST else object)
        for part, size in parts:
            found = found * size + part
        return found


def standard_errors(left: Sequence[Totals], sound: Flags, many: Whole, errors: int) -> Whole | None:
    """Return so many standard errors of each total, in its units and rounded down, or None where none can be told.

    `left` are the totals with the first, second, … reviewer of each row left out, `many` the reviewers of each row, and
    `sound` says for which rows each of them could be. Leaving one out in turn is the jackknife (B. Efron, The
    Jackknife, the Bootstrap and Other Resampling Plans, 1982, chapter 3). A row of three to five marks says little of
    its own error, so the variance of one mark is taken from all rows together, each as far as its marks are free to
    differ, and divided by the row's own number of marks.
    """
    summed, freedom = Fraction(0), 0
    for number in sorted(set(many[sound].tolist()) - {0, 1}):
        rows = sound & (many == number)
        totals = np.stack([one.total[rows] for one in left[:number]], axis=1)
        apart = number * (totals * totals).sum(axis=1) - totals.sum(axis=1) ** 2
        summed += Fraction((number - 1) ** 2 * int(apart.sum()), number)
        freedom += int(rows.sum()) * (number - 1)
    if not freedom:
        return None
    found = np.zeros(len(many), dtype=np.int64)
    for number in sorted(set(many.tolist()) - {0}):
        found[many == number] = isqrt(int(errors * errors * summed / (freedom * number)))
    return found


def without_slot(marks: Whole, slot: int) -> tuple[Whole, Flags]:
    """Return the marks without those of one slot, and for which rows that leaves every panel a mark."""
    found = marks.copy()
    found[:, :, slot] = ABSENT
    before, after = ((one != ABSENT).any(axis=2) for one in (marks, found))
    own = (marks[:, :, slot] != ABSENT).any(axis=1)
    return found, own & (before == after).all(axis=1)


def half_up(number: Any, unit: Any) -> Any:
    """Return how many units a number that is not negative comes to, a half upwards."""
    return (2 * number + unit) // (2 * unit)


def places_of(number: Decimal) -> int:
    """Return how many decimal places a number needs."""
    exponent = number.normalize().as_tuple().exponent
    return max(-int(exponent), 0)


def scaled(number: Decimal, places: int) -> int:
    """Return a number in units of a decimal place; raises ValueError where it is not a whole number of them."""
    found = number.scaleb(places)
    if found != found.to_integral_value():
        raise ValueError(f"{number} has more than {places} places")
    return int(found)


def _above(maximum: Decimal, places: int) -> int:
    """Return more than the most points of an indicator, in units of a decimal place."""
    above: int = (int(maximum) + 2) * 10**places
    return above


def whole(numbers: Any, size: int, shape: tuple[int, ...] | None = None) -> Whole:
    """Return whole numbers as an array, of Python's own where `size` is beyond 64 bits; with a shape all are ABSENT."""
    kind: Any = np.int64 if size < LARGEST else object
    return np.array(numbers, dtype=kind) if shape is None else np.full(shape, ABSENT, dtype=kind)


def _weights(frame: Frame, setting: Setting) -> list[int]:
    """Return the weight of each column as a whole number; raises ValueError for a key that is neither."""
    found = [Decimal(1)] * len(frame.columns)
    for key, factor in setting.weights:
        if factor < ZERO:
            raise ValueError(f"{key}: {factor}")
        by_section = key in frame.sections
        chosen = [key == (column.section if by_section else column.key) for column in frame.columns]
        if not any(chosen):
            raise ValueError(key)
        found = [one * factor if here else one for one, here in zip(found, chosen, strict=True)]
    places = max([places_of(one) for one in found] + [0])
    return [scaled(one, places) for one in found]


def _asked(frame: Frame, setting: Setting) -> tuple[Decimal | None, Mapping[str, str]]:
    """Return the least total and the minima of sections; without grades only those of the setting count."""
    minima = {**(frame.minima if frame.lowest is not None else {}), **dict(setting.minima)}
    if not minima.keys() <= set(frame.sections):
        raise ValueError(", ".join(sorted(minima)))
    return (frame.lowest if setting.lowest is None else setting.lowest), minima


def _compared(frame: Frame, setting: Setting) -> tuple[int, ...]:
    """Return which tie sums are compared, in order; raises ValueError for one that there is not."""
    keys = [tie.key for tie in frame.ties]
    return tuple(range(len(keys))) if setting.ties is None else tuple(keys.index(key) for key in setting.ties)
