"""Long work in the browser: asked for with a form, waited for on a page, kept for those who may have it."""

import re

import pytest
from sqlalchemy import func, select, update

from registry.domain.vocabulary import DecisionKind, Kind, Role, TaskState
from registry.models import Award, Grant, Task
from registry.services.notices import entry_of
from registry.tasks import work_off
from registry.web import lists
from tests import browse, factories
from tests.factories import NOON

NAMES = {
    "organisation": {"zh": "滨江水务有限公司", "en": ""},
    "region": {"zh": "滨江区", "en": ""},
    "category": {"zh": "污水处理", "en": ""},
}


@pytest.fixture(autouse=True)
def noon(at):
    at(NOON)


@pytest.fixture
def person(session):
    made = factories.persona(session, Role.OFFICER)
    session.commit()
    return made


@pytest.fixture
def officer(client, person):
    return client(person)


@pytest.fixture
def issue(session):
    """The address at which the certificates of a list of two are asked for."""
    where = factories.round_category(session, quota=9)
    publication = factories.publication(session, factories.decision(session, where, kind=DecisionKind.PUBLICATION))
    for position, site in enumerate(("城北水质净化厂", "东湖\U0001f600水厂"), start=1):
        application = factories.application(session, round_category=where, kind=Kind.CERTIFICATE)
        content = {"site": {"zh": site, "en": ""}, **NAMES}
        factories.entry(session, publication, application, position=position, content=content)
    session.commit()
    return f"/admin/awards/publications/{publication.id}/issue"


def fetched(client, path):
    """A file, read to its end and closed."""
    answer = client.get(path)
    answer.get_data()
    answer.close()
    return answer


def count(database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Task))


def test_certificates_are_asked_for_waited_for_and_kept(database, config, officer, issue):
    page = browse.post(officer, issue).location
    waiting = officer.get(page).text
    assert "data-waits" in waiting
    assert re.search(r'<progress[^>]* value="0" max="2"', waiting)
    assert f'href="{page}"' in waiting  # the way to look again without a module
    assert page in officer.get("/admin/awards").text
    assert work_off(database, config, "a") == 1
    done = officer.get(page).text
    assert "data-waits" not in done
    assert ("东湖\U0001f600水厂" in done, "U+1F600" in done, "城北水质净化厂" in done) == (True, True, False)
    file = fetched(officer, f"{page}/file")
    assert (file.status_code, file.mimetype, file.data[:2]) == (200, "application/zip", b"PK")
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert f"{page}/file" in officer.get("/tasks").text
    with database.reading() as session:
        assert session.scalars(select(Award.serial)).all() == [1]


def test_a_form_sent_twice_is_one_task(database, officer, issue):
    key = "k" * 32
    first = browse.post(officer, issue, idempotency_key=key)
    again = browse.post(officer, issue, idempotency_key=key)
    other_form = browse.post(officer, issue)
    assert first.location == again.location == other_form.location
    assert count(database) == 1


def test_a_task_is_nobody_elses_business(client, session, database, config, officer, issue):
    page = browse.post(officer, issue).location
    work_off(database, config, "a")
    auditor = factories.persona(session, Role.AUDITOR)
    applicant = factories.persona(session, Role.DRAFTER)
    session.commit()
    assert fetched(client(auditor), f"{page}/file").status_code == 200
    assert client(applicant).get(page).status_code == 404
    assert client(applicant).get(f"{page}/file").status_code == 404
    assert client().get(page).status_code == 303


def test_whoever_lost_the_role_is_told_and_has_no_file(session, database, config, officer, person, issue):
    page = browse.post(officer, issue).location
    work_off(database, config, "a")
    session.execute(update(Grant).where(Grant.user_id == person.id).values(ended_at=NOON))
    session.commit()
    assert f"{page}/file" not in officer.get(page).text
    assert officer.get(f"{page}/file").status_code == 403


def test_a_task_is_cancelled_by_whoever_asked(database, config, officer, issue):
    page = browse.post(officer, issue).location
    assert browse.post(officer, f"{page}/cancel").location == page
    assert work_off(database, config, "a") == 0
    assert f"{page}/cancel" not in officer.get(page).text
    assert browse.post(officer, f"{page}/cancel").status_code == 409


def test_three_wait_at_most(session, officer, database):
    addresses = []
    for _ in range(4):
        where = factories.round_category(session)
        factories.application(session, round_category=where, kind=Kind.SCREENING)
        addresses.append(f"/admin/cases/export?category={where.id}")
    session.commit()
    assert [browse.post(officer, address).status_code for address in addresses] == [303, 303, 303, 409]
    assert count(database) == 3


def test_an_export_keeps_the_filter_of_the_list(session, officer, database):
    where = factories.round_category(session)
    wanted = factories.application(session, round_category=where, kind=Kind.SCREENING)
    factories.application(session, kind=Kind.SCREENING)
    session.commit()
    path = f"/admin/cases/export?category={where.id}"
    assert path in officer.get(f"/admin/cases?category={where.id}").text
    browse.post(officer, path)
    with database.reading() as reading:
        assert reading.scalars(select(Task)).one().parameters["applications"] == [wanted.id]
    nothing = browse.post(officer, "/admin/cases/export?q=nothing-has-this-name")
    assert nothing.status_code == 422


def test_an_approver_exports_nothing(session, client):
    factories.application(session, kind=Kind.SCREENING)
    person = factories.persona(session, Role.APPROVER)
    session.commit()
    approver = client(person)
    assert "/admin/cases/export" not in approver.get("/admin/cases").text
    assert browse.post(approver, "/admin/cases/export").status_code == 403


@pytest.fixture
def long_lists(monkeypatch):
    monkeypatch.setattr(lists, "MOST_AT_ONCE", 0)


@pytest.fixture
def notice(session):
    application = factories.application(session, kind=Kind.NOTICE)
    selection = factories.decision(session, application.round_category)
    factories.outcome(session, selection, application)
    row = factories.notice(session, selection, entries=[entry_of(application, 1)])
    session.commit()
    return f"/notices/{row.id}"


def test_a_long_public_list_is_drawn_once_and_then_served(client, database, config, notice, long_lists):
    visitor = client()
    first = visitor.get(f"{notice}.pdf")
    assert (first.status_code, first.mimetype) == (202, "text/html")
    assert (f"{notice}.csv" in first.text, f"{notice}.xlsx" in first.text) == (True, True)
    assert visitor.get(f"{notice}.pdf").status_code == 202
    assert count(database) == 1
    assert work_off(database, config, "a") == 1
    ready = [fetched(visitor, f"{notice}.pdf") for _ in range(2)]
    assert [(one.status_code, one.mimetype) for one in ready] == [(200, "application/pdf")] * 2
    assert "%E5%85%AC%E7%A4%BA" in ready[0].headers["Content-Disposition"]  # 公示
    assert count(database) == 1
    for extension in ("xlsx", "csv"):
        assert visitor.get(f"{notice}.{extension}").status_code == 200


def lose_files(config):
    for path in (config.data / "files").rglob("*"):
        if path.is_file():
            path.unlink()


def test_a_public_list_whose_file_is_gone_is_drawn_again_by_a_worker(client, database, config, notice, long_lists):
    visitor = client()
    visitor.get(f"{notice}.pdf")
    work_off(database, config, "a")
    lose_files(config)
    assert [visitor.get(f"{notice}.pdf").status_code for _ in range(2)] == [202, 202]
    assert count(database) == 2
    work_off(database, config, "a")
    assert fetched(visitor, f"{notice}.pdf").data.startswith(b"%PDF-")


def test_what_fails_behind_a_page_spoils_no_answer_and_is_asked_for_again(
    client, database, notice, long_lists, monkeypatch, caplog
):
    def broken(*_given, **_named):
        raise RuntimeError("no such thing")

    visitor = client()
    with monkeypatch.context() as patched:
        patched.setattr("registry.services.tasks.ask_list", broken)
        answer = visitor.get(f"{notice}.pdf")
    assert (answer.status_code, count(database)) == (202, 0)
    assert "no such thing" not in answer.text
    assert "what a page left to be written was not" in caplog.text
    assert visitor.get(f"{notice}.pdf").status_code == 202
    assert count(database) == 1


def test_a_public_list_that_could_not_be_drawn_is_not_tried_at_every_look(client, database, notice, long_lists, at):
    visitor = client()
    visitor.get(f"{notice}.pdf")
    with database.writing() as session:
        values = {"state": TaskState.FAILED, "failure": "task_broke", "ended_at": NOON, "kept_until": NOON}
        session.execute(update(Task).values(**values))
        session.commit()
    assert visitor.get(f"{notice}.pdf").status_code == 202
    assert count(database) == 1


def test_an_officials_long_draft_is_a_task_of_their_own(session, officer, database, config, long_lists):
    application = factories.application(session, kind=Kind.DELIBERATION)
    line = {"application": application.id, "total": None, "grade": None, "rank": 1, "result": "selected"}
    content = {"applications": [{**line, "ground": "within_quota", "reason": ""}]}
    decision = factories.decision(session, application.round_category, content=content)
    session.commit()
    url = f"/admin/decisions/{decision.id}"
    assert officer.get(f"{url}/list.pdf").status_code == 409
    assert officer.get(f"{url}/list.xlsx").status_code == 200
    page = browse.post(officer, f"{url}/list").location
    assert browse.post(officer, f"{url}/list").location == page
    work_off(database, config, "a")
    assert fetched(officer, f"{page}/file").data.startswith(b"%PDF-")
    assert browse.post(officer, f"{url}/list").location == page
    assert count(database) == 1
    lose_files(config)
    assert officer.get(f"{page}/file").status_code == 404
    again = browse.post(officer, f"{url}/list").location
    assert again != page
    work_off(database, config, "a")
    assert fetched(officer, f"{again}/file").data.startswith(b"%PDF-")
