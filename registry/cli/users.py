"""The users of an installation, and its first administrator, who invites all others in the portal."""

import secrets
import sys

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import clock, db
from registry.config import from_environment
from registry.domain.errors import DomainError, Invalid
from registry.domain.links import KINDS
from registry.domain.policy import Actor
from registry.domain.vocabulary import GRANTED, Role, TokenPurpose
from registry.models import Programme, Region
from registry.passwords import digest_of_key
from registry.services import accounts
from registry.words import sentence


@click.group()
def users() -> None:
    """Look after the users."""


@users.command()
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([str(role) for role in GRANTED]),
    help="A role to grant; may be given several times.",
)
@click.option("--programme", help="The key of the programme for which the roles count; else the whole installation.")
@click.option("--region", help="The key of the region of a recommender.")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def add(
    email: str, name: str, roles: tuple[str, ...], programme: str | None, region: str | None, language: str
) -> None:
    """Invite somebody with these roles and print the link with which the person chooses a password."""
    config = from_environment()
    database = db.connect(config.database_url)
    key = secrets.token_urlsafe(32)
    granted = [Role(role) for role in roles]
    try:
        db.run(database, lambda session: _add(session, key, email, name, granted, programme, region, language))
    except DomainError as error:
        click.echo(f"Refused: {sentence(error.key, error.values, str)}", err=True)
        sys.exit(1)
    finally:
        database.engine.dispose()
    click.echo(f"{config.base_url}/invitations/{key}")
    click.echo(f"The link works once, for {KINDS[TokenPurpose.INVITATION].lasting.days} days.", err=True)


def _add(
    session: Session,
    key: str,
    email: str,
    name: str,
    roles: list[Role],
    programme: str | None,
    region: str | None,
    language: str,
) -> None:
    actor = Actor(clock.read(session), worker=True)
    programme_id = session.scalar(select(Programme.id).where(Programme.key == programme)) if programme else None
    if programme and programme_id is None:
        raise Invalid("programme_unknown", programme=programme)
    if region and session.get(Region, region) is None:
        raise Invalid("region_unknown_here", region=region)
    user = accounts.invite(
        session, actor, email=email, name=name, language=language, key=key, digest=digest_of_key(key)
    )
    for role in roles:
        where = region if role is Role.RECOMMENDER else None
        accounts.grant(session, actor, user, role=role, programme_id=programme_id, region_key=where)
    session.commit()
