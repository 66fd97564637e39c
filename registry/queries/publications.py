"""Published lists, and the entries of them that wait for their certificates."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, DecisionKind, DecisionStatus, Kind, Status
from registry.models import Application, Decision, Entry, Organisation, Programme, Publication, Round, RoundCategory
from registry.queries import finding, pages, visibility
from registry.queries.pages import FIRST, Asked, By, Page

# How many of the entries that wait for a certificate are named.
NAMED = 10


@dataclass(frozen=True, slots=True)
class ToIssue:
    """A published list of which entries have no certificate yet: how many, and the first of them."""

    publication: Publication
    count: int
    first: list[Entry]


def to_issue(session: Session, actor: Actor, asked: Asked = FIRST) -> Page[ToIssue]:
    """Return a page of the published lists, as they stand corrected, with entries that have no certificate yet."""
    waits = (Application.kind == Kind.CERTIFICATE, Application.status == Status.SELECTED)
    waiting = select(Entry.publication_id).join(Entry.application).where(*waits)
    query = _of_actor(select(Publication), actor, Action.VIEW_RANKING).where(Publication.id.in_(waiting), stands())
    found = pages.page(session, query.options(_around()), (By(Publication.id),), asked)
    numbered = (
        select(
            Entry.id,
            func.row_number().over(partition_by=Entry.publication_id, order_by=Entry.position).label("place"),
        )
        .join(Entry.application)
        .where(Entry.publication_id.in_([row.id for row in found.rows]), *waits)
        .subquery()
    )
    counts = _counted(session, found.rows, *waits)
    named = select(numbered.c.id).where(numbered.c.place <= NAMED)
    first = session.scalars(select(Entry).where(Entry.id.in_(named)).order_by(Entry.position)).all()
    return found.of(
        [ToIssue(row, counts[row.id], [one for one in first if one.publication_id == row.id]) for row in found.rows]
    )


def index(
    session: Session, actor: Actor, text: str = "", programme_id: int | None = None, asked: Asked = FIRST
) -> Page[tuple[Publication, int]]:
    """Return a page of the published lists of the actor's programmes as they stand corrected, newest first.

    Each comes with the number of its entries.
    """
    query = _of_actor(select(Publication), actor, Action.VIEW_RANKING).where(
        stands(), finding.holds(text, Publication.title, Publication.title_en)
    )
    if programme_id:
        query = query.where(Round.programme_id == programme_id)
    order = (By(Publication.published_at, descending=True), By(Publication.id, descending=True))
    found = pages.page(session, query.options(_around()), order, asked)
    counts = _counted(session, found.rows)
    return found.of([(row, counts.get(row.id, 0)) for row in found.rows])


def entries(session: Session, publication: Publication, text: str = "", asked: Asked = FIRST) -> Page[Entry]:
    """Return a page of a list, of the entries whose names or code hold the words."""
    parts, halves = ("site", "organisation", "region"), ("zh", "en")
    said = [Entry.content[part][half].as_string() for part in parts for half in halves]
    query = select(Entry).where(
        Entry.publication_id == publication.id,
        finding.holds(text, *said, Entry.content["credit_code"].as_string()),
    )
    return pages.page(session, query, (By(Entry.position),), asked)


def one(session: Session, actor: Actor, action: Action, number: int) -> Publication:
    """Return a published list on which the actor may act; raises NotFound where there is none."""
    row = session.scalar(_of_actor(_whole(), actor, action).where(Publication.id == number))
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


def _counted(session: Session, rows: Sequence[Publication], *conditions: ColumnElement[bool]) -> dict[int, int]:
    """How many entries lists have; of those whose applications fit, where there are conditions."""
    query = select(Entry.publication_id, func.count()).where(Entry.publication_id.in_([row.id for row in rows]))
    if conditions:
        query = query.join(Entry.application).where(*conditions)
    return {row[0]: row[1] for row in session.execute(query.group_by(Entry.publication_id))}


def _of_actor(query: Select[Publication], actor: Actor, action: Action) -> Select[Publication]:
    return (
        query.join(Publication.round_category)
        .join(RoundCategory.round)
        .where(visibility.of_programmes(Round.programme_id, actor, action))
    )


def _whole() -> Select[Publication]:
    return select(Publication).options(selectinload(Publication.entries).joinedload(Entry.application), _around())


def _around() -> ORMOption:
    found: ORMOption = joinedload(Publication.round_category, innerjoin=True).options(
        joinedload(RoundCategory.category, innerjoin=True),
        joinedload(RoundCategory.round, innerjoin=True)
        .joinedload(Round.programme, innerjoin=True)
        .joinedload(Programme.document, innerjoin=True),
    )
    return found
