"""The rules of an assignment read a second time, pair by pair and plan by plan, with nothing but the values."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product

from registry.domain.assigning.values import Case, Duo, Problem, Reviewer

POINTS = {"main": 3, "other": 2, "none": 0}


def match_of(case: Case, reviewer: Reviewer) -> str:
    for place, field in enumerate(case.fields):
        if field in reviewer.fields:
            return "main" if place == 0 else "other"
    return "none"


def near(case: Case, reviewer: Reviewer, level: int) -> bool:
    """Walk down both paths side by side; together is who has not parted before the level or the end of a path."""
    steps = 0
    for theirs, ours in zip(case.region, reviewer.region, strict=False):
        if steps == level:
            break
        if theirs != ours:
            return False
        steps += 1
    return steps >= 2


def refused(problem: Problem, case: Case, reviewer: Reviewer) -> set[str]:
    """Return the keys of all reasons against a pair."""
    rules, found = problem.rules, set()
    if (case.key, reviewer.key) in problem.ties:
        found.add("tied")
    if rules.apart and near(case, reviewer, {"PROVINCE": 2, "CITY": 3, "DISTRICT": 4}[rules.apart.name]):
        found.add("same_region")
    if any(region in reviewer.barred_regions for region in case.region):
        found.add("region_barred")
    theirs = {reviewer.employer, *reviewer.organisations}
    if rules.own_organisation_barred and any(one in theirs for one in case.organisations):
        found.add("same_organisation")
    if match_of(case, reviewer) not in {"main": ["main"], "any": ["main", "other"], "none": list(POINTS)}[rules.demand]:
        found.add("no_expertise")
    if case.key in reviewer.declined:
        found.add("declined")
    if reviewer.key in case.kept:
        found.add("already_there")
    elif rules.one_of_an_employer and reviewer.employer:
        kept = [one.employer for one in problem.reviewers if one.key in case.kept]
        if reviewer.employer in kept:
            found.add("colleague_there")
    if reviewer.taken >= reviewer.most:
        found.add("load_full")
    return found


def weight(problem: Problem, duos: tuple[Duo, ...]) -> tuple[int, int, int]:
    """Return places, points and what speaks against the loads, the less the better all three of them."""
    reviewers = {one.key: one for one in problem.reviewers}
    cases = {one.key: one for one in problem.cases}
    points = sum(POINTS[match_of(cases[case], reviewers[key])] for case, key in duos)
    more = Counter(duo.reviewer for duo in duos)
    uneven = 0
    for key, count in more.items():
        one = reviewers[key]
        for load in range(one.taken + 1, one.taken + count + 1):
            uneven += 1000 * (load * load - (load - 1) * (load - 1)) // one.most
    return -len(duos), -points, uneven if problem.rules.spread else 0


def plans(problem: Problem, allowed: dict[int, set[int]] | None = None) -> Iterator[tuple[Duo, ...]]:
    """Yield every assignment that breaks no rule; `allowed` narrows the reviewers of a case."""
    reviewers = {one.key: one for one in problem.reviewers}
    choices = []
    for case in problem.cases:
        able = [key for key, one in reviewers.items() if not refused(problem, case, one)]
        able = [key for key in able if allowed is None or key in allowed[case.key]]
        sets = [some for size in range(case.needed + 1) for some in combinations(able, size)]
        if problem.rules.one_of_an_employer:
            sets = [some for some in sets if _of_different(reviewers[key].employer for key in some)]
        choices.append([[Duo(case.key, key) for key in some] for some in sets])
    for chosen in product(*choices):
        duos = tuple(duo for some in chosen for duo in some)
        if all(
            count <= reviewers[key].most - reviewers[key].taken
            for key, count in Counter(duo.reviewer for duo in duos).items()
        ):
            yield duos


def _of_different(employers) -> bool:
    named = [one for one in employers if one]
    return len(named) == len(set(named))
