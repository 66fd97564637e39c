"""What waits for an officer, from the screening to the certificates."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Integer, and_, cast, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain.policy import Actor
from registry.domain.vocabulary import (
    Action,
    ConflictState,
    DecisionKind,
    DecisionStatus,
    Duty,
    Kind,
    ReviewStatus,
    RoundStatus,
    Status,
)
from registry.models import (
    Application,
    Assignment,
    Decision,
    Notice,
    Objection,
    Publication,
    Review,
    Round,
    RoundCategory,
)
from registry.queries import disagreements, filings, notices, objections, reviews, visibility
from registry.queries.waiting import Waiting

# What an officer does with an application that waits at a stage.
_AT_STAGE = {
    (Kind.SCREENING, Status.WAITING): Duty.SCREEN,
    (Kind.SCORING, Status.WAITING): Duty.SCORE,
    (Kind.SITE_VISIT, Status.WAITING): Duty.VISIT,
    (Kind.DELIBERATION, Status.WAITING): Duty.PROPOSE_SELECTION,
    (Kind.PUBLICATION, Status.SELECTED): Duty.PROPOSE_LIST,
    (Kind.CERTIFICATE, Status.SELECTED): Duty.ISSUE,
}
# What waits for its approver is not to be proposed again.
_PROPOSED = {Duty.PROPOSE_SELECTION: DecisionKind.SELECTION, Duty.PROPOSE_LIST: DecisionKind.PUBLICATION}


@dataclass(frozen=True, slots=True)
class _UnderReview:
    """How many applications of a category have as many reviewers, of whom so many have finished; one of them.

    `further` is 1 where the first reviewers disagree, so that one more is needed, and 0 elsewhere.
    """

    round_category_id: int
    position: int
    assigned: int
    finished: int
    further: int
    number: int
    first: int


def of_officer(session: Session, actor: Actor) -> list[Waiting]:
    """Return what waits for an officer in the programmes in which the actor is one."""
    return [
        *_at_stages(session, actor),
        *_under_review(session, actor),
        *_notices_to_give(session, actor),
        *_notices_given(session, actor),
        *_rounds(session, actor),
    ]


def _at_stages(session: Session, actor: Actor) -> list[Waiting]:
    """What waits at each stage. A selection is proposed once its round has closed; a library or a pilot at any time.

    Certificates are due since their list was published.
    """
    at_stage = or_(*(and_(Application.kind == kind, Application.status == status) for kind, status in _AT_STAGE))
    closed = or_(Round.closes_at.is_(None), Round.closes_at <= actor.at)
    published = (
        select(func.max(Publication.published_at))
        .where(Publication.round_category_id == Application.round_category_id)
        .correlate(Application)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Application.round_category_id,
            Application.kind,
            Application.status,
            func.count().label("number"),
            func.min(Application.id).label("first"),
            published.label("published"),
        )
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(visibility.applications(actor, Action.ACCEPT), at_stage)
        .where(or_(Application.kind != Kind.DELIBERATION, closed))
        .group_by(Application.round_category_id, Application.kind, Application.status)
    ).all()
    proposed = _proposed(session, [row.round_category_id for row in rows])
    found = []
    for row in rows:
        duty = _AT_STAGE[row.kind, row.status]
        if (row.round_category_id, _PROPOSED.get(duty)) not in proposed:
            only = row.first if row.number == 1 else None
            due = row.published if duty is Duty.ISSUE else None
            found.append(Waiting(duty, row.number, due, only, round_category_id=row.round_category_id))
    return found


def _proposed(session: Session, numbers: Iterable[int]) -> set[tuple[int | None, DecisionKind | None]]:
    rows = session.execute(
        select(Decision.round_category_id, Decision.kind).where(
            Decision.round_category_id.in_(set(numbers)), Decision.status == DecisionStatus.PROPOSED
        )
    )
    return {(row.round_category_id, row.kind) for row in rows}


def _under_review(session: Session, actor: Actor) -> list[Waiting]:
    """Applications with too few reviewers, reviews that are not finished, and what can be concluded."""
    here = select(Application.round_category_id).where(_at_review(actor))
    stages = session.scalars(
        select(RoundCategory)
        .where(RoundCategory.id.in_(here))
        .options(joinedload(RoundCategory.criteria_version, innerjoin=True), selectinload(RoundCategory.steps))
    ).all()
    rows = _reviewed(session, actor, disagreements.further(session, stages))
    needed = {
        (stage.id, step.position): reviews.needed(filings.criteria_of(stage), step.parameters)
        for stage in stages
        for step in stage.steps
        if step.kind is Kind.REVIEW
    }
    counts: Counter[tuple[Duty, int]] = Counter()
    first: dict[tuple[Duty, int], int] = {}
    for row in rows:
        for duty, number in _of_review(row, needed[row.round_category_id, row.position] + row.further):
            key = (duty, row.round_category_id)
            counts[key] += number
            first[key] = row.first
    return [
        Waiting(duty, number, only=first[duty, key] if number == 1 else None, round_category_id=key)
        for (duty, key), number in counts.items()
        if number
    ]


def _of_review(row: _UnderReview, needed: int) -> tuple[tuple[Duty, int], ...]:
    if row.assigned < needed:
        return ((Duty.ASSIGN, row.number),)
    if row.finished == row.assigned:
        return ((Duty.CONCLUDE_REVIEW, row.number),)
    return ((Duty.AWAIT_REVIEWERS, (row.assigned - row.finished) * row.number),)


def _at_review(actor: Actor) -> ColumnElement[bool]:
    """The condition on Application for those under review that the actor assigns reviewers to."""
    waits = and_(Application.kind == Kind.REVIEW, Application.status == Status.WAITING)
    return and_(waits, visibility.applications(actor, Action.ASSIGN))


def _reviewed(session: Session, actor: Actor, further: Iterable[int]) -> list[_UnderReview]:
    """Count the applications under review that stand alike; those in `further` need one more reviewer."""
    taking_part = and_(
        Assignment.application_id == Application.id,
        Assignment.ended_at.is_(None),
        Assignment.conflict.in_((ConflictState.NONE, ConflictState.CLEARED)),
    )
    done = cast(func.coalesce(Review.status, ReviewStatus.STARTED) == ReviewStatus.FINISHED, Integer)
    each = (
        select(
            Application.id,
            Application.round_category_id,
            Application.position,
            func.count(Assignment.id).label("assigned"),
            func.sum(done).label("finished"),
            cast(Application.id.in_(further), Integer).label("further"),
        )
        .outerjoin(Assignment, taking_part)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(_at_review(actor))
        .group_by(Application.id, Application.round_category_id, Application.position)
        .subquery()
    )
    alike = (each.c.round_category_id, each.c.position, each.c.assigned, each.c.finished, each.c.further)
    return [
        _UnderReview(*row)
        for row in session.execute(select(*alike, func.count(), func.min(each.c.id)).group_by(*alike))
    ]


def _notices_to_give(session: Session, actor: Actor) -> list[Waiting]:
    selections = notices.to_open(session, actor)
    waiting = notices.proposed(session, selections) if selections else {}
    return [
        Waiting(Duty.PREPARE_NOTICE, only=row.id, round_category_id=row.round_category_id)
        for row in selections
        if row.id not in waiting
    ]


def _notices_given(session: Session, actor: Actor) -> list[Waiting]:
    """Notices that run or have ended, and the objections to be answered, until when the first of each notice is due.

    While a second person decides on one, its notice cannot be concluded: it is watched.
    """
    waits = exists().where(Objection.notice_id == Notice.id, Objection.status.in_(objections.UNANSWERED))
    rows = session.scalars(
        select(Notice)
        .join(RoundCategory, RoundCategory.id == Notice.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(visibility.of_programmes(Round.programme_id, actor, Action.ANSWER_OBJECTION))
        .where(or_(Notice.cleared_at.is_(None), waits))
        .order_by(Notice.closes_at)
    ).all()
    loads = objections.loads(session, rows)
    return [_of_notice(row, loads.get(row.id, objections.Load()), actor.at) for row in rows]


def _of_notice(row: Notice, load: objections.Load, at: datetime) -> Waiting:
    if load.to_answer:
        return Waiting(
            Duty.ANSWER_OBJECTIONS, load.to_answer, load.due, row.id, round_category_id=row.round_category_id
        )
    duty = Duty.WATCH_NOTICE if at < row.closes_at or load.proposed else Duty.CONCLUDE_NOTICE
    return Waiting(duty, 1, row.closes_at, row.id, round_category_id=row.round_category_id)


def _rounds(session: Session, actor: Actor) -> list[Waiting]:
    rows = session.execute(
        select(Round.id, Round.programme_id, Round.opens_at)
        .where(visibility.of_programmes(Round.programme_id, actor, Action.SET_UP_ROUND))
        .where(Round.status == RoundStatus.PREPARED)
    )
    return [Waiting(Duty.OPEN_ROUND, due=row.opens_at, only=row.id, programme_id=row.programme_id) for row in rows]
