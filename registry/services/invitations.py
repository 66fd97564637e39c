"""Invitations of reviewers: opened, acknowledged with a day, declined, come back; and the reminders that follow."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.errors import Invalid, WrongState
from registry.domain.policy import Actor, Facts
from registry.domain.reasons import reasoned
from registry.domain.vocabulary import Action, MessageStatus, ReviewStatus
from registry.domain.workdays import SHANGHAI
from registry.models import Assignment, Message, Round, Site, User
from registry.queries import invitations, reviews
from registry.services import assignments, events, messages

# Nobody is asked twice within a day, however often the button is pressed.
BETWEEN = timedelta(days=1)
# Up to when a review can be promised that has no date, or whose date is past.
PROMISED_WITHIN = timedelta(days=60)


def note_opened(session: Session, actor: Actor, number: int) -> None:
    """Note that a reviewer has opened an assignment, the first time."""
    assignment = reviews.one(session, actor, number)
    session.refresh(assignment, ["opened_at"], with_for_update=True)
    if assignment.opened_at is None:
        assignment.opened_at = actor.at
        application = assignments.application_of(session, assignment)
        assignments.record(session, actor, application, "open_assignment", assignment)


def acknowledge(session: Session, actor: Actor, assignment: Assignment, *, promised_on: date) -> None:
    """Say that the review will be done, and by which day; it can be said again with another day.

    Raises Invalid for a day that is past, or after the last one in time; where that is past itself or there is none,
    for a day more than 60 days from now.
    """
    application = assignments.own(session, actor, assignment)
    _refuse_finished(session, assignment)
    today, last = actor.at.astimezone(SHANGHAI).date(), reviews.last_day(assignment)
    if last is not None and today <= last:
        if not today <= promised_on <= last:
            raise Invalid("promise_outside", field="promised_on")
    elif not today <= promised_on <= today + PROMISED_WITHIN:
        raise Invalid("promise_too_far", field="promised_on", days=PROMISED_WITHIN.days)
    assignment.acknowledged_at = assignment.acknowledged_at or actor.at
    assignment.promised_on = promised_on
    assignments.record(session, actor, application, "acknowledge_assignment", assignment, promised_on=str(promised_on))


def decline(session: Session, actor: Actor, assignment: Assignment, *, reason: str) -> None:
    """Give an assignment back: it ends, what was marked does not count, and whoever assigned it is told."""
    application = assignments.own(session, actor, assignment)
    _refuse_finished(session, assignment)
    words = reasoned(reason, "reason")
    assignment.ended_at = assignment.declined_at = actor.at
    assignment.ended_reason = words
    site, officer = session.get_one(Site, application.site_id), session.get_one(User, assignment.assigned_by_id)
    values = {**messages.naming(site=site), "label": assignment.label}
    messages.queue(session, actor, officer, "review_declined", values, path=f"/admin/cases/{application.id}#review")
    assignments.record(session, actor, application, "decline_assignment", assignment, said=words)


def note_bounce(session: Session, actor: Actor, assignment: Assignment) -> None:
    """Note that the last message about an assignment came back. Raises WrongState where none has gone out."""
    application = assignments.application_of(session, assignment)
    assignments.under_review(session, actor, application, Action.ASSIGN)
    message = session.get(Message, assignment.message_id) if assignment.message_id else None
    if message is None or message.status is MessageStatus.QUEUED or assignment.opened_at is not None:
        raise WrongState("no_message_to_note")
    assignment.bounced_at = actor.at
    assignments.record(session, actor, application, "note_bounce", assignment)


def remind(session: Session, actor: Actor, round_: Round, rows: Sequence[Assignment]) -> int:
    """Remind the reviewers of a round, each with one message for all of these reviews; return how many people.

    Whoever was reminded within the last day is left alone. Raises WrongState where nobody is left to remind.
    """
    policy.require(actor, Action.ASSIGN, Facts(programme_id=round_.programme_id))
    due = [row for row in rows if row.reminded_at is None or row.reminded_at + BETWEEN <= actor.at]
    by_person: dict[int, list[Assignment]] = {}
    for row in due:
        by_person.setdefault(row.reviewer_id, []).append(row)
    for number, own in by_person.items():
        _remind(session, actor, session.get_one(User, number), own, programme_id=round_.programme_id)
    if not by_person:
        raise WrongState("nobody_to_remind")
    return len(by_person)


def remind_of_deadline(session: Session, actor: Actor, reviewer_id: int) -> bool:
    """Remind a reviewer of what is due within days or just overdue; return whether there was anything, each once."""
    rows = invitations.to_remind(session, actor.at, reviewer_id)
    if rows:
        _remind(session, actor, session.get_one(User, reviewer_id), rows)
    return bool(rows)


def _remind(
    session: Session, actor: Actor, person: User, rows: Sequence[Assignment], *, programme_id: int | None = None
) -> None:
    first = min((day for row in rows if (day := reviews.last_day(row)) is not None), default=None)
    values: dict[str, object] = {"due": str(first)} if first else {}
    key = "review_reminder" if first else "review_reminder_without_date"
    path = f"/reviews/{rows[0].id}"
    if len(rows) > 1:
        key, path = "review_reminder_of_several", "/reviews"
        values |= {"count": len(rows), "due": str(first) if first else "–"}
    message = messages.queue(session, actor, person, key, values, path=path)
    session.flush()
    for row in rows:
        row.message_id, row.bounced_at, row.reminded_at = message.id, None, actor.at
    numbers = [row.id for row in rows]
    payload = {"assignments": numbers}
    events.record(session, actor, "remind_reviewer", "user", person.id, programme_id=programme_id, payload=payload)


def _refuse_finished(session: Session, assignment: Assignment) -> None:
    review = assignments.review_of(session, assignment)
    if review is not None and review.status is ReviewStatus.FINISHED:
        raise WrongState("review_finished")
