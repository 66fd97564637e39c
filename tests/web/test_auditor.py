"""The auditor sees all of the own programmes and nothing of others, and can tell that the record is whole."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from registry.domain.policy import Actor
from registry.domain.vocabulary import Kind, Role
from registry.models import ChainHead
from registry.services import events
from tests import browse, factories
from tests.factories import NOON

ROW = '<th scope="row"'


@pytest.fixture
def programme(session):
    return factories.programme(session, name="深圳标杆项目")


@pytest.fixture
def case(session, programme):
    """An application of the programme with two events, a day apart, and one event about the programme."""
    category = factories.round_category(session, round_=factories.round_(session, programme=programme))
    made = factories.application(session, round_category=category, kind=Kind.SCREENING)
    officer = factories.persona(session, Role.OFFICER, programme=programme, name="赵六")
    for days, action, before, after in (
        (0, "submit", "filing.drafted", "recommendation.waiting"),
        (1, "recommend", "recommendation.waiting", "screening.waiting"),
    ):
        at = NOON + timedelta(days=days)
        events.record(
            session,
            Actor(at, user_id=officer.id),
            action,
            "application",
            made.id,
            programme_id=programme.id,
            application=made,
            before=before,
            after=after,
            payload={"note": f"第{days}天"},
        )
    events.record(session, Actor(NOON, worker=True), "open_round", "round", 1, programme_id=programme.id)
    session.commit()
    return made


@pytest.fixture
def auditor(session, programme, client):
    person = factories.persona(session, Role.AUDITOR, programme=programme)
    session.commit()
    return client(person)


def test_the_auditor_is_led_to_the_own_programmes_and_the_check(session, auditor, case):
    factories.programme(session, name="别的标杆项目")
    session.commit()
    page = browse.words(auditor.get("/audit"))
    assert "深圳标杆项目" in page
    assert "别的标杆项目" not in page
    with_head = session.get_one(ChainHead, 1)
    assert with_head.seq == 3
    assert with_head.digest in page


def test_events_come_newest_first_with_who_and_what(auditor, programme, case):
    answer = auditor.get(f"/audit/programmes/{programme.id}")
    page = browse.words(answer)
    assert page.index("第1天") < page.index("第0天")
    assert page.count("赵六") == 2
    # NOON is twelve o'clock in Beijing.
    assert "2026-03-03 12:00" in page
    # Places are told in words, not as they are kept.
    assert "screening.waiting" not in page


def test_the_events_of_one_application_can_be_picked_out(session, auditor, programme, case):
    address = f"/audit/programmes/{programme.id}"
    assert auditor.get(address).text.count("<details>") == 2
    only = auditor.get(f"{address}?application={case.id}").text
    assert only.count(ROW) == 2
    none = auditor.get(f"{address}?application={case.id + 1}").text
    assert none.count(ROW) == 0
    assert auditor.get(f"{address}?application=seven").status_code == 200


def test_long_records_come_in_pages(session, auditor, programme):
    for number in range(51):
        events.record(session, Actor(NOON, worker=True), "mark", "review", number, programme_id=programme.id)
    session.commit()
    address = f"/audit/programmes/{programme.id}"
    first = auditor.get(address)
    assert first.text.count(ROW) == 50
    further = html.unescape(re.search(r'href="([^"]+)" rel="next"', first.text)[1])
    last = auditor.get(further)
    assert last.text.count(ROW) == 1
    back = html.unescape(re.search(r'href="([^"]+)" rel="prev"', last.text)[1])
    assert auditor.get(back).text.count(ROW) == 50


def test_another_programme_is_not_there_for_the_auditor(session, auditor):
    other = factories.programme(session)
    session.commit()
    assert auditor.get(f"/audit/programmes/{other.id}").status_code == 404
    assert auditor.get("/audit/programmes/99999").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ANYONE, Role.WORKER, Role.AUDITOR)])
def test_nobody_else_audits(session, client, programme, role):
    person = factories.persona(session, role)
    session.commit()
    assert client(person).get("/audit").status_code == 403
    assert client(person).get(f"/audit/programmes/{programme.id}").status_code == 403


def test_without_an_account_one_is_asked_to_sign_in(client):
    assert client().get("/audit").location == "/sign-in?next=/audit"


def test_a_changed_event_is_shown_with_its_place(session, database, client, auditor, case):
    with database.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER event_refuses_update"))
        else:
            connection.execute(text("ALTER TABLE event DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE event SET action = 'select' WHERE seq = 2"))
    auditor.get("/sign-in")
    browse.post(auditor, "/language", language="en", next="/audit")
    page = browse.words(auditor.get("/audit"))
    assert "The record does not hold" in page
    assert "2 The event was changed." in page


def test_reading_leaves_no_trace(session, database, auditor, programme, case):
    auditor.get("/audit")
    auditor.get(f"/audit/programmes/{programme.id}")
    with database.reading() as fresh:
        assert fresh.get_one(ChainHead, 1).seq == 3
