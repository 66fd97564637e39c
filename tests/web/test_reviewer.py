"""What a reviewer sees and sends."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry import clock
from registry.domain.vocabulary import ConflictState, Kind, ReviewStatus, Role, Status
from registry.domain.workdays import SHANGHAI
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
    assert 'name="justification_novelty"' not in done.text
    assert WHY in done.text


@pytest.mark.parametrize(("points", "why"), [("41", WHY), ("很多", WHY)])
def test_what_is_refused_is_not_lost(
    session: Session, reviewer: FlaskClient, assignment: Assignment, points: str, why: str
) -> None:
    refused = browse.post(reviewer, f"/reviews/{assignment.id}", **marks(points, why))
    assert refused.status_code == 422
    assert why in refused.text
    assert f'value="{points}"' in refused.text
    assert session.scalars(select(Mark)).all() == []


@pytest.mark.parametrize(("points", "why"), [("30", "好"), ("", WHY), ("30", "")])
def test_what_is_not_whole_is_kept_as_a_draft(
    session: Session, reviewer: FlaskClient, assignment: Assignment, points: str, why: str
) -> None:
    url = f"/reviews/{assignment.id}"
    assert browse.post(reviewer, url, **marks(points, why)).status_code == 303
    page = reviewer.get(url)
    assert f'value="{points}"' in page.text
    assert why in page.text
    assert "0 / 1" in browse.words(page)
    assert session.scalars(select(Mark)).all() == []
    version = session.scalars(select(Review.version)).one()
    session.rollback()
    refused = browse.post(reviewer, f"{url}/finish", **marks(points, why, version))
    assert refused.status_code == 422
    field = "justification_novelty" if points else "points_novelty"
    assert f'href="#{field}"' in refused.text


def test_finishing_needs_every_question(reviewer: FlaskClient, assignment: Assignment) -> None:
    assert browse.post(reviewer, f"/reviews/{assignment.id}/finish", **marks("", "")).status_code == 422


def test_the_second_tab_is_told(session: Session, reviewer: FlaskClient, assignment: Assignment) -> None:
    url = f"/reviews/{assignment.id}"
    browse.post(reviewer, url, **marks("30"))
    assert browse.post(reviewer, url, **marks("10")).status_code == 409
    assert [str(row.points) for row in session.scalars(select(Mark))] == ["30"]


def hidden(page: str, name: str) -> str:
    (tag,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    return re.search(r'value="([^"]*)"', tag).group(1)  # type: ignore[union-attr]


@pytest.mark.parametrize(("choice", "kept"), [("mine", ["30", "10"]), ("saved", ["30"])])
def test_whoever_saved_second_chooses_between_both(
    session: Session, reviewer: FlaskClient, assignment: Assignment, choice: str, kept: list[str]
) -> None:
    url = f"/reviews/{assignment.id}"
    base = hidden(reviewer.get(url).text, "base_novelty")
    browse.post(reviewer, url, **marks("30", WHY))
    other = WHY + "另一页面所写。"
    told = browse.post(reviewer, url, **marks("10", other), base_novelty=base)
    assert told.status_code == 409
    assert (WHY in told.text, other in told.text) == (True, True)
    again = {
        **marks("10", other, int(hidden(told.text, "version"))),
        "base_novelty": hidden(told.text, "base_novelty"),
        "collided": hidden(told.text, "collided"),
    }
    unchosen = browse.post(reviewer, url, **again)
    assert unchosen.status_code == 422
    assert (WHY in unchosen.text, other in unchosen.text) == (True, True)
    assert browse.post(reviewer, url, **again, choice_novelty=choice).status_code == 303
    assert [str(row.points) for row in session.scalars(select(Mark).order_by(Mark.id))] == kept


def test_a_tab_in_which_nothing_was_changed_takes_over_what_was_saved(
    session: Session, reviewer: FlaskClient, assignment: Assignment
) -> None:
    url = f"/reviews/{assignment.id}"
    base = hidden(reviewer.get(url).text, "base_novelty")
    browse.post(reviewer, url, **marks("30"))
    assert browse.post(reviewer, url, **marks("", ""), base_novelty=base).status_code == 303
    assert [str(row.points) for row in session.scalars(select(Mark))] == ["30"]
    assert session.scalars(select(Review)).one().draft == {}


def test_the_first_look_is_noted_and_the_work_is_promised(
    session: Session, reviewer: FlaskClient, assignment: Assignment
) -> None:
    url = f"/reviews/{assignment.id}"
    assert assignment.opened_at is None
    assert 'id="answer"' in reviewer.get(url).text
    session.refresh(assignment)
    assert assignment.opened_at is not None
    session.rollback()
    assert browse.post(reviewer, f"{url}/acknowledge", promised_on="").status_code == 422
    assert browse.post(reviewer, f"{url}/acknowledge", promised_on="2020-01-01").status_code == 422
    late = browse.post(reviewer, f"{url}/acknowledge", promised_on="9999-12-31")
    assert (late.status_code, 'href="#promised_on"' in late.text) == (422, True)
    day = clock.utc_now().astimezone(SHANGHAI).date() + timedelta(days=30)
    assert browse.post(reviewer, f"{url}/acknowledge", promised_on=str(day)).status_code == 303
    session.refresh(assignment)
    assert assignment.promised_on == day
    assert 'id="answer"' not in reviewer.get(url).text


def test_an_assignment_is_given_back_with_a_reason(
    session: Session, reviewer: FlaskClient, assignment: Assignment
) -> None:
    url = f"/reviews/{assignment.id}"
    refused = browse.post(reviewer, f"{url}/decline", **{"decline-reason": "没空"})
    assert (refused.status_code, "没空" in refused.text) == (422, True)
    sent = browse.post(reviewer, f"{url}/decline", **{"decline-reason": "本月出国，无法按期完成。"})
    assert (sent.status_code, sent.location) == (303, "/reviews")
    assert reviewer.get(url).status_code == 404
    session.refresh(assignment)
    assert assignment.declined_at == assignment.ended_at is not None


def test_reviewers_who_have_finished_discuss_by_letter(
    session: Session, reviewer: FlaskClient, application: Application, assignment: Assignment
) -> None:
    other = factories.assignment(
        session, application, label="B", reviewer=factories.persona(session, Role.REVIEWER, name="专家乙")
    )
    factories.review(session, other, marks={"novelty": "7"}, status=ReviewStatus.FINISHED)
    factories.remark(session, application, other, "请看第三页。")
    session.commit()
    url = f"/reviews/{assignment.id}"
    assert "请看第三页。" not in reviewer.get(url).text
    assert browse.post(reviewer, f"{url}/remarks", words="先说一句。").status_code == 409
    browse.post(reviewer, f"{url}/finish", **marks("30"))
    assert browse.post(reviewer, f"{url}/remarks", words="").status_code == 422
    assert browse.post(reviewer, f"{url}/remarks", words="看过了。").status_code == 303
    page = browse.words(reviewer.get(url))
    assert "专家 B" in page
    assert "请看第三页。" in page
    assert "专家 A" in page
    assert "专家乙" not in page


def test_a_finished_mark_is_changed_only_where_the_round_allows_it(
    session: Session, reviewer: FlaskClient, assignment: Assignment
) -> None:
    url = f"/reviews/{assignment.id}"
    browse.post(reviewer, f"{url}/finish", **marks("30"))
    assert 'id="change"' not in reviewer.get(url).text
    assert browse.post(reviewer, f"{url}/marks/novelty", **changed("20")).status_code == 409


def changed(points: str, reason: str = "讨论后认为验证报告不足。", version: int = 3) -> dict[str, Any]:
    prefix = "change-novelty-"
    fields = {"version": str(version), "points_novelty": points, "justification_novelty": WHY, "reason": reason}
    return {f"{prefix}{name}": value for name, value in fields.items()}


def test_a_finished_mark_is_changed_with_a_reason_and_the_first_stays(session: Session, client: Client) -> None:
    reviewer, _, assignment, version = finished(session, client)
    url = f"/reviews/{assignment.id}"
    assert 'id="change"' in reviewer.get(url).text
    for wrong in (changed("20", "短", version), changed("41", version=version), changed("", version=version)):
        assert browse.post(reviewer, f"{url}/marks/novelty", **wrong).status_code == 422
    assert browse.post(reviewer, f"{url}/marks/nothing", **changed("20", version=version)).status_code == 404
    assert browse.post(reviewer, f"{url}/marks/novelty", **changed("20", version=version)).status_code == 303
    page = browse.words(reviewer.get(url))
    assert "完成时评分 30 分" in page
    assert "讨论后认为验证报告不足。" in page
    assert [(str(row.points), row.reason) for row in session.scalars(select(Mark).order_by(Mark.id))] == [
        ("30", ""),
        ("20", "讨论后认为验证报告不足。"),
    ]


@pytest.mark.parametrize("path", ["", "/finish"])
@pytest.mark.parametrize("why", [WHY, "理" * 4001])
def test_marks_that_come_too_late_are_shown_to_be_copied(
    session: Session, reviewer: FlaskClient, application: Application, assignment: Assignment, path: str, why: str
) -> None:
    moved_on(session, application)
    told = browse.post(reviewer, f"/reviews/{assignment.id}{path}", **marks("37.5", why))
    assert told.status_code == 409
    assert 'id="unsaved"' in told.text
    assert f"37.5\n{why}" in told.text
    assert 'name="justification_novelty"' not in told.text
    session.expire_all()
    assert session.scalars(select(Mark)).all() == []
    assert session.scalars(select(Review)).all() == []


def test_marks_sent_after_finishing_are_shown_to_be_copied(
    session: Session, reviewer: FlaskClient, assignment: Assignment
) -> None:
    url = f"/reviews/{assignment.id}"
    browse.post(reviewer, f"{url}/finish", **marks("30"))
    other = "另一页面所写，尚未保存的理由。"
    told = browse.post(reviewer, url, **marks("10", other))
    assert (told.status_code, f"10\n{other}" in told.text) == (409, True)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("remarks", {"words": "讨论中写了很久的一段话。"}),
        ("decline", {"decline-reason": "讨论中写了很久的一段话。"}),
        ("conflict", {"reason": "讨论中写了很久的一段话。"}),
    ],
)
def test_other_words_that_come_too_late_are_shown_to_be_copied(
    session: Session,
    reviewer: FlaskClient,
    application: Application,
    assignment: Assignment,
    path: str,
    fields: dict[str, str],
) -> None:
    moved_on(session, application)
    told = browse.post(reviewer, f"/reviews/{assignment.id}/{path}", **fields)
    assert told.status_code == 409
    assert 'id="unsaved"' in told.text
    assert "讨论中写了很久的一段话。" in told.text
    assert f'action="/reviews/{assignment.id}/{path}"' not in told.text


def test_a_change_that_comes_after_another_keeps_its_words_and_can_be_sent_again(
    session: Session, client: Client
) -> None:
    reviewer, application, assignment, version = finished(session, client)
    url = f"/reviews/{assignment.id}"
    assert browse.post(reviewer, f"{url}/marks/novelty", **changed("20", version=version)).status_code == 303
    reason = "复核后发现计算口径有误，予以下调。"
    told = browse.post(reviewer, f"{url}/marks/novelty", **changed("10", reason, version))
    assert told.status_code == 409
    assert reason in told.text
    assert 'id="unsaved"' not in told.text
    now = int(hidden(told.text, "change-novelty-version"))
    assert now > version
    assert browse.post(reviewer, f"{url}/marks/novelty", **changed("10", reason, now)).status_code == 303
    given = [str(row.points) for row in session.scalars(select(Mark).order_by(Mark.id))]
    assert given == ["30", "20", "10"]
    session.rollback()

    moved_on(session, application)
    told = browse.post(reviewer, f"{url}/marks/novelty", **changed("5", "定稿后才想到的另一条理由。", now))
    assert (told.status_code, 'id="unsaved"' in told.text) == (409, True)
    assert "定稿后才想到的另一条理由。" in told.text
    assert 'id="change"' not in told.text


def finished(session: Session, client: Client) -> tuple[FlaskClient, Application, Assignment, int]:
    """A reviewer who has finished where marks may be changed, and the version of the review."""
    where = factories.round_category(session, steps={Kind.REVIEW: {"parameters": {"mark_changes": 1}}})
    application = factories.application(session, kind=Kind.REVIEW, round_category=where, answers={"licensed": True})
    person = factories.persona(session, Role.REVIEWER, programme=where.round.programme)
    assignment = factories.assignment(session, application, reviewer=person)
    version = factories.review(session, assignment, marks={"novelty": "30"}, status=ReviewStatus.FINISHED).version
    session.commit()
    return client(person), application, assignment, version


def moved_on(session: Session, application: Application) -> None:
    """The applicant withdraws while a page is open elsewhere."""
    session.execute(update(Application).where(Application.id == application.id).values(status=Status.WITHDRAWN))
    session.commit()


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
