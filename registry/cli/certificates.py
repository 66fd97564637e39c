"""`registry certificates`: check the file of a certificate against the register."""

import re
import sys
from enum import IntEnum
from pathlib import Path

import click
from sqlalchemy.orm import Session

from registry import clock
from registry.cli.opening import opened
from registry.queries import awards, register
from registry.services.papers import digest_of_bytes

# The keywords stand as plain text in a file of ours: the number, then the verification code.
_KEYWORDS = re.compile(rb"/Keywords \([A-Z0-9-]+, ([0-9A-HJKMNP-TV-Z]{26})\)")


class Outcome(IntEnum):
    """What is found, as exit codes; 2 is that of a wrong call."""

    VALID = 0
    REVOKED = 3
    EXPIRED = 4
    ALTERED = 5
    UNKNOWN = 6


@click.group()
def certificates() -> None:
    """Check certificates against the register."""


@certificates.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Say which award FILE certifies and how it stands.

    Exits with 0 for a valid award, 3 for a revoked and 4 for an expired one, 5 for a file that was altered after it
    was issued, 6 for one that is unknown.
    """
    content = file.read_bytes()
    with opened() as (_config, database), database.reading() as session:
        outcome, number = _found(session, content)
    click.echo(" ".join(filter(None, (number, outcome.name.lower()))))
    sys.exit(outcome)


def _found(session: Session, content: bytes) -> tuple[Outcome, str]:
    """Return what a file is, and the number of its award where there is one."""
    edition = awards.edition_with_digest(session, digest_of_bytes(content))
    if edition is not None:
        validity = register.validity(edition.award, clock.read(session))
        return Outcome[validity.name], edition.award.number
    code = _KEYWORDS.search(content)
    edition = awards.edition_with_code(session, code[1].decode()) if code else None
    return (Outcome.ALTERED, edition.award.number) if edition else (Outcome.UNKNOWN, "")
