"""The catalogue: documents, targets, regions, factors and the calendar of `criteria/`, brought into the database."""

import click

from registry import clock, db, seeds
from registry.config import from_environment
from registry.domain.policy import Actor


@click.command()
def catalogue() -> None:
    """Bring documents, targets, regions, factors and the calendar in step with the files of criteria/."""
    database = db.connect(from_environment().database_url)
    with database.writing() as session:
        seeds.sync(session, Actor(clock.read(session), worker=True))
        session.commit()
    database.engine.dispose()
    click.echo("Documents, targets, regions, factors and the calendar are up to date.")
