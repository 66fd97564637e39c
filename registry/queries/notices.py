"""Notices as the office sees them: what they announce, who objects, and what is still to be answered."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, DecisionKind, DecisionStatus, Kind, ObjectionStatus, Result, Status
from registry.models import (
    Application,
    Decision,
    Notice,
    Objection,
    ObjectionFile,
    Outcome,
    Programme,
    Round,
    RoundCategory,
)
from registry.queries import applications, visibility


def recent(session: Session, actor: Actor) -> list[Notice]:
    """Return the notices of the actor's programmes with their objections, newest first."""
    return list(
        session.scalars(
            select(Notice)
            .join(Notice.round_category)
            .join(RoundCategory.round)
            .where(visibility.of_programmes(Round.programme_id, actor, Action.VIEW_RANKING))
            .options(*_around())
            .order_by(Notice.id.desc())
        )
    )


def to_open(session: Session, actor: Actor) -> list[Decision]:
    """Return the approved selections that put somebody in and are not announced yet."""
    announced = select(Notice.decision_id)
    selecting = select(Outcome.decision_id).where(Outcome.result == Result.SELECTED)
    return list(
        session.scalars(
            select(Decision)
            .where(visibility.of_programmes(Decision.programme_id, actor, Action.VIEW_RANKING))
            .where(Decision.kind == DecisionKind.SELECTION, Decision.status == DecisionStatus.APPROVED)
            .where(Decision.id.not_in(announced), Decision.id.in_(selecting))
            .options(selectinload(Decision.outcomes), _round_category(Decision.round_category))
            .order_by(Decision.id)
        )
    )


def one(session: Session, actor: Actor, action: Action, number: int) -> Notice:
    """Return a notice on which the actor may act, with objections, files and replies; raises NotFound."""
    notice = session.scalar(
        select(Notice)
        .join(Notice.round_category)
        .join(RoundCategory.round)
        .where(Notice.id == number, visibility.of_programmes(Round.programme_id, actor, action))
        .options(*_around())
    )
    if notice is None:
        raise NotFound
    return notice


def objection(session: Session, actor: Actor, number: int) -> Objection:
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


def file(session: Session, actor: Actor, number: int) -> ObjectionFile:
    """Return a file of an objection that the actor may answer; raises NotFound where there is none."""
    row = session.get(ObjectionFile, number)
    if row is None:
        raise NotFound
    objection(session, actor, row.objection_id)
    return row


def of_decision(session: Session, decision: Decision) -> Notice | None:
    """Return the notice of a selection, or None."""
    return session.scalar(select(Notice).where(Notice.decision_id == decision.id))


def unanswered(session: Session, notice: Notice) -> int:
    """Count the objections that wait for an answer."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Objection)
            .where(Objection.notice_id == notice.id, Objection.status == ObjectionStatus.OPEN)
        )
        or 0
    )


def standing(session: Session, notice: Notice, kind: Kind, *, lock: bool = False) -> list[Application]:
    """Return the applications of a notice that stand selected at a kind of stage, in its order."""
    numbers = [entry["application_id"] for entry in notice.entries]
    query = (
        applications.whole()
        .where(Application.id.in_(numbers), Application.kind == kind, Application.status == Status.SELECTED)
        .order_by(Application.id)
    )
    if lock:
        query = query.with_for_update(of=Application).execution_options(populate_existing=True)
    rows = {row.id: row for row in session.scalars(query)}
    return [rows[number] for number in numbers if number in rows]


def _around() -> tuple[ORMOption, ...]:
    return (
        _round_category(Notice.round_category),
        selectinload(Notice.objections).options(selectinload(Objection.files), selectinload(Objection.reply)),
    )


def _round_category(path: object) -> ORMOption:
    found: ORMOption = selectinload(path).options(  # type: ignore[arg-type]
        joinedload(RoundCategory.category, innerjoin=True),
        joinedload(RoundCategory.round, innerjoin=True)
        .joinedload(Round.programme, innerjoin=True)
        .joinedload(Programme.document, innerjoin=True),
    )
    return found
