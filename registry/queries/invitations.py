"""Invitations of reviewers that need somebody: by which concern, for the office; and who is reminded of a deadline."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, Concern, Kind, MessageStatus, ReviewStatus, Status
from registry.models import Application, Assignment, Message, Review, RoundCategory, Site
from registry.queries import applications, finding, pages, reviews, visibility
from registry.queries.pages import FIRST, Asked, By, Page

# How long before its day a review is due soon, and how long an invitation may lie: defaults of ours.
NEAR = timedelta(days=3)
PATIENCE = timedelta(days=3)
_ORDER = tuple(Concern)


@dataclass(frozen=True, slots=True)
class Late:
    """An unfinished review that needs somebody, with its task and why."""

    task: reviews.Task
    concern: Concern


def concerns(session: Session, actor: Actor, round_id: int) -> dict[Concern, int]:
    """Return how many unfinished reviews of a round there are of each concern, the most pressing first."""
    concern = _concern(actor.at)
    query = _unfinished().where(*_of_round(actor, round_id), concern.is_not(None))
    counted = query.with_only_columns(concern, func.count(), maintain_column_froms=True).group_by(concern)
    found = {row[0]: row[1] for row in session.execute(counted)}
    return {concern: found[number] for number, concern in enumerate(_ORDER) if number in found}


def late(
    session: Session, actor: Actor, round_id: int, text: str = "", wanted: Concern | None = None, asked: Asked = FIRST
) -> Page[Late]:
    """Return a page of the unfinished reviews of a round that need somebody, the most pressing first."""
    concern = _concern(actor.at)
    query = (
        _unfinished()
        .where(*_of_round(actor, round_id), _fits(concern, wanted))
        .where(finding.holds(text, Site.name, Site.name_en))
        .options(*_whole())
    )
    found = pages.page(session, query, (By(concern), By(Assignment.id)), asked)
    whole = applications.whole().where(Application.id.in_([row.application_id for row in found.rows]))
    by_id = {application.id: application for application in session.scalars(whole)}
    why = _concerns_of(session, [row.id for row in found.rows], actor.at)
    return found.of([Late(reviews.task_of(row, by_id[row.application_id]), why[row.id]) for row in found.rows])


def all_late(session: Session, actor: Actor, round_id: int, wanted: Concern | None = None) -> list[Assignment]:
    """Return all unfinished reviews of a round that need somebody, or those of one concern, their rows kept."""
    query = _unfinished().where(*_of_round(actor, round_id), _fits(_concern(actor.at), wanted))
    return list(session.scalars(query.order_by(Assignment.id).with_for_update(of=Assignment)))


def one(session: Session, actor: Actor, round_id: int, number: int) -> list[Assignment]:
    """Return an unfinished review of a round that the actor may manage, its row kept, as a list of one or none."""
    query = _unfinished().where(*_of_round(actor, round_id), Assignment.id == number)
    return list(session.scalars(query.with_for_update(of=Assignment)))


def reviewers_to_remind(session: Session, at: datetime) -> list[int]:
    """Return who has reviews of which they are now to be reminded."""
    return sorted({row.reviewer_id for row in session.scalars(_nearly_due(at)) if _reminder_due(row, at)})


def to_remind(session: Session, at: datetime, reviewer_id: int) -> list[Assignment]:
    """Return the reviews of which somebody is now to be reminded, once when due soon and once when overdue, kept."""
    query = _nearly_due(at).where(Assignment.reviewer_id == reviewer_id).order_by(Assignment.due_at, Assignment.id)
    return [row for row in session.scalars(query.with_for_update(of=Assignment)) if _reminder_due(row, at)]


def _unfinished() -> Select[Assignment]:
    """Reviews that are still to be done, at their stage."""
    return (
        select(Assignment)
        .join(Application, Application.id == Assignment.application_id)
        .join(Site, Site.id == Application.site_id)
        .outerjoin(Assignment.message)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(
            Application.kind == Kind.REVIEW,
            Application.status == Status.WAITING,
            Assignment.ended_at.is_(None),
            Assignment.conflict.in_(reviews.OPEN),
            or_(Review.id.is_(None), Review.status != ReviewStatus.FINISHED),
        )
    )


def _of_round(actor: Actor, round_id: int) -> tuple[ColumnElement[bool], ...]:
    inside = select(RoundCategory.id).where(RoundCategory.round_id == round_id)
    return Application.round_category_id.in_(inside), visibility.applications(actor, Action.VIEW_CASE)


def _concern(at: datetime) -> ColumnElement[Any]:
    """The place of the first concern that holds, null where none does."""
    unseen = Assignment.opened_at.is_(None)
    lies = Assignment.assigned_at <= at - PATIENCE
    holds = {
        Concern.OVERDUE: Assignment.due_at <= at,
        Concern.BOUNCED: and_(
            unseen,
            or_(Assignment.bounced_at.is_not(None), func.coalesce(Message.status == MessageStatus.FAILED, False)),
        ),
        Concern.NEARLY_DUE: Assignment.due_at <= at + NEAR,
        Concern.NOT_OPENED: and_(unseen, lies),
        Concern.NOT_ACKNOWLEDGED: and_(Assignment.acknowledged_at.is_(None), Review.id.is_(None), lies),
    }
    return case(*((holds[concern], number) for number, concern in enumerate(_ORDER)), else_=None)


def _fits(concern: ColumnElement[Any], wanted: Concern | None) -> ColumnElement[bool]:
    return concern.is_not(None) if wanted is None else concern == _ORDER.index(wanted)


def _concerns_of(session: Session, numbers: list[int], at: datetime) -> dict[int, Concern]:
    query = _unfinished().where(Assignment.id.in_(numbers))
    rows = session.execute(query.with_only_columns(Assignment.id, _concern(at), maintain_column_froms=True))
    return {number: _ORDER[place] for number, place in rows}


def _nearly_due(at: datetime) -> Select[Assignment]:
    """What is due soon or overdue, and was not reminded of since it was."""
    asked_since = and_(Assignment.reminded_at.is_not(None), Assignment.reminded_at >= Assignment.due_at)
    return _unfinished().where(Assignment.due_at <= at + NEAR, ~asked_since)


def _reminder_due(row: Assignment, at: datetime) -> bool:
    """Once from three days before the day on, and once from the day on; whoever came later is not told of what was."""
    last = row.reminded_at or row.assigned_at
    return row.due_at is not None and any(last < moment <= at for moment in (row.due_at - NEAR, row.due_at))


def _whole() -> tuple[Any, ...]:
    return (
        joinedload(Assignment.reviewer, innerjoin=True),
        contains_eager(Assignment.message),
        joinedload(Assignment.review).options(selectinload(Review.marks)),
    )
