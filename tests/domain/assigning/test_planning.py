"""The best plan, held against every possible one."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.assigning.checking import checked, reopened
from registry.domain.assigning.drawing_up import drawn_up
from registry.domain.assigning.ordering import digest, drawn
from registry.domain.assigning.planning import planned
from registry.domain.assigning.values import Duo, Gap, Load, Match, Problem, Reason
from registry.domain.errors import Invalid
from tests.domain.assigning.by_hand import plans, weight
from tests.domain.assigning.rounds import DEEP, case, problem, problems, reviewer


def duos(plan) -> tuple[Duo, ...]:
    return tuple(one.duo for one in plan.placed)


@settings(max_examples=120, deadline=None)
@given(problems())
def test_no_assignment_of_the_candidates_is_better_and_none_at_all_fills_more(told: Problem):
    plan = planned(told)
    candidates = {key: set(who) for key, who in plan.candidates.items()}
    best = min(
        plans(told, candidates), key=lambda one: (weight(told, one), sum(drawn(told.rules.seed, duo) for duo in one))
    )
    assert weight(told, duos(plan)) == weight(told, best)
    assert plan.figures.filled == max(len(one) for one in plans(told))
    assert checked(told, duos(plan)) == ()


@settings(max_examples=80, deadline=None)
@given(problems(cases=4, reviewers=5, plain=True))
def test_with_room_for_every_candidate_the_plan_is_best_of_all(told: Problem):
    told = replace(told, rules=replace(told.rules, candidates=50))
    assert weight(told, duos(planned(told))) == min(weight(told, one) for one in plans(told))


def digits(told: Problem, one: tuple[Duo, ...]) -> tuple[int, ...]:
    """The seed's numbers are compared twenty bits at a time, the highest first."""
    numbers = [drawn(told.rules.seed, duo) for duo in one]
    return tuple(sum(number // 2**shift % 2**20 for number in numbers) for shift in (40, 20, 0))


@settings(max_examples=80, deadline=None)
@given(problems())
def test_among_equals_the_seed_decides(told: Problem):
    plan = planned(told)
    candidates = {key: set(who) for key, who in plan.candidates.items()}
    best = min(plans(told, candidates), key=lambda one: (weight(told, one), digits(told, one)))
    assert sorted(duos(plan)) == sorted(best)


@settings(max_examples=100, deadline=None)
@given(problems(), st.randoms())
def test_the_order_of_the_rows_changes_nothing(told: Problem, random):
    cases, reviewers, ties = list(told.cases), list(told.reviewers), list(told.ties.items())
    for rows in (cases, reviewers, ties):
        random.shuffle(rows)
    assert planned(replace(told, cases=tuple(cases), reviewers=tuple(reviewers), ties=dict(ties))) == planned(told)


@settings(max_examples=100, deadline=None)
@given(problems())
def test_another_seed_gives_a_plan_that_is_as_good(told: Problem):
    told = replace(told, rules=replace(told.rules, candidates=50))
    other = replace(told, rules=replace(told.rules, seed="another"))
    assert weight(told, duos(planned(told))) == weight(told, duos(planned(other)))
    assert planned(told) == planned(told)
    assert digest(told) != digest(other)


@settings(max_examples=100, deadline=None)
@given(problems(), st.data())
def test_when_somebody_leaves_only_their_place_is_filled_again(told: Problem, data):
    plan = planned(told)
    pairs = duos(plan)
    if not pairs:
        return
    gone = data.draw(st.sampled_from(pairs))
    left = reopened(told, pairs, declined=[gone])
    again = planned(left)
    assert {one.key for one in left.cases if one.needed} == {gone.case}
    assert [one.case for one in again.placed] in ([], [gone.case])
    assert gone not in duos(again)
    # All that stays and all that is new together breaks no rule of the round; the declined pair would.
    whole = [*(one for one in pairs if one != gone), *duos(again)]
    assert checked(told, whole) == ()
    assert len(duos(again)) == max(len(one) for one in plans(left))


def test_two_plants_and_two_reviewers_by_hand():
    told = problem(
        [case(10, "water", "air"), case(11, "water")],
        [reviewer(1, "water", most=1), reviewer(2, "air", most=1)],
    )
    plan = planned(told)
    # The second plant can only be judged by the first reviewer, so the first plant gets the one who knows air.
    assert duos(plan) == ((10, 2), (11, 1))
    assert [one.match for one in plan.placed] == [Match.OTHER, Match.MAIN]
    assert plan.placed[0].reasons == (
        Reason("other_fields", {"fields": ("air",)}),
        Reason("load", {"load": 1, "most": 1}),
    )
    assert plan.placed[1].reasons == (Reason("main_field", {"field": "water"}), Reason("load", {"load": 1, "most": 1}))
    assert plan.loads == (Load(1, 0, 1, 1), Load(2, 0, 1, 1))
    assert plan.gaps == ()
    # 2 + 3 points; one place of one each: 1000 × 1² ÷ 1, twice.
    assert (plan.figures.places, plan.figures.filled, plan.figures.points, plan.figures.burden) == (2, 2, 5, 2000)
    assert plan.figures.matches == {Match.NONE: 0, Match.OTHER: 1, Match.MAIN: 1}


def test_loads_follow_the_limits():
    told = problem(
        [case(key, "water") for key in range(10, 16)], [reviewer(1, "water", most=8), reviewer(2, "water", most=4)]
    )
    # Six places on limits of eight and four: four and two are the same half of each.
    assert [one.after for one in planned(told).loads] == [4, 2]


def test_load_already_carried_counts():
    told = problem([case(10, "water")], [reviewer(1, "water", most=8, taken=4), reviewer(2, "water", most=8)])
    assert duos(planned(told)) == ((10, 2),)


def test_a_place_goes_where_it_adds_least_to_the_square_of_the_load_by_the_limit():
    told = problem([case(10, "water")], [reviewer(1, "water", most=5, taken=1), reviewer(2, "water", most=2)])
    plan = planned(told)
    # 2² ÷ 5 − 1² ÷ 5 = 0.6 for the first, 1² ÷ 2 = 0.5 for the second; what the first carries adds 0.2.
    assert duos(plan) == ((10, 2),)
    assert plan.figures.burden == 700
    # Had the first taken it, both of its places would count: 0.2 + 0.6.
    assert drawn_up(told, [Duo(10, 1)]).figures.burden == 800


def test_of_equal_reviewers_the_one_with_the_lowest_number_is_drawn():
    told = problem([case(10, "water")], [reviewer(key, "water") for key in range(1, 9)])
    for seed in map(str, range(20)):
        lowest = min(range(1, 9), key=lambda key: drawn(seed, Duo(10, key)))
        assert duos(planned(replace(told, rules=replace(told.rules, seed=seed)))) == ((10, lowest),)


def test_what_is_missing_is_told_by_case():
    told = problem([case(10, "water", needed=3)], [reviewer(1, "water"), reviewer(2, "air")])
    assert planned(told).gaps == (Gap(10, 3, 2),)


def test_without_any_pair_the_plan_is_empty():
    plan = planned(problem([case(10, "water")], []))
    assert plan.placed == ()
    assert plan.gaps == (Gap(10, 1, 1),)


def test_the_limit_of_candidates_gives_way_where_it_would_cost_a_place():
    # With one candidate each, both plants may weigh the same reviewer; each of the two has room for one.
    for seed in map(str, range(20)):
        told = problem(
            [case(10, "water"), case(11, "water")],
            [reviewer(1, "water", most=1), reviewer(2, "water", most=1)],
            seed=seed,
            candidates=1,
        )
        assert planned(told).figures.filled == 2


def test_different_seeds_prefer_different_pairs():
    told = problem([case(10, "water", region=DEEP)], [reviewer(key, "water") for key in range(1, 9)])
    chosen = {duos(planned(replace(told, rules=replace(told.rules, seed=str(seed)))))[0].reviewer for seed in range(64)}
    # Eight equal reviewers, 64 draws: that one of them is never drawn has a chance of 8 × (7/8)^64, 1 in 600.
    assert len(chosen) >= 7


@pytest.mark.parametrize(
    ("told", "key"),
    [
        (problem([case(10), case(10)], []), "case_twice"),
        (problem([], [reviewer(1), reviewer(1)]), "reviewer_twice"),
        (problem([case(10, needed=-1)], []), "needed_below_zero"),
        (problem([], [reviewer(1, most=-1)]), "load_below_zero"),
        (problem([], [], candidates=0), "candidates_below_one"),
        (problem([], [], seed=""), "seed_needed"),
    ],
)
def test_a_problem_without_sense_is_refused(told: Problem, key: str):
    with pytest.raises(Invalid) as refused:
        planned(told)
    assert refused.value.key == key
