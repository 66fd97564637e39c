"""Published lists, and the entries of them that wait for their certificates."""

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, DecisionKind, DecisionStatus, Kind, Status
from registry.models import Application, Decision, Entry, Organisation, Programme, Publication, Round, RoundCategory
from registry.queries import visibility


def to_issue(session: Session, actor: Actor) -> list[Publication]:
    """Return the published lists, as they stand corrected, with entries that have no certificate yet."""
    waiting = (
        select(Entry.publication_id)
        .join(Entry.application)
        .where(Application.kind == Kind.CERTIFICATE, Application.status == Status.SELECTED)
    )
    return list(
        session.scalars(
            _select(actor, Action.VIEW_RANKING).where(Publication.id.in_(waiting), stands()).order_by(Publication.id)
        )
    )


def recent(session: Session, actor: Actor) -> list[Publication]:
    """Return the published lists of the actor's programmes as they stand corrected, newest first."""
    return list(
        session.scalars(_select(actor, Action.VIEW_RANKING).where(stands()).order_by(Publication.published_at.desc()))
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


def whole(session: Session, number: int) -> Publication:
    """Return a published list with its entries and its round; raises NotFound where there is none."""
    row = session.scalar(_whole().where(Publication.id == number))
    if row is None:
        raise NotFound
    return row


def of_decision(session: Session, decision: Decision) -> Publication | None:
    """Return the list that came out when a decision was approved, with its entries, or None."""
    return session.scalar(_whole().where(Publication.decision_id == decision.id))


def of_notice(session: Session, number: int) -> Publication | None:
    """Return the list that was published after a notice, as it stands corrected, or None."""
    first = session.scalar(
        select(Publication)
        .join(Decision, Decision.id == Publication.decision_id)
        .where(Decision.kind == DecisionKind.PUBLICATION, Decision.content["notice"].as_integer() == number)
    )
    return latest(session, first) if first else None


def stands() -> ColumnElement[bool]:
    """Return the condition that no correction has replaced a list."""
    later = aliased(Publication)
    return ~exists().where(later.replaces_id == Publication.id)


def replacement(session: Session, publication: Publication) -> Publication | None:
    """Return the correction that replaced a list, or None while it stands."""
    return session.scalar(select(Publication).where(Publication.replaces_id == publication.id))


def proposed_correction(session: Session, publication: Publication) -> Decision | None:
    """Return the correction that waits for approval where a list was published, or None."""
    return session.scalar(
        select(Decision).where(
            Decision.round_category_id == publication.round_category_id,
            Decision.kind == DecisionKind.CORRECTION,
            Decision.status == DecisionStatus.PROPOSED,
        )
    )


def latest(session: Session, publication: Publication) -> Publication:
    """Return a list as it stands corrected: itself, or the last correction of it."""
    while (later := replacement(session, publication)) is not None:
        publication = later
    return publication


def latest_entry(session: Session, entry: Entry) -> Entry:
    """Return the line of the same application on the list as it stands corrected."""
    publication = latest(session, session.get_one(Publication, entry.publication_id))
    if publication.id == entry.publication_id:
        return entry
    return session.scalars(
        select(Entry).where(
            Entry.publication_id == publication.id,
            Entry.position == entry.position,
            Entry.application_id == entry.application_id,
        )
    ).one()


def applicants_code(session: Session, application_id: int | None) -> str | None:
    """Return the credit code of the organisation that made an application, or None where none did."""
    return session.scalar(
        select(Organisation.credit_code)
        .join(Application, Application.organisation_id == Organisation.id)
        .where(Application.id == application_id)
    )


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
            joinedload(RoundCategory.round, innerjoin=True)
            .joinedload(Round.programme, innerjoin=True)
            .joinedload(Programme.document, innerjoin=True),
        ),
    )
