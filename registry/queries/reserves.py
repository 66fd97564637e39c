"""Places in reserve: how long each holds, and whose time is over.

What the latest approved selection said of an application counts; its last day is the last on which the place holds.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import Result, Status
from registry.models import Application, Outcome


def last_days(session: Session, application_ids: Collection[int]) -> dict[int, date]:
    """Return the last day of each application that stands in reserve, by its number."""
    rows = session.execute(_standing().where(Application.id.in_(application_ids)))
    return {row.id: row.reserve_until for row in rows}


def turns(session: Session, application_ids: Collection[int]) -> dict[int, int]:
    """Return the place in reserve of each application that stands there, as it was decided, by its number."""
    rows = session.execute(_standing().where(Application.id.in_(application_ids)))
    return {row.id: row.reserve_order for row in rows}


def over(session: Session, today: date) -> list[int]:
    """Return the numbers of the applications whose time in reserve ended before a day, the longest over first."""
    rows = session.execute(
        _standing().where(Outcome.reserve_until < today).order_by(Outcome.reserve_until, Application.id)
    )
    return [row.id for row in rows]


def next_end(session: Session, after: date) -> date | None:
    """Return the first last day in reserve from a day on, or None where nobody stands in reserve."""
    standing = _standing().where(Outcome.reserve_until >= after).subquery()
    found: date | None = session.scalar(select(func.min(standing.c.reserve_until)))
    return found


def _standing() -> Select[int, date | None, int | None]:
    newest = select(func.max(Outcome.id)).where(Outcome.result == Result.RESERVED).group_by(Outcome.application_id)
    return (
        select(Application.id, Outcome.reserve_until, Outcome.reserve_order)
        .join(Outcome, Outcome.application_id == Application.id)
        .where(Application.status == Status.RESERVED, Outcome.id.in_(newest))
    )
