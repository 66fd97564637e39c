"""The office follows up reviewers: the list of those who are late, reminders, and the discussion on a case."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import Kind, MessageStatus, ReviewStatus, Role
from registry.models import Application, Assignment, Message, ReviewRemark, RoundCategory
from registry.services import messages
from tests import browse, factories

Client = Callable[..., FlaskClient]


@pytest.fixture
def application(session: Session) -> Application:
    return factories.application(session, kind=Kind.REVIEW, answers={"licensed": True})


@pytest.fixture
def late(session: Session, application: Application) -> Assignment:
    """Invited, and due, long before the clock of the machine."""
    person = factories.persona(session, Role.REVIEWER, name="专家甲")
    due = factories.NOON + timedelta(days=10)
    assignment = factories.assignment(session, application, reviewer=person, due_at=due)
    inviting = factories.actor(session, person)
    message = messages.queue(session, inviting, person, "review_assigned", {"site": "厂"})
    messages.mark_sent(message, inviting)
    session.flush()
    assignment.message_id = message.id
    return assignment


@pytest.fixture
def officer(session: Session, client: Client, late: Assignment) -> FlaskClient:
    person = factories.persona(session, Role.OFFICER)
    session.commit()
    return client(person)


def address(session: Session, application: Application) -> str:
    where = session.get_one(RoundCategory, application.round_category_id)
    return f"/admin/rounds/{where.round_id}/reviewers"


def reminders(session: Session, assignment: Assignment) -> list[str]:
    query = select(Message.key).where(Message.user_id == assignment.reviewer_id, Message.key != "review_assigned")
    return list(session.scalars(query))


def test_who_is_late_is_listed_and_reminded(
    session: Session, officer: FlaskClient, application: Application, late: Assignment
) -> None:
    url = address(session, application)
    one = f"{url}/{late.id}/remind"
    session.rollback()
    page = browse.words(officer.get(url))
    assert "专家甲" in page
    assert "已逾期" in page
    assert browse.post(officer, one).status_code == 303
    assert reminders(session, late) == ["review_reminder"]
    session.rollback()
    # Not twice within a day, neither alone nor with all.
    assert browse.post(officer, one).status_code == 409
    assert browse.post(officer, url).status_code == 409


def test_all_are_reminded_or_those_of_one_kind(
    session: Session, officer: FlaskClient, application: Application, late: Assignment
) -> None:
    url = address(session, application)
    assert browse.post(officer, url, concern="not_opened").status_code == 409
    assert browse.post(officer, url, concern="overdue").status_code == 303
    assert reminders(session, late) == ["review_reminder"]


def test_what_is_finished_is_not_listed(session: Session, client: Client, application: Application) -> None:
    assignment = factories.assignment(session, application)
    factories.review(session, assignment, marks={"novelty": "7"}, status=ReviewStatus.FINISHED)
    person = factories.persona(session, Role.OFFICER)
    session.commit()
    url = address(session, application)
    session.rollback()
    assert f"{url}/{assignment.id}/remind" not in client(person).get(url).text
    assert browse.post(client(person), f"{url}/{assignment.id}/remind").status_code == 404


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR])
def test_others_read_the_list_and_remind_nobody(
    session: Session, client: Client, application: Application, late: Assignment, role: Role
) -> None:
    person = factories.persona(session, role)
    session.commit()
    url = address(session, application)
    session.rollback()
    page = client(person).get(url)
    assert (page.status_code, "专家甲" in page.text, f"{url}/{late.id}/remind" in page.text) == (200, True, False)
    assert browse.post(client(person), f"{url}/{late.id}/remind").status_code == 403


def test_a_message_that_came_back_is_noted_on_the_case(
    session: Session, officer: FlaskClient, application: Application, late: Assignment
) -> None:
    case = f"/admin/cases/{application.id}"
    assert "通知已发出" in browse.words(officer.get(case))
    assert browse.post(officer, f"{case}/reviewers/{late.id}/bounced").status_code == 303
    assert "通知被退回" in browse.words(officer.get(case))
    session.refresh(late)
    assert late.bounced_at is not None
    assert session.get_one(Message, late.message_id).status is MessageStatus.SENT


def test_the_office_takes_part_in_the_discussion(
    session: Session, officer: FlaskClient, application: Application, late: Assignment
) -> None:
    factories.review(session, late, marks={"novelty": "7"}, status=ReviewStatus.FINISHED)
    factories.remark(session, application, late, "请看第三页。")
    session.commit()
    case = f"/admin/cases/{application.id}"
    assert "请看第三页。" in officer.get(case).text
    assert browse.post(officer, f"{case}/remarks", words="").status_code == 422
    assert browse.post(officer, f"{case}/remarks", words="已请申报单位说明。").status_code == 303
    rows = session.scalars(select(ReviewRemark).order_by(ReviewRemark.id)).all()
    assert [(row.assignment_id, row.words) for row in rows] == [(late.id, "请看第三页。"), (None, "已请申报单位说明。")]


def test_who_declined_stands_on_the_case_with_the_reason(
    session: Session, officer: FlaskClient, application: Application, late: Assignment
) -> None:
    late.ended_at = late.declined_at = factories.NOON
    late.ended_reason = "本月出国，无法按期完成。"
    session.commit()
    page = browse.words(officer.get(f"/admin/cases/{application.id}"))
    assert "谢绝评审" in page
    assert "本月出国，无法按期完成。" in page
