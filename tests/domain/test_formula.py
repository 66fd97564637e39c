"""Formulas: what they compute, how they are written, and what they refuse."""

from decimal import Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.formula import Formula, build, compute
from registry.domain.parts import Name, Scope, Type
from registry.domain.syntax import FormulaError
from registry.domain.values import CONTEXT, MissingError, UncomputableError, Values

ROWS = frozenset({"cod", "tn"})
TABLES = {
    "grid": {"2023": {"zhejiang": Decimal("0.4974"), "shandong": None}},
    "lead": {"a": {"steel": {"lead": Decimal(500)}}},
    "water": {"a": {"cod": Decimal(1), "tn": Decimal("0.5")}},
}
SCOPE = Scope(
    names={
        "x": Name(Type.NUMBER),
        "y": Name(Type.NUMBER),
        "flow": Name(Type.NUMBER, series=True),
        "yes": Name(Type.CONDITION),
        "no": Name(Type.CONDITION),
        "city": Name(Type.TEXT, frozenset({"short", "other"})),
        "region": Name(Type.TEXT),
        "year": Name(Type.NUMBER),
        "ticks": Name(Type.CHOICES, frozenset({"a", "b"})),
        "inflow": Name(Type.ROWS, ROWS),
        "outflow": Name(Type.ROWS, ROWS),
        "pilots": Name(Type.LIST, members=frozenset({"jinan"})),
        "half": Name(Type.NUMBER, computed=True),
        "broken": Name(Type.UNKNOWN),
    },
    tables=TABLES,
    regions={"cn": None, "zhejiang": "cn", "hangzhou": "zhejiang", "shandong": "cn"},
)


def made(text: str, wanted: Type | None = Type.NUMBER) -> Formula:
    return build(text, SCOPE, wanted)


def values(**answered: Any) -> Values:
    known = {
        name: Decimal(value) if isinstance(value, str) and value[-1].isdigit() else value
        for name, value in answered.items()
    }
    known = {
        name: {row: Decimal(number) for row, number in value.items()} if isinstance(value, dict) else value
        for name, value in known.items()
    }
    factors = {table: next(iter(versions.values())) for table, versions in TABLES.items()}
    return Values(known, derived={"half": lambda v: v["x"] / 2}, factors=factors, days={"flow": 260})


def result(text: str, wanted: Type | None = Type.NUMBER, **answered: Any) -> Any:
    with localcontext(CONTEXT):
        return compute(made(text, wanted), values(**answered))


def faults(text: str, wanted: Type | None = Type.NUMBER) -> list[str]:
    with pytest.raises(FormulaError) as caught:
        made(text, wanted)
    return [key for key, _ in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("7 - 2 - 1", "4"),
        ("8 / 2 / 2", "2"),
        ("-2 ** 2", "-4"),
        ("2 ** -1", "0.5"),
        ("0.1 + 0.2", "0.3"),
        ("min(3, 1, 2)", "1"),
        ("max(3, 1, 2)", "3"),
        ("abs(1 - 3)", "2"),
        ("sqrt(2.25)", "1.5"),
        ("round(2.345, 2)", "2.35"),
        ("round(-2.345, 2)", "-2.35"),
        ("clamp(7, 0, 5)", "5"),
        ("clamp(-7, 0, 5)", "0"),
        ("1 if 2 > 1 else 0", "1"),
        ("1 if not (2 > 1 and 1 > 2) else 0", "1"),
        ("1 if 0 < 1 <= 1 else 0", "1"),
        ("1 if 1 < 1 <= 2 else 0", "0"),
        ("1 if true or false else 0", "1"),
        ("+5", "5"),
    ],
)
def test_arithmetic(text: str, expected: str) -> None:
    assert result(text) == Decimal(expected)


def test_numbers_keep_the_digits_that_were_written() -> None:
    assert result("0.1234567890123456789012345 * 1") == Decimal("0.1234567890123456789012345")


@pytest.mark.parametrize(
    ("text", "answered", "expected"),
    [
        ('city == "short"', {"city": "short"}, True),
        ('city != "short"', {"city": "short"}, False),
        ('city in ("short", "other")', {"city": "other"}, True),
        ("region in pilots", {"region": "jinan"}, True),
        ("region not in pilots", {"region": "qingdao"}, True),
        ('"a" in ticks', {"ticks": frozenset({"a"})}, True),
        ('"b" not in ticks', {"ticks": frozenset({"a"})}, True),
        ("count(ticks) >= 2", {"ticks": frozenset({"a"})}, False),
        ("x in (1, 2)", {"x": "2"}, True),
        ("yes or x > 1", {"yes": True}, True),
        ("x > 1 or yes", {"yes": True}, True),
        ("x > 1 and no", {"no": False}, False),
        ("answered(x)", {}, False),
        ("answered(x)", {"x": "0"}, True),
        ('within(region, "zhejiang")', {"region": "hangzhou"}, True),
        ('within(region, "zhejiang")', {"region": "shandong"}, False),
        ('known("grid", region)', {"region": "shandong"}, False),
        ('known("grid", region)', {"region": "zhejiang"}, True),
        ("days(flow) >= 260", {}, True),
    ],
)
def test_conditions(text: str, answered: dict[str, Any], expected: bool) -> None:
    assert result(text, Type.CONDITION, **answered) is expected


def test_numbers_after_chinese_words_keep_their_digits() -> None:
    assert result('0.10 if region == "浙江省" else 0.30', region="广东省") == Decimal("0.30")


def test_what_is_missing_counts_only_where_it_is_needed() -> None:
    assert result("x if yes else y", yes=True, x="3") == 3
    with pytest.raises(MissingError) as caught:
        result("x if yes else y", yes=False, x="3")
    assert caught.value.name == "y"
    with pytest.raises(MissingError):
        result("x > 1 or yes", Type.CONDITION, yes=False)


def test_derived_values_are_computed_once() -> None:
    answered = values(x="5")
    with localcontext(CONTEXT):
        assert compute(made("half * 2 + half"), answered) == Decimal("7.5")
    assert answered["half"] == Decimal("2.5")


def test_sums_over_rows() -> None:
    inflow, outflow = {"cod": "300", "tn": "40"}, {"cod": "20", "tn": "10"}
    # (300 − 20) ÷ 1 + (40 − 10) ÷ 0.5
    assert result('sum((inflow - outflow) / factor("water"))', inflow=inflow, outflow=outflow) == 340
    assert result("sum(inflow)", inflow=inflow) == 340
    assert result('sum(inflow if row_key != "tn" else 0)', inflow=inflow) == 300
    assert result('row(inflow, "cod") + count(inflow)', inflow=inflow) == 302
    assert result("sum(inflow * half)", inflow={"cod": "3"}, x="4") == 6
    with pytest.raises(MissingError) as caught:
        result("sum(inflow - outflow)", inflow=inflow, outflow={"cod": "20"})
    assert caught.value.name == "outflow.tn"


def test_factors_are_looked_up_and_never_guessed() -> None:
    assert result('x * factor("grid", region)', x="10", region="zhejiang") == Decimal("4.974")
    assert result('factor("lead", "steel", "lead")') == 500
    for region in ("shandong", "nowhere"):
        with pytest.raises(UncomputableError) as caught:
            result('factor("grid", region)', region=region)
        assert (caught.value.key, caught.value.values) == ("factor_missing", {"table": "grid", "row": region})


@pytest.mark.parametrize(
    ("text", "answered", "key"),
    [
        ("x / y", {"x": "1", "y": "0"}, "division_by_zero"),
        ("x / y", {"x": "0", "y": "0"}, "division_by_zero"),
        ("sqrt(x)", {"x": "-1"}, "no_number"),
        ("x ** y", {"x": "2", "y": "11"}, "exponent_too_large"),
        ("x ** y", {"x": "2", "y": "0.5"}, "exponent_too_large"),
        ("x ** 10", {"x": "9999999"}, "number_beyond_limits"),
    ],
)
def test_what_cannot_be_computed_says_why(text: str, answered: dict[str, Any], key: str) -> None:
    with pytest.raises(UncomputableError) as caught:
        result(text, **answered)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("text", "answered", "expected"),
    [
        ("x / (y * 86400)", {"x": "175856", "y": "2.589"}, "175856 ÷ (2.589 × 86400)"),
        ("(x - y) / x * 100", {"x": "4", "y": "3"}, "(4 − 3) ÷ 4 × 100"),
        ("x - (y - 1)", {"x": "4", "y": "3"}, "4 − (3 − 1)"),
        ("x if yes else y", {"yes": False, "y": "3"}, "3"),
        ("x * -y", {"x": "4", "y": "3"}, "4 × (−3)"),
        ("max(x, y) + abs(y)", {"x": "4", "y": "3"}, "max(4, 3) + |3|"),
        ("sqrt(x ** 2)", {"x": "4"}, "√(4 ^ 2)"),
        ("x / y", {"x": "4"}, "4 ÷ ?"),
        ('sum(inflow / factor("water"))', {"inflow": {"tn": "4", "cod": "3"}}, "3 ÷ 1 + 4 ÷ 0.5"),
        ('x * factor("grid", region)', {"x": "4", "region": "zhejiang"}, "4 × 0.4974"),
        ('x * factor("grid", region)', {"x": "4", "region": "nowhere"}, "4 × ?"),
    ],
)
def test_a_formula_is_written_with_its_numbers(text: str, answered: dict[str, Any], expected: str) -> None:
    with localcontext(CONTEXT):
        assert made(text).show(values(**answered)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["formula_empty"]),
        ("x.real", ["formula_token"]),
        ("x.__class__", ["formula_token"]),
        ("().__class__.__bases__[0]", ["formula_token"]),
        ("__import__(x)", ["function_unknown"]),
        ("eval(x)", ["function_unknown"]),
        ("open(x)", ["function_unknown"]),
        ("(lambda: x)()", ["formula_token"]),
        ("[x for x in y]", ["formula_token"]),
        ("{x: y}", ["formula_token"]),
        ("x := 1", ["formula_token"]),
        ('f"{x}"', ["formula_token"]),
        ("x; y", ["formula_token"]),
        ("x @ y", ["formula_token"]),
        ("x // y", ["formula_refused"]),
        ("x % y", ["formula_token"]),
        ("x << y", ["formula_refused"]),
        ("~x", ["formula_token"]),
        ("x is y", ["formula_refused"]),
        ("None", ["formula_refused"]),
        ("(x, y)", ["formula_refused"]),
        ("min(*x)", ["function_arguments"]),
        ("min(x, key=y)", ["formula_equals"]),
        ("9 ** 9 ** 9", ["exponent_too_large"]),
        ("2 ** 1000000", ["exponent_too_large"]),
        ("99999999 ** 10", ["number_beyond_limits"]),
        ("1 / 0", ["division_by_zero"]),
        ("1e999", ["formula_token"]),
        ("1_000", ["formula_token"]),
        ("0x10", ["formula_token"]),
        ("1j", ["formula_token"]),
        ("9" * 16, ["number_too_large"]),
        ("0." + "1" * 40, ["number_too_large"]),
        ("(" * 200 + "x" + ")" * 200, ["formula_too_big"]),
        ("-" * 900 + "x", ["formula_too_big"]),
        ("not " * 200 + "yes", ["formula_too_big"]),
        ("x" + " + x" * 240, ["formula_too_big"]),
        ("x" + " " * 1000, ["formula_too_long"]),
        ("x\t+ 1", ["formula_token"]),
        ('"a\\x41" == city', ["formula_token"]),
        ("x +", ["formula_syntax"]),
        ("z + zz", ["name_unknown", "name_unknown"]),
        ("x + yes", ["type_wrong"]),
        ("yes", ["type_wrong"]),
        ("1 if x else 2", ["type_wrong"]),
        ("x if yes else city", ["type_wrong"]),
        ("inflow + 1", ["rows_outside_sum"]),
        ("sum(x)", ["sum_without_rows"]),
        ("sum(sum(inflow))", ["sum_within_sum"]),
        ("sum(x for x in y)", ["formula_refused"]),
        ("x ** 99999999", ["exponent_too_large"]),
        ('row(inflow, "bod")', ["row_unknown"]),
        ("row(inflow, x)", ["row_not_constant"]),
        ('factor("gird", region)', ["table_unknown"]),
        ('factor("grid", "jiangsu")', ["factor_row_unknown"]),
        ('factor("grid")', ["rows_outside_sum"]),
        ("round(x, y)", ["places_not_constant"]),
        ("days(x)", ["series_needed"]),
        ('1 if city == "shrot" else 2', ["choice_unknown"]),
        ('1 if "c" in ticks else 2', ["choice_unknown"]),
        ("1 if city == x else 2", ["compared_unlike"]),
        ("1 if x in (y, 2) else 2", ["list_not_constant"]),
        ('1 if within(region, "atlantis") else 2', ["region_unknown"]),
        ("1 if answered(half) else 2", ["input_expected"]),
        ("abs(x, y)", ["function_arguments"]),
        ("broken + 1", []),
    ],
)
def test_what_is_not_on_the_list_is_refused(text: str, expected: list[str]) -> None:
    if expected:
        assert faults(text) == expected
    else:
        assert made(text).type is Type.NUMBER


def test_a_table_must_have_every_row_it_is_summed_with() -> None:
    scope = Scope(SCOPE.names, {"water": {"a": {"cod": Decimal(1), "tn": None}}})
    with pytest.raises(FormulaError) as caught:
        build('sum(inflow * factor("water"))', scope, Type.NUMBER)
    assert caught.value.faults == (("row_without_factor", {"table": "water", "row": "tn"}),)
    assert build('sum(inflow * factor("water") if row_key != "tn" else 0)', scope, Type.NUMBER).tables == {"water"}


def test_the_names_and_tables_that_a_formula_rests_on_are_known() -> None:
    formula = made('x / y if yes else factor("grid", region) + half')
    assert formula.names == {"x", "y", "yes", "region", "half"}
    assert formula.tables == {"grid"}


# Synergy by coupling: both sides must really be cut, for the elasticity of two increases is positive too.
COUPLING = (
    "sqrt(2 * sqrt(clamp(x, 0, 1) * clamp(y, 0, 1)) / (clamp(x, 0, 1) + clamp(y, 0, 1))"
    " * (clamp(x, 0, 1) + clamp(y, 0, 1)) / 2) if x > 0 and y > 0 else 0"
)
ELASTICITY = "min(x / y, y / x) if x > 0 and y > 0 else 0"


@pytest.mark.parametrize(
    ("x", "y", "coupling", "elasticity"),
    # C = 2√(0.25·0.25) ÷ 0.5 = 1, T = 0.25, D = √0.25; Els = 1
    [("0.25", "0.25", "0.5", "1"), ("-0.2", "-0.1", "0", "0"), ("0.2", "-0.1", "0", "0"), ("0", "0.3", "0", "0")],
)
def test_two_increases_are_no_synergy(x: str, y: str, coupling: str, elasticity: str) -> None:
    assert result(COUPLING, x=x, y=y) == Decimal(coupling)
    assert result(ELASTICITY, x=x, y=y) == Decimal(elasticity)


@given(st.text(max_size=60))
def test_no_text_does_more_than_compute_or_refuse(text: str) -> None:
    try:
        formula = made(text, None)
    except FormulaError:
        return
    try:
        compute(formula, values(x="1", y="2", yes=True))
    except (MissingError, UncomputableError):
        return


@given(st.permutations([("cod", "1.1"), ("tn", "2.7")]))
def test_the_order_of_rows_is_irrelevant(rows: list[tuple[str, str]]) -> None:
    assert result('sum(inflow / factor("water"))', inflow=dict(rows)) == Decimal("6.5")
