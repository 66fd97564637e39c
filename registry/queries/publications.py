"""Published lists, and the entries of them that wait for their certificates."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, Kind, Status
from registry.models import Application, Decision, Entry, Publication, Round, RoundCategory
from registry.queries import visibility


def to_issue(session: Session, actor: Actor) -> list[Publication]:
    """Return the published lists with entries that have no certificate yet."""
    waiting = (
        select(Entry.publication_id)
        .join(Entry.application)
        .where(Application.kind == Kind.CERTIFICATE, Application.status == Status.SELECTED)
    )
    return list(
        session.scalars(_select(actor, Action.VIEW_RANKING).where(Publication.id.in_(waiting)).order_by(Publication.id))
    )


def one(session: Session, actor: Actor, action: Action, number: int) -> Publication:
    """Return a published list on which the actor may act; raises NotFound where there is none."""
    row = session.scalar(_select(actor, action).where(Publication.id == number))
    if row is None:
        raise NotFound
    return row


def waiting(publication: Publication) -> list[Entry]:
    """Return the entries of a list that have no certificate yet."""
    return [
        entry
        for entry in publication.entries
        if entry.application
        and entry.application.kind is Kind.CERTIFICATE
        and entry.application.status is Status.SELECTED
    ]


def of_decision(session: Session, decision: Decision) -> Publication:
    """Return the list that an approved decision published, with its entries; raises NotFound where there is none."""
    row = session.scalar(_whole().where(Publication.decision_id == decision.id))
    if row is None:
        raise NotFound
    return row


def _select(actor: Actor, action: Action) -> Select[Publication]:
    return (
        _whole()
        .join(Publication.round_category)
        .join(RoundCategory.round)
        .where(visibility.of_programmes(Round.programme_id, actor, action))
    )


def _whole() -> Select[Publication]:
    return select(Publication).options(
        selectinload(Publication.entries).joinedload(Entry.application),
        joinedload(Publication.round_category, innerjoin=True).options(
            joinedload(RoundCategory.category, innerjoin=True),
            joinedload(RoundCategory.round, innerjoin=True).joinedload(Round.programme, innerjoin=True),
        ),
    )
