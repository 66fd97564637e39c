"""The database of an installation."""

import secrets

import click
from sqlalchemy.orm import Session

from registry import db, schema
from registry.config import from_environment
from registry.domain.chain import GENESIS
from registry.models import ChainHead, Portal


@click.group()
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Make the database, or bring it up to date."""
    config = from_environment()
    config.data.mkdir(parents=True, exist_ok=True)
    connected = db.connect(config.database_url)
    schema.upgrade(connected.engine)
    db.run(connected, _begin)
    connected.engine.dispose()
    click.echo("The database is up to date.")


def _begin(session: Session) -> None:
    """Add the portal's own rows to a new database."""
    if session.get(Portal, 1) is None:
        session.add(Portal(id=1, demo=False, salt=secrets.token_hex(16)))
    if session.get(ChainHead, 1) is None:
        session.add(ChainHead(id=1, seq=0, digest=GENESIS))
    session.commit()
