"""criteria/README.md does what it says: its steps end in a set that scores, its pieces load, its tables are made."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from registry.cli.criteria import CRITERIA, criteria
from registry.domain import answers, curves, plainyaml, seriesfile, setreference, shapes, syntax
from registry.domain.criteria import CriteriaSet, load_set
from registry.domain.faults import CriteriaFaulty
from registry.domain.results import Score
from registry.domain.scoring import score

README = (CRITERIA / "README.md").read_text()
# A remark that says what a block is, and the block; in lists of blocks those of one remark stand in order.
BLOCK = re.compile(r"<!-- ([^>\n]+) -->\n```(\w+)\n(.*?)```", re.DOTALL)
INSTEAD = re.compile(r"console, '(.+)' written as '(.+)'")


def blocks(about: str) -> list[str]:
    return [body for remark, _, body in BLOCK.findall(README) if remark == about]


def between(name: str) -> str:
    return README.split(f"<!-- {name}: begin -->\n")[1].split(f"\n<!-- {name}: end -->")[0]


def consoles() -> Iterator[tuple[str, str]]:
    """Yield each console of the first steps with the file as it stands there."""
    file = ""
    for remark, _, body in BLOCK.findall(README):
        if remark == "canteens.yaml":
            file += body
        elif remark.startswith("console"):
            instead = INSTEAD.fullmatch(remark)
            assert instead is None or instead[1] in file
            yield (file.replace(instead[1], instead[2]) if instead else file), body


def test_there_are_five_blocks_of_the_first_set_and_a_console_after_each_turn() -> None:
    assert len(blocks("canteens.yaml")) == 5
    assert len(list(consoles())) == 5


@pytest.mark.parametrize(("file", "console"), list(consoles()))
def test_a_command_prints_what_the_readme_shows(
    file: str, console: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("canteens.yaml").write_text(file)
    Path("canteens.json").write_text(*blocks("canteens.json"))
    Path("marks.json").write_text(*blocks("marks.json"))
    command, shown = console.split("\n", 1)
    arguments = command.removeprefix("$ .venv/bin/registry criteria ").split()
    assert CliRunner().invoke(criteria, arguments).output.rstrip() == shown.rstrip()


def test_the_first_set_scores_the_total_that_was_worked_by_hand() -> None:
    # 24000 ÷ 200000 = 0.12 kg: 48% of 40; 21600 ÷ 24000 = 90%: 80% of 30; 26 points capped at 20; the mean of 5, 6, 7
    # is 6. Together 69.2 of 100, and three visits.
    first = load_set("".join(blocks("canteens.yaml")), source="canteens.yaml")
    inputs = {"meals": "200000", "hygiene": "b", "visits": "3", "waste": "24000", "separated": "21600"}
    ticked = {"disposables": False, "habits": ["small", "reminders", "donation"]}
    result = score(first, {"inputs": inputs | ticked}, {"novelty": {"A": "5", "B": "7", "C": "6"}})
    assert [str(item.points) for item in result.items] == ["19.20", "24.00", "20.00", "6.00", "3.00"]
    assert (str(result.base), str(result.total), result.grade) == ("69.20", "72.20", "pass")
    assert "**72.2**" in README


def test_before_it_has_sections_the_first_set_does_not_load() -> None:
    with pytest.raises(CriteriaFaulty) as caught:
        load_set("".join(blocks("canteens.yaml")[:3]), source="canteens.yaml")
    assert [(fault.path, fault.key) for fault in caught.value.faults] == [("sections", "field_missing")]


# Wordings


HEAD = """\
key: wordings
version: '1'
title: {zh: 说法, en: Wordings}
rules: {bonus_cap: 5, deduction_cap: 6, source: default}
"""


def indented(text: str, by: int) -> str:
    return re.sub("(?m)^(?=.)", " " * by, text)


def wordings() -> CriteriaSet:
    """Return the set of all pieces."""
    parts = {kind: "".join(blocks(f"wording: {kind}")) for kind in ("gate", "indicator", "bonus", "deduction")}
    text = (
        HEAD
        + "".join(blocks("wording: inputs"))
        + f"gates:\n{indented(parts['gate'], 2)}"
        + "sections:\n  - key: all\n    title: {zh: 全部, en: All}\n    indicators:\n"
        + indented(parts["indicator"], 6)
        + f"bonuses:\n{indented(parts['bonus'], 2)}deductions:\n{indented(parts['deduction'], 2)}"
    )
    return load_set(text, source="wordings.yaml")


WORDINGS = wordings()
STEAM = "- {key: steam, kind: number, title: {zh: 蒸汽, en: Steam}, series: {reduce: sum}}\n"


def inputs_with_series() -> list[shapes.Input]:
    """Return the inputs of the part on series, and one more for its table of months."""
    part = README.split("**Series**")[1].split("```yaml\n")[1].split("```")[0]
    root, _ = plainyaml.read(part + STEAM, source="README.md")
    assert isinstance(root, plainyaml.Sequence)
    return [shapes.Input.model_validate(plainyaml.plain(node)) for node in root.entries]


SERIES = inputs_with_series()


def scored(inputs: dict[str, Any], marks: dict[str, dict[str, str]] | None = None) -> Score:
    return score(WORDINGS, {"inputs": inputs}, marks)


def points(key: str, inputs: dict[str, Any], marks: dict[str, dict[str, str]] | None = None) -> Decimal:
    return next(item.points for item in scored(inputs, marks).items if item.key == key)


# Each figure worked by hand from the words of the score sheet.
@pytest.mark.parametrize(
    ("key", "inputs", "expected"),
    [
        ("reached", {"rate": "89.9"}, "0"),
        ("reached", {"rate": "90"}, "8"),
        ("raised", {"rate": "84", "rate_before": "80"}, "2"),
        ("raised", {"rate": "80.7", "rate_before": "80"}, "0.35"),
        ("raised", {"rate": "95", "rate_before": "80"}, "7.5"),
        ("raised", {"rate": "101", "rate_before": "80"}, "10"),
        ("raised", {"rate": "79", "rate_before": "80"}, "0"),
        ("raised_whole", {"rate": "80.9", "rate_before": "80"}, "0"),
        ("raised_whole", {"rate": "82.9", "rate_before": "80"}, "2"),
        ("raised_whole", {"rate": "83", "rate_before": "80"}, "3"),
        ("raised_whole", {"rate": "90", "rate_before": "80"}, "5"),
        # 0.8 too low counts as 1, 1 as 1, 1.1 as 2 and 4.1 as 5
        ("short_begun", {"rate": "90"}, "5"),
        ("short_begun", {"rate": "89.2"}, "4"),
        ("short_begun", {"rate": "89"}, "4"),
        ("short_begun", {"rate": "88.9"}, "3"),
        ("short_begun", {"rate": "85.9"}, "0"),
        ("short_of", {"rate": "86"}, "3"),
        ("short_of", {"rate": "95"}, "5"),
        ("short_of", {"rate": "79"}, "0"),
        ("in_proportion", {"done": "30", "planned": "40"}, "7.5"),
        ("in_proportion", {"done": "50", "planned": "40"}, "10"),
        ("between", {"energy": "99"}, "10"),
        ("between", {"energy": "110"}, "8"),
        ("between", {"energy": "120"}, "6"),
        ("between", {"energy": "121"}, "0"),
        ("in_steps", {"rate": "59.9"}, "0"),
        ("in_steps", {"rate": "60"}, "4"),
        ("in_steps", {"rate": "79.9"}, "4"),
        ("in_steps", {"rate": "80"}, "8"),
        ("in_steps", {"rate": "90"}, "10"),
        ("in_bands", {"energy": "100"}, "5"),
        ("in_bands", {"energy": "100.1"}, "3"),
        ("in_bands", {"energy": "120"}, "3"),
        ("in_bands", {"energy": "120.1"}, "0"),
        ("there_or_not", {"plan": True}, "3"),
        ("there_or_not", {"plan": False}, "0"),
        ("one_by_one", {"one_by_one": ["motors"], "rate": "80"}, "4"),
        ("one_by_one", {"one_by_one": ["motors", "lighting", "heat"], "rate": "80"}, "6"),
        ("extra", {"extra": ["patent", "award"]}, "4"),
        ("extra", {"extra": ["patent", "award", "standard"]}, "5"),
        ("for_accidents", {"accidents": "2"}, "4"),
        ("for_accidents", {"accidents": "4"}, "6"),
        ("may_not_apply", {"done": "7"}, "7"),
        ("food_waste", {"has_food_waste": True, "food_waste_used": "40"}, "2.5"),
        ("base_and_lead", {"energy": "80"}, "10"),
        ("base_and_lead", {"energy": "90"}, "8"),
        ("base_and_lead", {"energy": "100"}, "6"),
        ("base_and_lead", {"energy": "101"}, "0"),
        ("since_base_year", {"has_base_year": True, "energy_before": "200", "energy": "190"}, "3"),
        ("since_base_year", {"has_base_year": True, "energy_before": "200", "energy": "180"}, "5"),
        # 60% + (105 − 95) ÷ 20 × 40% = 80%
        ("against_published", {"energy": "95"}, "8"),
    ],
)
def test_a_wording_earns_what_its_words_say(key: str, inputs: dict[str, Any], expected: str) -> None:
    assert points(key, inputs) == Decimal(expected)


def test_experts_are_joined_without_the_highest_and_the_lowest() -> None:
    # of 3, 6, 7, 8, 10 the three in the middle: 21 ÷ 3
    marks = {"by_experts": {"A": "10", "B": "6", "C": "8", "D": "3", "E": "7"}}
    assert points("by_experts", {}, marks) == 7


@pytest.mark.parametrize(
    ("key", "inputs", "state"),
    [
        ("no_accident", {"accidents": "0"}, "passed"),
        ("no_accident", {"accidents": "1"}, "failed"),
        ("half_used", {"rate": "50"}, "passed"),
        ("half_used", {"rate": "49.9"}, "failed"),
        ("one_of_two", {"licence": False, "plan": True}, "passed"),
        ("one_of_two", {"licence": False, "plan": False}, "failed"),
    ],
)
def test_a_gate_is_passed_as_its_words_say(key: str, inputs: dict[str, Any], state: str) -> None:
    assert next(str(gate.state) for gate in scored(inputs).gates if gate.key == key) == state


def test_what_does_not_apply_leaves_the_denominator() -> None:
    declaration = {"inputs": {"done": "0", "planned": "0"}, "not_applicable": {"may_not_apply": "没有计划任务"}}
    result = score(WORDINGS, declaration)
    states = {item.key: str(item.state) for item in result.items}
    assert states["may_not_apply"] == "not_applicable"
    (declared,), (asked,) = result.sections, scored({"done": "0", "planned": "0"}).sections
    assert asked.max - declared.max == 10


def test_who_has_no_food_waste_is_neither_asked_for_its_rate_nor_judged_by_it() -> None:
    without = {"inputs": {"has_food_waste": False}}
    result = score(WORDINGS, without)
    assert next(str(item.state) for item in result.items if item.key == "food_waste") == "not_applicable"
    assert "food_waste_used" not in answers.missing_inputs(WORDINGS, without)


def test_the_example_of_answers_is_read_with_its_days_and_months() -> None:
    example = json.loads(README.split("To score by hand with")[1].split("```json\n")[1].split("```")[0])
    assert {len(pair[0]) for key in ("volume", "steam") for pair in example["inputs"][key]["series"]} == {10, 7}
    tables = re.findall(r"```csv\n(.*?)```", README, re.DOTALL)
    found = [seriesfile.read_file(table, SERIES, 2025) for table in tables]
    assert [{key: len(entry["series"]) for key, entry in one.items()} for one in found] == [
        {"water_treated": 3, "cod_in": 3},
        {"steam": 2},
    ]


def test_a_sum_needs_all_that_is_asked_unless_the_set_says_otherwise() -> None:
    treated, *_ = SERIES
    assert treated.series == shapes.SeriesRule.model_validate(
        {"reduce": "sum", "table": "daily", "limits": {"min": "0"}, "coverage": {"asked": "90%", "least": "30%"}}
    )
    rule = shapes.SeriesRule.model_validate({"reduce": "sum", "coverage": "90%"})
    assert rule.coverage == shapes.CoverageRule.model_validate({"asked": "90%", "least": "90%"})


def test_every_piece_of_the_table_is_there_and_is_tested() -> None:
    table = README.split("| 评分表的说法 |")[1].split("\n\n")[0]
    anchors = re.findall(r"\(#([^)]+)\)", table)
    headings = re.findall(r"(?m)^#### ([0-9]+ .+)$", README)
    # GitHub's anchors: small letters, blanks as hyphens, other signs left out
    made = [re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings]
    assert anchors == made
    assert len(anchors) == 18


# Tables and pictures


def test_the_links_to_parts_of_the_page_lead_somewhere() -> None:
    headings = re.findall(r"(?m)^#{1,4} (.+)$", re.sub(r"(?s)```.*?```", "", README))
    anchors = {re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) - anchors == set()


def test_the_links_to_files_lead_somewhere() -> None:
    files = re.findall(r"\]\(([^#)][^)]*)\)", README)
    assert [name for name in files if not (CRITERIA / name).exists()] == []


def test_the_reference_is_the_one_of_the_models() -> None:
    assert between("reference") == setreference.reference()


def test_the_table_of_sources_is_the_one_that_is_counted() -> None:
    result = CliRunner().invoke(criteria, ["sources"])
    assert result.exit_code == 0
    assert between("sources") == result.stdout.rstrip()


def test_every_picture_stands_beside_the_entry_that_makes_it() -> None:
    gallery = (CRITERIA / "gallery" / "gallery.yaml").read_text()
    loaded = load_set(gallery, source="gallery.yaml")
    shown = re.findall(r"\(gallery/(\w+)\.svg\)\n\n<!-- gallery: (\w+) -->\n```yaml\n(.*?)```", README, re.DOTALL)
    every = {*loaded.indicators, *(gate.key for gate in loaded.gates)}
    assert {picture for picture, _, _ in shown} == every
    for picture, key, text in shown:
        assert picture == key
        assert text.startswith(f"- key: {key}\n")
        assert any(indented(text, by) in gallery for by in (2, 6)), key


def test_numbers_of_the_limits_are_those_of_the_engine() -> None:
    part = README.split("## Limits")[1]
    limits = [
        f"{plainyaml.BYTES // 1024} KiB",
        f"{plainyaml.DEPTH} levels deep",
        f"{plainyaml.ENTRIES:,} entries",
        f"{shapes.LONGEST_TEXT:,} characters; a formula",
        f"{syntax.LENGTH:,} characters, {syntax.PARTS} parts and {syntax.DEPTH} levels",
        f"{curves.MOST_KNOTS} knots",
        f"{syntax.DIGITS} digits and below 10^{syntax.WHOLE_DIGITS}",
        f"{answers.MOST_ROWS} rows or {answers.MOST_DAYS:,} recorded dates",
    ]
    assert [limit for limit in limits if limit not in part] == []
