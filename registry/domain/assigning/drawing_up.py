"""A plan written out from its pairs, whoever chose them: reasons, loads, gaps and figures."""

from collections import Counter
from collections.abc import Iterable, Mapping

from registry.domain.assigning.grounds import match, speaking_for
from registry.domain.assigning.ordering import digest, ordered
from registry.domain.assigning.values import Case, Duo, Figures, Gap, Load, Match, Placed, Plan, Problem, Reviewer

SCALE = 1000


def burden(load: int, most: int) -> int:
    """Return what a place adds to the burden of a reviewer who carries this load with it: more, the nearer the limit.

    Summed up it follows the square of the load divided by the limit, so the sum is least when all carry the same part
    of what they can.
    """
    return SCALE * (2 * load - 1) // max(1, most)


def drawn_up(
    problem: Problem,
    duos: Iterable[Duo],
    *,
    candidates: Mapping[int, frozenset[int]] | None = None,
    widened: Iterable[Duo] = (),
) -> Plan:
    """Return the plan that consists of these pairs, which must all be of the problem. Nothing is checked."""
    whole = ordered(problem)
    cases = {one.key: one for one in whole.cases}
    reviewers = {one.key: one for one in whole.reviewers}
    pairs = sorted(duos)
    more = Counter(duo.reviewer for duo in pairs)
    filled = Counter(duo.case for duo in pairs)
    loads = tuple(Load(one.key, one.taken, one.taken + more[one.key], one.most) for one in whole.reviewers)
    after = {one.reviewer: one.after for one in loads}
    placed = tuple(_placed(cases[case], reviewers[reviewer], after[reviewer]) for case, reviewer in pairs)
    missing = ((one, one.needed - filled[one.key]) for one in whole.cases)
    return Plan(
        placed,
        loads,
        tuple(Gap(one.key, one.needed, lacks) for one, lacks in missing if lacks > 0),
        _figures(whole, placed, loads),
        whole.rules.seed,
        digest(whole),
        candidates,
        tuple(sorted(widened)),
    )


def _placed(case: Case, reviewer: Reviewer, load: int) -> Placed:
    return Placed(case.key, reviewer.key, match(case, reviewer), speaking_for(case, reviewer, load))


def _figures(problem: Problem, placed: tuple[Placed, ...], loads: tuple[Load, ...]) -> Figures:
    matches = Counter(one.match for one in placed)
    return Figures(
        places=sum(one.needed for one in problem.cases),
        filled=len(placed),
        points=sum(one.match for one in placed),
        matches={one: matches[one] for one in Match},
        burden=sum(burden(load, one.most) for one in loads for load in range(1, one.after + 1)),
    )
