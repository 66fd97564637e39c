"""Expert review: who reviews what, conflicts of interest, marks, and the end of the review."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select, true
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from registry.domain import policy
from registry.domain.answers import mark_of
from registry.domain.errors import Invalid, NotFound, Stale, WrongState
from registry.domain.policy import Actor
from registry.domain.reasons import reasoned
from registry.domain.shapes import Indicator
from registry.domain.ties.values import Decision, Judged
from registry.domain.vocabulary import Action, ConflictState, Kind, ReviewStatus, Status
from registry.models import Application, Assignment, Evaluation, Mark, Review, Round, RoundCategory, Site, User
from registry.queries import applications, facts, filings, reviews, ties
from registry.services import archiving, evaluations, events, messages, verdicts
from registry.services.recommendations import step_of

BLOCKED = (ConflictState.DECLARED, ConflictState.FOUND)
Marks = Mapping[str, tuple[object, str]]


def assign(session: Session, actor: Actor, application: Application, reviewer: User, *, why: str) -> Assignment:
    """Assign a reviewer under the next letter; a certain tie that the portal finds blocks the assignment at once.

    So does an employer of a like name, until somebody judged that it is another. Any other possible tie is to be judged
    and blocks nothing before it is confirmed.

    Raises Invalid for oneself, for somebody who is no reviewer of the programme, who is assigned already, or whose
    earlier assignment ended with a conflict.
    """
    _under_review(session, actor, application, Action.ASSIGN)
    if reviewer.id == actor.user_id:
        raise Invalid("assign_not_oneself", field="reviewer")
    if not reviews.may_be_assigned(session, application, reviewer):
        raise Invalid("not_a_reviewer", field="reviewer")
    rows = session.execute(
        select(Assignment.reviewer_id, Assignment.conflict, Assignment.ended_at).where(
            Assignment.application_id == application.id
        )
    ).all()
    own = [row for row in rows if row.reviewer_id == reviewer.id]
    if any(row.ended_at is None for row in own):
        raise Invalid("assigned_already", field="reviewer")
    if any(row.conflict in BLOCKED for row in own):
        raise Invalid("conflict_stands", field="reviewer")
    tie = _blocking(ties.of_person(session, application, reviewer, actor.at))
    assignment = Assignment(
        application_id=application.id,
        reviewer_id=reviewer.id,
        label=_label(len(rows)),
        why=why.strip(),
        conflict=ConflictState.FOUND if tie else ConflictState.NONE,
        conflict_reason=tie or "",
        assigned_by_id=actor.user_id,
        assigned_at=actor.at,
    )
    session.add(assignment)
    session.flush()
    _record(session, actor, application, "assign", assignment, conflict=assignment.conflict)
    if not tie:
        _tell(session, actor, application, assignment)
    return assignment


def unassign(session: Session, actor: Actor, assignment: Assignment, *, reason: str = "") -> None:
    """Take a reviewer off an application. Raises WrongState where the review is finished."""
    application = _application_of(session, assignment)
    _under_review(session, actor, application, Action.ASSIGN)
    review = _review_of(session, assignment)
    if review is not None and review.status is ReviewStatus.FINISHED:
        raise WrongState("review_finished")
    assignment.ended_at, assignment.ended_reason = actor.at, reason.strip()
    _record(session, actor, application, "unassign", assignment, said=reason.strip())


def declare_conflict(session: Session, actor: Actor, assignment: Assignment, *, reason: str) -> None:
    """Declare one's own conflict of interest: the application is closed to the reviewer at once.

    Once the review is finished it is closed for good: marks are not taken out and put back when others are known.
    """
    application = _own(session, actor, assignment)
    words = reasoned(reason, "reason")
    _block(session, actor, assignment, ConflictState.DECLARED, words)
    _record(session, actor, application, "declare_conflict", assignment, said=words)


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
            Assignment.conflict.not_in(BLOCKED),
            Application.kind == Kind.REVIEW,
        )
        .order_by(Assignment.id)
        .with_for_update(of=Assignment)
        .execution_options(populate_existing=True)
    ).all()
    found = ties.of_applications(session, [row.application_id for row in rows], person, actor.at)
    for assignment in rows:
        tie = _blocking(found[assignment.application_id]) if assignment.application_id in found else ""
        if not tie:
            continue
        application = _application_of(session, assignment)
        if application.kind is Kind.REVIEW:
            _block(session, actor, assignment, ConflictState.FOUND, tie)
            _record(session, actor, application, "find_tie", assignment, conflict=assignment.conflict)


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
        reviews.is_member(session, application, person.id, actor.at)
        or ties.of_person(session, application, person, actor.at).blocks
    )
    if assignment is not None and free and (application.kind, application.status) == (Kind.REVIEW, Status.WAITING):
        _open_again(session, actor, application, assignment, reason.strip())


def clear_conflict(session: Session, actor: Actor, assignment: Assignment, *, reason: str) -> None:
    """Open an application to a reviewer again, with the reason why the tie does no harm; it is remembered.

    Raises WrongState where there is no conflict, it ended a finished review, or the reviewer has a seat in the
    organisation; Invalid where the portal found a tie that nobody can dismiss.
    """
    application = _application_of(session, assignment)
    _under_review(session, actor, application, Action.ASSIGN)
    session.refresh(assignment, ["conflict", "ended_at"], with_for_update=True)
    if assignment.conflict not in BLOCKED:
        raise WrongState("no_conflict_to_clear")
    if assignment.ended_at is not None or reviews.is_member(session, application, assignment.reviewer_id, actor.at):
        raise WrongState("conflict_stands")
    words = reasoned(reason, "reason")
    person = session.get_one(User, assignment.reviewer_id)
    for finding in ties.of_person(session, application, person, actor.at).standing:
        if finding.blocks:
            verdicts.remember(session, actor, application, finding, Decision.DISMISSED, reason=words)
    _open_again(session, actor, application, assignment, words)


def save_marks(session: Session, actor: Actor, assignment: Assignment, marks: Marks, *, version: int) -> int:
    """Keep marks with their justifications as a draft and return the review's new version.

    What did not change is not written again. Raises Stale where the review was saved elsewhere in the meantime.
    """
    application = _own(session, actor, assignment)
    review = _begun(session, actor, assignment, version)
    panels = reviews.panels(filings.criteria_of(application.round_category))
    latest = reviews.latest_marks(session, review)
    changed = []
    for key, (points, justification) in marks.items():
        mark = _mark(panels, key, points, justification)
        known = latest.get(key)
        if known is None or (known.points, known.justification) != mark:
            changed.append(key)
            session.add(
                Mark(
                    review_id=review.id,
                    indicator=key,
                    points=mark[0],
                    justification=mark[1],
                    marked_at=actor.at,
                )
            )
    # The row itself counts the saves: a second tab must find another version.
    flag_modified(review, "status")
    session.flush()
    _record(session, actor, application, "mark", assignment, indicators=changed)
    return review.version


def finish(session: Session, actor: Actor, assignment: Assignment) -> None:
    """Finish a review; its marks stay as they are. Raises Invalid while a question is not marked."""
    application = _own(session, actor, assignment)
    review = _review_of(session, assignment)
    if review is not None and review.status is ReviewStatus.FINISHED:
        raise WrongState("review_finished")
    panels = reviews.panels(filings.criteria_of(application.round_category))
    marked = reviews.latest_marks(session, review) if review else {}
    missing = [key for key in panels if key not in marked]
    if missing or review is None:
        field = f"points_{missing[0]}" if missing else None
        raise Invalid("marks_missing", field=field, count=len(missing))
    review.status, review.finished_at = ReviewStatus.FINISHED, actor.at
    _record(session, actor, application, "finish_review", assignment)


def conclude(session: Session, actor: Actor, application: Application) -> Evaluation:
    """End the review: the final score is kept, and the application goes on or, failing a requirement, ends.

    Raises WrongState while a review is unfinished or too few are there.
    """
    _under_review(session, actor, application, Action.CONCLUDE_REVIEW)
    finished, assigned, needed = progress(session, application)
    if finished < max(needed, assigned):
        raise WrongState("reviews_unfinished", finished=finished, assigned=assigned, needed=needed)
    return evaluations.settle(session, actor, application, Action.CONCLUDE_REVIEW)


def progress(session: Session, application: Application) -> tuple[int, int, int]:
    """Return how many reviews are finished, how many are assigned without a conflict, and how many are needed."""
    active = [row for row in reviews.assignments(session, application) if row.conflict not in BLOCKED]
    finished = [row for row in active if row.review and row.review.status is ReviewStatus.FINISHED]
    return len(finished), len(active), needed_reviewers(session, application)


def needed_reviewers(session: Session, application: Application) -> int:
    """Return how many finished reviews the route and the set's own rule ask for."""
    criteria = filings.criteria_of(application.round_category)
    return reviews.needed(criteria, step_of(session, application).parameters)


def _mark(panels: Mapping[str, Indicator], key: str, points: object, justification: str) -> tuple[Decimal, str]:
    if key not in panels:
        raise Invalid("panel_unknown_here")
    if not str(points).strip():
        raise Invalid("mark_needed", field=f"points_{key}")
    try:
        given = mark_of(panels[key], points)
    except Invalid as error:
        raise Invalid(error.key, field=f"points_{key}", **error.values) from None
    return given, reasoned(justification, f"justification_{key}")


def _block(session: Session, actor: Actor, assignment: Assignment, conflict: ConflictState, reason: str) -> None:
    assignment.conflict, assignment.conflict_reason = conflict, reason
    review = _review_of(session, assignment)
    if review is not None and review.status is ReviewStatus.FINISHED:
        assignment.ended_at = actor.at


def _open_again(session: Session, actor: Actor, application: Application, assignment: Assignment, words: str) -> None:
    assignment.conflict, assignment.conflict_reason = ConflictState.CLEARED, words
    _record(session, actor, application, "clear_conflict", assignment, said=words)
    _tell(session, actor, application, assignment)


def _blocking(found: Judged) -> str:
    """Return the organisation at which the first tie that blocks ends; empty where none stands."""
    return next((one.nodes[-1].name for one in found.standing if one.blocks), "")


def _begun(session: Session, actor: Actor, assignment: Assignment, version: int) -> Review:
    review = _review_of(session, assignment)
    if review is not None and review.status is ReviewStatus.FINISHED:
        raise WrongState("review_finished")
    if version != (review.version if review else 0):
        raise Stale
    if review is None:
        review = Review(assignment_id=assignment.id, status=ReviewStatus.STARTED, started_at=actor.at)
        session.add(review)
        session.flush()
    return review


def _own(session: Session, actor: Actor, assignment: Assignment) -> Application:
    """Return the application of a reviewer's own open assignment, both rows kept until the unit of work ends."""
    now = session.execute(
        select(Assignment.reviewer_id, Assignment.conflict, Assignment.ended_at)
        .where(Assignment.id == assignment.id)
        .with_for_update()
    ).one()
    application = _application_of(session, assignment)
    if now.reviewer_id != actor.user_id or now.ended_at is not None or now.conflict in BLOCKED:
        raise NotFound
    _under_review(session, actor, application, Action.REVIEW)
    return application


def _under_review(session: Session, actor: Actor, application: Application, action: Action) -> None:
    policy.require(actor, action, facts.of_application(session, application))
    if application.kind is not Kind.REVIEW or application.status is not Status.WAITING:
        raise WrongState("moved_on", action=action, kind=application.kind, status=application.status)


def _application_of(session: Session, assignment: Assignment) -> Application:
    """Return the application of an assignment, its row kept: a review and its conclusion wait for each other."""
    return applications.held(session, assignment.application_id)


def _review_of(session: Session, assignment: Assignment) -> Review | None:
    return session.scalar(
        select(Review)
        .where(Review.assignment_id == assignment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _label(number: int) -> str:
    """Return the letter of an assignment by how many were made before it."""
    rest, letter = divmod(number, 26)
    return chr(ord("A") + letter) + (str(rest) if rest else "")


def _tell(session: Session, actor: Actor, application: Application, assignment: Assignment) -> None:
    site = session.get_one(Site, application.site_id)
    reviewer = session.get_one(User, assignment.reviewer_id)
    path = f"/reviews/{assignment.id}"
    messages.queue(session, actor, reviewer, "review_assigned", messages.naming(site=site), path=path)


def _record(
    session: Session,
    actor: Actor,
    application: Application,
    action: str,
    assignment: Assignment,
    *,
    said: str = "",
    **payload: object,
) -> None:
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
