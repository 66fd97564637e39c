"""Expert review: who may review, who does, and which marks are seen by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain import routes
from registry.domain.criteria import CriteriaSet
from registry.domain.errors import NotFound
from registry.domain.judging import panel_rule
from registry.domain.policy import Actor, still_interested
from registry.domain.shapes import Indicator
from registry.domain.ties.values import Judged
from registry.domain.values import written
from registry.domain.vocabulary import Action, ConflictState, Kind, ReviewStatus, Role, SeatStatus, Status, UserStatus
from registry.models import (
    Application,
    Assignment,
    Grant,
    Mark,
    Membership,
    Programme,
    Region,
    Review,
    ReviewerProfile,
    Round,
    RoundCategory,
    Site,
    User,
)
from registry.queries import applications, backgrounds, finding, pages, ties, visibility
from registry.queries.pages import FIRST, Asked, By, Page

OPEN = (ConflictState.NONE, ConflictState.CLEARED)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reviewer of the programme: employer and region as known, open reviews, and what ties them to the applicants."""

    user: User
    employer: str
    region: Region | None
    load: int
    ties: Judged


@dataclass(frozen=True, slots=True)
class Task:
    """An assignment in its reviewer's own list, with how many questions are marked."""

    assignment: Assignment
    application: Application
    marked: int
    finished: bool

    @property
    def open(self) -> bool:
        return not self.finished and (self.application.kind, self.application.status) == (
            Kind.REVIEW,
            Status.WAITING,
        )


def panels(criteria: CriteriaSet) -> dict[str, Indicator]:
    """Return the questions that reviewers mark, by key."""
    return {key: entry for key, entry in criteria.indicators.items() if entry.kind == "panel"}


def needed(criteria: CriteriaSet, parameters: Mapping[str, int]) -> int:
    """Return how many finished reviews a stage of a route and the set's own rules ask for."""
    by_rule = [panel_rule(criteria, panel).reviewers for panel in panels(criteria).values()]
    return max([routes.parameter(Kind.REVIEW, parameters, "minimum_reviewers"), *by_rule])


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


def latest_marks(session: Session, review: Review) -> dict[str, Mark]:
    """Return the marks of a review that count: of each question the latest."""
    rows = session.scalars(select(Mark).where(Mark.review_id == review.id).order_by(Mark.id))
    return {row.indicator: row for row in rows}


def marks_that_count(session: Session, application: Application) -> dict[str, dict[str, str]]:
    """Return the marks of finished reviews without a conflict, by question and label, as the engine takes them."""
    marks: dict[str, dict[str, str]] = {}
    for assignment in assignments(session, application):
        if assignment.conflict in OPEN:
            for key, mark in _finished_marks(assignment).items():
                marks.setdefault(key, {})[assignment.label] = written(mark.points)
    return marks


def marks_of_others(session: Session, assignment: Assignment) -> dict[str, dict[str, Mark]]:
    """Return the finished marks of the other reviewers by question and label; nothing before one's own are finished."""
    review = session.scalar(select(Review).where(Review.assignment_id == assignment.id))
    if review is None or review.status is not ReviewStatus.FINISHED:
        return {}
    others: dict[str, dict[str, Mark]] = {}
    application = session.get_one(Application, assignment.application_id)
    for other in assignments(session, application):
        if other.id != assignment.id and other.conflict in OPEN:
            for key, mark in _finished_marks(other).items():
                others.setdefault(key, {})[other.label] = mark
    return others


def marks_for_office(session: Session, actor: Actor, application: Application) -> dict[str, dict[str, Mark]]:
    """Return the marks of finished reviews by question and label; nothing to whoever is still reviewing it too."""
    rows = assignments(session, application)
    if any(row.reviewer_id == actor.user_id and not _finished_marks(row) for row in rows):
        return {}
    marks: dict[str, dict[str, Mark]] = {}
    for row in rows:
        if row.conflict in OPEN:
            for key, mark in _finished_marks(row).items():
                marks.setdefault(key, {})[row.label] = mark
    return marks


def candidates(session: Session, application: Application, at: datetime) -> list[Candidate]:
    """Return the reviewers of the application's programme, those with the fewest open reviews first."""
    rows = session.execute(
        select(User, Region)
        .outerjoin(ReviewerProfile, ReviewerProfile.user_id == User.id)
        .outerjoin(Region, Region.key == ReviewerProfile.region_key)
        .where(User.id.in_(_granted(application)), User.status == UserStatus.ACTIVE)
        .order_by(User.id)
    ).all()
    loads = _loads(session)
    employers = backgrounds.employers(session, [user.id for user, _region in rows])
    found = ties.of_application(session, application, [user for user, _region in rows], at)
    listed = [
        Candidate(user, employers.get(user.id, ""), region, loads.get(user.id, 0), found[user.id])
        for user, region in rows
    ]
    return sorted(listed, key=lambda candidate: (candidate.load, candidate.user.id))


def people_of_office(session: Session, actor: Actor) -> list[User]:
    """Return the reviewers of the programmes in which the actor assigns, by name."""
    programmes = select(Programme.id).where(visibility.of_programmes(Programme.id, actor, Action.ASSIGN))
    granted = select(Grant.user_id).where(
        Grant.role == Role.REVIEWER,
        Grant.ended_at.is_(None),
        or_(Grant.programme_id.is_(None), Grant.programme_id.in_(programmes)),
    )
    query = select(User).where(User.id.in_(granted), User.status != UserStatus.DISABLED)
    return list(session.scalars(query.order_by(User.name, User.id)))


def may_be_assigned(session: Session, application: Application, reviewer: User) -> bool:
    """Tell whether somebody has the role of a reviewer in the application's programme, and an open account."""
    granted = select(User.id).where(
        User.id == reviewer.id, User.id.in_(_granted(application)), User.status == UserStatus.ACTIVE
    )
    return session.scalar(granted) is not None


def recused(session: Session, application: Application) -> list[Assignment]:
    """Return the assignments of an application that ended with a conflict: what was marked there does not count."""
    query = _with_review().where(
        Assignment.application_id == application.id,
        Assignment.ended_at.is_not(None),
        Assignment.conflict.not_in(OPEN),
    )
    return list(session.scalars(query.order_by(Assignment.id)))


def is_member(session: Session, application: Application, user_id: int, at: datetime) -> bool:
    """Tell whether somebody has a seat in the organisation that makes an application, or had one not long ago."""
    seat = session.scalar(
        select(Membership).where(
            Membership.organisation_id == application.organisation_id, Membership.user_id == user_id
        )
    )
    if seat is None:
        return False
    past = seat.ended_at is not None and still_interested(seat.ended_at, at)
    return past or seat.status is SeatStatus.ACTIVE


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
        .where(*_own(actor), finding.holds(text, Site.name, Site.name_en))
    )
    turn = case((and_(to_do, begun.exists()), 0), (to_do, 1), (finished.exists(), 2), else_=3)
    page = pages.page(session, query, (By(turn), By(Assignment.id)), asked)
    whole = applications.whole().where(Application.id.in_([row.application_id for row in page.rows]))
    by_id = {application.id: application for application in session.scalars(whole)}
    return page.of([task_of(row, by_id[row.application_id]) for row in page.rows])


def task_of(assignment: Assignment, application: Application) -> Task:
    """Return how far an assignment that was loaded with its review is done."""
    marks = assignment.review.marks if assignment.review else []
    marked = len({mark.indicator for mark in marks})
    return Task(assignment, application, marked, _is_finished(assignment))


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


def _granted(application: Application) -> Select[int]:
    """The people to whom the role is granted in the application's programme."""
    programme_id = (
        select(Round.programme_id)
        .join(RoundCategory, RoundCategory.round_id == Round.id)
        .where(RoundCategory.id == application.round_category_id)
        .scalar_subquery()
    )
    return select(Grant.user_id).where(
        Grant.role == Role.REVIEWER,
        Grant.ended_at.is_(None),
        or_(Grant.programme_id.is_(None), Grant.programme_id == programme_id),
    )


def _loads(session: Session) -> dict[int, int]:
    rows = session.execute(
        select(Assignment.reviewer_id, func.count().label("load"))
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Assignment.ended_at.is_(None),
            Assignment.conflict.in_(OPEN),
            Application.kind == Kind.REVIEW,
            Application.status == Status.WAITING,
            or_(Review.id.is_(None), Review.status != ReviewStatus.FINISHED),
        )
        .group_by(Assignment.reviewer_id)
    )
    return {row.reviewer_id: row.load for row in rows}


def _with_review() -> Select[Assignment]:
    return select(Assignment).options(
        joinedload(Assignment.reviewer, innerjoin=True),
        joinedload(Assignment.review).options(selectinload(Review.marks)),
    )


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (
        Assignment.reviewer_id == actor.user_id,
        Assignment.ended_at.is_(None),
        Assignment.conflict.in_(OPEN),
        visibility.applications(actor, Action.REVIEW),
    )


def _is_finished(assignment: Assignment) -> bool:
    return assignment.review is not None and assignment.review.status is ReviewStatus.FINISHED


def _finished_marks(assignment: Assignment) -> dict[str, Mark]:
    if assignment.review is None or not _is_finished(assignment):
        return {}
    return {mark.indicator: mark for mark in assignment.review.marks}
