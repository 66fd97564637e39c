"""Programmes with what is set up in them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action
from registry.models import Document, Programme, ProgrammeIssuer, Region
from registry.queries import finding, pages, public, visibility
from registry.queries.pages import FIRST, Asked, By, Page


def names(session: Session, actor: Actor, action: Action) -> list[Programme]:
    """Return the programmes in which the actor may do the action, without what is around them; for a choice."""
    query = select(Programme).join(Region, Region.key == Programme.region_key)
    query = query.where(visibility.of_programmes(Programme.id, actor, action))
    return list(session.scalars(query.order_by(public.by_level(), Programme.name, Programme.id)))


def page(session: Session, actor: Actor, action: Action, text: str = "", asked: Asked = FIRST) -> Page[Programme]:
    """Return a page of the programmes in which the actor may do the action, whole, by level and name."""
    query = (
        select(Programme)
        .join(Region, Region.key == Programme.region_key)
        .where(visibility.of_programmes(Programme.id, actor, action))
        .where(finding.holds(text, Programme.name, Programme.name_en))
        .options(*_whole())
    )
    return pages.page(session, query, (By(public.by_level()), By(Programme.name), By(Programme.id)), asked)


def keys(session: Session) -> frozenset[str]:
    """Return the keys of all programmes."""
    return frozenset(session.scalars(select(Programme.key)))


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
