"""The discussion of an application among reviewers who have finished and the office, until the review is concluded."""

from sqlalchemy.orm import Session

from registry.domain.errors import NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.reasons import stated
from registry.domain.vocabulary import Action
from registry.models import Application, Assignment, ReviewRemark
from registry.queries import facts, marks, reviews
from registry.services import assignments, events


def say(session: Session, actor: Actor, assignment: Assignment, words: str) -> ReviewRemark:
    """Add a remark of a reviewer. Raises WrongState before the own review is finished, Invalid for an empty remark."""
    application = assignments.own(session, actor, assignment)
    review = assignments.review_of(session, assignment)
    if review is None or review.finished_at is None:
        raise WrongState("review_not_finished")
    return _add(session, actor, application, words, assignment)


def say_of_office(session: Session, actor: Actor, application: Application, words: str) -> ReviewRemark:
    """Add a remark of the office. Raises NotFound for an officer who is still marking the same application."""
    assignments.under_review(session, actor, application, Action.ASSIGN)
    if marks.still_marking(reviews.assignments(session, application), actor):
        raise NotFound
    return _add(session, actor, application, words, None)


def _add(
    session: Session, actor: Actor, application: Application, words: str, assignment: Assignment | None
) -> ReviewRemark:
    remark = ReviewRemark(
        application_id=application.id,
        assignment_id=assignment.id if assignment else None,
        made_by_id=actor.user_id,
        made_at=actor.at,
        words=stated(words, "words"),
    )
    session.add(remark)
    session.flush()
    events.record(
        session,
        actor,
        "remark_on_review",
        "review_remark",
        remark.id,
        programme_id=facts.programme_of(session, application),
        application=application,
        payload={"label": assignment.label if assignment else ""},
        personal={"text": remark.words},
    )
    return remark
