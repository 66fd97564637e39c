"""Scoring: every kind of indicator in small, the total formula, and the working of a figure."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.answers import READERS, read
from registry.domain.criteria import load_set
from registry.domain.errors import Invalid
from registry.domain.faults import AnswersFaulty
from registry.domain.results import Item, Score
from registry.domain.scoring import score
from tests.domain.criteria_sets import MARKS, ONE, everything, full, one

CRITERIA = everything()
POWER = one("x", "0.25:100% → 0.36:60% → 0.61:0%")
NUMBERS = st.decimals(min_value=-1000, max_value=1000, places=4, allow_nan=False)


def scored(**changes: Any) -> Score:
    return score(CRITERIA, full(**changes), MARKS)


def item(result: Score, key: str) -> Item:
    return next(one for one in result.items if one.key == key)


def points(result: Score, key: str) -> str:
    return str(item(result, key).points)


def states(result: Score) -> dict[str, str]:
    return {one.key: str(one.state) for one in (*result.gates, *result.items)}


def line(result: Score, key: str, name: str) -> str:
    return next(one.text for one in item(result, key).working if one.line == name)


def test_a_full_filing() -> None:
    result = scored()
    assert {one.key: str(one.points) for one in result.items} == {
        # 0.5777: (0.61 − 0.5777) ÷ 0.25 × 0.6 × 8 = 0.62016
        "power": "0.62",
        # 18 equivalents reach the step at 10: 50% of 4
        "pollution": "2.00",
        # 550 ÷ 500 = 1.1 lies in the band to 1.2: 50% of 6
        "lead": "3.00",
        # −4 on the falling curve: (0.5 + 0.5 × 4 ÷ 10) × 4
        "reuse": "2.80",
        # motors 1.5 + heat pump 1
        "equipment": "2.50",
        "counted": "1.00",
        # 0 and 4 dropped: (2 + 2 + 4) ÷ 3
        "novelty": "2.67",
        "extra": "4.00",
        # 5 trucks × 0.1
        "late": "0.50",
    }
    # 100 × (8.42 + 6.17) ÷ (22 + 9) = 47.0645…
    assert [(one.key, str(one.points), str(one.max)) for one in result.sections] == [
        ("energy", "8.42", "22"),
        ("deeds", "6.17", "9"),
    ]
    assert (str(result.base), str(result.bonus), str(result.deduction), str(result.total)) == (
        "47.06", "4.00", "0.50", "50.56",
    )  # fmt: skip
    assert (result.eligible, result.complete, result.withheld, result.grade) == (True, True, None, None)
    # the section energy; power + pollution + lead + reuse + counted
    assert [(one.key, str(one.points)) for one in result.ties] == [("energy", "8.42"), ("measured", "9.42")]


def test_the_output_has_exactly_the_agreed_fields_with_numbers_as_texts() -> None:
    output = scored().as_dict()
    assert list(output) == [
        "set", "version", "settings", "factors", "eligible", "complete", "withheld", "base", "bonus", "deduction",
        "total", "grade", "sections", "gates", "items", "ties",
    ]  # fmt: skip
    assert output["settings"] == {
        "gates": {"permitted": True, "bound": True, "aged": False, "disclosed": True},
        "factors": {"benchmark": "2024", "equivalents": "a"},
    }
    assert output["factors"] == {"benchmark": "2024", "equivalents": "a"}
    assert output["sections"][0] == {"key": "energy", "points": "8.42", "max": "22"}
    assert {key: value for key, value in output["items"][0].items() if key != "working"} == {
        "key": "power", "state": "scored", "points": "0.62", "max": "8", "value": "0.5777",
    }  # fmt: skip
    assert {key: value for key, value in output["gates"][2].items() if key != "working"} == {
        "key": "aged", "state": "not_applicable", "passed": None,
    }  # fmt: skip
    assert all(set(one) == {"line", "values", "text"} for entry in output["items"] for one in entry["working"])


@pytest.mark.parametrize(
    ("x", "expected"), [("0.57702", "0.63"), ("0.643", "0.00"), ("0.25", "8.00"), ("0.1", "8.00"), ("0.36", "4.80")]
)
def test_points_on_a_falling_curve(x: str, expected: str) -> None:
    assert points(score(POWER, {"inputs": {"x": x}}), "m") == expected


def test_points_are_rounded_half_up() -> None:
    # 8 × 0.000625 = 0.005
    assert points(score(one(curve="0:0% → 1:100%"), {"inputs": {"x": "0.000625"}}), "m") == "0.01"


@pytest.mark.parametrize(("volume", "expected"), [("9", "0.00"), ("10", "2.00"), ("19.9", "2.00"), ("20", "4.00")])
def test_steps(volume: str, expected: str) -> None:
    assert points(scored(removed={"rows": {"cod": volume}}), "pollution") == expected


@pytest.mark.parametrize(("used", "expected"), [("400", "6.00"), ("500", "6.00"), ("501", "3.00"), ("601", "0.00")])
def test_bands_of_a_ratio_to_a_benchmark(used: str, expected: str) -> None:
    assert points(scored(used=used), "lead") == expected


@pytest.mark.parametrize(
    ("growth", "short", "expected"),
    # falling: 50% to 100% over 10; water-short: 50% to 100% over 20; else over 10
    [("-10", True, "4.00"), ("10", True, "3.00"), ("10", False, "4.00"), ("0", False, "2.00")],
)
def test_the_curve_is_chosen_by_sign_and_city(growth: str, short: bool, expected: str) -> None:
    assert points(scored(growth=growth, short=short), "reuse") == expected


def test_a_checklist_is_capped_and_counts_only_what_is_offered() -> None:
    everything_ticked = ["motors", "blowers", "shore"]
    # 1.5 + 1 + 1 + 2 = 5.5, at most 3
    assert points(scored(equipment=everything_ticked), "equipment") == "3.00"
    # shore power is offered in one zone only
    assert points(scored(equipment=["shore"], techniques=[], zone="other"), "equipment") == "0.00"
    assert points(scored(equipment=[], techniques=[]), "equipment") == "0.00"
    assert states(scored(equipment=None))["equipment"] == "missing"


def test_a_measure_without_a_curve_is_its_points_up_to_the_most() -> None:
    assert points(scored(certified="7"), "counted") == "2.00"
    assert states(scored(certified=None))["counted"] == "not_applicable"


@pytest.mark.parametrize(
    ("marks", "expected"),
    # three: the plain mean of 4, 3, 0; five: without the ends; two are too few
    [("4 3 0", "2.33"), ("4 4 4 0 0", "2.67"), ("4 4", None)],
)
def test_panels(marks: str, expected: str | None) -> None:
    given = {str(number): mark for number, mark in enumerate(marks.split())}
    result = score(CRITERIA, full(), {"novelty": given})
    if expected is None:
        assert states(result)["novelty"] == "missing"
        assert result.complete is False
    else:
        assert points(result, "novelty") == expected


@pytest.mark.parametrize(
    ("rule", "marks", "expected"),
    [("median", "4 0 1 3", "2.00"), ("median", "4 0 1", "1.00"), ("mean", "4 0 1 1 1", "1.40")],
)
def test_other_rules_for_panels(rule: str, marks: str, expected: str) -> None:
    indicator = CRITERIA.indicators["novelty"]
    panel = CRITERIA.rules.panel.model_copy(update={"rule": rule})  # type: ignore[union-attr]
    section = CRITERIA.sections[1]
    others = section.indicators[:-1]
    changed = section.model_copy(update={"indicators": (*others, indicator.model_copy(update={"panel": panel}))})
    shape = CRITERIA.shape.model_copy(update={"sections": (CRITERIA.sections[0], changed)})
    criteria = type(CRITERIA)(shape, "x", "", CRITERIA.formulas, CRITERIA.tables)
    given = {str(number): mark for number, mark in enumerate(marks.split())}
    assert points(score(criteria, full(), {"novelty": given}), "novelty") == expected


def test_gates_with_alternatives_conditions_and_switches() -> None:
    assert states(scored(permit=False, plan=True))["permitted"] == "passed"
    assert states(scored(permit=False, plan=False))["permitted"] == "failed"
    assert states(scored(permit=False))["permitted"] == "missing"
    assert states(scored(permit=None, plan=True))["permitted"] == "passed"
    assert states(scored(theme="voc"))["bound"] == "failed"
    assert states(scored(zone="other"))["bound"] == "not_applicable"
    answers = full(opened="2025-06-30")
    answers["settings"] = {"gates": {"aged": True, "disclosed": False}}
    result = score(CRITERIA, answers, MARKS)
    assert (states(result)["aged"], states(result)["disclosed"]) == ("failed", "not_applicable")
    assert [line.line for line in result.gates[3].working] == ["switched_off", "clauses", "source"]


def test_a_gate_decides_who_is_eligible() -> None:
    failed, missing = scored(theme="voc"), scored(permit=None)
    assert (failed.eligible, failed.total, failed.grade) == (False, None, None)
    assert (missing.eligible, missing.complete, str(missing.total), missing.grade) == (None, False, "50.56", None)


def test_not_applicable_only_by_its_own_rule() -> None:
    answers = full(trucks="0")
    answers["not_applicable"] = {"lead": "没有产品", "power": "不想填", "disclosed": "无车"}
    result = score(CRITERIA, answers, MARKS)
    assert states(result)["lead"] == "not_applicable"
    assert states(result)["power"] == "scored"
    assert states(result)["disclosed"] == "not_applicable"
    assert "claim_refused" in [line.line for line in item(result, "power").working]
    # without the 6 points of lead: 100 × (5.42 + 6.17) ÷ (16 + 9)
    assert str(result.base) == "46.36"
    refused = full()
    refused["not_applicable"] = {"lead": "没有产品"}
    assert states(score(CRITERIA, refused, MARKS))["lead"] == "scored"


def test_too_much_not_applicable_withholds_the_total() -> None:
    shape = CRITERIA.shape
    rules = shape.rules.model_copy(update={"excluded_cap": Decimal("0.1")})
    criteria = type(CRITERIA)(shape.model_copy(update={"rules": rules}), "x", "", CRITERIA.formulas, CRITERIA.tables)
    answers = full(trucks="0")
    answers["not_applicable"] = {"lead": "没有产品"}
    result = score(criteria, answers, MARKS)
    # 6 of 31 points are 19%
    assert (result.withheld, result.total, result.grade, str(result.base)) == ("excluded_over_cap", None, None, "46.36")


def test_bonuses_and_deductions_are_capped() -> None:
    result = scored(extra=["twin"], techniques=["heat", "sun"], trucks="100")
    # 4 + 2 = 6, at most 5; 10 off, at most 3 for the entry
    assert (str(result.bonus), str(result.deduction)) == ("5.00", "3.00")
    unclaimed = scored(extra=None)
    assert (str(unclaimed.bonus), unclaimed.complete) == ("0.00", True)


def test_a_section_below_its_minimum_has_no_grade() -> None:
    generous = CRITERIA.shape.model_copy(
        update={"grades": (CRITERIA.grades[0].model_copy(update={"points": Decimal(10)}),)}
    )
    criteria = type(CRITERIA)(generous, "x", "", CRITERIA.formulas, CRITERIA.tables)
    assert score(criteria, full(), MARKS).grade == "pass"
    # energy keeps only 2 points, of the growth: below 20% of 22, 4.4
    low = full(used="900", growth="0", removed={"rows": {"cod": "1"}}, electricity="400")
    result = score(criteria, low, MARKS)
    assert [section.reached for section in result.sections] == [False, True]
    assert result.grade is None


@pytest.mark.parametrize(
    ("x", "grade"), [("10", "good"), ("7.5", "good"), ("7.4", "pass"), ("6", "pass"), ("5.9", None)]
)
def test_the_grade_is_the_highest_line_reached_by_the_rounded_total(x: str, grade: str | None) -> None:
    plain = one()
    criteria = type(plain)(
        plain.shape.model_copy(update={"grades": CRITERIA.grades}), "x", "", plain.formulas, plain.tables
    )
    assert score(criteria, {"inputs": {"x": x}}).grade == grade


def test_what_is_missing_or_cannot_be_computed_counts_nothing_and_says_why() -> None:
    result = score(one("x / y"), {"inputs": {"x": "3"}})
    assert (states(result), result.complete, str(result.total)) == ({"m": "missing"}, False, "0.00")
    assert line(result, "m", "missing") == "y = ?"
    divided = score(one("x / y"), {"inputs": {"x": "3", "y": "0"}})
    assert (states(divided), divided.missing) == ({"m": "missing"}, ("m",))
    assert line(divided, "m", "formula") == "3 ÷ 0 = ?"
    assert item(divided, "m").about == {"reason": "division_by_zero"}


GRID = """\
factors:
  - key: grid
    title: {zh: 电网, en: Grid}
    default: "2023"
    versions:
      - {version: "2023", source: public, values: {zhejiang: 0.5, shandong: null}}
      - {version: "2022", source: public, values: {zhejiang: 0.6, shandong: 0.8}}
"""


@pytest.mark.parametrize(
    ("region", "version", "expected"),
    [
        ("zhejiang", "2023", "4.00"),
        ("zhejiang", "2022", "4.80"),
        ("shandong", "2022", "6.40"),
        ("shandong", "2023", None),
    ],
)
def test_a_missing_factor_is_named_and_never_guessed(region: str, version: str, expected: str | None) -> None:
    text = ONE.replace("FORMULA", "x * factor('grid', region)").replace("CURVE", "0:0% → 10:100%") + GRID
    criteria = load_set(text, source="grid.yaml")
    answers = {"context": {"region": region}, "settings": {"factors": {"grid": version}}, "inputs": {"x": "10"}}
    result = score(criteria, answers)
    assert result.factors == {"grid": version}
    if expected is None:
        assert item(result, "m").about == {"reason": "factor_missing", "table": "grid", "row": "shandong"}
        assert (states(result), result.complete) == ({"m": "missing"}, False)
    else:
        assert points(result, "m") == expected


def test_the_working_of_a_figure_from_input_to_source() -> None:
    lines = [(one.line, one.text) for one in item(scored(), "power").working]
    assert lines == [
        ("input", "231.08 kWh"),
        ("input", "400 m³"),
        ("derived", "231.08 ÷ 400 = 0.578 kWh/m³"),
        ("formula", "0.578 kWh/m³"),
        ("curve", "(0.61 − 0.5777) ÷ 0.25 × 60% = 7.752%"),
        ("points", "7.752% × 8 = 0.62"),
        ("clauses", "DOC 二(一)"),
        ("source", "default, public"),
    ]


def test_the_working_of_rows_lists_and_marks() -> None:
    result = scored()
    assert line(result, "pollution", "derived") == "8 ÷ 1 + 8 ÷ 0.8 = 18"
    assert (
        line(result, "reuse", "curve_chosen") == "−4 < 0 → ✓" or line(result, "reuse", "curve_chosen") == "-4 < 0 → ✓"
    )
    assert line(result, "equipment", "points") == "1.5 + 1 = 2.5"
    assert line(result, "novelty", "marks") == "(2 + 2 + 4) ÷ 3 = 2.66667"
    # marks 0 2 2 4 4: mean 2.4, variance (5.76 + 0.16 + 0.16 + 2.56 + 2.56) ÷ 5 = 2.24
    assert line(result, "novelty", "spread") == "σ = 1.49666 > 0.6"


def test_wrong_answers_are_refused_as_a_whole() -> None:
    with pytest.raises(AnswersFaulty):
        scored(zone="mars")


@given(NUMBERS, NUMBERS)
def test_less_power_never_earns_less(first: Decimal, second: Decimal) -> None:
    low, high = sorted((first, second))
    better = score(POWER, {"inputs": {"x": str(low)}}).items[0].points
    worse = score(POWER, {"inputs": {"x": str(high)}}).items[0].points
    assert Decimal(8) >= better >= worse >= 0


@given(st.permutations(sorted(full()["inputs"])), st.permutations(sorted(MARKS["novelty"])))
def test_the_order_of_answers_and_reviewers_is_irrelevant(keys: list[str], reviewers: list[str]) -> None:
    answers = full()
    answers["inputs"] = {key: answers["inputs"][key] for key in keys}
    marks = {"novelty": {name: MARKS["novelty"][name] for name in reviewers}}
    assert score(CRITERIA, answers, marks).as_dict() == scored().as_dict()


@given(
    st.decimals(min_value=0, max_value=1000, places=2),
    st.decimals(min_value=-50, max_value=50, places=2),
    st.decimals(min_value=0, max_value=1000, places=2),
    st.sets(st.sampled_from(["motors", "blowers", "shore"])),
    st.integers(min_value=0, max_value=60),
    st.lists(st.integers(min_value=0, max_value=4).map(str), min_size=3, max_size=7),
)
def test_the_total_is_the_formula_of_the_design(
    electricity: Decimal, growth: Decimal, used: Decimal, ticks: set[str], trucks: int, marks: list[str]
) -> None:
    answers = full(
        electricity=str(electricity), growth=str(growth), used=str(used), equipment=sorted(ticks), trucks=str(trucks)
    )
    result = score(CRITERIA, answers, {"novelty": {str(n): mark for n, mark in enumerate(marks)}})
    by_key = {one.key: one for one in result.items}
    judged = [by_key[entry.key] for section in CRITERIA.sections for entry in section.indicators]
    earned, most = sum(one.points for one in judged), sum(one.max for one in judged)
    base = (100 * earned / most).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    bonus, deduction = min(by_key["extra"].points, Decimal(5)), min(by_key["late"].points, Decimal(4))
    assert all(0 <= one.points <= one.max for one in result.items)
    assert (result.base, result.bonus, result.deduction) == (base, bonus, deduction)
    if result.eligible:
        assert result.total == min(max(base + bonus - deduction, Decimal(0)), Decimal(105))


@given(
    st.one_of(
        st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,9}0{0,2})?", fullmatch=True),
        st.sampled_from(["1e5", "1,000", "١", "NaN", "-0", "007", "1.", ".5", "9999999999999999", "3.14000000000"]),
    )
)
def test_a_number_is_read_the_short_way_as_the_careful_one_reads_it(text: str) -> None:
    criteria = load_set(
        ONE.replace("FORMULA", "x").replace("CURVE", "0:0% → 10:100%").replace(
            "key: x, kind: number,", 'key: x, kind: number, limits: {min: -50, max: "2000.5"}, places: 3,'
        ),
        source="one.yaml",
    )  # fmt: skip
    try:
        expected = str(READERS["number"](criteria.inputs["x"], text))
    except Invalid as error:
        expected = error.key
    try:
        found = str(read(criteria, {"inputs": {"x": text}}).values["x"])
    except AnswersFaulty as error:
        found = error.faults[0].key
    assert found == expected


def test_choices_are_read_whole_or_refused() -> None:
    assert read(CRITERIA, full(equipment=["motors", "motors"])).values["equipment"] == {"motors"}
    for wrong in (["motors", "sails"], ["motors", 1], [["motors"]], "motors", ["motors"] * 300):
        with pytest.raises(AnswersFaulty):
            read(CRITERIA, full(equipment=wrong))


def test_what_is_done_to_one_output_does_not_show_in_the_next() -> None:
    first, again = scored(), scored().as_dict()
    output = first.as_dict()
    for judged in (*output["gates"], *output["items"]):
        for written in judged["working"]:
            written["text"] = "?"
            written["values"].get("clauses", []).append("XX 一")
            written["values"].clear()
    assert first.as_dict() == again
    assert scored().as_dict() == again


def test_the_working_of_one_item_is_that_of_the_output() -> None:
    result = scored()
    lines = [[one.as_dict() for one in item.working] for item in result.items]
    assert lines == [item["working"] for item in scored().as_dict()["items"]]


def test_results_are_equal_by_their_figures() -> None:
    first, second = scored(), scored()
    first.as_dict()
    assert first == second
    assert first != scored(electricity="231.09")
