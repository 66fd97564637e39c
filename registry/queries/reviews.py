"""Expert review: who reviews what, how far each is, and how an invitation stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain import disagreement
from registry.domain.criteria import CriteriaSet
from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.shapes import Indicator
from registry.domain.vocabulary import (
    Action,
    ConflictState,
    InvitationState,
    Kind,
    MessageStatus,
    ReviewStatus,
    Status,
)
from registry.domain.workdays import SHANGHAI
from registry.models import Application, Assignment, Review, Site
from registry.queries import applications, blinding, finding, pages, visibility
from registry.queries.pages import FIRST, Asked, By, Page

OPEN = (ConflictState.NONE, ConflictState.CLEARED)
# Where an application stands while it is marked and discussed.
AT_WORK = (Kind.REVIEW, Status.WAITING)


@dataclass(frozen=True, slots=True)
class Task:
    """An assignment in its reviewer's own list, with how many questions are marked."""

    assignment: Assignment
    application: Application
    marked: int
    finished: bool

    @property
    def open(self) -> bool:
        return not self.finished and (self.application.kind, self.application.status) == AT_WORK

    @property
    def last_day(self) -> date | None:
        """The last day on which the review is in time."""
        return last_day(self.assignment)


def last_day(assignment: Assignment) -> date | None:
    """Return the last day on which a review is in time, None where it has no date."""
    return (assignment.due_at - timedelta(seconds=1)).astimezone(SHANGHAI).date() if assignment.due_at else None


def invitation(assignment: Assignment) -> InvitationState:
    """Return how far the invitation of an assignment that was loaded with its message has come."""
    if assignment.declined_at is not None:
        return InvitationState.DECLINED
    if assignment.acknowledged_at is not None:
        return InvitationState.ACKNOWLEDGED
    if assignment.opened_at is not None:
        return InvitationState.OPENED
    if assignment.message is None:
        return InvitationState.NOT_TOLD
    if assignment.bounced_at is not None or assignment.message.status is MessageStatus.FAILED:
        return InvitationState.BOUNCED
    return InvitationState.SENT if assignment.message.status is MessageStatus.SENT else InvitationState.QUEUED


def panels(criteria: CriteriaSet) -> dict[str, Indicator]:
    """Return the questions that reviewers mark, by key."""
    return {key: entry for key, entry in criteria.indicators.items() if entry.kind == "panel"}


def needed(criteria: CriteriaSet, parameters: Mapping[str, int]) -> int:
    """Return how many finished reviews a stage of a route and the set's own rules ask for."""
    return disagreement.needed(criteria, parameters)


def assignments(session: Session, application: Application) -> list[Assignment]:
    """Return the assignments of an application that have not ended, with reviewer, review and marks."""
    return list(
        session.scalars(
            _with_review()
            .where(Assignment.application_id == application.id, Assignment.ended_at.is_(None))
            .order_by(Assignment.id)
            .execution_options(populate_existing=True)
        )
    )


def recused(session: Session, application: Application) -> list[Assignment]:
    """Return the assignments of an application that ended with a conflict: what was marked there does not count."""
    query = _with_review().where(
        Assignment.application_id == application.id,
        Assignment.ended_at.is_not(None),
        Assignment.conflict.not_in(OPEN),
    )
    return list(session.scalars(query.order_by(Assignment.id)))


def declined(session: Session, application: Application) -> list[Assignment]:
    """Return the assignments of an application that their reviewers declined: what was marked there does not count."""
    query = _with_review().where(Assignment.application_id == application.id, Assignment.declined_at.is_not(None))
    return list(session.scalars(query.order_by(Assignment.id)))


def mine(session: Session, actor: Actor, text: str = "", asked: Asked = FIRST) -> Page[Task]:
    """Return a page of the actor's assignments that are open to the actor.

    What is to be done stands first, and of it what was begun; then what is finished, last what is closed; oldest first.
    """
    finished = select(Review.id).where(Review.assignment_id == Assignment.id, Review.status == ReviewStatus.FINISHED)
    begun = select(Review.id).where(Review.assignment_id == Assignment.id)
    to_do = and_(Application.kind == Kind.REVIEW, Application.status == Status.WAITING, ~finished.exists())
    query = (
        _with_review()
        .join(Application, Application.id == Assignment.application_id)
        .join(Site, Site.id == Application.site_id)
        .where(*_own(actor), blinding.found_by(text, finding.holds(text, Site.name, Site.name_en)))
    )
    turn = case((and_(to_do, begun.exists()), 0), (to_do, 1), (finished.exists(), 2), else_=3)
    page = pages.page(session, query, (By(turn), By(Assignment.id)), asked)
    whole = applications.whole().where(Application.id.in_([row.application_id for row in page.rows]))
    by_id = {application.id: application for application in session.scalars(whole)}
    by_id |= {number: blinding.unnamed(by_id[number]) for number in blinding.among(session, by_id)}
    return page.of([task_of(row, by_id[row.application_id]) for row in page.rows])


def task_of(assignment: Assignment, application: Application) -> Task:
    """Return how far an assignment that was loaded with its review is done."""
    review = assignment.review
    marked = {mark.indicator for mark in review.marks} - review.draft.keys() if review else set()
    return Task(assignment, application, len(marked), is_finished(assignment))


def one(session: Session, actor: Actor, number: int) -> Assignment:
    """Return the actor's own open assignment with its review and marks; raises NotFound where there is none."""
    assignment = session.scalar(
        _with_review()
        .join(Application, Application.id == Assignment.application_id)
        .where(Assignment.id == number, *_own(actor))
    )
    if assignment is None:
        raise NotFound
    return assignment


def of_office(session: Session, actor: Actor, application_id: int, number: int) -> Assignment:
    """Return an assignment that the actor may manage, its row kept; raises NotFound where there is none."""
    assignment = session.scalar(
        select(Assignment)
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Assignment.id == number,
            Assignment.application_id == application_id,
            Assignment.ended_at.is_(None),
            visibility.applications(actor, Action.ASSIGN),
        )
        .with_for_update(of=Assignment)
    )
    if assignment is None:
        raise NotFound
    return assignment


def _with_review() -> Select[Assignment]:
    return select(Assignment).options(
        joinedload(Assignment.reviewer, innerjoin=True),
        joinedload(Assignment.message),
        joinedload(Assignment.review).options(selectinload(Review.marks)),
    )


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Assignment.reviewer_id == actor.user_id,
        Assignment.ended_at.is_(None),
        Assignment.conflict.in_(OPEN),
        visibility.applications(actor, Action.REVIEW),
    )


def is_finished(assignment: Assignment) -> bool:
    """Tell whether the review of an assignment that was loaded with it is finished."""
    return assignment.review is not None and assignment.review.status is ReviewStatus.FINISHED
