"""The end of a round in the browser: what stands in the way, the act with its tick, the dossiers with their files."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.domain.vocabulary import DecisionStatus, Kind, Role, Status, TaskState
from registry.models import Dossier, Round, Task
from registry.tasks import work_off
from tests import browse, factories
from tests.factories import NOON

LATER = NOON + timedelta(days=40)


@pytest.fixture(autouse=True)
def later(at):
    at(LATER)


@pytest.fixture
def where(session):
    return factories.round_category(session, round_=factories.round_(session, closes_at=NOON))


@pytest.fixture
def visiting(session, client):
    """Sign somebody in who has a role in the programme."""

    def visiting_(role):
        person = factories.persona(session, role)
        session.commit()
        return client(person)

    return visiting_


def archive(client, number, **fields):
    return browse.post(client, f"/admin/rounds/{number}/archive", **fields)


def test_what_stands_in_the_way_is_listed_with_where_to_go(session, visiting, where):
    for _number in range(3):
        factories.application(session, round_category=where, kind=Kind.SCREENING)
    proposed = factories.decision(session, where, status=DecisionStatus.PROPOSED)
    officer = visiting(Role.OFFICER)
    page = officer.get(f"/admin/rounds/{where.round_id}").text
    section = re.search(r'<section class="confirm" aria-labelledby="archive-title">.*?</section>', page, re.S)[0]
    assert re.findall(r'href="([^"]+)"', section) == [
        f"/admin/cases?status=waiting&amp;programme=1&amp;category={where.id}",
        f"/admin/decisions/{proposed.id}",
    ]
    assert re.findall(r"</a>：(\d+)</li>", section) == ["3", "1"]
    assert "<button" not in section
    assert archive(officer, where.round_id).status_code == 409


def test_a_library_is_given_an_end_with_a_reason_and_a_tick(database, session, visiting):
    where = factories.round_category(session, round_=factories.round_(session, closes_at=None))
    factories.application(session, round_category=where, status=Status.DRAFTED)
    officer, url = visiting(Role.OFFICER), f"/admin/rounds/{where.round_id}"
    assert "尚未提交、将收到通知的申报：1" in officer.get(url).text
    fields = {"closes_at": "2026-04-11T11:59", "reason": "本批储备库工作结束。"}
    past = browse.post(officer, f"{url}/end", **fields)
    assert past.status_code == 422
    assert "本批储备库工作结束。" in past.text
    # LATER is 12:00 in Beijing on 11 April 2026.
    fields["closes_at"] = "2026-04-11T12:00"
    assert browse.post(officer, f"{url}/end", **fields, sure=None).status_code == 422
    assert browse.post(officer, f"{url}/end", **fields).status_code == 303
    with database.reading() as opened:
        assert opened.get_one(Round, where.round_id).closes_at == LATER
    page = officer.get(url).text
    assert 'aria-labelledby="end-title"' not in page
    assert 'aria-labelledby="archive-title"' in page
    assert "/end" not in visiting(Role.AUDITOR).get(url).text


def test_it_is_archived_with_a_tick_and_says_so_everywhere(database, config, session, client, visiting, where):
    factories.application(session, round_category=where, kind=Kind.SCREENING, status=Status.REFUSED)
    officer = visiting(Role.OFFICER)
    assert archive(officer, where.round_id, sure=None).status_code == 422
    assert archive(officer, where.round_id).status_code == 303
    page = officer.get(f"/admin/rounds/{where.round_id}").text
    assert "已归档" in page
    assert "正在生成归档卷宗" in page
    work_off(database, config, "a")
    page = officer.get(f"/admin/rounds/{where.round_id}").text
    with database.reading() as opened:
        row = opened.scalars(select(Dossier)).one()
        assert opened.get_one(Round, where.round_id).archived_at == LATER
    assert row.digest in page
    assert "registry rounds replay" in page
    assert "本批次已于 2026-04-11 12:00 归档" in client().get(f"/rounds/{where.round_id}").text


def test_one_that_failed_says_why_and_is_asked_for_again(database, session, visiting, where):
    officer = visiting(Role.OFFICER)
    archive(officer, where.round_id)
    with database.writing() as opened:
        task = opened.scalars(select(Task)).one()
        task.state, task.failure, task.failure_values = TaskState.FAILED, "task_given_up", {"times": 5}
        task.ended_at, task.kept_until = LATER, LATER + timedelta(days=14)
        opened.commit()
    page = officer.get(f"/admin/rounds/{where.round_id}").text
    assert "卷宗未能生成" in page
    assert browse.post(officer, f"/admin/rounds/{where.round_id}/dossiers").status_code == 303
    with database.reading() as opened:
        assert [task.state for task in opened.scalars(select(Task).order_by(Task.id))] == [
            TaskState.FAILED,
            TaskState.QUEUED,
        ]


def test_its_files_are_for_who_may_see_the_ranking(database, config, session, client, visiting, where):
    archive(visiting(Role.OFFICER), where.round_id)
    work_off(database, config, "a")
    with database.reading() as opened:
        number = opened.scalars(select(Dossier.id)).one()
    address = f"/admin/rounds/{where.round_id}/dossiers/{number}"
    for role in (Role.OFFICER, Role.APPROVER, Role.AUDITOR):
        person = visiting(role)
        for kind, begins in (("json", b"{"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
            answer = person.get(f"{address}/{kind}")
            assert (answer.status_code, answer.data[: len(begins)]) == (200, begins)
            assert answer.headers["Content-Disposition"].endswith(f".{kind}")
            answer.close()
    assert visiting(Role.REVIEWER).get(f"{address}/json").status_code == 403
    assert client().get(f"{address}/json").status_code == 303
    stranger = factories.user(session)
    factories.grant(session, stranger, Role.OFFICER, programme=factories.programme(session))
    session.commit()
    assert client(stranger).get(f"{address}/json").status_code == 404
    assert visiting(Role.OFFICER).get(f"/admin/rounds/99/dossiers/{number}/json").status_code == 404
    assert visiting(Role.OFFICER).get(f"{address}/zip").status_code == 404


def test_the_auditor_finds_the_dossiers_of_a_programme(session, visiting, where):
    factories.archived(session, session.get_one(Round, where.round_id), archived_at=LATER)
    row = factories.dossier(session, where, written_at=LATER)
    programme = session.get_one(Round, where.round_id).programme_id
    page = visiting(Role.AUDITOR).get(f"/audit/programmes/{programme}").text
    assert row.digest in page
    assert f"/admin/rounds/{where.round_id}/dossiers/{row.id}/pdf" in page
