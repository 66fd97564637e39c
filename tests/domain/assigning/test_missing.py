"""The fewest further reviewers, held against every smaller and every other set."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.domain.assigning.missing import shortage
from registry.domain.assigning.values import Demand, Problem, Reviewer, Shortage
from registry.domain.errors import Invalid
from tests.domain.assigning.by_hand import plans
from tests.domain.assigning.rounds import FIELDS, case, problem, problems, reviewer


def most_filled(told: Problem, numbers: tuple[int, ...], load: int) -> int:
    """Return how many places are filled at best when so many of each field come in."""
    fields = [field for field, number in zip(FIELDS, numbers, strict=True) for _ in range(number)]
    new = dict(enumerate(fields, start=100))
    more = tuple(Reviewer(key, frozenset({field}), load) for key, field in new.items())
    able = {
        one.key: {other.key for other in told.reviewers} | {key for key, field in new.items() if field in one.fields}
        for one in told.cases
    }
    wider = replace(told, reviewers=(*told.reviewers, *more))
    return max(len(one) for one in plans(wider, able))


@settings(max_examples=80, deadline=None)
@given(problems(cases=3, reviewers=3), st.integers(1, 2))
def test_no_smaller_set_fills_every_place(told: Problem, load: int):
    places = sum(one.needed for one in told.cases)
    found = shortage(told, load)
    numbers = tuple(found.reviewers.get(field, 0) for field in FIELDS)
    assert found.beyond == {}
    assert found.open_places == places - most_filled(told, (0, 0, 0), load)
    assert sum(found.fills.values()) == found.open_places
    assert most_filled(told, numbers, load) == places
    smaller = (one for one in product(range(sum(numbers)), repeat=3) if sum(one) == sum(numbers) - 1)
    assert all(most_filled(told, one, load) < places for one in smaller)


def test_four_plants_without_anybody():
    told = problem([case(10, "water"), case(11, "water"), case(12, "water", "air"), case(13, "air")], [])
    # Two for water with two plants each leave the last; one for each field does all four: {10, 11} and {12, 13}.
    assert shortage(told, 2) == Shortage({"air": 1, "water": 1}, {"air": 2, "water": 2}, 4, {})


def test_one_who_comes_serves_a_case_once():
    told = problem([case(10, "water", needed=3)], [reviewer(1, "water")])
    assert shortage(told, 5) == Shortage({"water": 2}, {"water": 2}, 2, {})


def test_nobody_is_missing_where_all_places_can_be_filled():
    assert shortage(problem([case(10, "water")], [reviewer(1, "water")]), 5) == Shortage({}, {}, 0, {})


def test_a_case_without_a_field_is_beyond_them_where_expertise_is_demanded():
    told = problem([case(10, needed=2), case(11, "air")], [])
    assert shortage(told, 5) == Shortage({"air": 1}, {"air": 1}, 3, {10: 2})


def test_where_no_expertise_is_demanded_anyone_serves_a_case_without_a_field():
    assert shortage(problem([case(10, needed=2)], [], demand=Demand.NONE), 5) == Shortage({"": 2}, {"": 2}, 2, {})


def test_somebody_who_frees_another_is_found():
    # The one reviewer of both fields is bound to the plant that only a waste expert could take over.
    told = problem(
        [case(10, "waste"), case(11, "water", "air")],
        [reviewer(1, "waste", "water", most=1)],
    )
    found = shortage(told, 1)
    assert sum(found.reviewers.values()) == 1
    assert found.open_places == 1


def test_a_load_below_one_is_refused():
    with pytest.raises(Invalid):
        shortage(problem([], []), 0)
