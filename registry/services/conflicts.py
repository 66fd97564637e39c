"""Conflicts of interest: declared by reviewers, found by the portal, judged and cleared by the office."""

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.errors import Invalid, WrongState
from registry.domain.policy import Actor
from registry.domain.reasons import reasoned
from registry.domain.ties.values import Decision, Judged
from registry.domain.vocabulary import Action, ConflictState, Kind, ReviewStatus, Status
from registry.models import Application, Assignment, Round, RoundCategory, User
from registry.queries import candidates, facts, ties
from registry.services import archiving, assignments, verdicts


def declare_conflict(session: Session, actor: Actor, assignment: Assignment, *, reason: str) -> None:
    """Declare one's own conflict of interest: the application is closed to the reviewer at once.

    Once the review is finished it is closed for good: marks are not taken out and put back when others are known.
    """
    application = assignments.own(session, actor, assignment)
    words = reasoned(reason, "reason")
    _block(session, actor, assignment, ConflictState.DECLARED, words)
    assignments.record(session, actor, application, "declare_conflict", assignment, said=words)


def find_ties(session: Session, actor: Actor, person: User, *, programme_id: int | None = None) -> None:
    """Block what a person still reviews though a tie that blocks stands against it, by what is known of the person now.

    With a programme it is what the person reviews there: nothing changed elsewhere.
    """
    there = true() if programme_id is None else Round.programme_id == programme_id
    rows = session.scalars(
        select(Assignment)
        .join(Application, Application.id == Assignment.application_id)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(
            there,
            Assignment.reviewer_id == person.id,
            Assignment.ended_at.is_(None),
            Assignment.conflict.not_in(assignments.BLOCKED),
            Application.kind == Kind.REVIEW,
        )
        .order_by(Assignment.id)
        .with_for_update(of=Assignment)
        .execution_options(populate_existing=True)
    ).all()
    found = ties.of_applications(session, [row.application_id for row in rows], person, actor.at)
    for assignment in rows:
        tie = blocking(found[assignment.application_id]) if assignment.application_id in found else ""
        if not tie:
            continue
        application = assignments.application_of(session, assignment)
        if application.kind is Kind.REVIEW:
            _block(session, actor, assignment, ConflictState.FOUND, tie)
            assignments.record(session, actor, application, "find_tie", assignment, conflict=assignment.conflict)


def judge_tie(
    session: Session,
    actor: Actor,
    application: Application,
    person: User,
    *,
    fingerprint: str,
    decision: Decision,
    reason: str,
    of_organisations: bool = False,
) -> None:
    """Remember whether a tie is one: a confirmed one blocks what the person still reviews, a dismissed one no longer.

    It holds in the programme of the application, and with `of_organisations` for what lies between the two
    organisations, whoever the person. Raises NotFound where the tie is not found any more, Invalid without a reason and
    for one that nobody can dismiss, WrongState where the round is archived.
    """
    known = facts.of_application(session, application)
    policy.require(actor, Action.ASSIGN, known)
    archiving.hold(session, session.get_one(RoundCategory, application.round_category_id).round_id)
    finding = ties.finding_of(ties.of_person(session, application, person, actor.at), fingerprint)
    verdicts.remember(session, actor, application, finding, decision, reason=reason, of_organisations=of_organisations)
    session.flush()
    if decision is Decision.CONFIRMED:
        find_ties(session, actor, person, programme_id=known.programme_id)
        return
    assignment = session.scalar(
        select(Assignment)
        .where(
            Assignment.application_id == application.id,
            Assignment.reviewer_id == person.id,
            Assignment.ended_at.is_(None),
            Assignment.conflict == ConflictState.FOUND,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    free = not (
        candidates.is_member(session, application, person.id, actor.at)
        or ties.of_person(session, application, person, actor.at).blocks
    )
    if assignment is not None and free and (application.kind, application.status) == (Kind.REVIEW, Status.WAITING):
        _open_again(session, actor, application, assignment, reason.strip())


def clear_conflict(session: Session, actor: Actor, assignment: Assignment, *, reason: str) -> None:
    """Open an application to a reviewer again, with the reason why the tie does no harm; it is remembered.

    Raises WrongState where there is no conflict, it ended a finished review, or the reviewer has a seat in the
    organisation; Invalid for one's own, and where the portal found a tie that nobody can dismiss.
    """
    application = assignments.application_of(session, assignment)
    assignments.under_review(session, actor, application, Action.ASSIGN)
    if assignment.reviewer_id == actor.user_id:
        raise Invalid("tie_of_oneself", field="reason")
    session.refresh(assignment, ["conflict", "ended_at"], with_for_update=True)
    if assignment.conflict not in assignments.BLOCKED:
        raise WrongState("no_conflict_to_clear")
    if assignment.ended_at is not None or candidates.is_member(session, application, assignment.reviewer_id, actor.at):
        raise WrongState("conflict_stands")
    words = reasoned(reason, "reason")
    person = session.get_one(User, assignment.reviewer_id)
    for finding in ties.of_person(session, application, person, actor.at).standing:
        if finding.blocks:
            verdicts.remember(session, actor, application, finding, Decision.DISMISSED, reason=words)
    _open_again(session, actor, application, assignment, words)


def _block(session: Session, actor: Actor, assignment: Assignment, conflict: ConflictState, reason: str) -> None:
    assignment.conflict, assignment.conflict_reason = conflict, reason
    review = assignments.review_of(session, assignment)
    if review is not None and review.status is ReviewStatus.FINISHED:
        assignment.ended_at = actor.at


def _open_again(session: Session, actor: Actor, application: Application, assignment: Assignment, words: str) -> None:
    assignment.conflict, assignment.conflict_reason = ConflictState.CLEARED, words
    assignments.record(session, actor, application, "clear_conflict", assignment, said=words)
    assignments.tell(session, actor, application, assignment)


def blocking(found: Judged) -> str:
    """Return the organisation at which the first tie that blocks ends; empty where none stands."""
    return next((one.nodes[-1].name for one in found.standing if one.blocks), "")
