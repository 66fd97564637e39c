"""The demonstration: made once, served, and its clock moved."""

import subprocess
import sys
import time
from dataclasses import replace

import click

from registry import clock, db
from registry.cli.serve import serve_portal
from registry.config import ROOT, Config, from_environment
from registry.demo import ACCOUNTS, PASSWORD
from registry.demo.opening import is_made, open_demo
from registry.domain.errors import DomainError
from registry.domain.policy import Actor
from registry.queries import deadlines
from registry.services import events


def _config(port: int) -> Config:
    config = from_environment()
    if config.data == Config().data:
        config = replace(config, data=ROOT / "var" / "demo")
    return replace(config, base_url=f"http://127.0.0.1:{port}")


@click.group(invoke_without_command=True)
@click.option("--port", default=8000, show_default=True, help="The port on 127.0.0.1.")
@click.option("--no-serve", is_flag=True, help="Only make the demonstration.")
@click.pass_context
def demo(context: click.Context, port: int, no_serve: bool) -> None:
    """Make a complete demonstration with invented organisations where there is none yet, and serve it."""
    if context.invoked_subcommand is not None:
        return
    config = _config(port)
    config.data.mkdir(parents=True, exist_ok=True)
    if no_serve or is_made(config):
        _make(config)
    else:
        # Made in a process of its own, so that the one that serves does not keep the memory that this takes.
        making = [sys.executable, "-m", "registry", "demo", "--no-serve", "--port", str(port)]
        if failed := subprocess.run(making, check=False).returncode:  # noqa: S603 - our own command
            sys.exit(failed)
    if not no_serve:
        serve_portal(config, port)


def _make(config: Config) -> None:
    """Make the demonstration where there is none, and say how to come in."""
    begun = time.monotonic()
    if open_demo(config, crowd=True):
        click.echo(f"The demonstration was made in {time.monotonic() - begun:.0f} seconds.")
    click.echo(f"\n  {config.base_url}\n\n  password of every account: {PASSWORD}\n")
    for account in ACCOUNTS:
        click.echo(f"  {account.email:28} {account.role:14} {account.name}")
    click.echo(f"\n  data: {config.data} (delete the folder to begin again)\n")


@demo.command()
def advance() -> None:
    """Move the demonstration's clock to the next deadline; refused on a database that is no demonstration."""
    database = db.connect(_config(8000).database_url)
    try:
        with database.writing() as session:
            at = clock.read(session)
            upcoming = deadlines.upcoming(session, at)
            if upcoming is None:
                click.echo("There is no further deadline.", err=True)
                sys.exit(1)
            moved = clock.advance(session, upcoming.at)
            events.record(session, Actor(at, worker=True), "move_clock", "portal", 1, payload={"to": moved})
            session.commit()
    except DomainError as error:
        click.echo(f"Refused: {error.key}", err=True)
        sys.exit(1)
    click.echo(f"The clock now shows {moved:%Y-%m-%d %H:%M} UTC ({upcoming.kind}).")
