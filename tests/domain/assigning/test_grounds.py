"""Why and why not, read a second time by hand."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from registry.domain.assigning.grounds import known, why
from registry.domain.assigning.planning import planned
from registry.domain.assigning.values import Demand, Duo, Level, Match, Problem, Reason, Verdict
from registry.domain.assigning.weighing import candidates, members, possible
from registry.domain.errors import NotFound
from tests.domain.assigning.by_hand import match_of, refused
from tests.domain.assigning.rounds import DEEP, TIE, case, problem, problems, reviewer


def keys(verdict: Verdict) -> set[str]:
    return {str(one.key) for one in verdict.reasons}


@settings(max_examples=120, deadline=None)
@given(problems(cases=3, reviewers=5))
def test_every_pair_is_told_as_it_is_read_by_hand(told: Problem):
    looked_up = known(told)
    able = possible(told)
    for place, one in enumerate(told.cases):
        for index, other in enumerate(told.reviewers):
            verdict = why(looked_up, Duo(one.key, other.key))
            reasons = refused(told, one, other)
            assert verdict.possible == (not reasons)
            if reasons:
                assert keys(verdict) == reasons
            else:
                known_by = {"main": "main_field", "other": "other_fields", "none": "last_resort"}[match_of(one, other)]
                assert keys(verdict) == {known_by, "load"}
                assert able[place].match(index).name.lower() == match_of(one, other)
            assert bool(able[place].all >> index & 1) == verdict.possible


@settings(max_examples=80, deadline=None)
@given(problems(cases=3, reviewers=5))
def test_beside_a_plan_every_pair_is_in_it_or_told_why_it_is_not(told: Problem):
    plan = planned(told)
    looked_up = known(told, plan)
    inside = {one.duo for one in plan.placed}
    employers = {one.key: one.employer for one in told.reviewers}
    after = {one.reviewer: one.after for one in plan.loads}
    for one in told.cases:
        there = {duo.reviewer for duo in inside if duo.case == one.key}
        for other in told.reviewers:
            verdict = why(looked_up, Duo(one.key, other.key))
            if (one.key, other.key) in inside:
                assert verdict.possible
                continue
            reasons = refused(told, one, other)
            if other.key not in plan.candidates[one.key]:
                reasons.add("not_candidate")
            if told.rules.one_of_an_employer and other.employer in {employers[key] for key in there} - {None}:
                reasons.add("colleague_there")
            if after[other.key] >= other.most:
                reasons.add("load_full")
            if len(there) >= one.needed:
                reasons.add("places_taken")
            assert keys(verdict) == reasons
            # A pair that nothing speaks against could be added, and the plan would not have left it out.
            assert not verdict.possible


@settings(max_examples=100, deadline=None)
@given(problems(cases=3, reviewers=5))
def test_candidates_are_possible_within_the_limit_and_nobody_possible_is_nowhere_without_need(told: Problem):
    able = possible(told)
    found = candidates(told, able)
    limit = told.rules.candidates
    for one, few in zip(able, found, strict=True):
        assert few & ~one.all == 0
        assert few.bit_count() == min(limit, one.all.bit_count())
    occurring = {index for few in found for index in members(few)}
    able_somewhere = {index for one in able for index in members(one.all)}
    times = [index for few in found for index in members(few)]
    for index in able_somewhere - occurring:
        # Nobody could make way: in every case where this one is possible, each candidate is one there only.
        where = [few for one, few in zip(able, found, strict=True) if one.all >> index & 1]
        assert all(times.count(other) == 1 for few in where for other in members(few))


def test_all_reasons_against_one_pair_with_their_values():
    told = problem(
        [case(10, "air", region=DEEP, organisations=frozenset({"academy", "works"}))],
        [
            reviewer(
                1,
                "water",
                most=2,
                taken=2,
                region=("cn", "east", "town", "other"),
                barred_regions=frozenset({"east"}),
                employer="academy",
                organisations=frozenset({"works"}),
                declined=frozenset({10}),
            )
        ],
        {Duo(10, 1): TIE},
    )
    assert why(known(told), Duo(10, 1)) == Verdict(
        False,
        (
            Reason("tied", {"tie": TIE}),
            Reason("same_region", {"region": "town"}),
            Reason("region_barred", {"region": "east"}),
            Reason("same_organisation", {"organisation": "academy"}),
            Reason("same_organisation", {"organisation": "works"}),
            Reason("no_expertise", {"wanted": ("air",), "has": ("water",)}),
            Reason("declined"),
            Reason("load_full", {"load": 2, "most": 2}),
        ),
    )


def test_what_speaks_for_a_pair():
    told = problem(
        [case(10, "air", "water", "waste")], [reviewer(1, "air"), reviewer(2, "waste", "water", taken=3), reviewer(3)]
    )
    looked_up = known(replace(told, rules=replace(told.rules, demand=Demand.NONE)))
    assert why(looked_up, Duo(10, 1)).reasons == (
        Reason("main_field", {"field": "air"}),
        Reason("load", {"load": 1, "most": 9}),
    )
    assert why(looked_up, Duo(10, 2)).reasons == (
        Reason("other_fields", {"fields": ("water", "waste")}),
        Reason("load", {"load": 4, "most": 9}),
    )
    assert why(looked_up, Duo(10, 3)).reasons == (
        Reason("last_resort", {"wanted": ("air", "water", "waste")}),
        Reason("load", {"load": 1, "most": 9}),
    )


def test_one_who_is_there_and_a_colleague_of_one_who_is_there():
    told = problem(
        [case(10, "air", kept=frozenset({1}))],
        [reviewer(1, "air", employer="academy"), reviewer(2, "air", employer="academy")],
    )
    assert why(known(told), Duo(10, 1)).reasons == (Reason("already_there"),)
    assert why(known(told), Duo(10, 2)).reasons == (Reason("colleague_there", {"employer": "academy", "reviewer": 1}),)


@pytest.mark.parametrize(
    ("level", "path", "possible_there"),
    [
        (Level.PROVINCE, ("cn", "east", "village"), False),
        (Level.CITY, ("cn", "east", "village"), True),
        (Level.CITY, ("cn", "east", "town", "other"), False),
        (Level.DISTRICT, ("cn", "east", "town", "other"), True),
        (Level.DISTRICT, DEEP, False),
        # Where in the province this reviewer lives is not known.
        (Level.CITY, ("cn", "east"), False),
        (Level.PROVINCE, ("cn",), True),
        (Level.PROVINCE, (), True),
        (None, DEEP, True),
    ],
)
def test_regions_are_compared_at_the_level_of_the_rules(level, path, possible_there):
    told = problem([case(10, "air", region=DEEP)], [reviewer(1, "air", region=path)], apart=level)
    assert why(known(told), Duo(10, 1)).possible is possible_there


def test_a_pair_that_does_not_exist_is_not_found():
    told = known(problem([case(10, "air")], [reviewer(1, "air")]))
    for duo in (Duo(10, 2), Duo(11, 1)):
        with pytest.raises(NotFound):
            why(told, duo)


def test_losing_all_expertise_weighs_more_than_losing_the_main_field():
    assert Match.MAIN - Match.OTHER < Match.OTHER - Match.NONE
