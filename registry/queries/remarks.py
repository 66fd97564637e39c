"""What reviewers who have finished and the office say to each other of an application."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from registry.domain.policy import Actor
from registry.models import Application, Assignment, ReviewRemark
from registry.queries import marks, reviews


def for_reviewer(session: Session, assignment: Assignment) -> list[ReviewRemark]:
    """Return the remarks on an application, oldest first; nothing before the own review is finished."""
    return _of(session, assignment.application_id) if reviews.is_finished(assignment) else []


def for_office(session: Session, actor: Actor, application: Application, rows: list[Assignment]) -> list[ReviewRemark]:
    """Return the remarks on an application with these assignments; nothing to whoever is still reviewing it too."""
    return [] if marks.still_marking(rows, actor) else _of(session, application.id)


def counts(session: Session, numbers: Iterable[int]) -> dict[int, int]:
    """Return how many remarks there are on each of some applications."""
    rows = session.execute(
        select(ReviewRemark.application_id, func.count())
        .where(ReviewRemark.application_id.in_(list(numbers)))
        .group_by(ReviewRemark.application_id)
    )
    return {row[0]: row[1] for row in rows}


def _of(session: Session, number: int) -> list[ReviewRemark]:
    query = (
        select(ReviewRemark)
        .where(ReviewRemark.application_id == number)
        .options(joinedload(ReviewRemark.assignment))
        .order_by(ReviewRemark.id)
    )
    return list(session.scalars(query))
