"""The messages that have not left yet."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import MessageStatus
from registry.models import Message


def waiting(session: Session, at: datetime, limit: int = 200) -> list[int]:
    """Return the numbers of the messages to be sent now, oldest first.

    After each attempt that failed a message waits twice as long: 1, 3, 7, 15 and 31 minutes after it was queued.
    """
    rows = session.execute(
        select(Message.id, Message.queued_at, Message.attempts)
        .where(Message.status == MessageStatus.QUEUED)
        .order_by(Message.id)
    )
    due = [row.id for row in rows if at >= row.queued_at + timedelta(minutes=2**row.attempts - 1)]
    return due[:limit]
