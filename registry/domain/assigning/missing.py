"""The fewest further reviewers, by field, with whom every place could be filled. This module brings in the solver.

Those who would come have one field, no ties, no region in the way and no colleague. How many of each field are needed
is an integer programme of these numbers alone, which learns as it goes: a proposal is tried by the search for places,
and where that ends in vain, the cases it ended at need more than the proposal gives them. Whoever comes gives them one
place each and no more than the load. As soon as a proposal fills every place, nothing smaller can.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import mul
from typing import NamedTuple

import highspy

from registry.domain.assigning.filling import Filling, Room
from registry.domain.assigning.ordering import ordered
from registry.domain.assigning.planning import room_of
from registry.domain.assigning.solving import NotProved, quiet
from registry.domain.assigning.values import Case, Demand, Problem, Shortage
from registry.domain.assigning.weighing import possible
from registry.domain.errors import Invalid

ANYBODY = ""


def shortage(problem: Problem, load: int) -> Shortage:
    """Return the smallest set of further reviewers, each with this load, that fills every place which can be filled.

    A case that names no field is beyond them where expertise is demanded; where it is not, anyone will do for it, and
    if no case names any, the field has the empty name. Of several smallest sets the one nearest to what the cases ask
    for is returned. Raises Invalid where the load is below one.
    """
    if load < 1:
        raise Invalid("load_below_one")
    whole = ordered(problem)
    fields = sorted({one for case in whole.cases for one in case.fields}) or [ANYBODY]
    serve = [_serving(case, whole.rules.demand, fields) for case in whole.cases]
    able = [one.all for one in possible(whole)]
    filling = Filling(room_of(whole))
    filling.fill(able)
    lacks = [one.needed - there.bit_count() for one, there in zip(whole.cases, filling.there, strict=True)]
    beyond = {
        case.key: lack for case, lack, served in zip(whole.cases, lacks, serve, strict=True) if lack and not served
    }
    wanted = sum(lacks) - sum(beyond.values())
    if not wanted:
        return Shortage({}, {}, sum(lacks), beyond)
    # Whom nobody can serve is not searched for again.
    needed = [one.needed if served else 0 for one, served in zip(whole.cases, serve, strict=True)]
    room = Room(needed, filling.room.rooms, filling.room.colleagues)
    numbers, fills = _Search(room, able, serve, len(fields), load).fewest()
    named = [(name, index) for index, name in enumerate(fields) if numbers[index]]
    return Shortage(
        {name: numbers[index] for name, index in named},
        {name: fills[index] for name, index in named},
        sum(lacks),
        beyond,
    )


def _serving(case: Case, demand: Demand, fields: Sequence[str]) -> tuple[int, ...]:
    """Return the fields, by number, of those who could be brought in for a case."""
    if demand is Demand.NONE and not case.fields:
        return tuple(range(len(fields)))
    asked = case.fields[:1] if demand is Demand.MAIN else case.fields
    return tuple(sorted({fields.index(one) for one in asked}))


class _Need(NamedTuple):
    """Some cases lack this many places, and one reviewer of each field gives them so many at most."""

    lacks: int
    gives: tuple[int, ...]


class _Row(NamedTuple):
    """The least value of a sum, and its columns with their coefficients."""

    least: float
    entries: list[tuple[int, float]]


class _Search:
    """The search for the smallest numbers by field."""

    def __init__(
        self, room: Room, able: Sequence[int], serve: Sequence[tuple[int, ...]], fields: int, load: int
    ) -> None:
        self._room, self._able, self._serve, self._fields, self._load = room, able, serve, fields, load
        self._now = Filling(room)
        self._now.fill(able)

    def fewest(self) -> tuple[list[int], list[int]]:
        """Return how many of each field are needed at least, and how many places those of each field fill."""
        shares = self._shares()
        needs = set(self._needs(self._now, self._able))
        while True:
            numbers = _least(sorted(needs), shares)
            filling, able, of_field = self._tried(numbers)
            if filling.filled == sum(self._room.needed):
                return numbers, [sum((there & mask).bit_count() for there in filling.there) for mask in of_field]
            learnt = set(self._needs(filling, able))
            if learnt <= needs:
                raise NotProved
            needs |= learnt

    def _shares(self) -> list[float]:
        """Return what part of the places each field is asked for by the cases that are short of reviewers."""
        parts = [0.0] * self._fields
        for case in sorted(self._now.short):
            for index in self._serve[case]:
                parts[index] += self._room.needed[case] / len(self._serve[case])
        return [one / sum(parts) for one in parts]

    def _tried(self, numbers: Sequence[int]) -> tuple[Filling, list[int], list[int]]:
        """Fill what is open with so many more of each field, all others filling what they can."""
        filling = self._now.joined_by([self._load] * sum(numbers))
        new = iter(range(len(self._room.rooms), len(self._room.rooms) + sum(numbers)))
        of_field = [sum(1 << next(new) for _ in range(number)) for number in numbers]
        able = [mask | sum(of_field[index] for index in one) for mask, one in zip(self._able, self._serve, strict=True)]
        filling.fill(able)
        return filling, able, of_field

    def _needs(self, filling: Filling, able: Sequence[int]) -> Iterator[_Need]:
        """Yield what the cases need at which searches end in vain, from all open cases and from one of each field."""
        kinds = {self._serve[case][0]: case for case in filling.open}
        ends = {frozenset(filling.reached(case, able)) for case in kinds.values()}
        return (self._need(filling, cases) for cases in ends | {frozenset(filling.short)})

    def _need(self, filling: Filling, cases: frozenset[int]) -> _Need:
        """Return what some cases need; the reviewers there are give them all they can, or the search would go on."""
        ours = (1 << len(self._room.rooms)) - 1
        lacks = sum(self._room.needed[case] - (filling.there[case] & ours).bit_count() for case in cases)
        counts = Counter(index for case in cases for index in self._serve[case])
        return _Need(lacks, tuple(min(self._load, counts[index]) for index in range(self._fields)))


def _least(needs: Sequence[_Need], shares: Sequence[float]) -> list[int]:
    """Return the smallest whole numbers that meet all needs, and of those the ones nearest to the shares."""
    fields = len(shares)
    rows = [_Row(float(one.lacks), [*enumerate(map(float, one.gives))]) for one in needs]
    size = sum(_solved(rows, [1.0] * fields, fields))
    apart = [fields + index for index in range(fields)]
    wished = [size * share for share in shares]
    more = [_Row(-wish, [(apart[index], 1.0), (index, -1.0)]) for index, wish in enumerate(wished)]
    less = [_Row(wish, [(apart[index], 1.0), (index, 1.0)]) for index, wish in enumerate(wished)]
    no_more = _Row(-float(size), [(index, -1.0) for index in range(fields)])
    numbers = _solved([*rows, *more, *less, no_more], [0.0] * fields + [1.0] * fields, fields)
    if sum(numbers) != size or any(sum(map(mul, one.gives, numbers)) < one.lacks for one in needs):
        raise NotProved
    return numbers


def _solved(rows: Sequence[_Row], cost: list[float], whole: int) -> list[int]:
    """Return the first, whole numbers of a cheapest solution, in which nothing is below nought."""
    columns, kinds, unbound = len(cost), highspy.HighsVarType, highspy.kHighsInf
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, len(rows)
    model.col_cost_, model.col_lower_, model.col_upper_ = cost, [0.0] * columns, [unbound] * columns
    model.integrality_ = [kinds.kInteger] * whole + [kinds.kContinuous] * (columns - whole)
    model.row_lower_, model.row_upper_ = [one.least for one in rows], [unbound] * len(rows)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = [0, *accumulate(len(one.entries) for one in rows)]
    model.a_matrix_.index_ = [column for one in rows for column, _ in one.entries]
    model.a_matrix_.value_ = [value for one in rows for _, value in one.entries]
    solver = quiet()
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise NotProved(solver.modelStatusToString(solver.getModelStatus()))
    return [round(one) for one in solver.getSolution().col_value[:whole]]
