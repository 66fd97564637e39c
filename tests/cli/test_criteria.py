"""`registry criteria check` and `registry criteria score` as a user runs them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from registry.cli.criteria import criteria
from tests.domain.criteria_sets import MARKS, ONE, SETS, full

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
    assert (result.exit_code, result.stdout) == (0, f"{good}: one 1: 3 inputs, 0 gates, 1 indicators\n")


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
    assert result.stderr.startswith(f"{tmp_path / 'gone.yaml'}:1: The file cannot be read: ")


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
        ("{", ":1: The file cannot be read: "),
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
    assert "no-such-set.yaml:1: The file cannot be read" in result.stderr


@pytest.mark.parametrize("arguments", [("--help",), ("check", "--help"), ("score", "--help")])
def test_every_command_has_help(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 0
