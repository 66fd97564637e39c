"""What every act on an assignment begins and ends with: whose it is, if it is the time, the message, the record."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.errors import NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, ConflictState, Kind, Status
from registry.models import Application, Assignment, Review, User
from registry.queries import applications, facts
from registry.services import events, messages

BLOCKED = (ConflictState.DECLARED, ConflictState.FOUND)


def own(session: Session, actor: Actor, assignment: Assignment) -> Application:
    """Return the application of a reviewer's own open assignment, both rows kept until the unit of work ends."""
    now = session.execute(
        select(Assignment.reviewer_id, Assignment.conflict, Assignment.ended_at)
        .where(Assignment.id == assignment.id)
        .with_for_update()
    ).one()
    application = application_of(session, assignment)
    if now.reviewer_id != actor.user_id or now.ended_at is not None or now.conflict in BLOCKED:
        raise NotFound
    under_review(session, actor, application, Action.REVIEW)
    return application


def under_review(session: Session, actor: Actor, application: Application, action: Action) -> None:
    """Raise NotFound where the application is not this actor's, WrongState where it is not under review."""
    policy.require(actor, action, facts.of_application(session, application))
    if application.kind is not Kind.REVIEW or application.status is not Status.WAITING:
        raise WrongState("moved_on", action=action, kind=application.kind, status=application.status)


def application_of(session: Session, assignment: Assignment) -> Application:
    """Return the application of an assignment, its row kept: a review and its conclusion wait for each other."""
    return applications.held(session, assignment.application_id)


def review_of(session: Session, assignment: Assignment) -> Review | None:
    """Return the review of an assignment as it stands now, its row kept, or None where it is not begun."""
    return session.scalar(
        select(Review)
        .where(Review.assignment_id == assignment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def tell(session: Session, actor: Actor, application: Application, assignment: Assignment) -> None:
    """Invite the reviewer: the message goes out, and what was known of one before it is known no longer."""
    about = messages.reviewed(session, application)
    reviewer = session.get_one(User, assignment.reviewer_id)
    path = f"/reviews/{assignment.id}"
    message = messages.queue(session, actor, reviewer, "review_assigned", about, path=path)
    session.flush()
    assignment.message_id, assignment.bounced_at = message.id, None


def record(
    session: Session,
    actor: Actor,
    application: Application,
    action: str,
    assignment: Assignment,
    *,
    said: str = "",
    **payload: object,
) -> None:
    """Record what was done to an assignment; of `said` only a digest is kept."""
    events.record(
        session,
        actor,
        action,
        "assignment",
        assignment.id,
        programme_id=facts.programme_of(session, application),
        application=application,
        payload={"label": assignment.label, **payload},
        personal={"text": said} if said else None,
    )
