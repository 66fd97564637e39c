"""`registry criteria check` and `registry criteria score` as a user runs them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from registry.cli.criteria import criteria
from registry.config import ROOT
from tests.domain.criteria_sets import MARKS, ONE, SETS, full
from tests.domain.test_series import FILE as WEEK
from tests.domain.test_series import SET as WATERWORKS

GOOD = ONE.replace("FORMULA", "x").replace("CURVE", "0:0% → 10:100%")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(criteria, [str(argument) for argument in arguments])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "one.yaml"
    path.write_text(GOOD)
    return path


def answers(folder: Path, content: object) -> Path:
    path = folder / "answers.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_all_sets_of_the_project_hold() -> None:
    result = run("check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "wwtp.yaml: wwtp" in result.stdout


def test_a_good_file_is_named_with_what_it_holds(good: Path) -> None:
    result = run("check", good)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"{good}: one 1: 3 inputs, 0 gates, 1 indicators",
        "",
        "       8  唯一 · Only",
        "       8    measure    m  度",
        "",
        "       8  all sections together, converted to 100: 100 × points ÷ 8",
    ]


def test_the_points_of_a_file_are_added_up_to_lay_beside_the_score_sheet() -> None:
    shown = run("check", ROOT / "criteria" / "gallery" / "gallery.yaml").stdout.splitlines()
    # 10 + 8 + 6 + 10 + 4, 5 + 5 and 3 + 4 points
    assert [line for line in shown if " · " in line] == [
        "      38  折线 · Lines",
        "      10  分档 · Stairs",
        "       7  清单和评审 · Lists and reviews",
    ]
    assert "      55  all sections together, converted to 100: 100 × points ÷ 55" in shown
    assert "       3  bonuses at most; their entries give 3" in shown
    assert "       3    deduction  late  迟报每天扣 0.5 分，扣完 3 分为止" in shown


def test_every_fault_is_a_line_with_file_line_path_and_mend(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(GOOD.replace('"x"', '"z"').replace("en: One", "en: [1]"))
    result = run("check", path)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"{path}:3: title.en: A text is expected here. Write one, not a list, a mapping or nothing.",
        f"{path}:13: sections[only].indicators[m].formula: z is not known. "
        "Correct it or add it to inputs or derived (nearest: ?).",
    ]


def test_several_files_are_checked_together(good: Path, tmp_path: Path) -> None:
    result = run("check", tmp_path / "gone.yaml", good)
    assert result.exit_code == 1
    assert result.stdout == f"{good}: one 1: 3 inputs, 0 gates, 1 indicators\n"
    assert (
        result.stderr == f"{tmp_path / 'gone.yaml'}: There is no such file. Check its name and the folder it is in.\n"
    )


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    result = run("check", tmp_path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{tmp_path}: The file cannot be opened: ")


def test_answers_and_marks_are_no_set(tmp_path: Path) -> None:
    path = answers(tmp_path, {"inputs": {"x": 1}})
    result = run("check", path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{path}: This is JSON and no criteria set. Use answers and marks with: ")


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("x = 1", "Write == (two signs)"),
        ("x == “a”", "Write ' or \" of the English keyboard."),
        ("数量 / 2", "not its title (nearest: x)."),
        ("数量和 / 2", "not its title (nearest: x)."),
        ("单价 / 2", "not its title (nearest: ?)."),
        ("x * 0,5", "0,5 is not read as one number. Write decimals with a point (0.5)"),
        ("(x, 1,000)", "1,000 is not read as one number."),
        ("(x, y)", "(x, y) is not allowed in formulas."),
        ("x // y", "x // y is not allowed in formulas."),
        ("x is y", "x is y is not allowed in formulas."),
        ("count(x + 1)", "x + 1 is not known."),
        ("sum(x for x in y)", "(x for x in y) is not allowed in formulas."),
    ],
)
def test_a_fault_of_a_formula_names_what_was_written(tmp_path: Path, formula: str, said: str) -> None:
    path = tmp_path / "one.yaml"
    text = GOOD.replace("{key: x, kind: number, title: {zh: 数,", "{key: x, kind: number, title: {zh: 数量,")
    path.write_text(text.replace('formula: "x"', f"formula: '{formula.replace(chr(39), chr(39) * 2)}'"))
    result = run("check", path)
    assert result.exit_code == 1
    assert said in result.stderr


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("{zh: 度, en: M}", "{zh: 度, en: At most 5, at most 15.}", "in quotes: en: 'At most 5, at most 15.'"),
        ("{zh: 度, en: M}", "{zh: 度, en: a, b, it's c}", "in quotes: en: 'a, b, it''s c'"),
        ("{zh: 度, en: M}", "{zh: 度，en: M}", "zh: 度，en has a full-width sign"),
        ("points: 8,", "points: 8，", "points: 8， formula has a full-width sign"),
        (
            "0:0% → 10:100%",
            "0:0 → 10:15",
            "15 is no share. Write the percentage of the points: 15 of 15 points is 100%",
        ),
        ("0:0% → 10:100%", "0：0% → 10:100%", "0：0% has a full-width sign"),
        ("0:0% → 10:100%", "0:0%，10:100%", "This is no curve. Write knots such as 0:0% → 20:60% → 50:100%."),
        ("0:0% → 10:100%", "0:0%, 10:100%", "This is no curve. Write knots such as 0:0% → 20:60% → 50:100%."),
        ("points: 8,", "points: ,", "null is not a number."),
    ],
)
def test_a_fault_of_the_file_names_its_cause(tmp_path: Path, written: str, instead: str, said: str) -> None:
    path = tmp_path / "one.yaml"
    assert written in GOOD
    path.write_text(GOOD.replace(written, instead))
    result = run("check", path)
    assert result.exit_code == 1
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_file_of_any_size_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    path.write_bytes(b"a: 1\n" * 1_000_000)
    result = run("check", path)
    assert (result.exit_code, result.stderr) == (
        1,
        f"{path}:1: The file is larger than 512 KiB. Split it or leave out what is not needed.\n",
    )


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "bytes.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    result = run("check", path)
    assert result.exit_code == 1
    assert result.stderr == f"{path}:1: The file cannot be read: UTF-8. Save it as a text file in UTF-8.\n"


def test_scoring_prints_the_agreed_json(good: Path, tmp_path: Path) -> None:
    result = run("score", good, answers(tmp_path, '{"inputs": {"x": 2.5}}'), "--json")
    assert result.exit_code == 0
    output = json.loads(result.stdout)
    # 2.5 of 10 on the curve is a quarter of 8 points; 100 × 2 ÷ 8
    assert (output["items"][0]["points"], output["total"], output["set"]) == ("2.00", "25.00", "one")


def test_scoring_takes_marks_and_prints_a_table(tmp_path: Path) -> None:
    marks = tmp_path / "marks.json"
    marks.write_text(json.dumps(MARKS))
    result = run("score", SETS / "everything.yaml", answers(tmp_path, full()), "--marks", marks)
    assert result.exit_code == 0
    assert "2.67 / 4  novelty" in result.stdout
    assert "total       50.56" in result.stdout


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"inputs": {"x": "many"}}', ": inputs.x: many is not a number."),
        ('{"inputs": {"x": 1e999999999}}', ": inputs.x: 1e999999999 is not a number."),
        ('{"inputs": {"x": NaN}}', ": inputs.x: NaN is not a number."),
        ("{", ":1: This is not valid JSON at character 2: "),
        ('{"inputs": {\n"x": 1，\n"y": 2}}', ":2: This is not valid JSON at character 7: "),
        ("[1]", ":1: Fields are expected here"),
        ("[" * 100_000, ":1: This is nested deeper"),
    ],
)
def test_wrong_answers_are_refused(good: Path, tmp_path: Path, content: str, complaint: str) -> None:
    path = answers(tmp_path, content)
    result = run("score", good, path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{path}{complaint}")


def test_an_unknown_set_is_refused(tmp_path: Path) -> None:
    result = run("score", "no-such-set", answers(tmp_path, {}))
    assert result.exit_code == 1
    assert "/criteria/sets/no-such-set.yaml: There is no such file." in result.stderr


def test_the_name_of_a_file_is_taken_as_it_is(tmp_path: Path) -> None:
    result = run("score", tmp_path / "nosuch.yaml", answers(tmp_path, {}))
    assert result.exit_code == 1
    assert (
        result.stderr == f"{tmp_path / 'nosuch.yaml'}: There is no such file. Check its name and the folder it is in.\n"
    )


SHEET = """\
key: sheet
version: "1"
title: {zh: 表, en: Sheet}
rules: {source: default, panel: {rule: mean, reviewers: 3}}
grades: [{key: fair, points: 20, title: {zh: 可, en: Fair}, source: default}]
inputs:
  - {key: has_kitchen, kind: yes_no, title: {zh: 有厨房, en: Has a kitchen}}
  - {key: kitchen, kind: number, title: {zh: 厨余量, en: Kitchen waste}, when: has_kitchen}
  - {key: base, kind: number, title: {zh: 基数, en: Base}}
  - {key: rate, kind: number, title: {zh: 数值, en: Figure}, plausible: {max: 0.5}, source: default}
checks:
  - {key: within, formula: "rate <= base", help: {zh: 不应大于基数, en: Not above the base}}
gates:
  - {key: based, kind: gate, title: {zh: 有基数, en: Has a base}, formula: "base >= 0", clauses: [], source: default}
sections:
  - key: only
    title: {zh: 唯一, en: Only}
    indicators:
      - {key: ratio, kind: measure, title: {zh: 比率, en: Ratio}, points: 10, formula: "rate / base",
         curve: "0:0% → 1:100%", clauses: [], source: default}
      - {key: waste, kind: measure, title: {zh: 厨余, en: Waste}, points: 10, formula: "kitchen", clauses: [],
         source: default}
      - {key: novelty, kind: panel, title: {zh: 创新, en: Novelty}, points: 10, clauses: [], source: default,
         levels: [{points: 10, zh: 新, en: New}]}
      - {key: habits, kind: checklist, title: {zh: 做法, en: Habits}, points: 10, clauses: [], source: default,
         not_applicable: {when: has_kitchen}, items: [{key: one, points: 10, title: {zh: 一, en: One}}]}
"""


def sheet(folder: Path, inputs: dict[str, object], *more: object, **parts: object) -> Result:
    path = folder / "sheet.yaml"
    path.write_text(SHEET)
    return run("score", path, answers(folder, {"inputs": inputs, **parts}), *more)


def test_what_is_missing_has_its_reason_beside_it(tmp_path: Path) -> None:
    lines = [line.strip() for line in sheet(tmp_path, {}).stdout.splitlines()]
    assert "missing        based  有基数 – not filled in: 基数 (base)" in lines
    assert "missing             0.00 / 10  ratio  比率 – not filled in: 数值 (rate)" in lines
    # Whether the kitchen waste is asked at all hangs on the first question.
    assert "missing             0.00 / 10  waste  厨余 – not filled in: 有厨房 (has_kitchen)" in lines
    assert "missing             0.00 / 10  novelty  创新 – too few marks: 0 < 3" in lines
    assert (
        "missing             0.00 / 10  habits  做法 – not filled in: 做法 (habits); [] says that nothing is ticked"
        in lines
    )


def test_a_question_that_is_not_asked_is_not_what_the_applicant_left_out(tmp_path: Path) -> None:
    shown = sheet(tmp_path, {"has_kitchen": False, "base": "0", "rate": "0.5"}).stdout
    assert "waste  厨余 – the set needs 厨余量 (kitchen), which is not asked here; " in shown
    assert "its author should guard it: … if has_kitchen else 0" in shown
    assert "ratio  比率 – cannot be computed: This divides by zero." in shown


def test_subtotals_a_provisional_grade_and_all_warnings_are_shown(tmp_path: Path) -> None:
    # 0.8 of 0.5 is beyond the curve: 10 points; 4 kg give 4; 14 of 40 are 35 of 100.
    inputs = {"has_kitchen": True, "kitchen": "4", "base": "0.5", "rate": "0.8", "habits": []}
    shown = sheet(tmp_path, inputs, not_applicable={"waste": "没有"}).stdout
    lines = shown.splitlines()
    assert "  subtotal           14.00 / 40  唯一" in lines
    assert "  total       35.00  (provisional: not complete)" in lines
    assert "  grade       fair  (provisional: not complete)" in lines
    assert lines[lines.index("Warnings") + 1 :] == [
        "  数值 (rate): 0.8 is unusual: between −∞ and 0.5 is usual. Check the number and its unit.",
        "  基数 (base), 数值 (rate): 不应大于基数 · Not above the base (0.8 ≤ 0.5)",
        "  厨余 (waste): Declared not applicable, which its rule does not allow; it is judged as it is.",
    ]


def test_the_json_has_the_warnings_and_the_grade_as_before(tmp_path: Path) -> None:
    inputs = {"has_kitchen": True, "kitchen": "4", "base": "0.5", "rate": "0.8", "habits": []}
    whole = json.loads(sheet(tmp_path, inputs, "--json", not_applicable={"waste": "没有"}).stdout)
    assert (whole["grade"], whole["complete"]) == ("fair", False)
    assert [(one["key"], one["fields"]) for one in whole["warnings"]] == [
        ("implausible", ["rate"]),
        ("inconsistent", ["base", "rate"]),
        ("claim_refused", ["waste"]),
    ]
    assert all(one.keys() == {"key", "fields", "text"} for one in whole["warnings"])


def test_a_declaration_that_counts_is_no_warning(tmp_path: Path) -> None:
    inputs = {"has_kitchen": True, "kitchen": "4", "base": "1", "rate": "0.5"}
    marks = tmp_path / "marks.json"
    marks.write_text('{"novelty": {"A": "6", "B": "7", "C": "8"}}')
    result = sheet(tmp_path, inputs, "--marks", marks, not_applicable={"habits": "没有"})
    assert "habits  做法 – declared not applicable" in result.stdout
    # 5 + 4 + 7 of 30
    assert "  subtotal           16.00 / 30  唯一" in result.stdout
    assert "total       53.33\n" in result.stdout
    assert "Warnings" not in result.stdout


def test_faults_of_marks_name_their_file(tmp_path: Path) -> None:
    marks = tmp_path / "marks.json"
    marks.write_text('{"novelty": {"A": "11"}, "nobody": {}}')
    result = sheet(tmp_path, {"base": "many"}, "--marks", marks)
    assert result.exit_code == 1
    assert [line.split(" ")[:2] for line in result.stderr.splitlines()] == [
        [f"{tmp_path / 'answers.json'}:", "inputs.base:"],
        [f"{marks}:", "novelty.A:"],
        [f"{marks}:", "nobody:"],
    ]


def week(folder: Path, *tables: str, **inputs: object) -> Result:
    """Score the invented week of the waterworks with these tables."""
    path = folder / "waterworks.yaml"
    path.write_text(WATERWORKS)
    options: list[object] = []
    for number, table in enumerate(tables):
        file = folder / f"week{number}.csv"
        file.write_text(table)
        options += ["--series", file]
    return run("score", path, answers(folder, {"context": {"year": 2025}, "inputs": inputs}), *options)


def test_series_fill_inputs_from_tables(tmp_path: Path) -> None:
    # 1640 kWh ÷ 4100 m³ = 0.4: 4.032 of 8 points, worked in tests/domain/test_series.py
    result = week(tmp_path, WEEK, "date,stock\n2025-01-31,7\n")
    assert result.exit_code == 0, result.stderr
    assert "4.03 / 8  m" in result.stdout
    assert "进水量 (flow): 4 of 365 have a record; 1.5% are asked." in result.stdout


@pytest.mark.parametrize(
    ("tables", "inputs", "said"),
    [
        (["date,flow\n2025-01-01,9\n2025-01-02,many\n"], {}, "week0.csv:3: column B: many is not a number."),
        (["date,flow\n2024-01-01,9\n"], {}, "week0.csv:2: column A: 2024-01-01 is not in 2025"),
        (["date,stock\n2025-01,9\n2025-01,8\n"], {}, "week0.csv:3: column A: The day or month 2025-01 stands"),
        (["date,flow\n2025-01-01,9\n"], {"flow": "9"}, "week0.csv:1: flow is filled in here and in "),
        (["date,flow\n2025-01-01,9\n"] * 2, {}, "week1.csv:1: flow is filled in here and in "),
    ],
)
def test_a_table_is_refused_at_its_line(
    tmp_path: Path, tables: list[str], inputs: dict[str, object], said: str
) -> None:
    result = week(tmp_path, *tables, **inputs)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr


def test_a_table_that_is_not_there_is_refused(good: Path, tmp_path: Path) -> None:
    result = run("score", good, answers(tmp_path, {}), "--series", tmp_path / "gone.csv")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{tmp_path / 'gone.csv'}: There is no such file.")


@pytest.mark.parametrize("arguments", [("--help",), ("check", "--help"), ("score", "--help")])
def test_every_command_has_help(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 0
