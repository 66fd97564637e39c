"""The ranking under a quota."""

from decimal import Decimal

import pytest

from registry.domain import wordings
from registry.domain.selection import BARS, ORDER, Candidate, rank
from registry.domain.vocabulary import Ground, Result


def candidate(key: int, total: str | None, *ties: str, reaches: bool = True, waits: bool = False) -> Candidate:
    named = tuple((f"tie_{number}", Decimal(points)) for number, points in enumerate(ties, start=1))
    return Candidate(key, None if total is None else Decimal(total), named, reaches, waits)


def results(ranked) -> dict[int, Result]:
    return {row.key: row.result for row in ranked.rows}


def test_the_highest_totals_are_in_then_the_reserve_then_those_below_the_cut():
    ranked = rank([candidate(1, "70"), candidate(2, "90"), candidate(3, "80"), candidate(4, "60")], 2, 1)
    assert [(row.key, row.rank, row.result, row.ground) for row in ranked.rows] == [
        (2, 1, Result.SELECTED, Ground.WITHIN_QUOTA),
        (3, 2, Result.SELECTED, Ground.WITHIN_QUOTA),
        (1, 3, Result.RESERVED, Ground.NEXT_IN_LINE),
        (4, 4, Result.UNSELECTED, Ground.BELOW_CUT),
    ]
    assert ranked.last_in == 3
    assert ranked.across == ()


def test_equal_totals_are_parted_by_the_first_tie_break_value_that_differs():
    ranked = rank([candidate(1, "80", "10", "3"), candidate(2, "80", "10", "5"), candidate(3, "81", "0", "0")], 2, 0)
    assert [(row.key, row.rank, row.parted_by) for row in ranked.rows] == [
        (3, 1, None),
        (2, 2, None),
        (1, 3, "tie_2"),
    ]
    assert ranked.across == ()


def test_a_tie_that_the_cut_goes_through_is_named_with_all_who_share_it():
    tied = [candidate(key, "80", "10") for key in (4, 2, 3)]
    ranked = rank([candidate(1, "90", "0"), *tied], 2, 0)
    # 1 is first; 2, 3 and 4 are equal in everything, so all three are second and the key decides the order.
    assert [(row.key, row.rank, row.parted_by) for row in ranked.rows] == [
        (1, 1, None),
        (2, 2, None),
        (3, 2, ORDER),
        (4, 2, ORDER),
    ]
    assert ranked.across == (2, 3, 4)


def test_a_tie_wholly_on_one_side_of_the_cut_is_not_named():
    ranked = rank([candidate(1, "90"), candidate(2, "90"), candidate(3, "80")], 2, 0)
    assert ranked.across == ()


def test_who_does_not_reach_the_lowest_grade_is_out_whatever_the_total_and_the_places():
    ranked = rank([candidate(1, "95", reaches=False), candidate(2, "70"), candidate(3, None)], 5, 5)
    assert [(row.key, row.rank, row.result, row.ground) for row in ranked.rows] == [
        (2, 1, Result.SELECTED, Ground.WITHIN_QUOTA),
        (1, None, Result.UNSELECTED, Ground.BELOW_LOWEST_GRADE),
        (3, None, Result.UNSELECTED, Ground.NO_FIGURE),
    ]


def test_without_a_quota_all_who_reach_the_lowest_grade_are_in():
    ranked = rank([candidate(1, "60"), candidate(2, "50", reaches=False), candidate(3, "70")], None, 0)
    assert results(ranked) == {3: Result.SELECTED, 1: Result.SELECTED, 2: Result.UNSELECTED}


def test_who_waits_in_reserve_from_an_earlier_decision_stays_there_or_moves_up():
    ranked = rank([candidate(1, "70", waits=True), candidate(2, "80", waits=True), candidate(3, "60")], 1, 0)
    assert results(ranked) == {2: Result.SELECTED, 1: Result.RESERVED, 3: Result.UNSELECTED}


@pytest.mark.parametrize(("places", "last_in"), [(0, None), (1, 1), (2, 2), (9, 2)])
def test_the_cut_falls_after_the_places_that_are_filled(places, last_in):
    assert rank([candidate(1, "70"), candidate(2, "60")], places, 0).last_in == last_in


def test_totals_are_compared_as_numbers():
    ranked = rank([candidate(1, "9.5"), candidate(2, "10.0"), candidate(3, "10")], 1, 0)
    assert [row.key for row in ranked.rows] == [2, 3, 1]
    assert ranked.across == (2, 3)


def against(key: int, total: str | None, *, reaches: bool = True, waits: bool = False) -> Candidate:
    return Candidate(key, None if total is None else Decimal(total), (), reaches, waits, supported=False)


def test_whoever_a_meeting_does_not_support_has_no_place_and_the_next_one_takes_it():
    ranked = rank([candidate(1, "70"), against(2, "90"), candidate(3, "80"), candidate(4, "60")], 2, 1)
    assert [(row.key, row.rank, row.result, row.ground) for row in ranked.rows] == [
        (3, 1, Result.SELECTED, Ground.WITHIN_QUOTA),
        (1, 2, Result.SELECTED, Ground.WITHIN_QUOTA),
        (4, 3, Result.RESERVED, Ground.NEXT_IN_LINE),
        (2, None, Result.UNSELECTED, Ground.NOT_SUPPORTED),
    ]


def test_a_tie_with_one_that_is_not_supported_does_not_go_through_the_cut():
    ranked = rank([candidate(1, "80"), against(2, "80"), candidate(3, "70")], 1, 0)
    assert ranked.across == ()
    assert ranked.last_in == 1


def test_figures_are_the_ground_before_a_meeting_is_and_whoever_waited_waits_no_more():
    ranked = rank([against(1, None), against(2, "40", reaches=False), against(3, "80", waits=True)], None, 0)
    assert [(row.key, row.result, row.ground) for row in ranked.rows] == [
        (1, Result.UNSELECTED, Ground.NO_FIGURE),
        (2, Result.UNSELECTED, Ground.BELOW_LOWEST_GRADE),
        (3, Result.UNSELECTED, Ground.NOT_SUPPORTED),
    ]


def test_a_vacant_place_goes_to_the_reserve_before_who_comes_later_with_more():
    ranked = rank([Candidate(1, Decimal(80), waits=True), Candidate(2, Decimal(85))], 1, 1)
    assert [(row.key, row.rank, row.result, row.parted_by) for row in ranked.rows] == [
        (1, 1, Result.SELECTED, None),
        (2, 2, Result.RESERVED, "reserve"),
    ]


def test_who_is_barred_has_no_place_whatever_the_total():
    ranked = rank([Candidate(1, Decimal(95), barred=Ground.BARRED), Candidate(2, Decimal(60))], 1, 0)
    assert [(row.key, row.rank, row.result, row.ground) for row in ranked.rows] == [
        (2, 1, Result.SELECTED, Ground.WITHIN_QUOTA),
        (1, None, Result.UNSELECTED, Ground.BARRED),
    ]


def test_equals_in_reserve_stand_in_the_order_that_was_decided():
    """The first place goes to whom the decision put first; nothing is an open tie there any more."""
    rows = [Candidate(1, Decimal(80), waits=True, turn=2), Candidate(2, Decimal(80), waits=True, turn=1)]
    ranked = rank(rows, 1, 2)
    assert [(row.key, row.rank, row.result, row.parted_by) for row in ranked.rows] == [
        (2, 1, Result.SELECTED, None),
        (1, 2, Result.RESERVED, "settled"),
    ]
    assert ranked.across == ()


def test_an_override_takes_one_of_the_places_and_lifts_no_limit():
    five = [Candidate(key, Decimal(90 - key)) for key in range(1, 6)]
    found = {
        row.key: (row.rank, row.result, row.ground) for row in rank(five, 2, 1, overrides={4: True, 1: False}).rows
    }
    assert found == {
        1: (1, Result.UNSELECTED, Ground.OVERRIDDEN),
        2: (2, Result.SELECTED, Ground.WITHIN_QUOTA),
        3: (3, Result.RESERVED, Ground.NEXT_IN_LINE),
        4: (4, Result.SELECTED, Ground.OVERRIDDEN),
        5: (5, Result.UNSELECTED, Ground.BELOW_CUT),
    }
    without_places = rank(five, 0, 0, overrides={4: True})
    assert [row.result for row in without_places.rows if row.key == 4] == [Result.UNSELECTED]


def test_who_does_not_reach_the_least_total_has_no_rank():
    found = rank([Candidate(1, Decimal(80)), Candidate(2, Decimal(79))], 2, 0, least=Decimal("79.5")).rows
    assert [(row.key, row.rank, row.ground) for row in found] == [
        (1, 1, Ground.WITHIN_QUOTA),
        (2, None, Ground.BELOW_MINIMUM),
    ]


def test_a_letter_has_words_for_every_ground_of_who_is_not_selected() -> None:
    others = {Ground.WITHIN_QUOTA, Ground.RESERVED_PLACE, Ground.NEXT_IN_LINE, Ground.UNFINISHED}
    assert wordings.GROUNDS.keys() == set(Ground) - others


@pytest.mark.parametrize("bar", sorted(BARS))
def test_a_bar_leaves_no_place_and_is_the_ground(bar: Ground) -> None:
    (first, last) = rank([Candidate(1, Decimal(95), barred=bar), Candidate(2, Decimal(60))], 2, 0).rows
    assert (first.key, first.rank) == (2, 1)
    assert (last.key, last.rank, last.result, last.ground) == (1, None, Result.UNSELECTED, bar)
