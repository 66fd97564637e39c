"""The record of what happened, written with the act itself."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from registry.domain.chain import GENESIS, Link, canonical, digest_of, digest_of_link, salted
from registry.domain.policy import Actor
from registry.models import Application, Base, ChainHead, Event, Portal

_EVENTS: Table = Base.metadata.tables[Event.__tablename__]
_ADD = insert(_EVENTS)
_HEAD = select(ChainHead.seq, ChainHead.digest).with_for_update()
_MOVE_HEAD = update(Base.metadata.tables[ChainHead.__tablename__])
# Where a session keeps the end of the chain that its transaction holds.
_HELD = "registry.chain"
_SALT = "registry.salt"


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: str,
    subject_id: object,
    *,
    role: str = "",
    programme_id: int | None = None,
    application: Application | None = None,
    before: str | None = None,
    after: str | None = None,
    payload: Mapping[str, Any] | None = None,
    personal: Mapping[str, str] | None = None,
) -> None:
    """Add an event to the chain.

    `personal` names personal data: the event keeps a salted digest of each, never the value. The end of the chain is
    locked until the transaction ends, so that events stand in the order in which they are committed.
    """
    session.flush()
    seq, previous = _locked_head(session)
    content = dict(payload or {})
    if personal:
        salt = _salt(session)
        content |= {key: salted(value, salt) for key, value in personal.items()}
    # What is digested is what is kept: times and decimals as the texts they become.
    content = json.loads(canonical(content))
    link = Link(
        seq=seq + 1,
        at=actor.at,
        clock_moved=actor.clock_moved,
        actor_id=actor.user_id,
        role=role,
        action=str(action),
        subject=subject,
        subject_id=str(subject_id),
        programme_id=programme_id,
        application_id=application.id if application else None,
        before=before,
        after=after,
        payload_digest=digest_of(content),
        previous=previous,
    )
    digest = digest_of_link(link)
    connection = session.connection()
    row = {name: getattr(link, name) for name in Link.__slots__}
    connection.execute(_ADD, {**row, "payload": content, "digest": digest})
    connection.execute(_MOVE_HEAD, {"seq": link.seq, "digest": digest})
    _hold(session, link.seq, digest)


def _locked_head(session: Session) -> tuple[int, str]:
    """Return the number and the digest of the last event, its row kept until the transaction ends."""
    transaction, seq, digest = session.info.get(_HELD, (None, 0, GENESIS))
    if transaction is not None and transaction is session.get_transaction() and not session.in_nested_transaction():
        return seq, digest
    head = session.execute(_HEAD).one_or_none()
    if head is None:
        session.add(ChainHead(id=1, seq=0, digest=GENESIS))
        session.flush()
        return 0, GENESIS
    return head.seq, head.digest


def _salt(session: Session) -> str:
    """Return the salt of the installation, which never changes."""
    if _SALT not in session.info:
        session.info[_SALT] = session.get_one(Portal, 1).salt
    salt: str = session.info[_SALT]
    return salt


def _hold(session: Session, seq: int, digest: str) -> None:
    """Remember the end of the chain while this transaction holds it; a savepoint may take back what it saw."""
    transaction = None if session.in_nested_transaction() else session.get_transaction()
    session.info[_HELD] = transaction, seq, digest
