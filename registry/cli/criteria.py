"""`registry criteria`: check criteria files, score answers without a database, and write what explains the format."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click

from registry.cli import scoresheet
from registry.config import ROOT
from registry.domain import setreference, setschema, sourcing
from registry.domain.criteria import (
    CriteriaSet,
    load_documents,
    load_factors,
    load_regions,
    load_set,
)
from registry.domain.faults import AnswersFaulty, CriteriaFaulty, Fault, SeriesFaulty
from registry.domain.plainyaml import BYTES
from registry.domain.scoring import score as score_answers
from registry.domain.seriesfile import decoded, read_file
from registry.domain.shapes import Document, FactorTable
from registry.rendering.pictures import cards
from registry.words import sentence
from registry.words.criteria import FAULTS

CRITERIA = ROOT / "criteria"
GALLERY = CRITERIA / "gallery"
ANSWER_BYTES = 8 * 1024 * 1024

Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class Known:
    """What criteria sets may refer to, read from the folder of criteria."""

    documents: Mapping[str, Document]
    factors: Mapping[str, FactorTable]
    regions: Mapping[str, str | None]


@click.group()
def criteria() -> None:
    """Check criteria files, score answers with them, and write what explains the format."""


@criteria.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check criteria sets, all of criteria/sets if none is named; every fault with file, line, path and mend.

    For a single file it also prints the points of every indicator, to lay beside the score sheet.
    """
    broken: list[CriteriaFaulty] = []
    known = _known(broken)
    for path in files or sorted((CRITERIA / "sets").glob("*.yaml")):
        read = take(path, lambda text, source: _load(text, source, known), broken)
        if read is not None:
            asked, judged = len(read.inputs), len(read.indicators)
            click.echo(
                f"{path}: {read.key} {read.version}: {asked} inputs, {len(read.gates)} gates, {judged} indicators"
            )
            if len(files) == 1:
                click.echo(scoresheet.points(read))
    for faulty in broken:
        complain(faulty.source, faulty.faults)
    if broken:
        raise SystemExit(1)


@criteria.command()
@click.argument("name", metavar="SET")
@click.argument("answers", type=click.Path(path_type=Path))
@click.option("--marks", type=click.Path(path_type=Path), help="The marks of the reviewers, as JSON.")
@click.option(
    "--series",
    "tables",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A CSV of days or months that fills inputs with series; may be given several times.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole result with its working as JSON.")
def score(name: str, answers: Path, marks: Path | None, tables: tuple[Path, ...], as_json: bool) -> None:
    """Score ANSWERS under SET, the key of a set of criteria/sets or a file."""
    broken: list[CriteriaFaulty] = []
    known = _known(broken)
    loaded = take(_path_of(name), lambda text, source: _load(text, source, known), broken)
    given = take(answers, _json, broken)
    marked = take(marks, _json, broken) if marks else {}
    if loaded is not None and given is not None:
        given = _fill(loaded, given, str(answers), tables, broken)
    for faulty in broken:
        complain(faulty.source, faulty.faults)
    if broken or loaded is None or given is None or marked is None:
        raise SystemExit(1)
    try:
        result = score_answers(loaded, given, marked)
    except AnswersFaulty as faulty:
        # Faults of marks have a path that begins with it; their file does not.
        of_marks = [fault for fault in faulty.faults if fault.path.startswith("marks.")]
        complain(str(answers), [fault for fault in faulty.faults if fault not in of_marks])
        complain(str(marks), [replace(fault, path=fault.path.removeprefix("marks.")) for fault in of_marks])
        raise SystemExit(1) from None
    warnings = scoresheet.warnings(loaded, given, result)
    if as_json:
        whole = {**result.as_dict(), "warnings": [warning.as_dict() for warning in warnings]}
        click.echo(json.dumps(whole, ensure_ascii=False, indent=2))
    else:
        click.echo(scoresheet.table(loaded, result, warnings))


@criteria.command()
@click.option("--output", type=click.Path(path_type=Path), help="The file to write; without it the schema is printed.")
def schema(output: Path | None) -> None:
    """Write the JSON Schema of criteria sets, with which an editor checks a file while it is written."""
    text = json.dumps(setschema.schema(), ensure_ascii=False, indent=2)
    if output is None:
        click.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")


@criteria.command()
def reference() -> None:
    """Print the reference: every field of a criteria set as Markdown."""
    click.echo(setreference.reference())


@criteria.command()
def sources() -> None:
    """Print for every set of criteria/sets what its numbers rest on, as Markdown."""
    click.echo(sourcing.table(_all_or_exit(sorted((CRITERIA / "sets").glob("*.yaml")))))


@criteria.command()
@click.argument("directory", default=GALLERY, type=click.Path(path_type=Path, file_okay=False))
def gallery(directory: Path) -> None:
    """Draw every gate and indicator of criteria/gallery/gallery.yaml into DIRECTORY, as SVG."""
    (shown,) = _all_or_exit([GALLERY / "gallery.yaml"])
    marks = json.loads((GALLERY / "marks.json").read_text(encoding="utf-8"))
    directory.mkdir(parents=True, exist_ok=True)
    for gate in shown.gates:
        _draw(directory, gate.key, cards.of_gate(gate))
    for key, indicator in shown.indicators.items():
        given = [Decimal(mark) for mark in marks.get(key, {}).values()]
        _draw(directory, key, cards.of_indicator(indicator, indicator.panel or shown.rules.panel, given))


def _draw(directory: Path, key: str, picture: str) -> None:
    (directory / f"{key}.svg").write_text(picture, encoding="utf-8")


def _all_or_exit(paths: Iterable[Path]) -> list[CriteriaSet]:
    """Return the sets of these files; where one does not hold, say so and end."""
    broken: list[CriteriaFaulty] = []
    known = _known(broken)
    read = [take(path, lambda text, source: _load(text, source, known), broken) for path in paths]
    for faulty in broken:
        complain(faulty.source, faulty.faults)
    if broken:
        raise SystemExit(1)
    return [one for one in read if one is not None]


def _known(broken: list[CriteriaFaulty]) -> Known:
    documents = take(CRITERIA / "documents.yaml", lambda t, s: load_documents(t, source=s), broken)
    regions = take(CRITERIA / "regions.yaml", lambda t, s: load_regions(t, source=s), broken)
    tables = [
        take(path, lambda t, s: load_factors(t, source=s), broken)
        for path in sorted((CRITERIA / "factors").glob("*.yaml"))
    ]
    return Known(documents or {}, {table.key: table for table in tables if table}, regions or {})


def _path_of(name: str) -> Path:
    """Return the file of a set: the one that is named, or that of criteria/sets with this key."""
    path = Path(name)
    if path.is_file() or path.suffix or len(path.parts) > 1:
        return path
    return CRITERIA / "sets" / f"{name}.yaml"


def _load(text: str, source: str, known: Known) -> CriteriaSet:
    if source.endswith(".json") and "sections" not in _json(text, source):
        raise CriteriaFaulty(source, [Fault(0, "", "not_a_set")])
    return load_set(text, source=source, documents=known.documents, factors=known.factors, regions=known.regions)


def take(path: Path, load: Callable[[str, str], Loaded], broken: list[CriteriaFaulty]) -> Loaded | None:
    """Read one file and load it; what is wrong with it joins what is broken."""
    try:
        return load(_text(path, BYTES if path.suffix in {".yaml", ".yml"} else ANSWER_BYTES), str(path))
    except CriteriaFaulty as faulty:
        broken.append(faulty)
        return None


def _fill(
    loaded: CriteriaSet, answers: dict[str, Any], source: str, tables: Iterable[Path], broken: list[CriteriaFaulty]
) -> dict[str, Any]:
    """Return the answers with tables of days or months in them; what is wrong with a table joins what is broken."""
    columns = [entry for entry in loaded.inputs.values() if entry.series is not None]
    context, inputs = (answers.get(part) or {} for part in ("context", "inputs"))
    if not isinstance(context, dict) or not isinstance(inputs, dict):
        return answers  # refused with all else that does not fit
    filled = {key: source for key, answer in inputs.items() if answer not in (None, "")}
    year = str(context.get("year", ""))
    for table in tables:
        try:
            text = decoded(_content(table, ANSWER_BYTES))
            found = read_file(text, columns, int(year) if year.isdecimal() else None)
            twice = [{"name": key, "other": filled[key]} for key in found if key in filled]
            if twice:
                raise SeriesFaulty(Fault(1, "", "filled_twice", about) for about in twice)
        except CriteriaFaulty as faulty:
            broken.append(faulty)
        except SeriesFaulty as faulty:
            faults = [replace(fault, path=f"column {fault.path}" if fault.path else "") for fault in faulty.faults]
            broken.append(CriteriaFaulty(str(table), faults))
        else:
            inputs = {**inputs, **found}
            filled |= dict.fromkeys(found, str(table))
    return {**answers, "inputs": inputs}


def _content(path: Path, limit: int) -> bytes:
    """Read a file no further than is allowed, so that its size is refused and not endured."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except FileNotFoundError:
        raise CriteriaFaulty(str(path), [Fault(0, "", "no_such_file")]) from None
    except OSError as error:
        about = {"problem": error.strerror or "?"}
        raise CriteriaFaulty(str(path), [Fault(0, "", "file_closed", about)]) from None
    if len(content) > limit:
        raise CriteriaFaulty(str(path), [Fault(1, "", "file_too_large", {"limit": f"{limit // 1024} KiB"})])
    return content


def _text(path: Path, limit: int) -> str:
    try:
        return _content(path, limit).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CriteriaFaulty(str(path), [Fault(1, "", "file_unreadable", {"problem": "UTF-8"})]) from None


def _json(text: str, source: str) -> dict[str, Any]:
    """Read a JSON object; its numbers stay the text that was written, so that they are exact."""
    try:
        found = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except json.JSONDecodeError as error:
        about = {"problem": error.msg, "column": str(error.colno)}
        raise CriteriaFaulty(source, [Fault(error.lineno, "", "json_syntax", about)]) from None
    except RecursionError:
        raise CriteriaFaulty(source, [Fault(1, "", "yaml_depth", {"limit": "12"})]) from None
    if not isinstance(found, dict):
        raise CriteriaFaulty(source, [Fault(1, "", "mapping_expected")])
    return found


def complain(source: str, faults: Iterable[Fault]) -> None:
    """Print every fault with file, line, path and mend."""
    for fault in faults:
        place = f"{source}:{fault.line}" if fault.line else source
        path = f" {fault.path}:" if fault.path else ""
        # Two keys are those of refusals elsewhere too, which have other words.
        said = FAULTS[fault.key] % fault.values if fault.key in FAULTS else sentence(fault.key, fault.values, str)
        click.echo(f"{place}:{path} {said}", err=True)
