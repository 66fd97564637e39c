"""Each form counts once: the same key brings the same answer, and with another body it is a conflict."""

from sqlalchemy.orm import Session

from registry.domain.errors import Conflict
from registry.domain.policy import Actor
from registry.models import IdempotencyKey


def claim(session: Session, actor: Actor, key: str, *, request_digest: str) -> IdempotencyKey:
    """Return the row of a form's key; a row that has its location was answered before.

    Of two requests with the same key at the same moment the database lets one wait for the other.
    Raises Conflict where the key came with another body.
    """
    who = str(actor.user_id or "anyone")
    row = session.get(IdempotencyKey, (who, key))
    if row is None:
        row = IdempotencyKey(actor=who, key=key, request_digest=request_digest, at=actor.at)
        session.add(row)
        session.flush()
    elif row.request_digest != request_digest:
        raise Conflict("sent_before_with_other_content")
    return row
