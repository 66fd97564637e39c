"""The chain of events, checked from the first to the last."""

import sys

import click

from registry.cli.opening import opened
from registry.queries import audit as record


@click.group()
def audit() -> None:
    """Look at the record of what happened."""


@audit.command()
def verify() -> None:
    """Check that no event was changed, left out, added or reordered; exit 1 and say where if one was."""
    with opened() as (_config, database), database.reading() as session:
        found = record.check(session)
    for broken in found.breaks:
        click.echo(f"event {broken.seq}: {broken.key}")
    if found.breaks:
        first = min(broken.seq for broken in found.breaks)
        click.echo(f"The chain does not hold; it breaks first at event {first}.")
        sys.exit(1)
    click.echo(f"{found.events} events, unbroken; the last digest is {found.digest}.")
