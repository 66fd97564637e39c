"""Objections as the office, the public and whoever raised one may see them; who objects stands in none of these."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session, defer, joinedload, selectinload

from registry.domain.errors import Forbidden, NotFound
from registry.domain.policy import Actor
from registry.domain.routes import parameter
from registry.domain.vocabulary import Action, DecisionKind, Kind, ObjectionStatus, Status
from registry.models import (
    Application,
    Decision,
    Event,
    Notice,
    Objection,
    ObjectionFile,
    Publication,
    Reply,
    Round,
    RoundCategory,
    RouteStep,
)
from registry.queries import pages, visibility
from registry.queries.pages import FIRST, Asked, By, Page

# Those to which the answer is still to come: an officer has to give it, or another person to approve it.
UNANSWERED = (ObjectionStatus.OPEN, ObjectionStatus.PROPOSED)
# The event of a look at who objects, and how long a look lasts.
LOOKED = "read_objector"
LOOK_LASTS = timedelta(minutes=30)
# With an objection comes the number of the organisation objected to.
_ADDRESSED = joinedload(Objection.application, innerjoin=True).load_only(Application.organisation_id)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a route says of the objections to a notice: whether they may be anonymous, and how soon each is answered."""

    anonymous: bool
    answer_days: int


@dataclass(frozen=True, slots=True)
class Voices:
    """How many objections there were, how many are answered and how, how many in time, and how many are late now."""

    received: int = 0
    upheld: int = 0
    dismissed: int = 0
    in_time: int = 0
    overdue: int = 0

    @property
    def answered(self) -> int:
        return self.upheld + self.dismissed


@dataclass(frozen=True, slots=True)
class Load:
    """What is open of a notice: how many objections there are, how many to be answered and until when, and how many
    wait for a second person."""

    received: int = 0
    to_answer: int = 0
    proposed: int = 0
    due: datetime | None = None

    @property
    def unanswered(self) -> int:
        return self.to_answer + self.proposed


def rules(session: Session, notice: Notice) -> Rules:
    """Return what the route of a notice says of objections to it."""
    told = session.scalars(
        select(RouteStep.parameters).where(
            RouteStep.round_category_id == notice.round_category_id, RouteStep.position == notice.position
        )
    ).one()
    return told_by(told)


def told_by(parameters: Mapping[str, int]) -> Rules:
    """Return what a notice of a route is told of objections."""
    return Rules(
        bool(parameter(Kind.NOTICE, parameters, "anonymous")),
        parameter(Kind.NOTICE, parameters, "answer_days"),
    )


def programme_of(session: Session, notice: Notice) -> int:
    """Return the number of the programme of a notice."""
    return session.scalars(
        select(Round.programme_id)
        .join(RoundCategory, RoundCategory.round_id == Round.id)
        .where(RoundCategory.id == notice.round_category_id)
    ).one()


def loads(session: Session, notices: Collection[Notice]) -> dict[int, Load]:
    """Return of each notice that drew objections what is open of them, by its number."""
    rows = session.execute(_loads().where(Objection.notice_id.in_([row.id for row in notices])))
    return {row.notice_id: Load(row.received, row.to_answer, row.proposed, row.due) for row in rows}


def _loads() -> Select[int, int, int, int, datetime]:
    is_open = Objection.status == ObjectionStatus.OPEN
    return select(
        Objection.notice_id,
        func.count().label("received"),
        func.count(case((is_open, 1))).label("to_answer"),
        func.count(case((Objection.status == ObjectionStatus.PROPOSED, 1))).label("proposed"),
        func.min(case((is_open, Objection.answer_due_at))).label("due"),
    ).group_by(Objection.notice_id)


def unanswered(session: Session, notice: Notice) -> list[Objection]:
    """Return the objections without an answer, which keep a notice from being concluded, what is due first before."""
    return list(
        session.scalars(
            select(Objection)
            .where(Objection.notice_id == notice.id, Objection.status.in_(UNANSWERED))
            .options(_ADDRESSED)
            .order_by(Objection.answer_due_at, Objection.id)
        )
    )


def under(session: Session, numbers: Collection[int]) -> set[int]:
    """Return those of these applications to which an objection is open."""
    return set(
        session.scalars(
            select(Objection.application_id).where(
                Objection.application_id.in_(numbers), Objection.status.in_(UNANSWERED)
            )
        )
    )


def of_notice(session: Session, notice: Notice, asked: Asked = FIRST) -> Page[Objection]:
    """Return a page of the objections to a notice with files and replies, those without an answer first.

    Each comes with the organisation objected to: who has a seat in it is told no more than how it stands and when.
    """
    order = case((Objection.status.in_(UNANSWERED), 0), else_=1)
    query = select(Objection).where(Objection.notice_id == notice.id)
    query = query.options(_ADDRESSED, selectinload(Objection.files), selectinload(Objection.reply))
    return pages.page(session, query, (By(order), By(Objection.answer_due_at), By(Objection.id)), asked)


def on_notice(application: Application) -> bool:
    """Tell whether an application still stands on its notice, so that an objection that holds removes it."""
    return application.kind is Kind.NOTICE and application.status is Status.SELECTED


def proposals(session: Session, objections: Collection[Objection]) -> dict[int, Decision]:
    """Return the last removal that was proposed for each of these objections, by its number."""
    number = Decision.content["objection"].as_integer()
    rows = session.execute(
        select(number, Decision)
        .where(Decision.kind == DecisionKind.REMOVAL, number.in_([row.id for row in objections]))
        .order_by(Decision.id)
    )
    return {row[0]: row[1] for row in rows}


def of_removal(session: Session, actor: Actor, decision: Decision) -> Objection | None:
    """Return the objection that a removal would uphold, or None for other decisions; nothing of who objects is read.

    Raises Forbidden for one to the actor's own organisation: neither what was said nor the answer is for the actor.
    """
    if decision.kind is not DecisionKind.REMOVAL:
        return None
    owner = select(Application.organisation_id).where(Application.id == decision.content["application"])
    if session.scalar(owner) in actor.interests:
        raise Forbidden("own_organisation")
    return session.scalar(
        select(Objection)
        .where(Objection.id == decision.content["objection"])
        .options(
            defer(Objection.name, raiseload=True),
            defer(Objection.contact, raiseload=True),
            selectinload(Objection.files),
        )
    )


def one(session: Session, actor: Actor, number: int) -> Objection:
    """Return an objection that the actor may answer; raises NotFound, also for one to the actor's own organisation."""
    row = session.scalar(
        select(Objection)
        .join(Objection.notice)
        .join(Notice.round_category)
        .join(RoundCategory.round)
        .join(Application, Application.id == Objection.application_id)
        .where(
            Objection.id == number,
            visibility.of_programmes(Round.programme_id, actor, Action.ANSWER_OBJECTION),
            visibility.disinterested(actor),
        )
        .options(
            joinedload(Objection.notice, innerjoin=True), selectinload(Objection.files), joinedload(Objection.reply)
        )
    )
    if row is None:
        raise NotFound
    return row


def file(session: Session, actor: Actor, number: int) -> tuple[Objection, ObjectionFile]:
    """Return an objection that the actor may answer, with one of its files; raises NotFound where there is none."""
    row = session.get(ObjectionFile, number)
    if row is None:
        raise NotFound
    return one(session, actor, row.objection_id), row


def looked(session: Session, actor: Actor, objection: Objection) -> bool:
    """Tell whether the actor asked just now who objects, so that a page may show it."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    Event.at > actor.at - LOOK_LASTS,
                    Event.at <= actor.at,
                    Event.action == LOOKED,
                    Event.subject == "objection",
                    Event.subject_id == str(objection.id),
                    Event.actor_id == actor.user_id,
                )
            )
        )
    )


def voices(session: Session, notice: Notice, at: datetime) -> Voices:
    """Count the objections to a notice; nothing of what they say, and of nobody who they are."""
    return _voices(session, Objection.notice_id == notice.id, at)


def voices_before(session: Session, publication: Publication, at: datetime) -> Voices | None:
    """Count the objections to all notices of the selection of which a list was published, None where it had none."""
    notice = _notice_of(session, publication)
    if notice is None:
        return None
    given = select(Notice.id).where(Notice.decision_id == notice.decision_id)
    return _voices(session, Objection.notice_id.in_(given), at)


def _voices(session: Session, which: ColumnElement[bool], at: datetime) -> Voices:
    waits = Objection.status.in_(UNANSWERED)

    def many(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((condition, 1)))

    row = session.execute(
        select(
            func.count(),
            many(Objection.status == ObjectionStatus.UPHELD),
            many(Objection.status == ObjectionStatus.DISMISSED),
            many(Reply.replied_at < Objection.answer_due_at),
            many(and_(waits, Objection.answer_due_at <= at)),
        )
        .select_from(Objection)
        .outerjoin(Reply, Reply.objection_id == Objection.id)
        .where(which)
    ).one()
    return Voices(*row)


def _notice_of(session: Session, publication: Publication) -> Notice | None:
    """Return the notice after which a list, or the list that it corrects, was published."""
    content = _first_content(session, publication)
    return session.get(Notice, content["notice"]) if "notice" in content else None


def _first_content(session: Session, publication: Publication) -> Mapping[str, int]:
    while publication.replaces_id is not None:
        publication = session.get_one(Publication, publication.replaces_id)
    found: Mapping[str, int] = session.get_one(Decision, publication.decision_id).content
    return found
