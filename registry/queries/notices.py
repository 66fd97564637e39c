"""Notices as the office sees them: what they announce, who stands on them, and which is to be given next."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, DecisionKind, DecisionStatus, Kind, Result, Status
from registry.models import (
    Application,
    Decision,
    Notice,
    Objection,
    Outcome,
    Programme,
    Reply,
    Round,
    RoundCategory,
    RouteStep,
)
from registry.queries import applications, pages, visibility
from registry.queries.pages import FIRST, Asked, By, Page

LEFT = (Status.REMOVED, Status.WITHDRAWN, Status.TERMINATED)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Why an application that was selected stands on no list any more; the words are not for the public."""

    status: Status
    reason: str


def index(session: Session, actor: Actor, programme_id: int | None = None, asked: Asked = FIRST) -> Page[Notice]:
    """Return a page of the notices of the actor's programmes, newest first."""
    query = (
        select(Notice)
        .join(Notice.round_category)
        .join(RoundCategory.round)
        .where(visibility.of_programmes(Round.programme_id, actor, Action.VIEW_RANKING))
        .options(_round_category(Notice.round_category))
    )
    if programme_id:
        query = query.where(Round.programme_id == programme_id)
    return pages.page(session, query, (By(Notice.id, descending=True),), asked)


def to_open(session: Session, actor: Actor) -> list[Decision]:
    """Return the approved selections of which somebody stands at a notice that is not given yet."""
    stands = (
        exists()
        .where(Outcome.decision_id == Decision.id, Outcome.result == Result.SELECTED)
        .where(Application.id == Outcome.application_id, Application.kind == Kind.NOTICE)
        .where(Application.status == Status.SELECTED)
        .where(~exists().where(Notice.decision_id == Decision.id, Notice.position == Application.position))
    )
    return list(
        session.scalars(
            select(Decision)
            .where(visibility.of_programmes(Decision.programme_id, actor, Action.VIEW_RANKING))
            .where(Decision.kind == DecisionKind.SELECTION, Decision.status == DecisionStatus.APPROVED, stands)
            .options(selectinload(Decision.outcomes), _round_category(Decision.round_category))
            .order_by(Decision.id)
        )
    )


def proposed(session: Session, selections: Collection[Decision]) -> dict[int, Decision]:
    """Return the notices that wait for approval, by the number of the selection that they announce."""
    rows = session.scalars(
        select(Decision).where(
            Decision.round_category_id.in_([row.round_category_id for row in selections]),
            Decision.kind == DecisionKind.NOTICE,
            Decision.status == DecisionStatus.PROPOSED,
        )
    )
    return {row.content["decision"]: row for row in rows}


def one(session: Session, actor: Actor, action: Action, number: int) -> Notice:
    """Return a notice on which the actor may act, with its round and category; raises NotFound."""
    notice = session.scalar(
        select(Notice)
        .join(Notice.round_category)
        .join(RoundCategory.round)
        .where(Notice.id == number, visibility.of_programmes(Round.programme_id, actor, action))
        .options(_round_category(Notice.round_category))
    )
    if notice is None:
        raise NotFound
    return notice


def of_selection(session: Session, decision: Decision) -> list[Notice]:
    """Return the notices of a selection in the order of the route."""
    return list(session.scalars(select(Notice).where(Notice.decision_id == decision.id).order_by(Notice.position)))


def of_approval(session: Session, decision: Decision) -> Notice | None:
    """Return the notice that opened when this decision was approved, or None."""
    return session.scalar(select(Notice).where(Notice.approval_id == decision.id))


def stages(session: Session, round_category_id: int | None) -> list[RouteStep]:
    """Return the notices that the route of a round category has, in order."""
    return list(
        session.scalars(
            select(RouteStep)
            .where(RouteStep.round_category_id == round_category_id, RouteStep.kind == Kind.NOTICE)
            .order_by(RouteStep.position)
        )
    )


def places(session: Session, notices: Iterable[Notice]) -> dict[int, tuple[int, int]]:
    """Return of each notice which it is on its route, and how many the route has, by its number."""
    rows = list(notices)
    found: dict[int, list[int]] = {}
    steps = session.execute(
        select(RouteStep.round_category_id, RouteStep.position)
        .where(RouteStep.round_category_id.in_({row.round_category_id for row in rows}), RouteStep.kind == Kind.NOTICE)
        .order_by(RouteStep.position)
    )
    for number, position in steps:
        found.setdefault(number, []).append(position)
    return {
        row.id: (found[row.round_category_id].index(row.position) + 1, len(found[row.round_category_id]))
        for row in rows
    }


def next_stage(session: Session, decision: Decision) -> RouteStep | None:
    """Return the first notice of the route that a selection was not given yet, or None."""
    given = {row.position for row in of_selection(session, decision)}
    return next((step for step in stages(session, decision.round_category_id) if step.position not in given), None)


def is_last(session: Session, notice: Notice) -> bool:
    """Tell whether publication follows a notice, and not another notice."""
    return notice.position == stages(session, notice.round_category_id)[-1].position


def at_stage(session: Session, decision: Decision, position: int, *, lock: bool = False) -> list[Application]:
    """Return whom a selection put in and who stands at this notice of the route, in the order of their ranks."""
    query = (
        applications.whole()
        .join(Outcome, Outcome.application_id == Application.id)
        .where(Outcome.decision_id == decision.id, Outcome.result == Result.SELECTED)
        .where(Application.kind == Kind.NOTICE, Application.position == position)
        .where(Application.status == Status.SELECTED)
        .order_by(Outcome.rank, Outcome.id)
    )
    if lock:
        query = query.with_for_update(of=Application).execution_options(populate_existing=True)
    return list(session.scalars(query))


def standing(session: Session, notice: Notice, kind: Kind, *, lock: bool = False) -> list[Application]:
    """Return the applications of a notice that stand selected at it, or at a later kind of stage, in its order."""
    numbers = [entry["application_id"] for entry in notice.entries]
    query = (
        applications.whole()
        .where(Application.id.in_(numbers), Application.kind == kind, Application.status == Status.SELECTED)
        .order_by(Application.id)
    )
    if kind is Kind.NOTICE:
        query = query.where(Application.position == notice.position)
    if lock:
        query = query.with_for_update(of=Application).execution_options(populate_existing=True)
    rows = {row.id: row for row in session.scalars(query)}
    return [rows[number] for number in numbers if number in rows]


def in_reserve(session: Session, round_category_id: int) -> list[Outcome]:
    """Return who stands in reserve in a round category, in the order in which they move up, with their applications."""
    latest = (
        select(func.max(Outcome.id))
        .join(Application, Application.id == Outcome.application_id)
        .where(Application.round_category_id == round_category_id, Application.status == Status.RESERVED)
        .group_by(Outcome.application_id)
    )
    return list(
        session.scalars(
            select(Outcome)
            .where(Outcome.id.in_(latest))
            .options(joinedload(Outcome.application, innerjoin=True).joinedload(Application.site, innerjoin=True))
            .order_by(Outcome.reserve_order, Outcome.rank, Outcome.id)
        )
    )


def whole(session: Session, numbers: Collection[int]) -> dict[int, Application]:
    """Return applications with all around them, by their numbers."""
    rows = session.scalars(applications.whole().where(Application.id.in_(numbers)))
    return {row.id: row for row in rows}


def leavings(session: Session, numbers: Collection[int]) -> dict[int, Leaving]:
    """Return why those of these applications that were selected once stand on no list any more, by their numbers."""
    rows = session.execute(
        select(Application.id, Application.status, Application.withdrawal_reason).where(
            Application.id.in_(numbers), Application.status.in_(LEFT)
        )
    ).all()
    upheld = session.execute(
        select(Objection.application_id, Reply.text)
        .join(Reply, Reply.objection_id == Objection.id)
        .where(Objection.application_id.in_([row.id for row in rows]), Reply.upheld)
        .order_by(Objection.id.desc())
    )
    number = Decision.content["application"].as_integer()
    ended = session.execute(
        select(number, Decision.reason).where(
            Decision.kind == DecisionKind.TERMINATION,
            Decision.status == DecisionStatus.APPROVED,
            number.in_([row.id for row in rows]),
        )
    )
    reasons: dict[int, str] = {row[0]: row[1] for row in (*upheld, *ended)}
    return {row.id: Leaving(row.status, reasons.get(row.id, "") or row.withdrawal_reason) for row in rows}


def _round_category(path: object) -> ORMOption:
    found: ORMOption = selectinload(path).options(  # type: ignore[arg-type]
        joinedload(RoundCategory.category, innerjoin=True),
        joinedload(RoundCategory.round, innerjoin=True)
        .joinedload(Round.programme, innerjoin=True)
        .joinedload(Programme.document, innerjoin=True),
    )
    return found
