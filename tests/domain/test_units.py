"""Units behind figures: the one asked for is read in the spellings that people have for it, any other is refused."""

from decimal import Decimal

import pytest

from registry.domain.errors import Invalid
from registry.domain.units import Typed, read_typed, without_unit


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("12 mg/L", "mg/L"),
        ("12mg/l", "mg/L"),
        ("12 mG/L", "mg/L"),
        ("12 毫克/升", "mg/L"),
        ("12 ｍｇ／Ｌ", "mg/L"),
        ("12 M3", "m³"),
        ("12 M³/D", "m³/d"),
        ("12 KWH", "kWh"),
        ("12 KM²", "km²"),
        ("12 gj", "GJ"),
        ("12 T", "t"),
        ("12 TCE", "tce"),
        ("12 Mu", "mu"),
        ("12 Months", "month"),
        ("12 μg/m3", "µg/m³"),
        ("12 ug/m3", "µg/m³"),
    ],
)
def test_the_unit_asked_for_is_taken_in_the_spellings_that_people_have(typed, unit):
    assert without_unit(typed, unit, "field") == "12"


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("12 Mg/L", "mg/L"),
        ("12 MG/L", "mg/L"),
        ("12 Ｍｇ/L", "mg/L"),
        ("12 mWh", "kWh"),
        ("12 mwh", "kWh"),
        ("12 MJ", "GJ"),
        ("12 吨", "m³"),
        ("12 mg", "mg/L"),
        ("12 m³/h", "m³/d"),
    ],
)
def test_another_unit_is_refused_by_name(typed, unit):
    """A capital M makes a thousand million times as much of a milligram."""
    with pytest.raises(Invalid) as refused:
        without_unit(typed, unit, "field")
    assert (refused.value.key, refused.value.field) == ("unit_differs", "field")
    assert refused.value.values == {"figure": "12", "typed": typed.removeprefix("12 "), "unit": unit}


@pytest.mark.parametrize(
    ("typed", "unit", "figure"),
    [
        ("10980 MWh", "kWh", "10980000"),
        ("10980 兆瓦时", "kWh", "10980000"),
        ("1098 万千瓦时", "kWh", "10980000"),
        ("1098万度", "kWh", "10980000"),
        ("10980000 度", "kWh", "10980000"),
        ("720吨", "kg", "720000"),
        ("0.72 t", "kg", "720"),
        ("5800000 kg", "t", "5800"),
        ("0.195 g/L", "mg/L", "195"),
        ("195 g/m³", "mg/L", "195"),
        ("195000 µg/L", "mg/L", "195"),
        ("256 tCO2e", "kgCO2e", "256000"),
        ("100000吨/天", "m³/d", "100000"),
        ("10万吨/日", "m³/d", "100000"),
    ],
)
def test_a_unit_with_a_fixed_ratio_is_converted_exactly(typed, unit, figure):
    assert without_unit(typed, unit, "field") == figure


@pytest.mark.parametrize("typed", ["3431万吨", "34310000吨", "34310000 t", "3431 万 m³", "3431万方"])
def test_a_tonne_of_water_is_a_cubic_metre(typed):
    assert without_unit(typed, "m³", "field", water=True) == "34310000"


def test_what_was_converted_is_known_with_its_ratio():
    assert read_typed("3431万吨", "m³", "field", water=True) == Typed("34310000", Decimal(1), water=True)
    assert read_typed("720吨", "kg", "field").ratio == 1000
    assert read_typed("720 kg", "kg", "field").ratio is None


@pytest.mark.parametrize(
    ("typed", "unit", "figure"),
    [
        ("34.31 million m3", "m³", "34310000"),
        ("34.31 Million", "m³", "34310000"),
        ("34.31million m³", "m³", "34310000"),
        ("1.15 thousand t", "t", "1150"),
        ("1.15 thousand tonnes", "t", "1150"),
        ("3.4 billion", "kWh", "3400000000"),
        ("2 thousand MWh", "kWh", "2000000"),
        ("3 million", None, "3000000"),
    ],
)
def test_counting_words_of_english_are_read(typed, unit, figure):
    assert without_unit(typed, unit, "field") == figure


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("34.31 M m3", "m³"),
        ("34.31 k", "m³"),
        ("3 millions of it", "m³"),
        ("3 million", "%"),
        ("3 thousand", "day"),
        ("3 million", "10⁴ CNY"),
    ],
)
def test_a_bare_letter_and_a_count_of_what_is_not_counted_are_no_thousands(typed, unit):
    with pytest.raises(Invalid) as refused:
        without_unit(typed, unit, "field")
    assert refused.value.key == "unit_differs"


@pytest.mark.parametrize("typed", ["12", "12e3", "about twelve", "mg/L"])
def test_what_has_no_unit_behind_a_figure_is_returned_as_it_is(typed):
    assert without_unit(typed, "mg/L", "field") == typed


def test_a_figure_without_a_unit_of_its_own_takes_none():
    assert without_unit("12 mg/L", None, "field") == "12 mg/L"
