"""The next moment at which something opens, closes or falls due."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import Deadline, ObjectionStatus, RoundStatus, Status
from registry.domain.workdays import SHANGHAI, end_of
from registry.models import Application, Correction, Filing, Notice, Objection, Round
from registry.queries import reserves


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A deadline and what kind of deadline it is."""

    at: datetime
    kind: Deadline


def upcoming(session: Session, after: datetime) -> Upcoming | None:
    """Return the first deadline after a moment, or None."""
    opened = Round.status == RoundStatus.OPENED
    sources = (
        (Deadline.ROUND_OPENS, select(Round.opens_at).where(opened), Round.opens_at),
        (Deadline.ROUND_CLOSES, select(Round.closes_at).where(opened), Round.closes_at),
        (
            Deadline.CORRECTION_DUE,
            select(Correction.due_at).where(Correction.closed_at.is_(None)),
            Correction.due_at,
        ),
        (
            Deadline.ANSWER_DUE,
            select(Objection.answer_due_at).where(Objection.status == ObjectionStatus.OPEN),
            Objection.answer_due_at,
        ),
        (Deadline.NOTICE_ENDS, select(Notice.closes_at).where(Notice.cleared_at.is_(None)), Notice.closes_at),
        (
            Deadline.FILING_DUE,
            select(Filing.due_at).join(Filing.application).where(Application.status == Status.DUE, Filing.current),
            Filing.due_at,
        ),
    )
    found = [
        Upcoming(at, kind)
        for kind, query, column in sources
        if (at := session.scalar(query.where(column > after).order_by(column).limit(1))) is not None
    ]
    last_day = reserves.next_end(session, after.astimezone(SHANGHAI).date())
    if last_day is not None:
        found.append(Upcoming(end_of(last_day), Deadline.RESERVE_ENDS))
    return min(found, key=lambda item: item.at, default=None)


def overdue(session: Session, at: datetime) -> list[int]:
    """Return the numbers of the applications of which a correction or a later filing fell due by the moment."""
    corrections = (
        select(Application.id, Correction.due_at)
        .join(Correction, Correction.application_id == Application.id)
        .where(Application.status == Status.RETURNED, Correction.closed_at.is_(None), Correction.due_at <= at)
    )
    later = (
        select(Application.id, Filing.due_at)
        .join(Filing, Filing.application_id == Application.id)
        .where(Application.status == Status.DUE, Filing.current, Filing.due_at <= at)
    )
    rows = [*session.execute(corrections), *session.execute(later)]
    return [row.id for row in sorted(rows, key=lambda row: (row.due_at, row.id))]
