"""The record of what happened, written with the act itself."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.chain import GENESIS, Link, canonical, digest_of, digest_of_link, salted
from registry.domain.policy import Actor
from registry.models import Application, ChainHead, Event, Portal


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
) -> Event:
    """Add an event to the chain and return it.

    `personal` names personal data: the event keeps a salted digest of each, never the value. The end of the chain is
    locked until the transaction ends, so that events stand in the order in which they are committed.
    """
    session.flush()
    head = _locked_head(session)
    content = dict(payload or {})
    if personal:
        salt = session.get_one(Portal, 1).salt
        content |= {key: salted(value, salt) for key, value in personal.items()}
    # What is digested is what is kept: times and decimals as the texts they become.
    content = json.loads(canonical(content))
    link = Link(
        seq=head.seq + 1,
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
        previous=head.digest,
    )
    digest = digest_of_link(link)
    event = Event(**{name: getattr(link, name) for name in Link.__slots__}, payload=content, digest=digest)
    session.add(event)
    head.seq, head.digest = link.seq, digest
    session.flush()
    return event


def _locked_head(session: Session) -> ChainHead:
    head = session.scalar(select(ChainHead).with_for_update().execution_options(populate_existing=True))
    if head is None:
        head = ChainHead(id=1, seq=0, digest=GENESIS)
        session.add(head)
    return head
