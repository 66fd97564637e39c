"""Who is in when places are filled down a ranking under limits and reserved places."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from registry.domain.quota_rules import Rule, allot
from registry.domain.selection import Candidate, rank
from registry.domain.vocabulary import Ground, Result


def ordered(*groups: str):
    """Candidates 1, 2, 3 … in this order; "north small" is in the region north and of the size small."""
    sizes = ("small", "large")
    return [
        (
            number,
            {
                "region": tuple(word for word in words.split() if word not in sizes),
                "size": tuple(word for word in words.split() if word in sizes),
            },
        )
        for number, words in enumerate(groups, start=1)
    ]


def test_without_rules_the_first_ones_are_in():
    assert allot(ordered("north", "north", "south"), 2).taken == {1, 2}


def test_a_full_limit_of_one_region_passes_over_its_next_one():
    limit = Rule("north_two", "region", "north", most=2)
    found = allot(ordered("north", "north", "north", "south", "south"), 4, [limit])
    assert found.taken == {1, 2, 4, 5}
    assert found.passed == {3: "north_two"}


def test_a_limit_without_a_value_holds_for_each_group_by_itself():
    each = Rule("one_each", "region", most=1)
    found = allot(ordered("north", "north", "south", "south", "west"), 5, [each])
    assert found.taken == {1, 3, 5}
    assert found.passed == {2: "one_each", 4: "one_each"}


def test_who_is_in_two_regions_counts_in_both():
    city = Rule("city", "region", "city", most=1)
    province = Rule("province", "region", "province", most=2)
    found = allot(ordered("city province", "city province", "province", "province"), 4, [city, province])
    # 1 fills the city; 2 stands at the city's limit; 3 is the province's second; 4 stands at the province's limit.
    assert found.taken == {1, 3}
    assert found.passed == {2: "city", 4: "province"}


def test_places_held_from_earlier_years_count_against_a_number_of_several_years():
    cumulative = Rule("two_hundred", "region", "north", most=3, taken={"north": 2})
    found = allot(ordered("north", "north", "south"), 3, [cumulative])
    assert found.taken == {1, 3}


def test_reserved_places_go_to_the_best_of_the_group_and_displace_the_last_of_the_others():
    kept = Rule("small_two", "size", "small", least=2)
    found = allot(ordered("large", "large", "large", "small", "large", "small"), 3, [kept])
    # Of three places two are kept: 1 has the free one, 4 and 6 the kept ones; by rank 2 and 3 would have been in.
    assert found.taken == {1, 4, 6}
    assert found.favoured == {4: "small_two", 6: "small_two"}
    assert found.displaced == {2: "small_two", 3: "small_two"}


def test_who_would_be_out_anyway_is_not_said_to_be_displaced():
    kept = Rule("small_one", "size", "small", least=1)
    found = allot(ordered("large", "large", "large", "small"), 2, [kept])
    assert found.taken == {1, 4}
    assert found.displaced == {2: "small_one"}


def test_a_reserved_place_for_which_nobody_is_left_is_free_in_the_order_of_the_ranking():
    kept = Rule("small_three", "size", "small", least=3)
    found = allot(ordered("large", "small", "large", "large"), 3, [kept])
    assert found.taken == {1, 2, 3}
    assert not found.favoured
    assert not found.displaced


def test_a_reserved_place_whose_last_taker_stands_at_a_limit_is_free_for_the_first_who_waits():
    kept, full = Rule("small_one", "size", "small", least=1), Rule("north_one", "region", "north", most=1)
    found = allot(ordered("north large", "south large", "south large", "north small"), 2, [kept, full])
    # 4 is the only small one and stands at the limit of the north, which 1 fills: the place goes to 2, not to 3.
    assert found.taken == {1, 2}
    assert found.passed == {4: "north_one"}


def test_one_who_fills_two_reserved_places_at_once_sets_one_free_for_the_first_who_waits():
    rules = [Rule("small_one", "size", "small", least=1), Rule("west_one", "region", "west", least=1)]
    found = allot(ordered("north large", "west small", "south large"), 2, rules)
    assert found.taken == {1, 2}


def test_the_ranking_says_the_rule_beside_the_place():
    candidates = [
        Candidate(number, 100 - number, groups=groups)
        for number, groups in ordered("north", "north", "south", "west", "west")
    ]
    ranked = rank(candidates, 3, 1, [Rule("one_each", "region", most=1)])
    assert [(row.key, row.result, row.ground, row.rule) for row in ranked.rows] == [
        (1, Result.SELECTED, Ground.WITHIN_QUOTA, None),
        (2, Result.UNSELECTED, Ground.ABOVE_LIMIT, "one_each"),
        (3, Result.SELECTED, Ground.WITHIN_QUOTA, None),
        (4, Result.SELECTED, Ground.WITHIN_QUOTA, None),
        # Nobody stands in reserve whom the limit would keep out again.
        (5, Result.UNSELECTED, Ground.BELOW_CUT, "one_each"),
    ]


regions = st.sampled_from(["north", "south", "west"])
sizes = st.sampled_from(["small", "large", ""])
fields = st.lists(st.tuples(regions, sizes).map(" ".join), max_size=7).map(lambda groups: ordered(*groups))
numbers = st.integers(0, 3)
limits = st.lists(st.tuples(regions, numbers), max_size=3, unique_by=lambda pair: pair[0])


def within(chosen, most):
    return all(sum(value in groups["region"] for _, groups in chosen) <= number for value, number in most)


@given(fields, st.integers(0, 7), limits)
def test_under_limits_the_best_ones_are_in_that_can_be_in_together(candidates, places, most):
    """Of all sets that the limits allow the one whose members stand first: compared from the first to the last."""
    rules = [Rule(f"most_{value}", "region", value, most=number) for value, number in most]
    sets = [
        {key for key, _ in chosen}
        for many in range(places + 1)
        for chosen in combinations(candidates, many)
        if within(chosen, most)
    ]
    best = max(sets, key=lambda chosen: [key in chosen for key, _ in candidates])
    assert allot(candidates, places, rules).taken == best


@given(fields, st.integers(0, 7), st.lists(st.tuples(regions, numbers), max_size=3, unique_by=lambda pair: pair[0]))
def test_with_reserved_places_the_best_ones_are_in_that_leave_each_group_its_own(candidates, places, least):
    rules = [Rule(f"least_{value}", "region", value, least=number) for value, number in least]

    def filled(chosen):
        """How many reserved places are filled; of a group with fewer candidates only those count."""
        return sum(min(number, sum(value in groups["region"] for _, groups in chosen)) for value, number in least)

    sets = list(combinations(candidates, min(places, len(candidates))))
    most = max(map(filled, sets))
    best = max(
        ({key for key, _ in chosen} for chosen in sets if filled(chosen) == most),
        key=lambda chosen: [key in chosen for key, _ in candidates],
    )
    assert allot(candidates, places, rules).taken == best


@given(
    fields,
    st.integers(0, 7),
    limits,
    st.lists(st.tuples(st.sampled_from(["small", "large"]), numbers), max_size=2, unique_by=lambda pair: pair[0]),
)
def test_no_limit_is_broken_no_place_stays_empty_and_nobody_stays_out_without_a_ground(candidates, places, most, least):
    rules = [Rule(f"most_{value}", "region", value, most=number) for value, number in most]
    rules += [Rule(f"least_{value}", "size", value, least=number) for value, number in least]
    found = allot(candidates, places, rules)
    taken = [(key, groups) for key, groups in candidates if key in found.taken]
    assert within(taken, most)
    assert len(taken) <= places
    free = places > len(taken)
    # Whoever would be in if only limits counted is told which rule put others in front.
    by_limits = allot(candidates, places, [rule for rule in rules if rule.least is None]).taken
    for key, groups in candidates:
        if key in found.taken:
            continue
        full = not within([*taken, (key, groups)], most)
        assert full or not free
        if key in by_limits:
            assert found.rule_of(key) or full
