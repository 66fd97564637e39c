"""`registry programmes`: check the files of programmes."""

from collections.abc import Iterator
from pathlib import Path

import click

from registry import seeds
from registry.cli.criteria import CRITERIA, complain, take
from registry.domain import plainyaml
from registry.domain.faults import CriteriaFaulty, Fault
from registry.domain.programmes import ProgrammeFile, load_programme


@click.group()
def programmes() -> None:
    """Check the files from which programmes and their rounds are set up."""


@programmes.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check files of programmes, all of criteria/programmes if none is named.

    Every fault names file, line, path and mend.
    """
    broken: list[CriteriaFaulty] = []
    try:
        known = seeds.known_to_programmes()
    except CriteriaFaulty as error:
        complain(str(CRITERIA / error.source), error.faults)
        raise SystemExit(1) from None
    usable: dict[Path, ProgrammeFile] = {}
    for path in files or sorted((CRITERIA / "programmes").glob("*.yaml")):
        read = take(path, lambda text, source: load_programme(text, source=source, known=known), broken)
        if read is not None:
            usable[path] = read
            click.echo(f"{path}: {read.key}: {len(read.categories)} categories, {len(read.rounds)} kinds of rounds")
    broken.extend(_used_twice(usable))
    for faulty in broken:
        complain(faulty.source, faulty.faults)
    if broken:
        raise SystemExit(1)


def _used_twice(usable: dict[Path, ProgrammeFile]) -> Iterator[CriteriaFaulty]:
    """Yield the files whose key or numbers an earlier one has: only one of them could be set up."""
    seen: set[str] = set()
    for path, programme in usable.items():
        own = {("key",): programme.key, ("number",): f"{programme.number.prefix}-{programme.number.code}"}
        root, _faults = plainyaml.read(path.read_text(encoding="utf-8-sig"), source=str(path))
        faults = [
            Fault(*plainyaml.place(root, steps), "programme_names_twice", {"name": name})
            for steps, name in own.items()
            if name in seen
        ]
        seen.update(own.values())
        if faults:
            yield CriteriaFaulty(str(path), faults)
