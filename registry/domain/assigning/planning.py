"""The best plan of a problem. This module brings in the solver."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from registry.domain.assigning.drawing_up import drawn_up
from registry.domain.assigning.filling import Filling, Room
from registry.domain.assigning.ordering import drawn, ordered
from registry.domain.assigning.solving import Flow, NotProved, best
from registry.domain.assigning.values import Duo, Plan, Problem
from registry.domain.assigning.weighing import Possible, candidates, colleagues, members, possible


def planned(problem: Problem) -> Plan:
    """Return the best plan: most places filled, then most points of match, then least burden, then the seed's choice.

    Best is meant among the candidates of each case. The limit on them costs no place: where more could be filled by
    others, the pairs needed for it are weighed too. Raises Invalid where the problem makes no sense.
    """
    whole = ordered(problem)
    able = possible(whole)
    weighed = candidates(whole, able)
    filling = Filling(room_of(whole))
    filling.fill(weighed)
    filling.fill([one.all for one in able])
    beyond = [there & ~few for there, few in zip(filling.there, weighed, strict=True)]
    rows = [
        (case, reviewer)
        for case, (few, more) in enumerate(zip(weighed, beyond, strict=True))
        for reviewer in members(few | more)
    ]
    chosen = best(_flow(whole, able, rows))
    pairs = [row for row, taken in zip(rows, chosen.tolist(), strict=True) if taken]
    if len(pairs) != filling.filled:
        # Two ways of counting the places that can be filled; one of them would be wrong.
        raise NotProved
    return drawn_up(
        whole,
        (_duo(whole, *pair) for pair in pairs),
        candidates={
            case.key: frozenset(whole.reviewers[one].key for one in members(few | more))
            for case, few, more in zip(whole.cases, weighed, beyond, strict=True)
        },
        widened=(_duo(whole, case, one) for case, more in enumerate(beyond) for one in members(more)),
    )


def room_of(problem: Problem) -> Room:
    """Return the places needed and the room left in an ordered problem."""
    needed = [one.needed for one in problem.cases]
    return Room(needed, [one.room for one in problem.reviewers], colleagues(problem))


def _flow(problem: Problem, able: Sequence[Possible], rows: Sequence[tuple[int, int]]) -> Flow:
    groups = _groups(problem, rows)
    return Flow(
        cases=_whole([case for case, _ in rows]),
        reviewers=_whole([reviewer for _, reviewer in rows]),
        groups=_whole(groups),
        points=_whole([able[case].match(reviewer) for case, reviewer in rows]),
        draws=_whole([drawn(problem.rules.seed, _duo(problem, *row)) for row in rows]),
        needed=_whole([one.needed for one in problem.cases]),
        taken=_whole([one.taken for one in problem.reviewers]),
        most=_whole([one.most for one in problem.reviewers]),
        spread=problem.rules.spread,
    )


def _groups(problem: Problem, rows: Sequence[tuple[int, int]]) -> list[int]:
    """Number the employers of each case from whom more than one reviewer could come."""
    if not problem.rules.one_of_an_employer:
        return [-1] * len(rows)
    employers = [(case, problem.reviewers[reviewer].employer) for case, reviewer in rows]
    times = Counter(employers)
    several = [one for one, count in times.items() if count > 1 and one[1] is not None]
    numbers = {one: number for number, one in enumerate(several)}
    return [numbers.get(one, -1) for one in employers]


def _duo(problem: Problem, case: int, reviewer: int) -> Duo:
    return Duo(problem.cases[case].key, problem.reviewers[reviewer].key)


def _whole(numbers: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, dtype=np.int64)
