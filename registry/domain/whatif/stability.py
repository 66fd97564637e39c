"""How firmly each application is in or out: in how many of the plausible settings it has a place.

The settings of one application are those of `settings.common`, each of its own reviewers left out in turn with all else
fixed, and its own total moved by the uncertainty of its marks. The last family is needed: the others move a total by
less than honest marks differ from one panel to the next, so that they alone call safe what another panel would undo.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from registry.domain.quota_rules import Cell, Groups
from registry.domain.whatif.arrays import ABSENT, Flags, Scale, Totals, Whole, completed, joined, without_slot
from registry.domain.whatif.bench import Bench, Outcome, Pair, limits_of, places_of, reserving, taken_of
from registry.domain.whatif.settings import ERRORS, Setting, common, uncertain, uncertain_bases, without_each


class Firmness(StrEnum):
    """In under all plausible settings, under some of them, or under none."""

    SAFE = "safe"
    ON_THE_LINE = "on_the_line"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Standing:
    """In how many of its plausible settings an application is in, and in which it comes out otherwise than now."""

    key: int
    inside: int
    settings: int
    otherwise: tuple[str, ...]

    @property
    def firmness(self) -> Firmness:
        """Return what that comes to."""
        if self.inside == self.settings:
            return Firmness.SAFE
        return Firmness.ON_THE_LINE if self.inside else Firmness.OUT


@dataclass(frozen=True, slots=True)
class Stability:
    """The standing of every application by key, and the settings that are the same for all."""

    base: Setting
    common: tuple[Setting, ...]
    standings: Mapping[int, Standing]


def stability(bench: Bench, base: Setting, progress: Callable[[int, int], None] | None = None) -> Stability:
    """Return in how many of its plausible settings each application is in.

    Exact: whoever is left out or moved is placed anew in the order of the others, and the places are filled anew.
    `progress` is told how many settings of how many are done. Raises ValueError as `Bench.outcome` does.
    """
    shared = common(base, bench.arrays.frame, calibrated=bench.calibrated)
    shifted = uncertain_bases(base, bench.arrays.frame, calibrated=bench.calibrated)
    slots = bench.arrays.marks.shape[2]
    steps = len(shared) + slots + len(shifted)
    count = _Count(bench, base)
    for number, setting in enumerate(shared):
        count.add(setting.key, _inside(bench, bench.outcome(setting)))
        if progress:
            progress(number + 1, steps)
    _leave_out(bench, base, count)
    for number, setting in enumerate(shifted):
        _move(bench, setting, count)
        if progress:
            progress(len(shared) + slots + number + 1, steps)
    return Stability(base, shared, count.standings())


def settings_of(bench: Bench, base: Setting, key: int) -> tuple[Setting, ...]:
    """Return every plausible setting of one application, as many as its standing counts."""
    arrays, marks = bench.arrays, bench.marks(base)
    row = arrays.keys.index(key)
    alone = [
        arrays.reviewers[arrays.slots[row, slot]] for slot in range(marks.shape[2]) if without_slot(marks, slot)[1][row]
    ]
    shifted = uncertain(base, arrays.frame, key, calibrated=bench.calibrated)
    return (
        *common(base, arrays.frame, calibrated=bench.calibrated),
        *without_each(base, key, tuple(alone)),
        *(one for one in shifted if _has_error(bench, one, row)),
    )


class _Count:
    """The settings as they are counted, row by row."""

    def __init__(self, bench: Bench, base: Setting) -> None:
        self.keys = bench.arrays.keys
        self.base = bench.outcome(base)
        self.now: Flags = _inside(bench, self.base)
        self.inside = np.zeros(len(self.keys), dtype=np.int64)
        self.settings = np.zeros(len(self.keys), dtype=np.int64)
        self.otherwise: list[list[str]] = [[] for _ in self.keys]

    def add(self, name: str | list[str], inside: Flags, counted: Flags | None = None) -> None:
        """Count a setting, or one of each row's own, for the rows that have it."""
        here: Flags = np.ones(len(self.keys), dtype=bool) if counted is None else counted
        self.settings += here
        self.inside += here & inside
        for row in np.nonzero(here & (inside != self.now))[0].tolist():
            self.otherwise[row].append(name if isinstance(name, str) else name[row])

    def standings(self) -> dict[int, Standing]:
        found = zip(self.keys, self.inside.tolist(), self.settings.tolist(), self.otherwise, strict=True)
        return {key: Standing(key, inside, many, tuple(other)) for key, inside, many, other in found}


def _leave_out(bench: Bench, base: Setting, count: _Count) -> None:
    """Count the settings in which a reviewer of the row is left out."""
    arrays, marks, scale = bench.arrays, bench.marks(base), Scale(bench.arrays, base)
    others = _Others(bench, count.base, scale)
    for slot in range(marks.shape[2]):
        without, counted = without_slot(marks, slot)
        totals = scale.totals(completed(arrays, joined(arrays, without, base.aggregation)))
        names = ["" if one < 0 else f"without.{arrays.reviewers[one]}" for one in arrays.slots[:, slot].tolist()]
        count.add(names, others.inside(totals, counted), counted)


def _move(bench: Bench, setting: Setting, count: _Count) -> None:
    """Count the settings in which the row's total is higher or lower by the marks' own uncertainty."""
    scale = Scale(bench.arrays, setting)
    errors = bench.errors(setting, ERRORS)
    if errors is None:
        return
    counted = _marked(bench, setting)
    others = _Others(bench, bench.outcome(setting), scale)
    for name, moved in (("higher", errors), ("lower", -errors)):
        totals = scale.totals(bench.points(setting), moved)
        count.add(f"{setting.key}.{name}", others.inside(totals, counted), counted)


def _marked(bench: Bench, setting: Setting) -> Flags:
    found: Flags = (bench.marks(setting) != ABSENT).any(axis=2).any(axis=1)
    return found


def _has_error(bench: Bench, setting: Setting, row: int) -> bool:
    plain = replace(setting, shift=None)
    told = bench.errors(plain, ERRORS) is not None
    return told and bool(_marked(bench, plain)[row])


def _inside(bench: Bench, outcome: Outcome) -> Flags:
    found: Flags = np.isin(bench.arrays.keys, list(outcome.selected))
    return found


class _Others:
    """The ranking of all others under a setting, into which one at a time is placed anew.

    A place is said by how many of the ranking stand before it. Under limits alone there is for all of the same groups
    one place down to which they would be in: where the first of their limits, or the places, are full.

    Whoever is out takes nothing from anybody, so for those the others are as they are. Without somebody who is in they
    are as they are down to where the first of the limits that count it is full, for nobody was kept out by one of them
    before; what lies further down is found by filling the places without the last one of these groups. That answers for
    all of the same groups: between two of them who are in nobody stood at a full limit of theirs, and each fills the
    other's place. Under reserved places each is asked for by itself.
    """

    def __init__(self, bench: Bench, outcome: Outcome, scale: Scale) -> None:
        self.setting, self.scale = outcome.setting, scale
        self.pairs = bench.pairs(outcome.rows)
        self.keys = bench.arrays.keys
        self.groups = bench.arrays.groups
        self.rising = scale.order_keys(outcome.totals)[outcome.rows][::-1]
        self.now = _inside(bench, outcome)
        self.position = np.full(len(self.keys), -1, dtype=np.int64)
        self.position[outcome.rows] = np.arange(len(outcome.rows))
        # Even where somebody is out, odd where somebody is in.
        kinds, self.firsts = bench.kinds(self.setting.rules)
        self.kinds = 2 * kinds.astype(np.int64) + self.now
        if not reserving(self.setting.rules):
            self._bounds(outcome)

    def _bounds(self, outcome: Outcome) -> None:
        """Find for each kind the place down to which its members are in for sure, and its last one who is in."""
        self.last = np.full(2 * len(self.firsts), -1, dtype=np.int64)
        full = self._full(self.pairs, outcome.selected)
        self.sure = np.repeat(np.array([self._room(full, one) for one in self.firsts], dtype=np.int64), 2)
        ranked_and_in = np.nonzero(self.now)[0]
        np.maximum.at(self.last, self.kinds[ranked_and_in], self.position[ranked_and_in])
        self.asked = self.last < 0

    def inside(self, totals: Totals, counted: Flags) -> Flags:
        """Return for each row that counts whether it is in with its new total, all others having their old ones."""
        new = self.scale.order_keys(totals)
        before = len(self.rising) - np.searchsorted(self.rising, new, side="right")
        able = totals.able & counted
        if reserving(self.setting.rules):
            return self._each(before, able)
        further = able & (before > self.sure[self.kinds]) & ~self.asked[self.kinds]
        for kind in sorted(set(self.kinds[further].tolist())):
            self._ask(kind)
        found: Flags = able & (before <= self.sure[self.kinds])
        return found

    def _ask(self, kind: int) -> None:
        """Find the place down to which those of a kind who are in would be, by filling the places without the last."""
        own = int(self.last[kind])
        others = [*self.pairs[:own], *self.pairs[own + 1 :]]
        full = self._full(others, self._taken(others))
        place = self._room(full, self.pairs[own][1])
        self.sure[kind] = place + (place >= own)
        self.asked[kind] = True

    def _full(self, pairs: Sequence[Pair], taken: frozenset[int]) -> Mapping[Cell | None, int]:
        """Return at which place each limit is filled, and the places (None), if they are; -1 if they were before."""
        held: Counter[Cell] = Counter()
        full: dict[Cell | None, int] = {}
        for rule in self.setting.rules:
            held.update({(rule, value): many for value, many in rule.taken.items()})
            full.update({(rule, value): -1 for value, many in rule.taken.items() if many >= (rule.most or 0)})
        many = 0
        for place, (key, groups) in enumerate(pairs):
            if key not in taken:
                continue
            many += 1
            for cell in limits_of(groups, self.setting.rules):
                held[cell] += 1
                if held[cell] == cell[0].most:
                    full[cell] = place
            if many == len(taken):
                break
        if self.setting.places is not None and many >= self.setting.places + self.setting.pool:
            full[None] = place if many else -1
        return full

    def _room(self, full: Mapping[Cell | None, int], groups: Groups) -> int:
        """Return down to which place nothing that counts the groups is full."""
        cells = [*limits_of(groups, self.setting.rules), None]
        places = [
            -1 if cell is not None and not cell[0].most else full.get(cell, len(self.pairs) + 1) for cell in cells
        ]
        return min(places)

    def _each(self, before: Whole, able: Flags) -> Flags:
        found = np.zeros(len(able), dtype=bool)
        for row in np.nonzero(able)[0].tolist():
            place = int(before[row])
            same = self.position[row] >= 0 and place - int(self.position[row]) in (0, 1)
            found[row] = self.now[row] if same else self._in_at(row, place)
        return found

    def _in_at(self, row: int, place: int) -> bool:
        """Return whether a row is in when it stands at a place of the ranking and not at its own."""
        own = int(self.position[row])
        pair: Pair = (self.keys[row], self.groups[row])
        moved = [*self.pairs[:place], pair, *self.pairs[place:]]
        if own >= 0:
            del moved[own + (own >= place)]
        return pair[0] in self._taken(moved)

    def _taken(self, pairs: Sequence[Pair]) -> frozenset[int]:
        return taken_of(pairs, places_of(self.setting, len(pairs)), self.setting.rules)
