"""The one clock of the portal. A demo's clock can be moved ahead, never back; no other database allows it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import WrongState
from registry.models import Portal, SignIn


def utc_now() -> datetime:
    """Return the time of the machine; the only place that asks it."""
    return datetime.now(UTC)


def now(portal: Portal | None) -> datetime:
    """Return the present moment in UTC as this portal sees it."""
    return utc_now() + timedelta(seconds=portal.clock_ahead if portal else 0)


def read(session: Session) -> datetime:
    """Return the present moment by the clock of this database."""
    return now(session.get(Portal, 1))


def advance(session: Session, until: datetime) -> datetime:
    """Move a demo's clock ahead to the moment and return it; whoever is signed in stays so.

    Raises WrongState where the database is no demo, or the moment is not ahead.
    """
    portal = session.get(Portal, 1, with_for_update=True)
    if portal is None or not portal.demo:
        raise WrongState("no_demo")
    ahead = until - now(portal)
    if ahead <= timedelta(0):
        raise WrongState("clock_never_goes_back")
    step = timedelta(seconds=int(ahead.total_seconds()) + 1)
    portal.clock_ahead += int(step.total_seconds())
    for row in session.scalars(select(SignIn).where(SignIn.ended_at.is_(None))):
        row.started_at, row.seen_at = row.started_at + step, row.seen_at + step
    return now(portal)
