"""Curves: lines, steps and bands, one-sided and two-sided."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.curves import Band, Curve, CurveError, Shape, line, share_of

POWER = Curve(Shape.LINE, line("0.25:100% → 0.36:60% → 0.61:0%"))
LOAD = Curve(Shape.LINE, line("50:0% -> 70:60% -> 80:100% -> 95:100% -> 100:60% -> 120:0%"))
NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=6, allow_nan=False)


@pytest.mark.parametrize(
    ("x", "points"),
    [
        ("0.1", "8"),
        ("0.25", "8"),
        ("0.36", "4.8"),
        # (0.61 − 0.57702) ÷ 0.25 × 0.6 × 8 = 0.03298 × 19.2 = 0.633216
        ("0.57702", "0.633216"),
        ("0.61", "0"),
        ("0.643", "0"),
    ],
)
def test_a_falling_line(x: str, points: str) -> None:
    assert POWER.earn(Decimal(x), Decimal(8)) == Decimal(points)


@pytest.mark.parametrize(
    ("x", "share"),
    # 97.5 lies halfway from 95 (100%) to 100 (60%); 110 halfway from 60% to nothing
    [("40", "0"), ("70", "0.6"), ("75", "0.8"), ("90", "1"), ("97.5", "0.8"), ("110", "0.3"), ("130", "0")],
)
def test_a_two_sided_line(x: str, share: str) -> None:
    assert LOAD.share(Decimal(x)) == Decimal(share)


@pytest.mark.parametrize(
    ("x", "share"), [("-1", "0"), ("9.99", "0"), ("10", "0.6"), ("19", "0.6"), ("20", "1"), ("99", "1")]
)
def test_steps_hold_from_their_knot_on(x: str, share: str) -> None:
    assert Curve(Shape.STEPS, line("0:0% → 10:60% → 20:100%")).share(Decimal(x)) == Decimal(share)


@pytest.mark.parametrize(("x", "share"), [("-5", "1"), ("0.5", "1"), ("0.51", "0.6"), ("1", "0.6"), ("1.01", "0")])
def test_bands_include_their_ends_and_the_first_counts(x: str, share: str) -> None:
    bands = (Band(None, Decimal("0.5"), Decimal(1)), Band(Decimal("0.5"), Decimal(1), Decimal("0.6")))
    assert Curve(Shape.BANDS, bands=bands).share(Decimal(x)) == Decimal(share)


def test_a_half_stays_a_half() -> None:
    # 1 ÷ 3 of 0.375 points is 0.125 exactly, though a third is not.
    assert Curve(Shape.LINE, line("0:0% → 3:100%")).earn(Decimal(1), Decimal("0.375")) == Decimal("0.125")


@pytest.mark.parametrize(
    ("x", "stretch", "text"),
    [
        ("0.57702", "0.36:60% → 0.61:0%", "(0.61 − 0.57702) ÷ 0.25 × 60% = 7.9152%"),
        ("0.3", "0.25:100% → 0.36:60%", "60% + (0.36 − 0.3) ÷ 0.11 × 40% = 81.8182%"),
        ("0.7", "0.61:0%", "0.7 > 0.61 → 0%"),
        ("0.36", "0.36:60%", "0.36 = 0.36 → 60%"),
        ("0.1", "0.25:100%", "0.1 < 0.25 → 100%"),
    ],
)
def test_the_place_on_a_curve_is_written_as_by_hand(x: str, stretch: str, text: str) -> None:
    reading = POWER.read(Decimal(x))
    assert (reading.stretch, reading.text) == (stretch, text)


def test_negative_numbers_are_bracketed() -> None:
    falling = Curve(Shape.LINE, line("-10:100% → 0:50%"))
    assert falling.read(Decimal(-4)).text == "50% + (0 − (-4)) ÷ 10 × 50% = 70%"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "curve_knot"),
        ("1:10% → 1:20%", "curve_not_rising"),
        ("2:10% → 1:20%", "curve_not_rising"),
        ("1:120%", "share_wrong"),
        ("1:60", "share_wrong"),
        ("a:60%", "curve_knot"),
        ("1e9:60%", "curve_knot"),
        (" → ".join(f"{x}:0%" for x in range(101)), "curve_too_many"),
    ],
)
def test_what_is_no_curve_is_refused(text: str, key: str) -> None:
    with pytest.raises(CurveError) as caught:
        line(text)
    assert caught.value.key == key


def test_a_share_is_a_percentage_or_a_part() -> None:
    assert share_of("60%") == share_of("0.6") == Decimal("0.6")


@given(NUMBERS, NUMBERS)
def test_a_falling_line_never_rises_and_stays_within_its_points(first: Decimal, second: Decimal) -> None:
    low, high = sorted((first, second))
    better, worse = POWER.earn(low, Decimal(8)), POWER.earn(high, Decimal(8))
    assert Decimal(8) >= better >= worse >= 0


@given(NUMBERS)
def test_the_share_that_is_written_is_the_share_that_counts(x: Decimal) -> None:
    assert LOAD.read(x).share == LOAD.share(x)
