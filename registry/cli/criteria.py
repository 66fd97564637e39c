"""`registry criteria`: check criteria files, score answers without a database, and write what explains the format."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click

from registry.config import ROOT
from registry.domain import setreference, setschema, sourcing
from registry.domain.criteria import (
    CriteriaSet,
    load_documents,
    load_factors,
    load_regions,
    load_set,
)
from registry.domain.faults import AnswersFaulty, CriteriaFaulty, Fault
from registry.domain.plainyaml import BYTES
from registry.domain.results import Score
from registry.domain.scoring import score as score_answers
from registry.domain.shapes import Document, FactorTable
from registry.rendering import curves
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
    """Check criteria sets, all of criteria/sets if none is named; every fault with file, line, path and mend."""
    broken: list[CriteriaFaulty] = []
    known = _known(broken)
    for path in files or sorted((CRITERIA / "sets").glob("*.yaml")):
        read = _take(path, lambda text, source: _load(text, source, known), broken)
        if read is not None:
            asked, judged = len(read.inputs), len(read.indicators)
            click.echo(
                f"{path}: {read.key} {read.version}: {asked} inputs, {len(read.gates)} gates, {judged} indicators"
            )
    for faulty in broken:
        _complain(faulty.source, faulty.faults)
    if broken:
        raise SystemExit(1)


@criteria.command()
@click.argument("name", metavar="SET")
@click.argument("answers", type=click.Path(path_type=Path))
@click.option("--marks", type=click.Path(path_type=Path), help="The marks of the reviewers, as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole result with its working as JSON.")
def score(name: str, answers: Path, marks: Path | None, as_json: bool) -> None:
    """Score ANSWERS under SET, the key of a set of criteria/sets or a file."""
    broken: list[CriteriaFaulty] = []
    known = _known(broken)
    path = Path(name) if Path(name).is_file() else CRITERIA / "sets" / f"{name}.yaml"
    loaded = _take(path, lambda text, source: _load(text, source, known), broken)
    given = _take(answers, _json, broken)
    marked = _take(marks, _json, broken) if marks else {}
    for faulty in broken:
        _complain(faulty.source, faulty.faults)
    if broken or loaded is None or given is None or marked is None:
        raise SystemExit(1)
    try:
        result = score_answers(loaded, given, marked)
    except AnswersFaulty as faulty:
        _complain(str(answers), faulty.faults)
        raise SystemExit(1) from None
    click.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=2) if as_json else _table(loaded, result))


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
        _draw(directory, gate.key, curves.of_gate(gate))
    for key, indicator in shown.indicators.items():
        given = [Decimal(mark) for mark in marks.get(key, {}).values()]
        _draw(directory, key, curves.of_indicator(indicator, indicator.panel or shown.rules.panel, given))


def _draw(directory: Path, key: str, picture: str) -> None:
    (directory / f"{key}.svg").write_text(picture, encoding="utf-8")


def _all_or_exit(paths: Iterable[Path]) -> list[CriteriaSet]:
    """Return the sets of these files; where one does not hold, say so and end."""
    broken: list[CriteriaFaulty] = []
    known = _known(broken)
    read = [_take(path, lambda text, source: _load(text, source, known), broken) for path in paths]
    for faulty in broken:
        _complain(faulty.source, faulty.faults)
    if broken:
        raise SystemExit(1)
    return [one for one in read if one is not None]


def _known(broken: list[CriteriaFaulty]) -> Known:
    documents = _take(CRITERIA / "documents.yaml", lambda t, s: load_documents(t, source=s), broken)
    regions = _take(CRITERIA / "regions.yaml", lambda t, s: load_regions(t, source=s), broken)
    tables = [
        _take(path, lambda t, s: load_factors(t, source=s), broken)
        for path in sorted((CRITERIA / "factors").glob("*.yaml"))
    ]
    return Known(documents or {}, {table.key: table for table in tables if table}, regions or {})


def _load(text: str, source: str, known: Known) -> CriteriaSet:
    return load_set(text, source=source, documents=known.documents, factors=known.factors, regions=known.regions)


def _take(path: Path, load: Callable[[str, str], Loaded], broken: list[CriteriaFaulty]) -> Loaded | None:
    """Read one file and load it; what is wrong with it joins what is broken."""
    try:
        return load(_text(path, BYTES if path.suffix in {".yaml", ".yml"} else ANSWER_BYTES), str(path))
    except CriteriaFaulty as faulty:
        broken.append(faulty)
        return None


def _text(path: Path, limit: int) -> str:
    """Read a text file no further than is allowed, so that its size is refused and not endured."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
        if len(content) > limit:
            raise CriteriaFaulty(str(path), [Fault(1, "", "file_too_large", {"limit": f"{limit // 1024} KiB"})])
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) and error.strerror else "UTF-8"
        raise CriteriaFaulty(str(path), [Fault(1, "", "file_unreadable", {"problem": problem})]) from None


def _json(text: str, source: str) -> dict[str, Any]:
    """Read a JSON object; its numbers stay the text that was written, so that they are exact."""
    try:
        found = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise CriteriaFaulty(source, [Fault(error.lineno, "", "file_unreadable", {"problem": error.msg})]) from None
    except RecursionError:
        raise CriteriaFaulty(source, [Fault(1, "", "yaml_depth", {"limit": "12"})]) from None
    if not isinstance(found, dict):
        raise CriteriaFaulty(source, [Fault(1, "", "mapping_expected")])
    return found


def _complain(source: str, faults: Iterable[Fault]) -> None:
    for fault in faults:
        place = f"{source}:{fault.line}" if fault.line else source
        path = f" {fault.path}:" if fault.path else ""
        # Two keys are those of refusals elsewhere too, which have other words.
        said = FAULTS[fault.key] % fault.values if fault.key in FAULTS else sentence(fault.key, fault.values, str)
        click.echo(f"{place}:{path} {said}", err=True)


def _table(loaded: CriteriaSet, result: Score) -> str:
    """Draw the result for a terminal: gates, items by section, and the sum."""
    lines = [f"{loaded.title.zh} · {loaded.title.en} ({loaded.key} {loaded.version})", ""]
    titles = {gate.key: gate.title.zh for gate in loaded.gates}
    titles |= {key: indicator.title.zh for key, indicator in loaded.indicators.items()}
    lines += [f"  {gate.state:<15}{gate.key}  {titles[gate.key]}" for gate in result.gates]
    lines.append("")
    for item in result.items:
        share = f"{item.points} / {item.max}"
        lines.append(f"  {item.state:<15}{share:>14}  {item.key}  {titles[item.key]}")
    lines.append("")
    figures = ("eligible", "complete", "withheld", "base", "bonus", "deduction", "total", "grade")
    whole = result.as_dict()
    lines += [f"  {name:<12}{'–' if whole[name] is None else whole[name]}" for name in figures]
    return "\n".join(lines)
