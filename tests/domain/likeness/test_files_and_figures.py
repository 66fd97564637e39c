"""Recycled files and the same figures, worked by hand."""

from decimal import Decimal
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.likeness.figures import digits, same_figures
from registry.domain.likeness.files import recycled
from registry.domain.likeness.values import Figures, StoredFile, Why
from tests.domain.likeness.by_hand import owner

TEN = log2(10)


def stored(key: str, application: int, sha256: str = "aa", size: int = 9, **more) -> StoredFile:
    return StoredFile(key, owner(application, **more), sha256, size)


def test_one_file_of_two_applicants_is_found_and_twice_in_one_application_is_not():
    files = [stored("b", 2), stored("a", 1), stored("c", 3, "bb"), stored("d", 3, "bb"), stored("e", 4, size=8)]
    (row,) = recycled(files).recycled
    assert ([one.key for one in row.files], row.why) == (["a", "b"], {Why.OTHER_APPLICANT})


def test_last_years_report_of_the_same_applicant_is_found():
    files = [stored("a", 1, applicant="x", year=2024), stored("b", 2, applicant="x", year=2025)]
    assert [one.why for one in recycled(files).recycled] == [{Why.OTHER_YEAR}]


def test_what_is_handed_out_or_empty_is_left_out():
    files = [stored("a", 1), stored("b", 2), stored("c", 1, "cc", 0), stored("d", 2, "cc", 0)]
    assert recycled(files, handed_out=["aa"]).recycled == ()


def test_a_standard_that_everybody_cites_is_told_apart():
    files = [stored(f"{number:02}", number) for number in range(11)]
    evidence = recycled(files)
    assert (len(evidence.recycled), len(evidence.usual)) == (0, 1)
    assert len(recycled(files[:10]).recycled) == 1
    one_firm = [stored(f"{number:02}", number, firm="f") for number in range(11)]
    assert recycled(one_firm).recycled[0].why == {Why.OTHER_APPLICANT, Why.SAME_FIRM}


@pytest.mark.parametrize(
    ("number", "many"), [("12000", 2), ("0.0581", 3), ("-12.3450", 5), ("100.5", 4), ("0", 0), ("1E+6", 1)]
)
def test_noughts_at_the_ends_are_no_digits(number, many):
    assert digits(Decimal(number)) == many


def figures(key: str, application: int, values: dict[str, str], **more) -> Figures:
    return Figures(key, owner(application, **more), {name: Decimal(value) for name, value in values.items()})


def test_unusual_numbers_count_by_their_digits():
    """Five digits count three, six count four: seven times 3.32 bits. One pair needs ten."""
    report = same_figures(
        [
            figures("a", 1, {"water": "48317", "power": "902.417", "staff": "120", "year": "2024"}),
            figures("b", 2, {"water": "48317", "power": "902.417", "staff": "120", "year": "2024"}),
        ]
    )
    (pair,) = report.pairs
    assert report.needed == 10
    assert [str(one.value) for one in pair.shared] == ["902.417", "48317"]
    assert pair.bits == pytest.approx(7 * TEN)
    assert pair.why == {Why.OTHER_APPLICANT}


def test_round_numbers_years_and_constants_do_not_count():
    values = {"a": "12000", "b": "2024", "c": "0.5810", "d": "150", "e": "26.344"}
    rows = [figures("a", 1, values), figures("b", 2, values)]
    # 0.5810 has three digits, 26.344 five: with the latter declared only 3.32 bits are left.
    assert same_figures(rows, constants=[Decimal("26.344")]).pairs == ()
    assert [one.bits for one in same_figures(rows).pairs] == [pytest.approx(4 * TEN)]


def test_a_number_of_more_applicants_counts_less():
    rows = [figures(key, place, {"q": "483177"}) for place, key in enumerate("abc")]
    report = same_figures(rows)
    # Three pairs need log2(3) more; two others have each number, which costs log2(2).
    assert report.needed == pytest.approx(10 + log2(3))
    assert [one.bits for one in report.pairs] == [pytest.approx(4 * TEN - 1)] * 3
    assert report.clusters[0].members == ("a", "b", "c")


def test_a_number_under_another_question_counts_less():
    rows = [figures("a", 1, {"q": "4831775"}), figures("b", 2, {"r": "4831775", "s": "1", "t": "2", "u": "3"})]
    (pair,) = same_figures(rows).pairs
    assert pair.bits == pytest.approx(5 * TEN - 2)
    assert (pair.shared[0].questions, pair.shared[0].others) == (("q",), ("r",))


def test_what_everybody_gives_does_not_count():
    """Eight digits among ten: six times 3.32 less log2(9) is 16.8, and 45 pairs need 10 and log2(45), 15.5."""
    rows = [figures(f"{place:02}", place, {"q": "48317759"}) for place in range(11)]
    assert same_figures(rows).pairs == ()
    assert len(same_figures(rows[:10]).pairs) == 45


def test_one_application_is_not_like_itself():
    rows = [figures("a", 1, {"q": "4831775"}), figures("b", 1, {"q": "4831775"})]
    assert same_figures(rows).pairs == ()


NUMBERS = st.dictionaries(st.sampled_from("pqrs"), st.sampled_from(["4831775", "48317", "902417", "12000", "2024"]))


@given(st.lists(NUMBERS, max_size=6), st.randoms())
def test_the_order_does_not_matter_and_nothing_is_beneath_what_is_needed(many, random):
    rows = [figures(f"{place}", place, values) for place, values in enumerate(many)]
    report = same_figures(rows)
    assert all(pair.bits >= report.needed and pair.one < pair.other for pair in report.pairs)
    random.shuffle(rows)
    assert same_figures(rows) == report
