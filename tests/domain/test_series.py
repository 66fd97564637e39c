"""Series: an invented plant's records worked by hand, the file they come in, and every way in which it is refused."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from registry.domain.answers import findings, parse_input, read
from registry.domain.criteria import CriteriaSet, load_set
from registry.domain.faults import AnswersFaulty, SeriesFaulty
from registry.domain.scoring import score
from registry.domain.series import Coverage, coverage, days_covered, outliers
from registry.domain.seriesfile import decoded, empty_file, read_file
from registry.domain.shapes import CoverageRule
from registry.words.criteria import FAULTS, WARNINGS
from tests.domain.criteria_sets import answer_faults, faults_of

SET = """\
key: waterworks
version: "1"
title: {zh: 水厂, en: Waterworks}
rules: {source: default}
inputs:
  - key: flow
    kind: number
    title: {zh: 进水量, en: Inflow}
    unit: m³
    limits: {min: 1, max: 1000000}
    series: {reduce: sum, table: daily, limits: {min: 0, max: 5000}, plausible: {min: 500, max: 2000},
             coverage: {asked: 1.5%, least: 0.8%}}
  - key: power
    kind: number
    title: {zh: 用电量, en: Electricity}
    unit: kWh
    series: {reduce: sum, table: daily, limits: {min: 0}}
  - key: cod
    kind: number
    title: {zh: 进水 COD, en: Influent COD}
    unit: mg/L
    series: {reduce: mean, table: daily, weight: flow}
  - {key: stock, kind: number, title: {zh: 库存, en: Stock}, series: {reduce: last}}
  - {key: level, kind: number, title: {zh: 水位, en: Level}, series: {reduce: max}}
  - {key: typed, kind: number, title: {zh: 手填, en: Typed}}
sections:
  - key: only
    title: {zh: 唯一, en: Only}
    indicators:
      - {key: m, kind: measure, title: {zh: 吨水电耗, en: Electricity per m³}, points: 8, unit: kWh/m³, places: 3,
         formula: "power / flow", curve: "0.25:100% → 0.36:60% → 0.61:0%", clauses: [], source: default}
"""
# Seven days of a week in January 2025. The 3rd has no inflow, the 5th no electricity; the 6th is closed in the file.
FILE = """\
date,flow,power,cod
2025-01-01,1000,400,300
2025-01-02,1200,420,310
2025-01-03,,410,305
2025-01-04,800,380,290
2025-01-05,900,,280
2025/1/7,"1,100",440,300
"""


@pytest.fixture(scope="module")
def waterworks() -> CriteriaSet:
    return load_set(SET, source="waterworks.yaml")


def answers(**inputs: Any) -> dict[str, Any]:
    return {"context": {"year": 2025}, "inputs": inputs}


def of(waterworks: CriteriaSet, *keys: str) -> list[Any]:
    return [waterworks.inputs[key] for key in keys]


def taken(waterworks: CriteriaSet, text: str = FILE, year: int | None = 2025) -> dict[str, Any]:
    return read_file(text, of(waterworks, "flow", "power", "cod"), year)


def faults(waterworks: CriteriaSet, text: str, year: int | None = 2025) -> list[tuple[int, str, str]]:
    with pytest.raises(SeriesFaulty) as caught:
        taken(waterworks, text, year)
    for fault in caught.value.faults:
        assert "%(" not in FAULTS[fault.key] % fault.values
    return [(fault.line, fault.path, fault.key) for fault in caught.value.faults]


def test_a_file_becomes_series_an_empty_cell_a_day_without_a_record(waterworks: CriteriaSet) -> None:
    found = taken(waterworks)
    assert found["flow"] == {
        "series": [
            ["2025-01-01", "1000"],
            ["2025-01-02", "1200"],
            ["2025-01-03", None],
            ["2025-01-04", "800"],
            ["2025-01-05", "900"],
            ["2025-01-07", "1100"],
        ]
    }


def test_sums_of_a_table_count_the_days_that_all_of_them_have(waterworks: CriteriaSet) -> None:
    """1, 2, 4 and 7 January have inflow and electricity; COD and inflow stand together on the 5th too.

    Σ inflow 1000 + 1200 + 800 + 1100 = 4100; Σ kWh 400 + 420 + 380 + 440 = 1640; 1640 ÷ 4100 = 0.4.
    COD (1000 × 300 + 1200 × 310 + 800 × 290 + 900 × 280 + 1100 × 300) ÷ 5000 = 1,486,000 ÷ 5000 = 297.2.
    (0.6 − 0.6 × 0.04 ÷ 0.25) × 8 = 0.504 × 8 = 4.032.
    """
    given = answers(**taken(waterworks))
    reading = read(waterworks, given)
    assert reading.values["flow"] == 4100
    assert reading.values["power"] == 1640
    assert reading.values["cod"] == Decimal("297.2")
    assert reading.covered["flow"] == Coverage(4, 365, False, CoverageRule(asked="1.5%", least="0.8%"))
    assert reading.values.days == {"flow": 4, "power": 4, "cod": 5}
    (item,) = score(waterworks, given).items
    assert (item.value, item.points) == (Decimal("0.4"), Decimal("4.03"))
    lines = {line.values["key"]: line for line in item.working if line.line == "input"}
    assert {key: lines["flow"].values[key] for key in ("reduce", "period", "recorded", "expected")} == {
        "reduce": "sum",
        "period": "day",
        "recorded": "4",
        "expected": "365",
    }


def test_what_is_sampled_weekly_takes_no_days_from_what_is_metered_daily(waterworks: CriteriaSet) -> None:
    weekly = {"series": [["2025-01-01", "300"], ["2025-01-04", "250"]]}
    series = taken(waterworks)
    reading = read(waterworks, answers(flow=series["flow"], power=series["power"], cod=weekly))
    assert (reading.values["flow"], reading.values["power"]) == (4100, 1640)
    # (1000 × 300 + 800 × 250) ÷ 1800 = 500,000 ÷ 1800 = 277.778
    assert round(reading.values["cod"], 3) == Decimal("277.778")


def test_a_sum_with_gaps_does_not_go_with_one_that_was_typed(waterworks: CriteriaSet) -> None:
    series = taken(waterworks)
    reading = read(waterworks, answers(flow=series["flow"], power="1640"))
    # Five of 365 days of inflow do not go with electricity that was typed for all the year: no figure, and it is said.
    assert reading.values.get("flow") is None
    assert (reading.values["power"], reading.covered["flow"].mixed) == (1640, True)
    told = findings(waterworks, answers(flow=series["flow"], power="1640"))
    assert [found.key for found in told] == ["coverage_mixed"]


def test_a_complete_sum_goes_with_one_that_was_typed(waterworks: CriteriaSet) -> None:
    months = {"series": [[f"2025-{month:02d}", "1000"] for month in range(1, 13)]}
    assert read(waterworks, answers(flow=months, power="4000")).values["flow"] == 12_000


def test_an_established_figure_leaves_the_others_of_its_table_as_they_are(waterworks: CriteriaSet) -> None:
    series = taken(waterworks)
    over = {**series["flow"], "established": "4200"}
    reading = read(waterworks, answers(flow=over, power=series["power"], cod=series["cod"]))
    assert (reading.values["flow"], reading.values["power"], reading.values["cod"]) == (4200, 1640, Decimal("297.2"))


def test_days_and_months_are_not_mixed_in_one_table(waterworks: CriteriaSet) -> None:
    with pytest.raises(AnswersFaulty) as caught:
        read(waterworks, answers(flow=taken(waterworks)["flow"], power={"series": [["2025-01", "1000"]]}))
    assert sorted(answer_faults(caught)) == [("inputs.flow", "dates_mixed"), ("inputs.power", "dates_mixed")]


def test_a_series_beside_another_counts_the_dates_of_both() -> None:
    # In on the 1st, 2nd and 3rd, out on the 2nd and 3rd: means 20 and 5, not 15 and 5.
    beside = SET.replace("series: {reduce: last}", "series: {reduce: mean, table: daily, beside: cod}")
    inputs = {"cod": {"series": [["2025-01-02", "5"], ["2025-01-03", "5"]]}}
    inputs["stock"] = {"series": [["2025-01-01", "5"], ["2025-01-02", "15"], ["2025-01-03", "25"]]}
    assert read(load_set(beside, source="w"), answers(**inputs)).values["stock"] == 20


def test_a_series_is_stored_in_one_way_however_it_was_sent(waterworks: CriteriaSet) -> None:
    sent = {"series": [["2025-01-02", "-0"], ["2025-01-01", 300.5]]}
    assert parse_input(waterworks.inputs["level"], sent) == {"series": [["2025-01-01", "300.5"], ["2025-01-02", "0"]]}


def test_a_whole_leap_year_fits_into_a_file(waterworks: CriteriaSet) -> None:
    days = [f"{date(2024, 1, 1) + timedelta(days=day)},1" for day in range(366)]
    assert len(taken(waterworks, "\n".join(["date,flow", *days]), 2024)["flow"]["series"]) == 366
    assert faults(waterworks, "\n".join(["date,flow", *days, "2025-01-01,1"]), 2024) == [(368, "", "series_expected")]


def test_a_header_of_blanks_takes_no_time(waterworks: CriteriaSet) -> None:
    assert faults(waterworks, "date,a" + " " * 100_000 + "b\n2025-01-01,1\n") == [(1, "B", "column_unknown")]


def test_a_title_that_looks_like_a_formula_stays_a_text() -> None:
    assert empty_file([], [], ["date", "=HYPERLINK(1)"]) == "date,'=HYPERLINK(1)\n"


def test_too_few_days_are_no_figure_and_fewer_than_asked_are_a_warning(waterworks: CriteriaSet) -> None:
    # 1.5% of 365 days are 5.475, so 5 days warn; 0.8% are 2.92, so 2 days are no figure.
    five = answers(flow=taken(waterworks)["flow"])
    (short,) = [found for found in findings(waterworks, five) if found.key == "coverage_short"]
    assert WARNINGS["coverage_short"] % short.values == (
        "5 of 365 have a record; 1.5% are asked. Attach as evidence why the rest is missing."
    )
    two = answers(flow={"series": [["2025-01-01", "1000"], ["2025-01-02", "1000"]]})
    assert "flow" not in read(waterworks, two).values
    assert [found.key for found in findings(waterworks, two)] == ["coverage_least"]


@pytest.mark.parametrize(("reduce", "days", "figure"), [("sum", 5, None), ("sum", 6, 6000), ("mean", 5, 1000)])
def test_without_a_least_a_sum_needs_all_that_is_asked(reduce: str, days: int, figure: int | None) -> None:
    # 1.5% of 365 days are 5.475; a sum over five days would be too small, a mean is only pointed out.
    text = SET.replace("{asked: 1.5%, least: 0.8%}", "{asked: 1.5%}").replace("reduce: sum", f"reduce: {reduce}", 1)
    given = answers(flow={"series": [[f"2025-01-{day:02d}", "1000"] for day in range(1, days + 1)]})
    assert read(load_set(text, source="w"), given).values.get("flow") == figure


def test_months_are_counted_of_twelve_and_stand_for_their_days(waterworks: CriteriaSet) -> None:
    text = "month,flow,power\n2024-01,100,40\n2024-02,200,60\n2024-03,100,30\n"
    reading = read(waterworks, {"context": {"year": 2024}, "inputs": taken(waterworks, text, 2024)})
    assert reading.values["flow"] == 400
    assert (reading.covered["flow"].recorded, reading.covered["flow"].expected) == (3, 12)
    assert reading.values.days["flow"] == 31 + 29 + 31


def test_a_leap_year_has_366_days() -> None:
    rule = load_set(SET, source="w").inputs["flow"].series
    assert rule is not None
    assert coverage(["2024-05-01"], 2024, rule).expected == 366
    assert coverage(["2024-05-01"], None, rule).expected == 366
    assert coverage([], 2023, rule) == Coverage(0, 365, False, rule.coverage)
    assert days_covered(["2024-02", "2023-02"]) == 29 + 28


def test_last_and_highest_record(waterworks: CriteriaSet) -> None:
    pairs = {"series": [["2025-03-01", "7"], ["2025-01-01", "9"], ["2025-02-01", "8"], ["2025-04-01", None]]}
    reading = read(waterworks, answers(stock=pairs, level=pairs))
    assert (reading.values["stock"], reading.values["level"]) == (7, 9)


def test_a_mean_without_the_series_that_weighs_it_is_missing(waterworks: CriteriaSet) -> None:
    series = taken(waterworks)
    assert "cod" not in read(waterworks, answers(flow="4100", cod=series["cod"])).values


def test_series_that_do_not_fit_the_year_or_their_input_are_refused(waterworks: CriteriaSet) -> None:
    series = {"series": [["2024-01-01", "1000"]]}
    nothing = {"series": [["2025-01-01", "0"], ["2025-01-02", "0"], ["2025-01-03", "0"]]}
    with pytest.raises(AnswersFaulty) as caught:
        read(waterworks, answers(stock=series, typed=series, flow=nothing, cod=nothing))
    assert sorted(answer_faults(caught)) == [
        ("inputs.cod", "weights_nothing"),
        ("inputs.flow", "outside_limits"),
        ("inputs.stock", "date_outside_year"),
        ("inputs.typed", "number_expected"),
    ]


def test_what_stands_out_is_told() -> None:
    rule = load_set(SET, source="w").inputs["flow"].series
    assert rule is not None
    # The median is 1000, the median distance from it 10: beyond 3.5 × 1.4826 × 10 = 51.891 a record stands out.
    numbers = [990, 1000, 1010, 1005, 995, 1060, 2600, 990, 1010]
    records = {f"2025-01-{day:02d}": Decimal(number) for day, number in enumerate(numbers, 1)}
    assert outliers(rule, records) == {"2025-01-06", "2025-01-07"}
    assert outliers(rule, {"2025-01-01": Decimal(400)}) == {"2025-01-01"}  # below the plausible 500


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "", "series_file_empty")]),
        ("date,flow\n", [(1, "", "series_file_empty")]),
        ("flow,power\n1,2\n", [(1, "A", "column_of_dates")]),
        ("date;flow\n2025-01-01;1\n", [(1, "A", "column_of_dates")]),
        ("date\n2025-01-01\n", [(1, "", "column_none")]),
        ("date,water\n2025-01-01,1\n", [(1, "B", "column_unknown")]),
        ("date,flow,进水量\n2025-01-01,1,1\n", [(1, "C", "column_twice")]),
        ("date,cod\n2025-01-01,1\n", [(1, "B", "column_of_weight")]),
        ("date,flow\n2025-01-01,-5\n", [(2, "B", "outside_limits")]),
        ("date,flow\n2025-01-01,10\n\n2025-01-02,5001\n", [(4, "B", "outside_limits")]),
        ("date,flow\n2025-01-01,many\n", [(2, "B", "number_expected")]),
        ("date,flow\n2025-01-01,1e3\n", [(2, "B", "number_expected")]),
        ("date,flow\n2025-02-30,1\n", [(2, "A", "date_expected")]),
        ("date,flow\n,1\n", [(2, "A", "date_expected")]),
        ("date,flow\n2024-12-31,1\n", [(2, "A", "date_outside_year")]),
        ("date,flow\n2025-01-01,1\n2025/1/1,2\n", [(3, "A", "day_twice")]),
        ("date,flow\n2025-01-01,1\n2025-02,2\n", [(3, "A", "dates_mixed")]),
        ("date,flow\n2025-01-01,1,7\n", [(2, "C", "cell_without_column")]),
        ('date,flow\n"2025-01-01,1\n', [(2, "", "file_not_csv")]),
        (
            "date,flow,power\n2025-01-01,x,1\n2025-01-02,1,-1\n",
            [(2, "B", "number_expected"), (3, "C", "outside_limits")],
        ),
    ],
)
def test_a_file_is_refused_at_its_line(
    waterworks: CriteriaSet, text: str, expected: list[tuple[int, str, str]]
) -> None:
    assert faults(waterworks, text) == expected


def test_a_file_with_endless_faults_names_the_first_fifty(waterworks: CriteriaSet) -> None:
    lines = [f"2025-{month:02d}-{day:02d},x" for month in range(1, 4) for day in range(1, 29)]
    found = faults(waterworks, "\n".join(["date,flow", *lines]))
    assert len(found) == 51
    assert found[-1] == (52, "A", "too_many_faults")


def test_names_of_columns_in_either_language_and_dates_as_spreadsheets_write_them(waterworks: CriteriaSet) -> None:
    text = "日期,进水量,Electricity\n2025年1月2日,１０００,400\n2025.1.3,900,300\n"
    assert taken(waterworks, text) == {
        "flow": {"series": [["2025-01-02", "1000"], ["2025-01-03", "900"]]},
        "power": {"series": [["2025-01-02", "400"], ["2025-01-03", "300"]]},
    }


def test_files_of_spreadsheets_are_decoded_and_others_refused() -> None:
    assert decoded("日期".encode("utf-8-sig")) == "日期"
    assert decoded("日期".encode("gb18030")) == "日期"
    with pytest.raises(SeriesFaulty) as caught:
        decoded(b"\xff\xfe\x00\x81")
    assert caught.value.faults[0].key == "file_not_text"


def test_the_file_to_fill_in_is_taken_once_it_is_filled(waterworks: CriteriaSet) -> None:
    text = empty_file(of(waterworks, "flow", "power"), ["2025-01-01", "2025-01-02"])
    assert text == "date,flow,power\n2025-01-01,,\n2025-01-02,,\n"
    assert taken(waterworks, text.replace("01,,", "01,5,2")) == {
        "flow": {"series": [["2025-01-01", "5"], ["2025-01-02", None]]},
        "power": {"series": [["2025-01-01", "2"], ["2025-01-02", None]]},
    }


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ("{reduce: sum, table: daily, weight: power}", "weight_misplaced"),
        ("{reduce: mean, weight: power}", "weight_misplaced"),
        ("{reduce: mean, table: daily, weight: stock}", "weight_unknown"),
        ("{reduce: mean, table: daily, weight: nobody}", "weight_unknown"),
        ("{reduce: median}", "not_one_of"),
        ("{reduce: sum, coverage: 120%}", "share_wrong"),
        ("{reduce: sum, coverage: {asked: 50%, least: 60%}}", "range_upside_down"),
    ],
)
def test_a_set_with_a_faulty_series_is_refused(rule: str, key: str) -> None:
    text = SET.replace("{reduce: last}", rule)
    assert key in [found for _line, _path, found in faults_of(text)]
