"""An invented plant in Shenzhen worked by hand to the cent: every derived value, item, section and total.

The plant of worked/plant.json opened in 2021 and has no base year; three reviewers marked it (worked/marks.json).
`grown` is the same plant with a base year, much electricity of its own, more reuse, and five reviewers.
The figures were written down from the text of the set and of its format before anything was computed by the program.
Where a quotient does not end, its first digits stand here and the value is compared to the last digit shown.
"""

import json
from copy import deepcopy
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from registry.cli.criteria import criteria
from registry.domain.answers import findings, missing_inputs, read
from registry.domain.criteria import CriteriaSet, load_documents, load_factors, load_regions, load_set
from registry.domain.scoring import Item, Score, score
from registry.domain.values import CONTEXT

CRITERIA = Path(__file__).parents[2] / "criteria"
PLANT = Path(__file__).parent / "worked" / "plant.json"
MARKS = Path(__file__).parent / "worked" / "marks.json"

# In the order in which they follow from each other; 28,000,000 m³ on 350 recorded days.
DERIVED = {
    "electricity_total": "10640000",  # of the grid only: 10,000,000 + 640,000 + 0 kWh
    "own_electricity": "640000",  # 640,000 + 0
    "electricity_grid": "10000000",  # what was filled in is what was bought
    "renewable_electricity": "3640000",  # 640,000 + 3,000,000 of certificates
    "period_days": "365",  # 2023 is no leap year
    "water_measured": "28000000",  # 350 of 365 days, no contradiction
    "cod_removed": "5152000",  # (205 − 21) g/m³ × 28,000,000 m³ ÷ 1000
    # COD (205 − 21) ÷ 1000 ÷ 1 = 0.184; BOD5 (100 − 4) ÷ 1000 ÷ 0.5 = 0.192 is the larger
    "organic_equivalents": "0.192",
    "ch4": "48384",  # BOD5 removed 96 × 0.018 = 1.728 g/m³; × 28,000 = 48,384 kg
    "n2o": "22528",  # 32 × 0.016 = 0.512 g N/m³; × 44 ÷ 28 × 28,000 = 0.512 × 44,000
    "added_ghg": "215000",  # other chemicals alone
    # PAC 512,300 × 1.62 = 829,926; PAM 28,450 × 1.5 = 42,675; NaClO 131,700 × 0.92 = 121,164; others 215,000
    "chemicals_ghg": "1208765",
    "electricity_ghg": "4419000",  # 10,000,000 × 0.4419 of Guangdong in 2023
    # 48,384 × 27.9 = 1,349,913.6; 22,528 × 273 = 6,150,144; + 4,419,000 + 1,208,765
    "ghg": "13127822.6",
    "intensity": "0.46885080714",  # 13,127,822.6 ÷ 28,000,000
    "load": "97.5609756",  # 28,000,000 ÷ 350 = 80,000 a day; ÷ 82,000
    "self_sufficiency": "6.0150376",  # 640,000 ÷ 10,640,000
}
VALUES = {
    "compliance_rate": "99.1666667",  # 357 ÷ 360
    # organic 0.192 + SS 0.144 ÷ 4 = 0.036 + NH3-N 0.0236 ÷ 0.8 = 0.0295 + TP 0.0039 ÷ 0.25 = 0.0156
    "equivalents_removed": "0.2731",
    "nitrogen_removal": "78.0625",  # (32 − 7.02) ÷ 32
    "influent_strength": "100",
    "electricity_per_m3": "0.38",  # 10,640,000 ÷ 28,000,000
    "electricity_per_cod": "2.06521739",  # 10,640,000 ÷ 5,152,000
    "ghg_intensity": "0.46885081",
    "renewable_share": "34.2105263",  # 3,640,000 ÷ 10,640,000
    "reuse_rate": "3.5",  # 980,000 ÷ 28,000,000
    "sludge_recovery": "62.0625",  # 1,986 ÷ 3,200
    "load_rate": "97.5609756",
}
POINTS = {
    # water: 1.87 + 1.97 + 2.45 + 1.80 = 8.09
    "compliance_rate": "1.87",  # first rise: 1.1666667 ÷ 1.5 × 0.6 = 0.4666667; × 4 = 1.8667
    "equivalents_removed": "1.97",  # first rise: 0.1231 ÷ 0.15 × 0.6 = 0.4924; × 4 = 1.9696
    "nitrogen_removal": "2.45",  # second rise: 0.6 + 8.0625 ÷ 15 × 0.4 = 0.815; × 3 = 2.445, a half, goes up
    "influent_strength": "1.80",  # on the knot of 100 mg/L: 0.6 × 3
    # energy: 4.42 + 4.42 + 4.50 = 13.34
    "electricity_per_m3": "4.42",  # second fall: (0.61 − 0.38) ÷ 0.25 × 0.6 = 0.552; × 8 = 4.416
    "electricity_per_cod": "4.42",  # first fall: 1 − 0.86521739 ÷ 0.94 × 0.4 = 0.6318224; × 7 = 4.42276
    "energy_measures": "4.50",  # 1.5 + 1.5 + 1 + 0.5
    # carbon: 7.29 + 2.50 + 6 = 15.79 of 21
    "ghg_intensity": "7.29",  # first fall: 1 − 0.1188508 ÷ 0.25 × 0.4 = 0.8098387; × 9 = 7.28855
    "intensity_cut": "0.00",  # not applicable
    "gas_measures": "2.50",  # 1 + 1.5
    "renewable_share": "6.00",  # beyond 30%
    # resources: 0 + 1.77 + 2 = 3.77
    "reuse_rate": "0.00",  # below 5%, the foot of the curve of other cities
    "sludge_recovery": "1.77",  # first rise: 22.0625 ÷ 30 × 0.6 = 0.44125; × 4 = 1.765, a half, goes up
    "recovery_measures": "2.00",  # 1 + 1
    "surroundings_measures": "4.00",  # 2 + 2
    # system: 4 + 2.39 = 6.39
    "system_measures": "4.00",  # 3 + 1
    "load_rate": "2.39",  # first fall: 1 − 2.5609756 ÷ 5 × 0.4 = 0.795122; × 3 = 2.38537
    # experts, plain means of three: 2.83 + 2 + 1.83 = 6.66
    "novelty": "2.83",  # (3 + 2.5 + 3) ÷ 3
    "replicability": "2.00",  # (2 + 1.5 + 2.5) ÷ 3
    "economics": "1.83",  # (1 + 2 + 2.5) ÷ 3
    # not half self-sufficient; excellent performance 2, digital twin 1
    "extra": "3.00",
}
SECTIONS = {
    "water": ("8.09", "14"),
    "energy": ("13.34", "22"),
    "carbon": ("15.79", "21"),
    "resources": ("3.77", "14"),
    "surroundings": ("4.00", "6"),
    "system": ("6.39", "8"),
    "experts": ("6.66", "10"),
}
GATES = {
    "gate_entity": "passed",
    "gate_record": "passed",
    "gate_data": "passed",
    "gate_permits": "passed",
    "gate_catalogue": "passed",
    "gate_synergy": "not_applicable",  # no base year, declared with its reason
    "gate_disclosure": "not_applicable",  # not obliged
    "gate_months": "passed",  # 30 months
    "gate_effluent": "passed",
    "gate_sludge": "passed",  # 3,200 of 3,200 t
    "gate_influent": "passed",  # switched on by the round; 100 mg/L is not below 100
    "gate_survey": "not_applicable",  # 82,000 m³/d
    "gate_incineration": "passed",
}

GROWN = {
    "commissioned_year": "2012",
    "has_base_year": True,
    "base_way": "own",
    "base_intensity": "0.41",
    "base_cod_out": "20",
    "base_nh3n_out": "0.5",
    "base_tn_out": "9.52",
    "base_tp_out": "0.25",
    "electricity_scope": "all",
    "plant_electricity": "10640000",
    "pv_electricity": "3300000",
    "biogas_electricity": "2100000",
    "green_certificates": "0",
    "reclaimed_water": "7560000",
    "sludge_recovered": "2816",
    "disclosure_required": True,
    "disclosure_made": True,
    "recovery_measures": ["biogas_chp", "heat_pump", "sludge_products"],
}
FIVE_MARKS = {
    "novelty": {"a": "2.5", "b": "3", "c": "3.5", "d": "4", "e": "2"},
    "replicability": {"a": "3", "b": "2.275", "c": "2.2", "d": "1.5", "e": "2.5"},
    "economics": {"a": "2", "b": "2", "c": "2", "d": "2.5", "e": "3"},
}
# What differs from the plant above; the rest stays.
GROWN_DERIVED = DERIVED | {
    "own_electricity": "5400000",  # 3,300,000 + 2,100,000
    "electricity_grid": "5240000",  # 10,640,000 of all − 5,400,000
    "renewable_electricity": "5400000",
    "electricity_ghg": "2315556",  # 5,240,000 × 0.4419
    "ghg": "11024378.6",  # 1,349,913.6 + 6,150,144 + 2,315,556 + 1,208,765
    "intensity": "0.39372780714",  # ÷ 28,000,000
    "ghg_cut": "455.6214",  # 0.41 × 28,000 = 11,480 t − 11,024.3786 t
    "cod_cut": "-28",  # (20 − 21) × 28
    "nh3n_cut": "2.8",  # (0.5 − 0.4) × 28
    "tn_cut": "70",  # (9.52 − 7.02) × 28
    "tp_cut": "1.4",  # (0.25 − 0.2) × 28
    "self_sufficiency": "50.7518797",  # 5,400,000 ÷ 10,640,000
}
GROWN_POINTS = POINTS | {
    # carbon: 8.37 + 2.38 + 2.50 + 6 = 19.25 of 26
    "ghg_intensity": "8.37",  # 1 − 0.0437278 ÷ 0.25 × 0.4 = 0.9300355; × 9 = 8.37032
    "intensity_cut": "2.38",  # 0.0162721929 ÷ 0.41 = 3.9688275%; first rise: ÷ 5 × 0.6 = 0.4762593; × 5 = 2.3813
    # resources: 4.72 + 3.55 + 3 = 11.27
    "reuse_rate": "4.72",  # 27%, second rise: 0.6 + 7 ÷ 15 × 0.4 = 0.7866667; × 6
    "sludge_recovery": "3.55",  # 2,816 ÷ 3,200 = 88%: 0.6 + 18 ÷ 25 × 0.4 = 0.888; × 4 = 3.552
    "recovery_measures": "3.00",
    # experts, without the highest and the lowest of five: 3 + 2.33 + 2.17 = 7.50
    "novelty": "3.00",  # without 2 and 4: 9 ÷ 3
    "replicability": "2.33",  # without 1.5 and 3: 6.975 ÷ 3 = 2.325, a half
    "economics": "2.17",  # without one 2 and 3: 6.5 ÷ 3 = 2.1667
    "extra": "5.00",  # 2 + 2 + 1, the whole cap
}

# One contradiction for each check of the set.
CONTRADICTIONS = {
    "cod_falls": {"cod_out": "206"},
    "bod_falls": {"bod_out": "101"},
    "ss_falls": {"ss_out": "151"},
    "nh3n_falls": {"nh3n_out": "25"},
    "tn_falls": {"tn_out": "33"},
    "tp_falls": {"tp_out": "4.2"},
    "influent_bod_below_cod": {"bod_in": "260", "cod_in": "250"},
    "bod_below_cod": {"bod_out": "22"},
    "influent_ammonia_below_nitrogen": {"nh3n_in": "41", "tn_in": "40"},
    "ammonia_below_nitrogen": {"nh3n_out": "7.1"},
    "base_ammonia_below_nitrogen": {"has_base_year": True, "base_nh3n_out": "2", "base_tn_out": "1.9"},
    "carbon_sources_or_none": {"carbon_sources": ["none", "acetate"]},
    "base_carbon_sources_or_none": {"has_base_year": True, "base_carbon_sources": ["none", "other"]},
    "months_since_commissioning": {"data_months": "37"},  # from the first month of 2021 to the last of 2023: 36
    "operated_in_period": {"operated_days": "366"},
    "recorded_in_period": {"recorded_days": "361"},
    "recorded_enough": {"recorded_days": "328"},  # 90% of 365 is 328.5
    "compliant_in_operated": {"compliant_days": "361"},
    "own_electricity_in_total": {"electricity_scope": "all", "pv_electricity": "10000001"},
    "renewable_in_total": {"green_certificates": "10000001"},  # 640,000 are one's own, of 10,640,000
    "reclaimed_in_treated": {"reclaimed_water": "28000001"},
    "sludge_safe_in_produced": {"sludge_safe": "3200.1"},
    "sludge_recovered_in_safe": {"sludge_recovered": "3200.1"},
    "load_possible": {"design_capacity": "61000"},  # 131.1%
}


@pytest.fixture(scope="module")
def wwtp() -> CriteriaSet:
    tables = [load_factors(text(path), source=path.name) for path in sorted((CRITERIA / "factors").glob("*.yaml"))]
    return load_set(
        text(CRITERIA / "sets" / "wwtp.yaml"),
        source="wwtp.yaml",
        documents=load_documents(text(CRITERIA / "documents.yaml"), source="documents.yaml"),
        factors={table.key: table for table in tables},
        regions=load_regions(text(CRITERIA / "regions.yaml"), source="regions.yaml"),
    )


@pytest.fixture
def plant() -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(text(PLANT))
    return answers


@pytest.fixture
def grown(plant: dict[str, Any]) -> dict[str, Any]:
    return changed(plant, **GROWN) | {"not_applicable": {}}


@pytest.fixture
def marks() -> dict[str, dict[str, str]]:
    given: dict[str, dict[str, str]] = json.loads(text(MARKS))
    return given


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def changed(answers: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    answers = deepcopy(answers)
    answers["inputs"].update(inputs)
    return answers


def to_the_digit(value: Any, expected: str) -> str:
    """Write a value with as many places as the figure found by hand."""
    return f"{round(value, max(0, -int(Decimal(expected).as_tuple().exponent)))}"


def item(result: Score, key: str) -> Item:
    return next(one for one in result.items if one.key == key)


def points(result: Score) -> dict[str, str]:
    return {one.key: str(one.points) for one in result.items}


def derived(wwtp: CriteriaSet, answers: dict[str, Any], expected: dict[str, str]) -> dict[str, str]:
    with localcontext(CONTEXT):
        values = read(wwtp, answers, None).values
        return {key: to_the_digit(values[key], figure) for key, figure in expected.items()}


def test_nothing_is_missing_or_odd(wwtp: CriteriaSet, plant: dict[str, Any], grown: dict[str, Any]) -> None:
    assert [(missing_inputs(wwtp, one), findings(wwtp, one)) for one in (plant, grown)] == [((), ()), ((), ())]


def test_every_check_finds_its_contradiction(wwtp: CriteriaSet, plant: dict[str, Any]) -> None:
    found = {check: warned(wwtp, changed(plant, **inputs)) for check, inputs in CONTRADICTIONS.items()}
    assert [check for check, keys in found.items() if check not in keys] == []
    assert {check.key for check in wwtp.checks} == CONTRADICTIONS.keys()


def warned(wwtp: CriteriaSet, answers: dict[str, Any]) -> set[str]:
    return {finding.values["check"] for finding in findings(wwtp, answers) if finding.key == "inconsistent"}


def test_the_derived_values(wwtp: CriteriaSet, plant: dict[str, Any], grown: dict[str, Any]) -> None:
    assert derived(wwtp, plant, DERIVED) == DERIVED
    assert derived(wwtp, grown, GROWN_DERIVED) == GROWN_DERIVED


def test_the_grid_factor_is_that_of_the_province_of_the_district(wwtp: CriteriaSet, plant: dict[str, Any]) -> None:
    # 10,000,000 kWh × 0.4419 of Guangdong; the district of Shenzhen has no row of its own.
    assert read(wwtp, plant, None).values["electricity_ghg"] == Decimal("4419000")


def test_the_values_on_the_curves(wwtp: CriteriaSet, plant: dict[str, Any]) -> None:
    result = score(wwtp, plant)
    assert {key: to_the_digit(item(result, key).value, figure) for key, figure in VALUES.items()} == VALUES


def test_every_item(wwtp: CriteriaSet, plant: dict[str, Any], marks: dict[str, dict[str, str]]) -> None:
    result = score(wwtp, plant, marks)
    assert points(result) == POINTS
    assert [one.key for one in result.items if str(one.state) != "scored"] == ["intensity_cut"]


def test_the_gates(wwtp: CriteriaSet, plant: dict[str, Any]) -> None:
    assert {one.key: str(one.state) for one in score(wwtp, plant).gates} == GATES


def test_sections_and_total(wwtp: CriteriaSet, plant: dict[str, Any], marks: dict[str, dict[str, str]]) -> None:
    result = score(wwtp, plant, marks)
    assert {one.key: (str(one.points), str(one.max)) for one in result.sections} == SECTIONS
    # 8.09 + 13.34 + 15.79 + 3.77 + 4 + 6.39 + 6.66 = 58.04; of 100 − 5 applicable: 61.0947; 5% left out is within 30%
    assert (str(result.base), str(result.bonus), str(result.total)) == ("61.09", "3.00", "64.09")
    assert (result.eligible, result.complete, result.withheld, result.grade) == (True, True, None, "qualified")


def test_the_ties(wwtp: CriteriaSet, plant: dict[str, Any], marks: dict[str, dict[str, str]]) -> None:
    # Measures: 8.09 + 4.42 + 4.42 + 7.29 + 0 + 6 + 0 + 1.77 + 2.39
    expected = {"carbon": "15.79", "ghg_intensity": "7.29", "quantitative": "34.38"}
    assert {tie.key: str(tie.points) for tie in score(wwtp, plant, marks).ties} == expected


def test_wide_marks_are_pointed_out(wwtp: CriteriaSet, plant: dict[str, Any], marks: dict[str, dict[str, str]]) -> None:
    result = score(wwtp, plant, marks)
    spreads = {key: spread(result, key) for key in ("novelty", "replicability", "economics")}
    assert spreads == {
        # squares from 2.8333: 2 × 0.0278 + 0.1111 = 0.1667; √(÷ 3) = 0.2357, within 15% of 4
        "novelty": "σ = 0.235702 ≤ 0.6",
        # 0 + 0.25 + 0.25 = 0.5; √(÷ 3) = 0.4082, within 15% of 3
        "replicability": "σ = 0.408248 ≤ 0.45",
        # 0.6944 + 0.0278 + 0.4444 = 1.1667; √(÷ 3) = 0.6236
        "economics": "σ = 0.62361 > 0.45",
    }


def spread(result: Score, key: str) -> str:
    return next(one.text for one in item(result, key).working if one.line == "spread")


def test_the_grown_plant_with_five_reviewers(wwtp: CriteriaSet, grown: dict[str, Any]) -> None:
    result = score(wwtp, grown, FIVE_MARKS)
    assert points(result) == GROWN_POINTS
    states = {one.key: str(one.state) for one in result.gates}
    assert states == GATES | {"gate_synergy": "passed", "gate_disclosure": "passed"}
    # 8.09 + 13.34 + 19.25 + 11.27 + 4 + 6.39 + 7.50 = 69.84 of 100; 0.16 short of good
    assert (str(result.base), str(result.bonus), str(result.total)) == ("69.84", "5.00", "74.84")
    assert (result.complete, result.grade) == (True, "qualified")


# The plant feeds carbon to its denitrification instead: 1,000 t of 25% sodium acetate, 40 t of methanol.
FED = {"carbon_sources": ["acetate", "methanol"], "acetate": "250000", "methanol": "40000"}
# And the grown plant lets the portal compute its base year, in which it fed 1,200 t of 25% acetate.
FED_BEFORE = {
    "base_way": "portal",
    "base_water_treated": "27000000",
    "base_grid_electricity": "5670000",
    "base_cod_in": "200",
    "base_bod_in": "100",
    "base_bod_out": "5",
    "base_tn_in": "31",
    "base_pac": "500000",
    "base_pam": "27000",
    "base_naclo": "130000",
    "base_carbon_sources": ["acetate"],
    "base_acetate": "300000",
}


def test_carbon_sources_count_by_their_weight(wwtp: CriteriaSet, plant: dict[str, Any]) -> None:
    # 250,000 × 0.90 = 225,000 and 40,000 × 1.5 = 60,000; what stood under others was not chosen and does not count.
    # PAC, PAM and hypochlorite as above 829,926 + 42,675 + 121,164 = 993,765; together 1,278,765.
    # CH4 1,349,913.6 + N2O 6,150,144 + electricity 4,419,000 + 1,278,765 = 13,197,822.6; ÷ 28,000,000
    fed = changed(plant, **FED)
    expected = {
        "added_ghg": "285000",
        "chemicals_ghg": "1278765",
        "ghg": "13197822.6",
        "intensity": "0.47135080714",
    }
    assert derived(wwtp, fed, expected) == expected
    # First fall: 1 − 0.1213508071 ÷ 0.25 × 0.4 = 0.8058387; × 9 = 7.25255
    assert points(score(wwtp, fed))["ghg_intensity"] == "7.25"
    assert (missing_inputs(wwtp, fed), findings(wwtp, fed)) == ((), ())


def test_carbon_sources_of_the_base_year(wwtp: CriteriaSet, grown: dict[str, Any]) -> None:
    # CH4 of 27,000,000 m³: 95 × 0.018 = 1.71 g, 46,170 kg × 27.9 = 1,288,143;
    # N2O 31 × 0.016 × 44 ÷ 28 × 27,000 = 0.496 × 27,000 × 44 ÷ 28 = 21,044.571428… kg × 273 = 5,745,168;
    # electricity 5,670,000 × 0.4419 = 2,505,573;
    # chemicals 500,000 × 1.62 + 27,000 × 1.5 + 130,000 × 0.92 = 810,000 + 40,500 + 119,600 = 970,100,
    # acetate 300,000 × 0.90 = 270,000, together 1,240,100. All: 10,778,984; ÷ 27,000,000 = 0.39922162963
    fed = changed(grown, **FED_BEFORE)
    del fed["inputs"]["base_intensity"]
    expected = {
        "base_added_ghg": "270000",
        "base_chemicals_ghg": "1240100",
        "base_total_ghg": "10778984",
        "base_ghg_intensity": "0.39922162963",
    }
    assert derived(wwtp, fed, expected) == expected
    assert (missing_inputs(wwtp, fed), findings(wwtp, fed)) == ((), ())


def test_only_what_was_chosen_is_asked(wwtp: CriteriaSet, plant: dict[str, Any]) -> None:
    without = {key: value for key, value in plant["inputs"].items() if key not in ("carbon_sources", "other_chemicals")}

    def lacking(*chosen: str) -> tuple[str, ...]:
        answers = plant | {"inputs": without | ({"carbon_sources": list(chosen)} if chosen else {})}
        return missing_inputs(wwtp, answers)

    assert lacking() == ("carbon_sources",)
    assert lacking("none") == ()
    assert lacking("acetate") == ("acetate",)
    assert lacking("methanol", "other") == ("methanol", "other_chemicals")


def test_answers_from_before_the_carbon_sources_come_to_the_same(wwtp: CriteriaSet, plant: dict[str, Any]) -> None:
    before = changed(plant)
    del before["inputs"]["carbon_sources"]
    assert points(score(wwtp, before)) == points(score(wwtp, plant))


def test_the_days_follow_from_the_year(wwtp: CriteriaSet, plant: dict[str, Any]) -> None:
    old = changed(plant, commissioned_year="2012")
    days = {
        year: read(wwtp, old | {"context": old["context"] | {"year": year}}, None).values["period_days"]
        for year in (2019, 2020, 2023, 2024)
    }
    assert days == {2019: 365, 2020: 366, 2023: 365, 2024: 366}


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        ("200000", "0.00"),  # 40%, below the foot
        ("160000", "0.00"),  # 50%, on the foot
        ("125000", "1.26"),  # 64%: 14 ÷ 20 × 0.6 = 0.42
        ("108000", "2.29"),  # 74.0741%: 0.6 + 4.0741 ÷ 10 × 0.4 = 0.762963; × 3 = 2.2889
        ("100000", "3.00"),  # 80%, on the knot
        ("90000", "3.00"),  # 88.8889%, on the level
        ("82000", "2.39"),  # the plant as it is
        ("80000", "1.80"),  # 100%, on the knot
        ("78000", "1.57"),  # 102.5641%: 17.4359 ÷ 20 × 0.6 = 0.5230769; × 3 = 1.5692
        ("64000", "0.00"),  # 125%, beyond the end
    ],
)
def test_every_stretch_of_the_load(wwtp: CriteriaSet, plant: dict[str, Any], capacity: str, expected: str) -> None:
    # 80,000 m³ a day
    assert str(item(score(wwtp, changed(plant, design_capacity=capacity)), "load_rate").points) == expected


def test_a_half_that_no_decimal_holds_goes_up(wwtp: CriteriaSet, plant: dict[str, Any]) -> None:
    # 31,517,500 ÷ 350 = 90,050 a day; ÷ 90,000 = 100 1⁄18 %; (20 − 1⁄18) ÷ 20 × 0.6 × 3 = 359⁄18 × 0.09 = 1.795
    answers = changed(plant, water_treated="31517500", design_capacity="90000")
    assert str(item(score(wwtp, answers), "load_rate").points) == "1.80"


def test_the_command_finds_the_same() -> None:
    result = CliRunner().invoke(criteria, ["score", "wwtp", str(PLANT), "--marks", str(MARKS), "--json"])
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (found["base"], found["bonus"], found["total"], found["grade"]) == ("61.09", "3.00", "64.09", "qualified")
    assert {one["key"]: one["points"] for one in found["items"]} == POINTS
    assert {one["key"]: (one["points"], one["max"]) for one in found["sections"]} == SECTIONS
