"""`registry rounds`: work the result of a round out again from its dossier."""

import json
from pathlib import Path

import click

from registry.domain.dossier import Difference, replay
from registry.domain.errors import Invalid
from registry.words import sentence

# The most differences that are printed one by one.
SHOWN = 50


@click.group()
def rounds() -> None:
    """Look into rounds that are archived."""


@rounds.command("replay")
@click.argument("dossier", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def replay_(dossier: Path) -> None:
    """Work out again what DOSSIER holds, without the database, and say where it comes to something else.

    Every score is computed from the answers, marks, criteria and factors in the file, every selection from the scores
    and its quota rules. A scenario that was adopted and overrides of single results are facts, and are named. Exits
    with 0 where all figures and the order are the same, with 3 where something differs, and with 4 for a file that is
    no dossier.
    """
    try:
        replayed = replay(json.loads(dossier.read_bytes()))
    except ValueError:
        click.echo(f"{dossier}: no JSON", err=True)
        raise SystemExit(4) from None
    except Invalid as error:
        click.echo(f"{dossier}: {sentence(error.key, error.values, str)}", err=True)
        raise SystemExit(4) from None
    for title in replayed.scenarios:
        click.echo(f"taken as a fact: the selection adopted the scenario “{title}”")
    for one in replayed.overrides:
        click.echo(f"taken as a fact: override of application {one.application}, {one.result}: {one.reason}")
    for difference in replayed.differences[:SHOWN]:
        click.echo(_line(difference))
    if len(replayed.differences) > SHOWN:
        click.echo(f"… and {len(replayed.differences) - SHOWN} more")
    click.echo(
        f"{replayed.evaluations} evaluations and {replayed.selections} selections worked out again: "
        + (f"{len(replayed.differences)} differences" if replayed.differences else "identical")
    )
    raise SystemExit(3 if replayed.differences else 0)


def _line(difference: Difference) -> str:
    kept, found = (json.dumps(value, ensure_ascii=False, default=str) for value in (difference.kept, difference.found))
    return f"{difference.path}: the dossier has {kept}, worked out again it is {found}"
