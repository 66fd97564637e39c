"""Answers: parsed from a form, read for a scoring, warned about, found lacking."""

from decimal import Decimal
from typing import Any

import pytest

from registry.domain.answers import findings, mark_of, missing_inputs, parse_input, read
from registry.domain.errors import Invalid
from registry.domain.faults import AnswersFaulty
from registry.words.criteria import FAULTS, WARNINGS
from tests.domain.criteria_sets import MARKS, answer_faults, everything, full

CRITERIA = everything()


@pytest.mark.parametrize(
    ("key", "raw", "stored"),
    [
        ("electricity", " 1,234.50 ", "1234.50"),
        ("electricity", "１２３．５", "123.5"),
        ("electricity", "", None),
        ("electricity", None, None),
        ("trucks", "12", "12"),
        ("short", "是", True),
        ("short", "no", False),
        ("short", True, True),
        ("zone", "yantian", "yantian"),
        ("techniques", ["heat", "sun"], ["heat", "sun"]),
        ("techniques", "heat", ["heat"]),
        ("techniques", [], []),
        ("operator", " 某厂 ", "某厂"),
        ("opened", "2025-01-31", "2025-01-31"),
        ("removed", {"cod": "1,000", "nh3n": ""}, {"rows": {"cod": "1000"}}),
        ("removed", {"cod": "", "nh3n": ""}, None),
        ("volume", {"series": [["2025-01-01", "3"]]}, {"series": [["2025-01-01", "3"]]}),
        ("equipment", ["motors"], ["motors"]),
    ],
)
def test_what_people_type_becomes_what_is_stored(key: str, raw: object, stored: object) -> None:
    assert parse_input(CRITERIA.inputs[key], raw) == stored


@pytest.mark.parametrize(
    ("key", "raw", "fault"),
    [
        ("electricity", "abc", "number_expected"),
        ("electricity", "1e5", "number_expected"),
        ("electricity", "NaN", "number_expected"),
        ("electricity", "1,23", "number_expected"),
        ("electricity", "9" * 16, "number_expected"),
        ("electricity", True, "number_expected"),
        ("electricity", "-1", "outside_limits"),
        ("electricity", "1000000.01", "outside_limits"),
        ("electricity", "1.234", "too_many_places"),
        ("trucks", "1.5", "whole_expected"),
        ("short", "maybe", "yes_no_expected"),
        ("zone", "atlantis", "choice_wrong"),
        ("techniques", ["heat", "steam"], "choice_wrong"),
        ("operator", "长" * 11, "text_too_long"),
        ("opened", "2025-02-30", "date_expected"),
        ("opened", "20251301", "date_expected"),
        ("opened", "31.01.2025", "date_expected"),
        ("removed", {"rows": {"bod": "1"}}, "row_unknown"),
        ("removed", {"rows": {"cod": "x"}}, "number_expected"),
        ("volume", {"series": [["2025-01-01", "1"], ["2025-01-01", "2"]]}, "day_twice"),
        ("volume", {"series": [["2025-01-01"]]}, "series_expected"),
        ("volume", {"series": [["2025-01-01", "1"]] * 4_001}, "series_expected"),
        ("volume", {"series": "2025-01-01 1"}, "series_expected"),
        ("volume", {"series": [["2025-01-01", "1"], ["2025-02", "2"]]}, "dates_mixed"),
        ("volume", {"series": [["2025-13", "1"]]}, "date_expected"),
        ("electricity", {"series": [["2025-01-01", "1"]]}, "number_expected"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_key(key: str, raw: object, fault: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_input(CRITERIA.inputs[key], raw)
    assert (caught.value.key, caught.value.field) == (fault, key)
    assert "%(" not in FAULTS[fault] % caught.value.values


def test_values_become_decimals_and_series_are_reduced() -> None:
    reading = read(CRITERIA, full(), MARKS)
    assert reading.values["electricity"] == Decimal("231.08")
    assert reading.values["volume"] == 400
    assert reading.values.days == {"volume": 3}
    assert reading.values["techniques"] == frozenset({"heat"})
    assert reading.values["year"] == 2025
    assert reading.marks == {"novelty": (Decimal(0), Decimal(2), Decimal(2), Decimal(4), Decimal(4))}


def test_a_series_with_too_few_days_is_not_answered() -> None:
    # 0.7% of 365 days are 2.555, so 3 days are needed; the day without a record does not count.
    reading = read(CRITERIA, full(volume={"series": [["2025-01-01", "9"], ["2025-01-02", "9"], ["2025-01-03", None]]}))
    assert "volume" not in reading.values
    assert reading.values.days == {"volume": 2}


def test_all_faults_of_answers_come_at_once() -> None:
    answers: dict[str, Any] = {
        "extra": 1,
        "context": {"planet": "earth", "year": "soon"},
        "settings": {
            "gates": {"permitted": False, "nope": True, "aged": "yes"},
            "factors": {"equivalents": "c", "x": "1"},
        },
        "inputs": {"electricity": "many", "unasked": "1", "zone": "mars"},
        "not_applicable": {"lead": " ", "nobody": "because"},
    }
    with pytest.raises(AnswersFaulty) as caught:
        read(CRITERIA, answers, {"novelty": {"a": "9", "b": "x"}, "power": {"a": "1"}})
    assert sorted(answer_faults(caught)) == [
        ("context.planet", "answer_unknown"),
        ("context.year", "whole_expected"),
        ("extra", "answer_unknown"),
        ("inputs.electricity", "number_expected"),
        ("inputs.unasked", "answer_unknown"),
        ("inputs.zone", "choice_wrong"),
        ("marks.novelty.a", "outside_limits"),
        ("marks.novelty.b", "number_expected"),
        ("marks.power", "panel_unknown"),
        ("not_applicable.lead", "reason_needed"),
        ("not_applicable.nobody", "answer_unknown"),
        ("settings.factors.equivalents", "version_unknown"),
        ("settings.factors.x", "table_unknown"),
        ("settings.gates.aged", "flag_expected"),
        ("settings.gates.nope", "answer_unknown"),
        ("settings.gates.permitted", "gate_not_switchable"),
    ]


def test_warnings_are_no_refusals() -> None:
    found = findings(CRITERIA, full(electricity="5", trucks="11"))
    assert [(finding.key, finding.fields) for finding in found] == [
        ("implausible", ("electricity",)),
        ("inconsistent", ("trucks",)),
    ]
    assert found[0].values == {"value": "5", "min": "10", "max": "900000", "count": "1", "where": ""}
    assert found[1].values == {"check": "trucks_few", "numbers": "11 ≤ 10"}
    assert found[1].help is not None
    assert all("%(" not in WARNINGS[finding.key] % finding.values for finding in found)
    assert findings(CRITERIA, full()) == ()


def test_missing_inputs_are_those_asked_and_needed() -> None:
    assert missing_inputs(CRITERIA, full()) == ()
    assert missing_inputs(CRITERIA, full(electricity=None, operator=None)) == ("operator", "electricity")
    # Asked only without a permit; the bonus and what the portal counts are nobody's duty.
    assert missing_inputs(CRITERIA, full(permit=False, extra=None, certified=None)) == ("plan",)


def test_what_rests_only_on_something_not_applicable_is_not_missing() -> None:
    answers = full(trucks="0", used=None, product=None)
    assert missing_inputs(CRITERIA, answers) == ("product", "used")
    answers["not_applicable"] = {"lead": "没有产品"}
    assert missing_inputs(CRITERIA, answers) == ()


def test_marks_may_be_bound_to_the_levels() -> None:
    panel = CRITERIA.indicators["novelty"]
    assert mark_of(panel, "3.5") == Decimal("3.5")
    with pytest.raises(Invalid) as caught:
        mark_of(panel.model_copy(update={"marks": "levels"}), "3")
    assert (caught.value.key, caught.value.values["levels"]) == ("mark_between_levels", "0, 2, 4")
