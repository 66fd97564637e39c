"""What a reviewer sees and sends."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import ConflictState, Kind, ReviewStatus, Role
from registry.models import Application, Assignment, Mark, Review, User
from tests import browse, factories

Client = Callable[..., FlaskClient]
WHY = "佐证材料第三页有第三方验证报告。"


@pytest.fixture
def application(session: Session) -> Application:
    return factories.application(session, kind=Kind.REVIEW, answers={"licensed": True, "reused": "50"})


@pytest.fixture
def person(session: Session) -> User:
    return factories.persona(session, Role.REVIEWER, name="专家甲")


@pytest.fixture
def assignment(session: Session, application: Application, person: User) -> Assignment:
    return factories.assignment(session, application, reviewer=person)


@pytest.fixture
def reviewer(session: Session, client: Client, assignment: Assignment, person: User) -> FlaskClient:
    session.commit()
    return client(person)


def marks(points: str, why: str = WHY, version: int = 0) -> dict[str, Any]:
    return {"version": str(version), "points_novelty": points, "justification_novelty": why}


def test_a_draft_is_kept_and_then_finished(session: Session, reviewer: FlaskClient, assignment: Assignment) -> None:
    url = f"/reviews/{assignment.id}"
    assert browse.post(reviewer, url, **marks("30")).status_code == 303
    page = reviewer.get(url)
    assert 'value="30"' in page.text
    assert WHY in page.text
    version = session.scalars(select(Review.version)).one()
    session.rollback()
    assert browse.post(reviewer, f"{url}/finish", **marks("40", version=version)).status_code == 303
    session.expire_all()
    assert session.scalars(select(Review)).one().status is ReviewStatus.FINISHED
    assert [str(row.points) for row in session.scalars(select(Mark).order_by(Mark.id))] == ["30", "40"]
    done = reviewer.get(url)
    assert "<textarea" not in done.text
    assert WHY in done.text


@pytest.mark.parametrize(("points", "why"), [("30", "好"), ("", WHY), ("41", WHY), ("很多", WHY)])
def test_what_is_refused_is_not_lost(
    session: Session, reviewer: FlaskClient, assignment: Assignment, points: str, why: str
) -> None:
    refused = browse.post(reviewer, f"/reviews/{assignment.id}", **marks(points, why))
    assert refused.status_code == 422
    assert why in refused.text
    assert f'value="{points}"' in refused.text
    assert session.scalars(select(Mark)).all() == []


def test_finishing_needs_every_question(reviewer: FlaskClient, assignment: Assignment) -> None:
    assert browse.post(reviewer, f"/reviews/{assignment.id}/finish", **marks("", "")).status_code == 422


def test_the_second_tab_is_told(session: Session, reviewer: FlaskClient, assignment: Assignment) -> None:
    url = f"/reviews/{assignment.id}"
    browse.post(reviewer, url, **marks("30"))
    assert browse.post(reviewer, url, **marks("10")).status_code == 409
    assert [str(row.points) for row in session.scalars(select(Mark))] == ["30"]


def test_others_are_seen_by_letter_only_when_both_have_finished(
    session: Session, reviewer: FlaskClient, application: Application, assignment: Assignment
) -> None:
    other = factories.assignment(
        session, application, label="B", reviewer=factories.persona(session, Role.REVIEWER, name="专家乙")
    )
    factories.review(session, other, marks={"novelty": "7"}, status=ReviewStatus.FINISHED)
    session.commit()
    url = f"/reviews/{assignment.id}"
    assert "B · 7" not in browse.words(reviewer.get(url))
    browse.post(reviewer, f"{url}/finish", **marks("30"))
    page = browse.words(reviewer.get(url))
    assert "B · 7" in page
    assert "专家乙" not in page


def test_a_declared_conflict_closes_the_page(session: Session, reviewer: FlaskClient, assignment: Assignment) -> None:
    url = f"/reviews/{assignment.id}"
    assert browse.post(reviewer, f"{url}/conflict", reason="亲属").status_code == 422
    sent = browse.post(reviewer, f"{url}/conflict", reason="配偶在申报单位任职财务。")
    assert (sent.status_code, sent.location) == (303, "/reviews")
    assert reviewer.get(url).status_code == 404
    assert browse.post(reviewer, url, **marks("30")).status_code == 404
    session.expire_all()
    assert session.get_one(Assignment, assignment.id).conflict is ConflictState.DECLARED


def test_another_persons_review_is_not_found(
    session: Session, client: Client, application: Application, assignment: Assignment
) -> None:
    other = factories.persona(session, Role.REVIEWER)
    factories.assignment(session, application, label="B", reviewer=other)
    session.commit()
    assert client(other).get(f"/reviews/{assignment.id}").status_code == 404
