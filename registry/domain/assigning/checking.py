"""A plan made by hand, in the form or as a file, held against the same rules; and a plan taken up again."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from registry.domain.assigning.grounds import Known, against, known
from registry.domain.assigning.values import Against, Duo, Fault, Problem, Reason


def checked(problem: Problem, duos: Sequence[Duo]) -> tuple[Fault, ...]:
    """Return every fault of a plan, by row; none where it can be taken as it is.

    Each row is held against the rules and against the rows above it, wrong or not: the row that goes beyond a load or
    the places of a case, that repeats a pair, or that brings in a colleague, has the fault.
    """
    told = known(problem)
    there: dict[int, list[int]] = defaultdict(list)
    more: Counter[int] = Counter()
    faults = []
    for row, duo in enumerate(duos, start=1):
        reasons = _unknown(told, duo) or _reasons(told, duo, there[duo.case], more[duo.reviewer])
        if reasons:
            faults.append(Fault(row, duo, reasons))
        if duo.reviewer not in there[duo.case]:
            there[duo.case].append(duo.reviewer)
            more[duo.reviewer] += 1
    return tuple(faults)


def _unknown(told: Known, duo: Duo) -> tuple[Reason, ...]:
    reasons = [] if duo.case in told.cases else [Reason(Against.UNKNOWN_CASE)]
    if duo.reviewer not in told.reviewers:
        reasons.append(Reason(Against.UNKNOWN_REVIEWER))
    return tuple(reasons)


def _reasons(told: Known, duo: Duo, there: Sequence[int], more: int) -> tuple[Reason, ...]:
    case, reviewer = told.cases[duo.case], told.reviewers[duo.reviewer]
    if reviewer.key in there:
        return (Reason(Against.TWICE),)
    reasons = list(against(told, case, reviewer))
    if told.problem.rules.one_of_an_employer and reviewer.employer is not None:
        beside = [told.reviewers[key] for key in there if key in told.reviewers]
        values = [
            {"employer": one.employer, "reviewer": one.key} for one in beside if one.employer == reviewer.employer
        ]
        reasons += [Reason(Against.COLLEAGUE_THERE, one) for one in values]
    if reviewer.room and more >= reviewer.room:
        reasons.append(Reason(Against.LOAD_FULL, {"load": reviewer.taken + more, "most": reviewer.most}))
    if len(there) >= case.needed:
        reasons.append(Reason(Against.PLACES_TAKEN, {"needed": case.needed}))
    return tuple(reasons)


def reopened(
    problem: Problem, duos: Iterable[Duo], *, declined: Iterable[Duo] = (), recused: Mapping[Duo, Reason] | None = None
) -> Problem:
    """Return the problem that is left when some reviewers of a plan decline or are recused.

    All other pairs are kept, only the places of those who left are open, and nobody comes back to a case they left.
    Pairs that are neither in the plan nor kept in the problem change no place.
    """
    ties = dict(recused or {})
    turned_down = set(declined)
    left = turned_down | set(ties)
    pairs = set(duos)
    before = pairs | {Duo(case.key, key) for case in problem.cases for key in case.kept}
    gone = before & left
    staying: dict[int, set[int]] = defaultdict(set)
    for duo in before - gone:
        staying[duo.case].add(duo.reviewer)
    opened = Counter(duo.case for duo in gone)
    freed, given = Counter(duo.reviewer for duo in gone), Counter(duo.reviewer for duo in pairs)
    return replace(
        problem,
        cases=tuple(replace(one, needed=opened[one.key], kept=frozenset(staying[one.key])) for one in problem.cases),
        reviewers=tuple(
            replace(
                one,
                taken=one.taken + given[one.key] - freed[one.key],
                declined=one.declined | {duo.case for duo in turned_down if duo.reviewer == one.key},
            )
            for one in problem.reviewers
        ),
        ties={**problem.ties, **ties},
    )
