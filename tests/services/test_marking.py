"""Marks of reviewers: drafts, what needs a justification, and marks that are changed after the review was finished."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.domain.criteria import load_set
from registry.domain.errors import Invalid, Stale, WrongState
from registry.domain.judging import needs_justification
from registry.domain.policy import Actor
from registry.domain.vocabulary import Kind, ReviewStatus, Role
from registry.models import Application, Assignment, Mark, Review, RoundCategory
from registry.queries import marks as marks_of
from registry.queries import questions, reviews
from registry.services import marking
from tests import factories

WHY = "佐证材料第三页有第三方验证报告。"
REASON = "讨论后认为验证报告不足。"


def with_rule(rule: str) -> str:
    return factories.CONTENT.replace("reviewers: 1}", f"reviewers: 1, justification: {rule}}}")


def under_review(session: Session, where: RoundCategory | None = None) -> Application:
    return factories.application(session, kind=Kind.REVIEW, round_category=where, answers={"licensed": True})


def changeable(session: Session) -> RoundCategory:
    return factories.round_category(session, steps={Kind.REVIEW: {"parameters": {"mark_changes": 1}}})


def of(session: Session, application: Application) -> tuple[Assignment, Actor]:
    reviewer = factories.persona(session, Role.REVIEWER)
    assignment = factories.assignment(session, application, reviewer=reviewer)
    return assignment, factories.actor(session, reviewer)


def finished(session: Session, assignment: Assignment, actor: Actor, points: str = "30") -> int:
    marking.save_marks(session, actor, assignment, {"novelty": (points, WHY)}, version=0)
    marking.finish(session, actor, assignment)
    return version_of(session, assignment)


def version_of(session: Session, assignment: Assignment) -> int:
    return session.scalars(select(Review.version).where(Review.assignment_id == assignment.id)).one()


def changed(
    session: Session, assignment: Assignment, actor: Actor, version: int, points: str = "20", reason: str = REASON
) -> None:
    marking.change_mark(
        session, actor, assignment, "novelty", points=points, justification=WHY, reason=reason, version=version
    )


@pytest.mark.parametrize("typed", [("30", "好"), ("30", ""), ("", WHY)])
def test_what_is_not_whole_is_a_draft_and_no_mark(session: Session, typed: tuple[str, str]) -> None:
    assignment, actor = of(session, under_review(session))
    version = marking.save_marks(session, actor, assignment, {"novelty": typed}, version=0)
    review = session.scalars(select(Review)).one()
    assert (review.draft, session.scalars(select(Mark)).all()) == ({"novelty": list(typed)}, [])
    with pytest.raises(Invalid, match="marks_missing"):
        marking.finish(session, actor, assignment)
    marking.save_marks(session, actor, assignment, {"novelty": ("30", WHY)}, version=version)
    assert review.draft == {}
    marking.finish(session, actor, assignment)


def test_a_draft_stands_before_the_mark_of_the_same_question(session: Session) -> None:
    """What is taken back is not marked any more, though the mark stays on record."""
    assignment, actor = of(session, under_review(session))
    version = marking.save_marks(session, actor, assignment, {"novelty": ("30", WHY)}, version=0)
    version = marking.save_marks(session, actor, assignment, {"novelty": ("", "")}, version=version)
    again = reviews.one(session, actor, assignment.id)
    assert questions.typed(again.review) == {"novelty": ("", "")}
    assert reviews.task_of(again, session.get_one(Application, assignment.application_id)).marked == 0
    with pytest.raises(Invalid, match="marks_missing"):
        marking.finish(session, actor, assignment)
    marking.save_marks(session, actor, assignment, {"novelty": ("30", WHY)}, version=version)
    marking.finish(session, actor, assignment)


@pytest.mark.parametrize("points", ["41", "-1", "viel"])
def test_points_that_cannot_be_given_are_no_draft(session: Session, points: str) -> None:
    assignment, actor = of(session, under_review(session))
    with pytest.raises(Invalid) as refused:
        marking.save_marks(session, actor, assignment, {"novelty": (points, "")}, version=0)
    assert refused.value.field == "points_novelty"


@pytest.mark.parametrize(
    ("rule", "needed"),
    # The levels of the question reach from 0 to 40 points.
    [("always", ["0", "10", "40"]), ("extremes", ["0", "40"]), ("never", [])],
)
def test_the_set_says_which_marks_need_a_justification(rule: str, needed: list[str]) -> None:
    criteria = load_set(with_rule(rule), source="tiny")
    panel = criteria.indicators["novelty"]
    assert [one for one in ("0", "10", "40") if needs_justification(criteria, panel, Decimal(one))] == needed


def test_a_mark_without_justification_is_whole_where_none_is_needed(session: Session) -> None:
    where = factories.round_category(
        session, criteria_version=factories.criteria_version(session, content=with_rule("never"))
    )
    assignment, actor = of(session, under_review(session, where))
    marking.save_marks(session, actor, assignment, {"novelty": ("30", "")}, version=0)
    marking.finish(session, actor, assignment)
    assert session.scalars(select(Mark)).one().justification == ""


def test_a_finished_mark_stays_unless_the_round_lets_it_change(session: Session) -> None:
    assignment, actor = of(session, under_review(session))
    version = finished(session, assignment, actor)
    with pytest.raises(WrongState, match="marks_stay"):
        changed(session, assignment, actor, version)


def test_a_changed_mark_is_a_new_row_with_its_reason(session: Session) -> None:
    application = under_review(session, changeable(session))
    assignment, actor = of(session, application)
    version = marking.save_marks(session, actor, assignment, {"novelty": ("10", WHY)}, version=0)
    with pytest.raises(WrongState, match="review_not_finished"):
        changed(session, assignment, actor, version)
    marking.save_marks(session, actor, assignment, {"novelty": ("30", WHY)}, version=version)
    marking.finish(session, actor, assignment)
    version = version_of(session, assignment)
    with pytest.raises(Invalid, match="mark_unchanged"):
        changed(session, assignment, actor, version, points="30")
    with pytest.raises(Invalid, match="reason_too_short"):
        changed(session, assignment, actor, version, reason="改")
    with pytest.raises(Stale):
        changed(session, assignment, actor, version - 1)
    changed(session, assignment, actor, version)
    changed(session, assignment, actor, version_of(session, assignment), points="25")
    assert marks_of.that_count(session, application) == {"novelty": {"A": "25"}}
    given = marks_of.own(reviews.assignments(session, application)[0])["novelty"]
    # The review was finished with 30 points; the 10 before were a step on the way.
    assert (str(given.points), given.reason, str(given.first.points if given.first else "")) == ("25", REASON, "30")


@pytest.mark.parametrize(("status", "reason"), [(ReviewStatus.FINISHED, ""), (ReviewStatus.STARTED, REASON)])
def test_the_database_takes_a_reason_after_finishing_and_only_then(
    session: Session, status: ReviewStatus, reason: str
) -> None:
    assignment, actor = of(session, under_review(session))
    review = factories.review(session, assignment, marks={"novelty": "30"}, status=status)
    session.add(
        Mark(
            review_id=review.id,
            indicator="novelty",
            points=Decimal(20),
            justification=WHY,
            reason=reason,
            marked_at=actor.at,
        )
    )
    with pytest.raises(IntegrityError, match="rows are kept"):
        session.flush()
