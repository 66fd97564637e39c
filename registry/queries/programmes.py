"""Programmes with what is set up in them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action
from registry.models import Document, Programme, ProgrammeIssuer
from registry.queries import visibility


def everything(session: Session) -> list[Programme]:
    """Return all programmes with document, categories and issuers."""
    return list(session.scalars(select(Programme).options(*_whole()).order_by(Programme.id)))


def of_actor(session: Session, actor: Actor, action: Action) -> list[Programme]:
    """Return the programmes in which the actor may do the action."""
    mine = visibility.of_programmes(Programme.id, actor, action)
    return list(session.scalars(select(Programme).where(mine).options(*_whole()).order_by(Programme.id)))


def one(session: Session, number: int) -> Programme:
    """Return a programme with document, clauses, categories and issuers; raises NotFound."""
    found = session.scalar(select(Programme).where(Programme.id == number).options(*_whole()))
    if found is None:
        raise NotFound
    return found


def _whole() -> tuple[Any, ...]:
    return (
        joinedload(Programme.document, innerjoin=True).selectinload(Document.clauses),
        selectinload(Programme.categories),
        selectinload(Programme.issuers).joinedload(ProgrammeIssuer.issuer, innerjoin=True),
    )
