"""`registry rounds`: work the result of a round out again from its dossier."""

import json
from pathlib import Path

import click

from registry.domain.dossier import replay
from registry.domain.dossier_records import Difference
from registry.domain.errors import Invalid
from registry.words import sentence

# The most differences that are printed one by one.
SHOWN = 50


@click.group()
def rounds() -> None:
    """Look into rounds that are archived."""


@rounds.command("replay")
@click.argument("dossier", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--digest", help="The digest of the dossier as the portal or its PDF shows it.")
@click.option("--facts", "with_facts", is_flag=True, help="Print every fact that is taken as it stands.")
def replay_(dossier: Path, digest: str | None, with_facts: bool) -> None:
    """Work out again what DOSSIER holds, without the database, and say where it comes to something else.

    Every score is computed from the answers, marks, criteria and factors in the file, every selection from the scores
    and its quota rules, and the parts of the file are compared with each other. What follows from nothing in it, such
    as overrides, bars, or how many places there are, is taken as a fact and counted. Whoever can write a file can also
    seal it anew: compare the digest with the one that the portal filed. Exits with 0 where all figures and the order
    are the same, with 3 where something differs, and with 4 for a file that is no dossier.
    """
    try:
        content = json.loads(dossier.read_bytes())
        replayed = replay(content)
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
    for fact in replayed.facts if with_facts else ():
        click.echo(f"taken as a fact: {fact.path}: {json.dumps(fact.said, ensure_ascii=False)}")
    if digest is not None and digest.strip().lower() != content["digest"]:
        click.echo(f"digest: {content['digest']} is not the one that was filed")
        raise SystemExit(3)
    for difference in replayed.differences[:SHOWN]:
        click.echo(_line(difference))
    if len(replayed.differences) > SHOWN:
        click.echo(f"… and {len(replayed.differences) - SHOWN} more")
    click.echo(
        f"{replayed.evaluations} evaluations and {replayed.selections} selections worked out again: "
        + (f"{len(replayed.differences)} differences" if replayed.differences else "identical")
    )
    click.echo(f"facts taken as they stand: {len(replayed.facts)}; digest {content['digest']}")
    raise SystemExit(3 if replayed.differences else 0)


def _line(difference: Difference) -> str:
    kept, found = (json.dumps(value, ensure_ascii=False, default=str) for value in (difference.kept, difference.found))
    return f"{difference.path}: the dossier has {kept}, worked out again it is {found}"
