"""`registry programmes check` as somebody runs it who writes a file."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from registry.cli import registry
from tests.domain.test_programmes import GOOD


def run(*files: Path) -> Result:
    return CliRunner().invoke(registry, ["programmes", "check", *map(str, files)])


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(GOOD)
    return path


def test_all_files_of_the_project_hold() -> None:
    result = run()
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) == 13


def test_a_good_file_is_named_with_what_it_holds(good: Path) -> None:
    result = run(good)
    assert (result.exit_code, result.stdout) == (0, f"{good}: small: 2 categories, 1 kinds of rounds\n")


def test_every_fault_names_file_line_path_and_mend(good: Path) -> None:
    good.write_text(GOOD.replace("total: 16", "total: 17").replace("working_days=7", "working_days=70"))
    result = run(good)
    assert result.exit_code == 1
    # 10 + 5 places and 1 of the pool are not 17.
    assert result.stderr.splitlines() == [
        f"{good}:18: rounds[selection].total: The categories have 15 places and the pool 1, but the total is 17. "
        "Change one of them.",
        f"{good}:26: rounds[selection].categories[1].route[4]: Stage 5: working_days goes from 1 to 60; 70 is outside.",
    ]


def test_a_file_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    result = run(tmp_path / "nothing.yaml")
    assert result.exit_code == 1
    assert "nothing.yaml: There is no such file." in result.stderr


def test_two_files_with_one_key_are_not_both_usable(good: Path, tmp_path: Path) -> None:
    other = tmp_path / "twin.yaml"
    other.write_text(GOOD)
    result = run(good, other)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"{other}:1: key: small is used already. Choose another, or take one of the two out.",
        f"{other}:5: number: SZ-KL is used already. Choose another, or take one of the two out.",
    ]
