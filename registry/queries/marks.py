"""Marks of reviewers: which count, who sees whose, and what stood before one was changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.policy import Actor
from registry.domain.values import written
from registry.domain.vocabulary import ReviewStatus
from registry.models import Application, Assignment, Mark, Review
from registry.queries import reviews
from registry.queries.reviews import OPEN


@dataclass(frozen=True, slots=True)
class Given:
    """A mark as it counts, and the one with which the review was finished where it was changed since."""

    latest: Mark
    first: Mark | None = None

    @property
    def points(self) -> Decimal:
        return self.latest.points

    @property
    def justification(self) -> str:
        return self.latest.justification

    @property
    def reason(self) -> str:
        """Why it was changed after the review was finished, if it was."""
        return self.latest.reason

    @property
    def marked_at(self) -> datetime:
        return self.latest.marked_at


# By question, then by the label of the reviewer.
Marks = dict[str, dict[str, Given]]


def latest(session: Session, review: Review) -> dict[str, Mark]:
    """Return the marks of a review that count: of each question the latest."""
    rows = session.scalars(select(Mark).where(Mark.review_id == review.id).order_by(Mark.id))
    return {row.indicator: row for row in rows}


def own(assignment: Assignment) -> dict[str, Given]:
    """Return the marks of an assignment that was loaded with its review, finished or not, by question."""
    found: dict[str, Given] = {}
    for mark in assignment.review.marks if assignment.review else ():
        before = found.get(mark.indicator)
        found[mark.indicator] = Given(mark, (before.first or before.latest) if before and mark.reason else None)
    return found


def that_count(session: Session, application: Application) -> dict[str, dict[str, str]]:
    """Return the marks of finished reviews without a conflict, by question and label, as the engine takes them."""
    found = _of_finished(reviews.assignments(session, application), lambda _row: True)
    return {key: {label: written(given.points) for label, given in by_label.items()} for key, by_label in found.items()}


def of_others(session: Session, assignment: Assignment) -> Marks:
    """Return the finished marks of the other reviewers by question and label; nothing before one's own are finished."""
    review = session.scalar(select(Review).where(Review.assignment_id == assignment.id))
    if review is None or review.status is not ReviewStatus.FINISHED:
        return {}
    application = session.get_one(Application, assignment.application_id)
    return _of_finished(reviews.assignments(session, application), lambda row: row.id != assignment.id)


def for_office(session: Session, actor: Actor, application: Application) -> Marks:
    """Return the marks of finished reviews by question and label; nothing to whoever is still reviewing it too."""
    rows = reviews.assignments(session, application)
    return {} if still_marking(rows, actor) else _of_finished(rows, lambda _row: True)


def still_marking(rows: list[Assignment], actor: Actor) -> bool:
    """Tell whether the actor has an unfinished review among the assignments of an application."""
    return any(row.reviewer_id == actor.user_id and not reviews.is_finished(row) for row in rows)


def _of_finished(rows: list[Assignment], wanted: Callable[[Assignment], bool]) -> Marks:
    found: Marks = {}
    for row in rows:
        if row.conflict in OPEN and reviews.is_finished(row) and wanted(row):
            for key, given in own(row).items():
                found.setdefault(key, {})[row.label] = given
    return found
