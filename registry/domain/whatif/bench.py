"""The bench: who is in under a setting, and what differs from another setting."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

import numpy as np

from registry.domain.quota_rules import Cell, Groups, Rule, allot, cells_of
from registry.domain.selection import Candidate
from registry.domain.shapes import PanelRule
from registry.domain.whatif.arrays import (
    ABSENT,
    Arrays,
    Flags,
    Scale,
    Totals,
    Whole,
    adjusted,
    arrays_of,
    completed,
    joined,
    left_out,
    standard_errors,
    without_slot,
)
from registry.domain.whatif.frozen import FrozenRound
from registry.domain.whatif.settings import Left, Setting

# How many ways to join the marks are kept at hand.
KEPT = 6
# The ranking is looked through from the top in parts that double until every place is filled.
FIRST_LOOK = 64
Pair = tuple[int, Groups]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """The ranking under a setting: the rows in order from the first, and the keys of those who are in."""

    setting: Setting
    keys: Sequence[int]
    totals: Totals
    total_places: int
    rows: Whole
    selected: frozenset[int]

    @property
    def order(self) -> tuple[int, ...]:
        """Return the keys of all who have a rank, from the first."""
        return tuple([self.keys[row] for row in self.rows.tolist()])

    @property
    def figures(self) -> Mapping[int, Decimal | None]:
        """Return the total of every application, None where it has none."""
        pairs = zip(self.keys, self.totals.total.tolist(), self.totals.figure.tolist(), strict=True)
        return {key: Decimal(total).scaleb(-self.total_places) if has else None for key, total, has in pairs}


@dataclass(frozen=True, slots=True)
class Difference:
    """What one setting changes of another: the keys of those who enter and of those who leave."""

    entering: tuple[int, ...]
    leaving: tuple[int, ...]


class Bench:
    """The frozen marks of a round, at hand for any number of settings."""

    def __init__(self, frozen: FrozenRound | Arrays) -> None:
        self.arrays = arrays_of(frozen) if isinstance(frozen, FrozenRound) else frozen
        self._points: OrderedDict[tuple[bool, PanelRule | None, tuple[Left, ...]], Whole] = OrderedDict()
        self._kinds: tuple[tuple[str, ...], Whole, Sequence[Groups]] | None = None
        self._errors: tuple[object, Whole | None] | None = None

    @property
    def calibrated(self) -> bool:
        """Whether there are severities, and so adjusted marks."""
        return bool(self.arrays.severities)

    def outcome(self, setting: Setting) -> Outcome:
        """Return the ranking under a setting and who is in.

        Raises ValueError where the setting names a section, indicator, tie sum or reviewer that there is not, or asks
        for adjusted marks without severities.
        """
        scale = Scale(self.arrays, setting)
        totals = scale.totals(self.points(setting), self._moved(setting))
        rows = ranked(scale.order_keys(totals), totals.able)
        places = places_of(setting, len(rows))
        taken = taken_of(Pairs(self.arrays, self._possible(rows, setting)), places, setting.rules)
        return Outcome(setting, self.arrays.keys, totals, scale.total_places, rows, taken)

    def difference(self, setting: Setting, base: Setting) -> Difference:
        """Return who enters and who leaves when the base is changed into the setting."""
        return compared(self.outcome(setting), self.outcome(base))

    def candidates(self, setting: Setting) -> tuple[Candidate, ...]:
        """Return the applications as `selection.rank` asks for them: for a page that shows ranks, grounds and rules."""
        scale = Scale(self.arrays, setting)
        totals = scale.totals(self.points(setting), self._moved(setting))
        names = [self.arrays.frame.ties[tie].key for tie in scale.compared]
        return tuple([self._candidate(row, totals, scale, names) for row in range(len(self.arrays.keys))])

    def _candidate(self, row: int, totals: Totals, scale: Scale, names: Sequence[str]) -> Candidate:
        arrays = self.arrays
        ties = [Decimal(int(one)).scaleb(-scale.places) for one in totals.ties[row]]
        return Candidate(
            key=arrays.keys[row],
            total=Decimal(int(totals.total[row])).scaleb(-scale.total_places) if totals.figure[row] else None,
            ties=tuple(zip(names, ties, strict=True)),
            reaches=bool(totals.reaches[row]),
            waits=bool(arrays.waits[row]),
            supported=bool(arrays.supported[row]),
            barred=arrays.bars[row],
            turn=int(arrays.turn[row]) or None,
            groups=arrays.groups[row],
        )

    def marks(self, setting: Setting) -> Whole:
        """Return the marks that count under a setting: raw or adjusted, without those left out."""
        if setting.adjusted and not self.calibrated:
            raise ValueError("no severities")
        return left_out(self.arrays, self._adjusted if setting.adjusted else self.arrays.marks, setting.without)

    def points(self, setting: Setting) -> Whole:
        """Return the points of all indicators under a setting, kept for the next one that joins the same marks."""
        key = (setting.adjusted, setting.aggregation, setting.without)
        found = self._points.get(key)
        if found is None:
            found = completed(self.arrays, joined(self.arrays, self.marks(setting), setting.aggregation))
            # What leaves somebody out is one of very many and seldom asked for again.
            if not setting.without:
                self._points[key] = found
            if len(self._points) > KEPT:
                self._points.popitem(last=False)
        return found

    def errors(self, setting: Setting, errors: int) -> Whole | None:
        """Return so many standard errors of each total under a setting, or None where nothing tells them."""
        key = (setting.adjusted, setting.aggregation, setting.without, setting.weights, abs(errors))
        if self._errors is None or self._errors[0] != key:
            self._errors = key, self._told(setting, errors)
        return self._errors[1]

    def _told(self, setting: Setting, errors: int) -> Whole | None:
        scale = Scale(self.arrays, setting)
        marks = self.marks(setting)
        many = (marks != ABSENT).any(axis=1).sum(axis=1)
        left: list[Totals] = []
        sound: Flags = many > 1
        for slot in range(marks.shape[2]):
            without, counted = without_slot(marks, slot)
            left.append(scale.totals(completed(self.arrays, joined(self.arrays, without, setting.aggregation))))
            sound = sound & (counted | (many <= slot))
        return standard_errors(left, sound & self.arrays.figure, many, errors)

    def pairs(self, rows: Whole) -> list[Pair]:
        """Return keys and groups of rows, as places are filled from them."""
        return list(Pairs(self.arrays, rows)[:])

    def kinds(self, rules: Sequence[Rule]) -> tuple[Whole, Sequence[Groups]]:
        """Return for each row the number of its groups as far as the rules count them, and the groups by number."""
        counted = tuple(sorted({rule.by for rule in rules}))
        if self._kinds is None or self._kinds[0] != counted:
            numbers: dict[object, int] = {}
            firsts: list[Groups] = []
            found = np.zeros(len(self.arrays.keys), dtype=np.int32)
            for row, groups in enumerate(self.arrays.groups):
                own = tuple([groups.get(by, ()) for by in counted])
                if own not in numbers:
                    numbers[own] = len(firsts)
                    firsts.append(groups)
                found[row] = numbers[own]
            self._kinds = counted, found, firsts
        return self._kinds[1:]

    def _possible(self, rows: Whole, setting: Setting) -> Whole:
        """Return the rows in order without those who cannot be in, under limits alone.

        Of those with the same groups the first ones are in before the others, and no more than the least that one of
        their limits leaves.
        """
        if not setting.rules or reserving(setting.rules):
            return rows
        kinds, groups = self.kinds(setting.rules)
        most = np.array([_leaves(one, setting.rules, len(rows)) for one in groups], dtype=np.int64)
        own = kinds[rows]
        together = np.argsort(own, kind="stable")
        starts = np.searchsorted(own[together], np.arange(len(groups)))
        before = np.empty(len(rows), dtype=np.int64)
        before[together] = np.arange(len(rows)) - starts[own[together]]
        return rows[before < most[own]]

    @cached_property
    def _adjusted(self) -> Whole:
        return adjusted(self.arrays)

    def _moved(self, setting: Setting) -> Whole | None:
        """Return by how much each total is moved where the setting moves one."""
        if setting.shift is None:
            return None
        plain = replace(setting, shift=None)
        errors = self.errors(plain, setting.shift.errors)
        if errors is None:
            raise ValueError("no standard error")
        here = np.array(self.arrays.keys) == setting.shift.application
        return np.where(here, errors if setting.shift.errors > 0 else -errors, 0)


class Pairs:
    """Keys and groups of rows in order, made for as many as are asked for."""

    def __init__(self, arrays: Arrays, rows: Whole) -> None:
        self.arrays, self.rows = arrays, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, part: slice) -> Sequence[Pair]:
        keys, groups = self.arrays.keys, self.arrays.groups
        return [(keys[row], groups[row]) for row in self.rows[part].tolist()]


def compared(outcome: Outcome, base: Outcome) -> Difference:
    """Return who is in under the outcome and not under the base, and the other way round."""
    return Difference(tuple(sorted(outcome.selected - base.selected)), tuple(sorted(base.selected - outcome.selected)))


def ranked(order_keys: Whole, able: Flags) -> Whole:
    """Return the rows that may be ranked, the highest key first."""
    rows = np.nonzero(able)[0]
    return rows[np.argsort(order_keys[rows])[::-1]]


def taken_of(pairs: Sequence[Pair] | Pairs, places: int, rules: Sequence[Rule]) -> frozenset[int]:
    """Return the keys of those who are in, given the ranking.

    `quota_rules.allot` says so. Under limits alone who comes later changes nothing for who comes before, so the ranking
    is handed over only as far as there are places to fill; reserved places ask for all of it.
    """
    size = len(pairs) if reserving(rules) else places + (places // 2 + FIRST_LOOK if rules else 0)
    while True:
        taken = allot(pairs[:size], places, rules).taken
        if len(taken) >= places or size >= len(pairs):
            return taken
        size *= 2


def places_of(setting: Setting, many: int) -> int:
    """Return how many places there are to fill among so many."""
    return many if setting.places is None else min(setting.places + setting.pool, many)


def reserving(rules: Sequence[Rule]) -> bool:
    """Return whether a rule keeps places for a group."""
    return any(rule.least for rule in rules)


def limits_of(groups: Groups, rules: Iterable[Rule]) -> Iterator[Cell]:
    """Return the limits that count the groups, each with the value it counts."""
    return (cell for cell in cells_of(groups, rules) if cell[0].most is not None)


def _leaves(groups: Groups, rules: Sequence[Rule], many: int) -> int:
    """Return how many of the same groups the limits leave room for, at the most so many."""
    left = [(rule.most or 0) - rule.taken.get(value, 0) for rule, value in limits_of(groups, rules)]
    return max(min([*left, many]), 0)
