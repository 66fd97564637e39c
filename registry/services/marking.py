"""Marks: kept as they are given, whole or not, finished, and changed after that where the round allows it."""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from registry.domain.answers import mark_of
from registry.domain.criteria import CriteriaSet
from registry.domain.errors import Invalid, Stale, WrongState
from registry.domain.judging import needs_justification
from registry.domain.policy import Actor
from registry.domain.reasons import LEAST, reasoned
from registry.domain.routes import parameter
from registry.domain.vocabulary import Kind, ReviewStatus
from registry.models import Application, Assignment, Mark, Review
from registry.queries import filings, reviews
from registry.queries import marks as marks_of
from registry.services import assignments
from registry.services.recommendations import step_of

Marks = Mapping[str, tuple[object, str]]


def save_marks(session: Session, actor: Actor, assignment: Assignment, marks: Marks, *, version: int) -> int:
    """Keep what was entered at each question and return the review's new version.

    Points with the justification that the set asks for are a mark; what is not whole yet is kept as a draft, as it was
    typed, and stands before the mark of the same question. What did not change is not written again. Raises Invalid for
    points that cannot be given, Stale where the review was saved elsewhere in the meantime.
    """
    application = assignments.own(session, actor, assignment)
    review = _begun(session, actor, assignment, version)
    criteria = filings.criteria_of(application.round_category)
    latest = marks_of.latest(session, review)
    draft, changed = dict(review.draft), []
    for key, (points, justification) in marks.items():
        typed = [str(points).strip(), justification.strip()]
        mark = _whole(criteria, key, *typed)
        known = latest.get(key)
        if mark is None:
            if any(typed) or known is not None:
                draft[key] = typed
            else:
                draft.pop(key, None)
            continue
        draft.pop(key, None)
        if known is None or (known.points, known.justification) != mark:
            changed.append(key)
            session.add(_mark(review, actor, key, mark))
    review.draft = draft
    _count(session, review)
    assignments.record(session, actor, application, "mark", assignment, indicators=changed, drafts=sorted(draft))
    return review.version


def finish(session: Session, actor: Actor, assignment: Assignment) -> None:
    """Finish a review. Raises Invalid while a question is not marked, WrongState where it is finished."""
    application = assignments.own(session, actor, assignment)
    review = assignments.review_of(session, assignment)
    if review is not None and review.status is ReviewStatus.FINISHED:
        raise WrongState("review_finished")
    panels = reviews.panels(filings.criteria_of(application.round_category))
    marked = marks_of.latest(session, review).keys() - review.draft.keys() if review else set()
    missing = [key for key in panels if key not in marked]
    if missing or review is None:
        field = f"points_{missing[0]}" if missing else None
        raise Invalid("marks_missing", field=field, count=len(missing))
    review.status, review.finished_at = ReviewStatus.FINISHED, actor.at
    assignments.record(session, actor, application, "finish_review", assignment)


def change_mark(
    session: Session,
    actor: Actor,
    assignment: Assignment,
    key: str,
    *,
    points: object,
    justification: str,
    reason: str,
    version: int,
) -> None:
    """Give another mark on a question after the review was finished; the first one stays on record.

    Raises WrongState where the review is not finished or its round lets marks stay, Invalid for a mark that cannot be
    given, is not another, or has no reason, and Stale where one was changed elsewhere in the meantime.
    """
    application = assignments.own(session, actor, assignment)
    review = assignments.review_of(session, assignment)
    if review is None or review.status is not ReviewStatus.FINISHED:
        raise WrongState("review_not_finished")
    if not marks_may_change(session, application):
        raise WrongState("marks_stay")
    if version != review.version:
        raise Stale
    criteria = filings.criteria_of(application.round_category)
    mark = _whole(criteria, key, str(points).strip(), justification.strip())
    if mark is None:
        missing = "justification" if str(points).strip() else "points"
        raise Invalid(
            "mark_needed" if missing == "points" else "reason_too_short", field=f"{missing}_{key}", least=LEAST
        )
    known = marks_of.latest(session, review)[key]
    if (known.points, known.justification) == mark:
        raise Invalid("mark_unchanged", field=f"points_{key}")
    session.add(_mark(review, actor, key, mark, reason=reasoned(reason, "reason")))
    _count(session, review)
    assignments.record(session, actor, application, "change_mark", assignment, indicator=key)


def marks_may_change(session: Session, application: Application) -> bool:
    """Tell whether the route lets a finished mark be changed for a reason, and the application is under review."""
    step = step_of(session, application)
    return step.kind is Kind.REVIEW and bool(parameter(Kind.REVIEW, step.parameters, "mark_changes"))


def _whole(criteria: CriteriaSet, key: str, points: str, justification: str) -> tuple[Decimal, str] | None:
    """Return a mark, or None where points or a justification are still missing."""
    panels = reviews.panels(criteria)
    if key not in panels:
        raise Invalid("panel_unknown_here")
    if not points:
        return None
    try:
        given = mark_of(panels[key], points)
    except Invalid as error:
        raise Invalid(error.key, field=f"points_{key}", **error.values) from None
    if needs_justification(criteria, panels[key], given) and len(justification) < LEAST:
        return None
    return given, justification


def _mark(review: Review, actor: Actor, key: str, mark: tuple[Decimal, str], *, reason: str = "") -> Mark:
    points, justification = mark
    return Mark(
        review_id=review.id,
        indicator=key,
        points=points,
        justification=justification,
        reason=reason,
        marked_at=actor.at,
    )


def _count(session: Session, review: Review) -> None:
    # The row itself counts the saves: a second tab must find another version.
    flag_modified(review, "status")
    session.flush()


def _begun(session: Session, actor: Actor, assignment: Assignment, version: int) -> Review:
    review = assignments.review_of(session, assignment)
    if review is not None and review.status is ReviewStatus.FINISHED:
        raise WrongState("review_finished")
    if version != (review.version if review else 0):
        raise Stale
    if review is None:
        review = Review(assignment_id=assignment.id, status=ReviewStatus.STARTED, started_at=actor.at, draft={})
        session.add(review)
        session.flush()
    return review
