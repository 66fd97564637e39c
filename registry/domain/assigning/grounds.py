"""Why a reviewer may judge a case, or all the reasons why not."""

from collections.abc import Mapping
from dataclasses import dataclass

from registry.domain.assigning.values import (
    Against,
    Case,
    Demand,
    Duo,
    For,
    Level,
    Match,
    Placed,
    Plan,
    Problem,
    Reason,
    Reviewer,
    Verdict,
)
from registry.domain.errors import NotFound

COUNTRY = 1


@dataclass(frozen=True, slots=True)
class Known:
    """The cases and reviewers of a problem by key, and what a plan does with them, if there is one."""

    problem: Problem
    cases: Mapping[int, Case]
    reviewers: Mapping[int, Reviewer]
    plan: Plan | None
    placed: Mapping[Duo, Placed]
    there: Mapping[int, frozenset[int]]
    after: Mapping[int, int]


def known(problem: Problem, plan: Plan | None = None) -> Known:
    """Return the problem, and the plan if one is given, in a form in which pairs are looked up at once."""
    placed = {} if plan is None else {one.duo: one for one in plan.placed}
    there: dict[int, set[int]] = {}
    for duo in placed:
        there.setdefault(duo.case, set()).add(duo.reviewer)
    return Known(
        problem,
        {one.key: one for one in problem.cases},
        {one.key: one for one in problem.reviewers},
        plan,
        placed,
        {case: frozenset(keys) for case, keys in there.items()},
        {} if plan is None else {one.reviewer: one.after for one in plan.loads},
    )


def match(case: Case, reviewer: Reviewer) -> Match:
    """Return how well the reviewer's fields meet those of the case."""
    if case.fields and case.fields[0] in reviewer.fields:
        return Match.MAIN
    return Match.OTHER if reviewer.fields.intersection(case.fields) else Match.NONE


def enough(found: Match, demand: Demand) -> bool:
    """Return whether a match meets the demand."""
    least = {Demand.MAIN: Match.MAIN, Demand.ANY: Match.OTHER, Demand.NONE: Match.NONE}[demand]
    return found >= least


def shared(case: Case, reviewer: Reviewer, apart: Level | None) -> str | None:
    """Return the region that both lie in, as deep as the level and both paths go, or None where they lie apart.

    Where one of the paths ends above the level, nobody knows that the two are apart, so they count as together if one
    path leads to the other. To share no more than the country is to be apart.
    """
    if apart is None:
        return None
    deep = min(int(apart), len(case.region), len(reviewer.region))
    if deep <= COUNTRY or case.region[:deep] != reviewer.region[:deep]:
        return None
    return case.region[deep - 1]


def against(told: Known, case: Case, reviewer: Reviewer) -> tuple[Reason, ...]:
    """Return every reason against the pair that holds before any plan is made; none where it is possible."""
    rules = told.problem.rules
    reasons = [*_tied(told.problem, case, reviewer), *_regions(case, reviewer, rules.apart)]
    if rules.own_organisation_barred:
        both = case.organisations & _organisations(reviewer)
        reasons += [Reason(Against.SAME_ORGANISATION, {"organisation": one}) for one in sorted(both)]
    if not enough(match(case, reviewer), rules.demand):
        wanted = case.fields[:1] if rules.demand is Demand.MAIN else case.fields
        reasons.append(Reason(Against.NO_EXPERTISE, {"wanted": wanted, "has": tuple(sorted(reviewer.fields))}))
    if case.key in reviewer.declined:
        reasons.append(Reason(Against.DECLINED))
    if reviewer.key in case.kept:
        reasons.append(Reason(Against.ALREADY_THERE))
    elif rules.one_of_an_employer:
        reasons += _colleagues(told, reviewer, case.kept)
    if not reviewer.room:
        reasons.append(Reason(Against.LOAD_FULL, {"load": reviewer.taken, "most": reviewer.most}))
    return tuple(reasons)


def speaking_for(case: Case, reviewer: Reviewer, load: int) -> tuple[Reason, ...]:
    """Return what speaks for the pair: the fields that match, and the load that the reviewer carries with it."""
    carried = Reason(For.LOAD, {"load": load, "most": reviewer.most})
    found = match(case, reviewer)
    if found is Match.NONE:
        return Reason(For.LAST_RESORT, {"wanted": case.fields}), carried
    if found is Match.MAIN:
        return Reason(For.MAIN_FIELD, {"field": case.fields[0]}), carried
    fields = tuple(one for one in case.fields if one in reviewer.fields)
    return Reason(For.OTHER_FIELDS, {"fields": fields}), carried


def why(told: Known, duo: Duo) -> Verdict:
    """Return whether the pair is possible, and all the reasons for it or against it.

    With a plan the verdict is about what the plan leaves: a pair of the plan is possible, and any other one is refused
    also where the plan fills the reviewer's load or the places of the case, puts a colleague there, or did not weigh
    this reviewer for the case. Raises NotFound where there is no such case or reviewer.
    """
    if duo.case not in told.cases or duo.reviewer not in told.reviewers:
        raise NotFound
    if duo in told.placed:
        return Verdict(True, told.placed[duo].reasons)
    case, reviewer = told.cases[duo.case], told.reviewers[duo.reviewer]
    load = told.after.get(reviewer.key, reviewer.taken)
    reasons = against(told, case, reviewer) + _left_by(told, case, reviewer, load)
    return Verdict(False, reasons) if reasons else Verdict(True, speaking_for(case, reviewer, load + 1))


def _left_by(told: Known, case: Case, reviewer: Reviewer, load: int) -> tuple[Reason, ...]:
    if told.plan is None:
        return ()
    reasons: list[Reason] = []
    weighed = told.plan.candidates
    if weighed is not None and reviewer.key not in weighed.get(case.key, frozenset()):
        reasons.append(Reason(Against.NOT_CANDIDATE, {"candidates": told.problem.rules.candidates}))
    there = told.there.get(case.key, frozenset())
    if told.problem.rules.one_of_an_employer:
        reasons += _colleagues(told, reviewer, there)
    if reviewer.room and load >= reviewer.most:
        reasons.append(Reason(Against.LOAD_FULL, {"load": load, "most": reviewer.most}))
    if len(there) >= case.needed:
        reasons.append(Reason(Against.PLACES_TAKEN, {"needed": case.needed}))
    return tuple(reasons)


def _tied(problem: Problem, case: Case, reviewer: Reviewer) -> list[Reason]:
    found = problem.ties.get(Duo(case.key, reviewer.key))
    return [] if found is None else [Reason(Against.TIED, {"tie": found})]


def _regions(case: Case, reviewer: Reviewer, apart: Level | None) -> list[Reason]:
    region = shared(case, reviewer, apart)
    reasons = [] if region is None else [Reason(Against.SAME_REGION, {"region": region})]
    barred = [one for one in case.region if one in reviewer.barred_regions]
    return [*reasons, *(Reason(Against.REGION_BARRED, {"region": one}) for one in barred)]


def _colleagues(told: Known, reviewer: Reviewer, there: frozenset[int]) -> list[Reason]:
    if reviewer.employer is None:
        return []
    named = [told.reviewers[key] for key in sorted(there) if key in told.reviewers]
    values = [{"employer": one.employer, "reviewer": one.key} for one in named if one.employer == reviewer.employer]
    return [Reason(Against.COLLEAGUE_THERE, one) for one in values]


def _organisations(reviewer: Reviewer) -> frozenset[str]:
    return reviewer.organisations if reviewer.employer is None else reviewer.organisations | {reviewer.employer}
