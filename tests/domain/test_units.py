"""Units behind figures: the one asked for is read in the spellings that people have for it, any other is refused."""

import pytest

from registry.domain.errors import Invalid
from registry.domain.units import without_unit


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
        ("12 MWh", "kWh"),
        ("12 MJ", "GJ"),
        ("12 g/L", "mg/L"),
    ],
)
def test_another_unit_is_refused_by_name(typed, unit):
    """A capital M makes a thousand million times as much of a milligram."""
    with pytest.raises(Invalid) as refused:
        without_unit(typed, unit, "field")
    assert (refused.value.key, refused.value.field) == ("unit_differs", "field")
    assert refused.value.values == {"figure": "12", "typed": typed.removeprefix("12 "), "unit": unit}


@pytest.mark.parametrize("typed", ["12", "12e3", "about twelve", "mg/L"])
def test_what_has_no_unit_behind_a_figure_is_returned_as_it_is(typed):
    assert without_unit(typed, "mg/L", "field") == typed


def test_a_figure_without_a_unit_of_its_own_takes_none():
    assert without_unit("12 mg/L", None, "field") == "12 mg/L"
