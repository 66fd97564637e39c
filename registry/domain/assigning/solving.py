"""The best assignment as a flow, solved by HiGHS and proved in whole numbers.

Places flow from cases through employers, of whom each sends at most one reviewer to a case, to reviewers and on to
their seats, each seat dearer than the one before. Such a flow has whole solutions by itself, so linear programmes find
it. The goals stand in order: places, then points, then burden, then the numbers that the seed drew.

The first three are weighed into one goal, which is exact: two plans differ by exchanges along cycles that pass each
reviewer once and two seats at most, so the weights need only exceed what one such cycle can change. The seed's numbers
are then taken twenty bits at a time, each time on what the goals before leave open: whatever has a price that is not
zero stays as it is. Prices and costs are whole, so rounding them and finding no contradiction proves each solution.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from registry.domain.assigning.drawing_up import burden
from registry.domain.assigning.values import Match

DIGITS = (40, 20, 0)
DIGIT = (1 << 20) - 1

Whole = NDArray[np.int64]


class NotProved(ArithmeticError):
    """The solver gave an answer that whole numbers do not confirm."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Possible pairs as rows: case, reviewer and group by number (no group is -1), points of the match, drawn number.

    A group is the reviewers of one employer in one case. `needed` is by case; `taken` and `most` are by reviewer.
    """

    cases: Whole
    reviewers: Whole
    groups: Whole
    points: Whole
    draws: Whole
    needed: Whole
    taken: Whole
    most: Whole
    spread: bool


def best(flow: Flow) -> NDArray[np.bool_]:
    """Return which pairs the best plan has. Raises NotProved where the solver's answer is not confirmed."""
    if not len(flow.cases):
        return np.zeros(0, dtype=np.bool_)
    model = _Model(flow)
    model.solve(model.goals())
    for shift in DIGITS:
        if not model.open:
            break
        model.solve(np.concatenate([flow.draws >> shift & DIGIT, np.zeros(model.seats, dtype=np.int64)]))
    chosen: NDArray[np.bool_] = model.solution[: model.pairs] == 1
    return chosen


class _Model:
    """The flow as columns (pairs, then seats) and rows (cases, reviewers, groups), narrowed by each solution."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._seats = _seats(flow)
        self.pairs, self.seats = len(flow.cases), len(self._seats)
        self._columns = self.pairs + self.seats
        kinds = len(flow.needed), len(flow.most), int(flow.groups.max(initial=-1)) + 1
        self._rows = sum(kinds)
        self._start, self._index, self._value = self._matrix(*kinds[:2])
        self._low, self._high = np.zeros(self._columns), np.ones(self._columns)
        free = -highspy.kHighsInf
        self._least = np.concatenate([np.full(kinds[0], free), np.zeros(kinds[1]), np.full(kinds[2], free)])
        self._most = np.concatenate([flow.needed.astype(float), np.zeros(kinds[1]), np.ones(kinds[2])])
        self.solution: Whole = np.zeros(self._columns, dtype=np.int64)

    @property
    def open(self) -> bool:
        """Whether anything is left to decide."""
        return bool((self._low[: self.pairs] < self._high[: self.pairs]).any())

    def goals(self) -> Whole:
        """Return the cost of each column when places come before points and points before burden."""
        flow = self._flow
        prices = np.array([burden(load, int(flow.most[one])) for one, load in self._seats.tolist()], dtype=np.int64)
        prices *= flow.spread
        point = int(prices.max(initial=0)) + 1
        place = point * (int(max(Match)) * len(flow.most) + 1)
        return np.concatenate([-(place + point * flow.points), prices])

    def solve(self, cost: Whole) -> None:
        """Find a cheapest flow, prove it, and fix all that no other cheapest flow has otherwise."""
        answer = self._answer(cost)
        chosen = np.rint(np.array(answer.col_value)).astype(np.int64)
        prices = np.rint(np.array(answer.row_dual)).astype(np.int64)
        value = self._value.astype(np.int64)
        carried = np.zeros(self._rows, dtype=np.int64)
        np.add.at(carried, self._index, value * np.repeat(chosen, np.diff(self._start)))
        reduced = cost - np.add.reduceat(value * prices[self._index], self._start[:-1])
        tight = (prices != 0) & (self._least != self._most)
        proved = (
            ((chosen >= self._low) & (chosen <= self._high)).all()
            and ((carried >= self._least) & (carried <= self._most)).all()
            and (chosen[reduced > 0] == self._low[reduced > 0]).all()
            and (chosen[reduced < 0] == self._high[reduced < 0]).all()
            and (prices[tight] < 0).all()
            and (carried[tight] == self._most[tight]).all()
        )
        if not proved:
            raise NotProved
        fixed = reduced != 0
        self._low[fixed] = self._high[fixed] = chosen[fixed]
        self._least[tight] = self._most[tight]
        self.solution = chosen

    def _answer(self, cost: Whole) -> highspy.HighsSolution:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self._columns, self._rows
        model.col_cost_ = cost.astype(float)
        model.col_lower_, model.col_upper_ = self._low, self._high
        model.row_lower_, model.row_upper_ = self._least, self._most
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = self._start.astype(np.int32), self._index
        model.a_matrix_.value_ = self._value
        solver = quiet()
        solver.setOptionValue("solver", "simplex")
        solver.passModel(model)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise NotProved(solver.modelStatusToString(solver.getModelStatus()))
        return solver.getSolution()

    def _matrix(self, cases: int, reviewers: int) -> tuple[Whole, NDArray[np.int32], NDArray[np.float64]]:
        flow = self._flow
        grouped = flow.groups >= 0
        entries = np.concatenate([np.where(grouped, 3, 2), np.ones(self.seats, dtype=np.int64)])
        start = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(entries)])
        index, value = np.empty(int(start[-1]), dtype=np.int32), np.ones(int(start[-1]))
        of_pair, of_seat = start[: self.pairs], start[self.pairs : -1]
        index[of_pair] = flow.cases
        index[of_pair + 1] = cases + flow.reviewers
        index[of_pair[grouped] + 2] = cases + reviewers + flow.groups[grouped]
        index[of_seat] = cases + self._seats[:, 0]
        value[of_seat] = -1
        return start, index, value


def quiet() -> highspy.Highs:
    """Return a solver that prints nothing and works in one thread, so that it always goes the same way."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    return solver


def _seats(flow: Flow) -> Whole:
    """Return reviewer and load of each free seat that the reviewer's pairs could ever fill."""
    pairs = np.bincount(flow.reviewers, minlength=len(flow.most))
    last = np.minimum(flow.most, flow.taken + pairs)
    loads: Sequence[tuple[int, int]] = [
        (one, load)
        for one, (taken, most) in enumerate(zip(flow.taken.tolist(), last.tolist(), strict=True))
        for load in range(taken + 1, most + 1)
    ]
    return np.array(loads, dtype=np.int64).reshape(-1, 2)
