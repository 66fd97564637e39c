"""`registry criteria schema`, `reference`, `sources` and `gallery`: what explains the format, as committed."""

import json
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from registry.cli.criteria import CRITERIA, criteria
from registry.domain import setreference, setschema


def run(*arguments: object) -> Result:
    return CliRunner().invoke(criteria, [str(argument) for argument in arguments])


def test_the_schema_is_written_as_it_is_committed(tmp_path: Path) -> None:
    result = run("schema", "--output", tmp_path / "schema.json")
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "schema.json").read_bytes() == (CRITERIA / "schema.json").read_bytes()


def test_without_a_file_the_schema_is_printed() -> None:
    assert json.loads(run("schema").stdout) == setschema.schema()


def test_the_reference_is_printed() -> None:
    assert run("reference").stdout == setreference.reference() + "\n"


def test_the_sources_of_every_set_are_counted_with_their_sum() -> None:
    lines = run("sources").stdout.splitlines()
    assert lines[0].startswith("| set | document | derived | public | default |")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]
    assert [row[0].strip("`") for row in rows[:-1]] == sorted(path.stem for path in (CRITERIA / "sets").glob("*.yaml"))
    for column in range(1, 5):
        assert sum(int(row[column]) for row in rows[:-1]) == int(rows[-1][column])


def test_the_pictures_are_drawn_as_they_are_committed(tmp_path: Path) -> None:
    assert run("gallery", tmp_path / "pictures").exit_code == 0
    drawn = {path.name: path.read_bytes() for path in (tmp_path / "pictures").iterdir()}
    assert drawn == {path.name: path.read_bytes() for path in (CRITERIA / "gallery").glob("*.svg")}


def test_the_gallery_is_a_sound_set() -> None:
    assert run("check", CRITERIA / "gallery" / "gallery.yaml").exit_code == 0


def test_a_gallery_that_does_not_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gallery.yaml").write_text("key: x\n")
    monkeypatch.setattr(import_module("registry.cli.criteria"), "GALLERY", tmp_path)
    result = run("gallery", tmp_path / "pictures")
    assert result.exit_code == 1
    assert f"{tmp_path / 'gallery.yaml'}:1: version: version is missing. Add it." in result.stderr
    assert not (tmp_path / "pictures").exists()


def test_the_fault_of_a_switch_that_a_set_does_not_allow_is_said(tmp_path: Path) -> None:
    """Its key is that of a refusal elsewhere too, which has other words."""
    answers = tmp_path / "answers.json"
    answers.write_text('{"settings": {"gates": {"no_penalty": false}}}')
    result = run("score", CRITERIA / "gallery" / "gallery.yaml", answers)
    assert result.exit_code == 1
    assert "settings.gates.no_penalty: The gate no_penalty cannot be switched off" in result.stderr
