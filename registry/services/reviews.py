"""Expert review: who reviews what, and the end of the review."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, WrongState
from registry.domain.policy import Actor
from registry.domain.routes import parameter
from registry.domain.vocabulary import Action, ConflictState, Kind, ReviewStatus
from registry.models import Application, Assignment, Evaluation, RouteStep, User
from registry.queries import blinding, candidates, disagreements, filings, reviews, ties
from registry.services import assignments, calendar, conflicts, evaluations
from registry.services.recommendations import step_of


def assign(session: Session, actor: Actor, application: Application, reviewer: User, *, why: str) -> Assignment:
    """Assign a reviewer under the next letter; a certain tie that the portal finds blocks the assignment at once.

    So does an employer of a like name, until somebody judged that it is another. Any other possible tie is to be judged
    and blocks nothing before it is confirmed.

    Raises Invalid for oneself, for somebody who is no reviewer of the programme, who is assigned already, whose
    earlier assignment ended with a conflict, or who sees the applicant in another role though the review is blind. The
    review is due after as many working days as the route gives.
    """
    assignments.under_review(session, actor, application, Action.ASSIGN)
    if reviewer.id == actor.user_id:
        raise Invalid("assign_not_oneself", field="reviewer")
    if not candidates.may_be_assigned(session, application, reviewer):
        raise Invalid("not_a_reviewer", field="reviewer")
    if blinding.is_blind(session, application) and blinding.knows(session, application, reviewer, actor.at):
        raise Invalid("reviewer_knows", field="reviewer")
    rows = session.execute(
        select(Assignment.reviewer_id, Assignment.conflict, Assignment.ended_at).where(
            Assignment.application_id == application.id
        )
    ).all()
    own = [row for row in rows if row.reviewer_id == reviewer.id]
    if any(row.ended_at is None for row in own):
        raise Invalid("assigned_already", field="reviewer")
    if any(row.conflict in assignments.BLOCKED for row in own):
        raise Invalid("conflict_stands", field="reviewer")
    tie = conflicts.blocking(ties.of_person(session, application, reviewer, actor.at))
    due_at = due(session, actor, step_of(session, application))
    return enter(session, actor, application, reviewer, before=len(rows), why=why.strip(), due_at=due_at, tie=tie or "")


def enter(
    session: Session,
    actor: Actor,
    application: Application,
    reviewer: User,
    *,
    before: int,
    why: str,
    due_at: datetime,
    tie: str = "",
) -> Assignment:
    """Enter a reviewer who was found to be free, or to have the tie that is named, and invite whoever is free.

    `before` is how many assignments the application had already. Nothing is checked here.
    """
    assignment = Assignment(
        application_id=application.id,
        reviewer_id=reviewer.id,
        label=_label(before),
        why=why,
        conflict=ConflictState.FOUND if tie else ConflictState.NONE,
        conflict_reason=tie,
        assigned_by_id=actor.user_id,
        assigned_at=actor.at,
        due_at=due_at,
    )
    session.add(assignment)
    session.flush()
    assignments.record(session, actor, application, "assign", assignment, conflict=assignment.conflict)
    if not tie:
        assignments.tell(session, actor, application, assignment)
    return assignment


def due(session: Session, actor: Actor, step: RouteStep) -> datetime:
    """Return until when a review that is assigned now at a step of a route is in time."""
    days = parameter(Kind.REVIEW, step.parameters, "working_days")
    return calendar.deadline(session, actor.at, days, count_start=False)


def unassign(session: Session, actor: Actor, assignment: Assignment, *, reason: str = "") -> None:
    """Take a reviewer off an application. Raises WrongState where the review is finished."""
    application = assignments.application_of(session, assignment)
    assignments.under_review(session, actor, application, Action.ASSIGN)
    review = assignments.review_of(session, assignment)
    if review is not None and review.status is ReviewStatus.FINISHED:
        raise WrongState("review_finished")
    assignment.ended_at, assignment.ended_reason = actor.at, reason.strip()
    assignments.record(session, actor, application, "unassign", assignment, said=reason.strip())


def conclude(session: Session, actor: Actor, application: Application) -> Evaluation:
    """End the review: the final score is kept, and the application goes on or, failing a requirement, ends.

    Raises WrongState while a review is unfinished or too few are there.
    """
    assignments.under_review(session, actor, application, Action.CONCLUDE_REVIEW)
    finished, assigned, needed = progress(session, application)
    if finished < max(needed, assigned):
        raise WrongState("reviews_unfinished", finished=finished, assigned=assigned, needed=needed)
    return evaluations.settle(session, actor, application, Action.CONCLUDE_REVIEW)


def progress(session: Session, application: Application) -> tuple[int, int, int]:
    """Return how many reviews are finished, how many are assigned without a conflict, and how many are needed."""
    active = [row for row in reviews.assignments(session, application) if row.conflict not in assignments.BLOCKED]
    finished = [row for row in active if row.review and row.review.status is ReviewStatus.FINISHED]
    return len(finished), len(active), needed_reviewers(session, application)


def needed_reviewers(session: Session, application: Application) -> int:
    """Return how many finished reviews the route and the set's own rule ask for.

    It is one more where the first reviewers disagree and the round asks for a further review then.
    """
    criteria = filings.criteria_of(application.round_category)
    needed = reviews.needed(criteria, step_of(session, application).parameters)
    return needed + bool(disagreements.of_review(session, application))


def _label(number: int) -> str:
    """Return the letter of an assignment by how many were made before it."""
    rest, letter = divmod(number, 26)
    return chr(ord("A") + letter) + (str(rest) if rest else "")
