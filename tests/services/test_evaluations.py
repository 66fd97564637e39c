"""Scores that are kept, and what scoring does to an application."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.chain import digest_of
from registry.domain.errors import WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Kind, Role, Status
from registry.models import Application, Evaluation
from registry.services import evaluations, screening
from tests import factories


@pytest.fixture
def officer(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER))


def filed(session: Session, licensed: bool | None, reused: str = "50") -> Application:
    answers = {"reused": reused} if licensed is None else {"licensed": licensed, "reused": reused}
    return factories.application(session, kind=Kind.SCORING, answers=answers)


def test_a_score_is_kept_with_its_digests(session: Session, officer: Actor) -> None:
    """50% reused is half of 60 points, 30; the panel of 40 is open and counts 0: 100 × 30 ÷ 100 = 30.00, no grade."""
    application = filed(session, licensed=True)
    evaluation = evaluations.score(session, officer, application)
    assert (application.kind, application.status) == (Kind.REVIEW, Status.WAITING)
    assert (str(evaluation.total), evaluation.grade, evaluation.stage) == ("30.00", None, Kind.SCORING)
    assert evaluation.criteria_digest == application.round_category.pinned_digest
    assert evaluation.inputs["inputs"] == {"licensed": True, "reused": "50"}
    assert evaluation.input_digest == digest_of([evaluation.inputs, {}])
    assert evaluation.result["total"] == "30.00"


def test_the_established_value_counts(session: Session, officer: Actor) -> None:
    """40% instead of 50%: 0.4 × 60 = 24 points."""
    application = filed(session, licensed=True)
    screening.verify_value(session, officer, application, key="reused", value="40", reason="按水表读数核定为40%。")
    assert str(evaluations.score(session, officer, application).total) == "24.00"


def test_a_failed_requirement_ends_it(session: Session, officer: Actor) -> None:
    application = filed(session, licensed=False)
    evaluation = evaluations.score(session, officer, application)
    assert application.status is Status.FAILED
    assert (evaluation.total, evaluation.result["eligible"]) == (None, False)


def test_a_requirement_that_cannot_be_judged_holds_it_up(session: Session, officer: Actor) -> None:
    application = filed(session, licensed=None)
    with pytest.raises(WrongState) as refused:
        evaluations.score(session, officer, application)
    assert (refused.value.key, refused.value.values) == ("gates_missing", {"count": 1})
    assert application.status is Status.WAITING


def test_too_much_left_out_is_withheld(session: Session, officer: Actor) -> None:
    """Both indicators, all 100 points, are left out by a condition that 0% fulfils: more than the cap of 30%."""
    content = factories.CONTENT
    for points in ("points: 60\n", "points: 40\n"):
        content = content.replace(points, f"{points}        when: reused > 0\n")
    version = factories.criteria_version(session, content=content)
    where = factories.round_category(session, criteria_version=version)
    answers = {"licensed": True, "reused": "0"}
    application = factories.application(session, round_category=where, kind=Kind.SCORING, answers=answers)
    with pytest.raises(WrongState, match="score_withheld"):
        evaluations.score(session, officer, application)


def test_scoring_is_done_once(session: Session, officer: Actor) -> None:
    application = filed(session, licensed=True)
    evaluations.score(session, officer, application)
    with pytest.raises(WrongState, match="moved_on"):
        evaluations.score(session, officer, application)
    assert len(session.scalars(select(Evaluation)).all()) == 1
