"""The page of a site visit: its record, photographs, values, and end; what others read of it."""

import io
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.db import Database
from registry.domain.vocabulary import Kind, ReviewStatus, Role, Status
from registry.models import Application, SiteVisit, Verification, VisitPhoto
from registry.queries import kept_files
from tests import browse, factories
from tests.factories import NOON, ROUTE

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 40
ROUTE_WITH_VISIT = (*ROUTE[: ROUTE.index(Kind.DELIBERATION)], Kind.SITE_VISIT, *ROUTE[ROUTE.index(Kind.DELIBERATION) :])
FINDINGS = "现场查看了进出水口与台账，与申报一致。"
REASON = "现场在线监测数据为准，申报值偏高。"
RECORD = {"version": "0", "visited_on": "2026-03-02", "team": "陈华 | 省厅\n李明 | 设计院", "met": "赵工 | 水务公司"}


@pytest.fixture
def application(session: Session) -> Application:
    where = factories.round_category(session, route=ROUTE_WITH_VISIT)
    filed = {"licensed": True, "reused": "50"}
    found = factories.application(session, round_category=where, kind=Kind.SITE_VISIT, answers=filed)
    factories.recommendation(session, found)
    assignment = factories.assignment(session, found)
    factories.review(session, assignment, marks={"novelty": "40"}, status=ReviewStatus.FINISHED)
    return found


@pytest.fixture
def people(session, application, client, at) -> dict[Role, FlaskClient]:
    roles = (Role.OFFICER, Role.APPROVER, Role.AUDITOR)
    found = {role: factories.persona(session, role, name=f"某{role}") for role in roles}
    found[Role.SIGNATORY] = factories.persona(session, Role.SIGNATORY, organisation=application.organisation)
    session.commit()
    at(NOON)
    return {role: client(person) for role, person in found.items()}


@pytest.fixture
def officer(people) -> FlaskClient:
    return people[Role.OFFICER]


def address(application: Application, part: str = "") -> str:
    return f"/admin/visits/{application.id}{part}"


def record(officer, application, **fields):
    return browse.post(officer, address(application, "/record"), **{**RECORD, "findings": FINDINGS, **fields})


def picture(officer, application, content=PNG, name="现场.png", caption="曝气池"):
    file = (io.BytesIO(content), name)
    return browse.post(officer, address(application, "/photographs"), file=file, caption=caption)


def latest(database: Database, table: type):
    with database.reading() as session:
        return session.scalars(select(table).order_by(table.id.desc())).first()


def test_from_the_record_to_the_end(database, officer, people, application):
    page = officer.get(address(application))
    assert page.status_code == 200
    assert 'enctype="multipart/form-data"' not in page.text  # photographs are put to a record
    assert record(officer, application).status_code == 303
    visit = latest(database, SiteVisit)
    assert (visit.visited_on, visit.findings, visit.met) == (
        date(2026, 3, 2),
        FINDINGS,
        [{"name": "赵工", "unit": "水务公司"}],
    )
    assert picture(officer, application).status_code == 303
    assert picture(officer, application, JPEG, "台账.JPEG", "进水台账").status_code == 303
    established = browse.post(officer, f"/admin/cases/{application.id}/values/reused", value="40", reason=REASON)
    assert established.location == f"/admin/visits/{application.id}#values"
    assert latest(database, Verification).visit_id == visit.id
    page = officer.get(address(application))
    assert page.text.count("<img src=") == 2
    assert 'alt="曝气池"' in page.text
    assert "40 %" in browse.words(page)
    assert browse.post(officer, address(application, "/conclude")).status_code == 303
    moved = latest(database, Application)
    assert (moved.kind, moved.status) == (Kind.DELIBERATION, Status.WAITING)
    # 40 % of reuse are 24 of 60 points, the panel gave 40 of 40.
    assert "64.00" in browse.words(officer.get(f"/admin/cases/{application.id}"))
    for role in (Role.OFFICER, Role.APPROVER, Role.AUDITOR):
        read = people[role].get(address(application))
        assert FINDINGS in browse.words(read)
        assert "<form" not in read.text.split("<main")[1]
        assert FINDINGS in browse.words(people[role].get(f"/admin/cases/{application.id}"))


def test_the_applicant_reads_the_day_and_the_values_and_sees_no_more(database, officer, people, application):
    record(officer, application)
    picture(officer, application)
    browse.post(officer, f"/admin/cases/{application.id}/values/reused", value="40", reason=REASON)
    applicant, url = people[Role.SIGNATORY], f"/applications/{application.id}"
    assert REASON not in browse.words(applicant.get(url))
    browse.post(officer, address(application, "/conclude"))
    page = browse.words(applicant.get(url))
    assert "2026-03-02" in page
    assert REASON in page
    assert FINDINGS not in page
    assert "陈华" not in page
    assert applicant.get(f"/admin/visits/photographs/{latest(database, VisitPhoto).id}").status_code == 403
    assert applicant.get(address(application)).status_code == 403


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"findings": "一致。"}, "一致。"),
        ({"visited_on": "2026-03-03"}, FINDINGS),
        ({"visited_on": "not a day"}, FINDINGS),
        ({"team": "陈华"}, "陈华"),
        ({"team": ""}, FINDINGS),
        ({"met": "赵工 | 水务公司\n赵工 | 水务公司"}, "赵工 | 水务公司"),
    ],
)
def test_a_refused_record_keeps_what_was_entered(database, officer, application, fields, kept):
    refused = record(officer, application, **fields)
    assert refused.status_code == 422
    assert 'class="field-error"' in refused.text
    assert kept in refused.text
    assert "李明 | 设计院" in refused.text or "team" in fields
    assert latest(database, SiteVisit) is None


def test_a_second_tab_overwrites_nothing_and_loses_nothing(database, officer, application):
    assert record(officer, application).status_code == 303
    second = record(officer, application, findings="另一页面写下的内容，也有十个字。")
    assert second.status_code == 409
    assert FINDINGS in second.text
    assert "另一页面写下的内容，也有十个字。" in second.text
    assert latest(database, SiteVisit).findings == FINDINGS
    # To send it again from the page that was shown is a choice.
    version = str(latest(database, SiteVisit).version)
    assert f'name="version" type="hidden" value="{version}"' in second.text
    assert record(officer, application, version=version, findings="以这一份为准，内容已核对。").status_code == 303


def test_photographs_come_after_the_record(officer, application):
    assert picture(officer, application).status_code == 409


@pytest.mark.parametrize(
    ("content", "name", "caption"),
    [
        (b"%PDF-1.7 text", "a.pdf", "报告"),
        (b"%PDF-1.7 text", "a.jpg", "报告"),
        (b"<html><script>alert(1)</script>", "a.png", "图"),
        (b"", "a.png", "图"),
        (PNG, "a.heic", "图"),
        (PNG, "a.png", ""),
        (PNG, "", "图"),
    ],
)
def test_what_is_no_photograph_is_refused_and_not_kept(database, config, officer, application, content, name, caption):
    record(officer, application)
    refused = picture(officer, application, content, name, caption)
    assert refused.status_code == 422
    assert 'class="field-error"' in refused.text
    assert latest(database, VisitPhoto) is None
    assert [path for path in (config.data / "files").rglob("*") if path.is_file()] == []


def test_a_photograph_is_shown_as_a_picture_and_nothing_else(database, people, officer, application):
    record(officer, application)
    picture(officer, application)
    number = latest(database, VisitPhoto).id
    for role in (Role.OFFICER, Role.APPROVER, Role.AUDITOR):
        answer = people[role].get(f"/admin/visits/photographs/{number}")
        assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", PNG)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Cache-Control"] == "no-store"
        answer.close()
    url = address(application, f"/photographs/{number}/remove")
    assert browse.post(people[Role.AUDITOR], url).status_code == 403
    assert browse.post(officer, url).status_code == 303
    assert officer.get(f"/admin/visits/photographs/{number}").status_code == 404
    assert "<img" not in officer.get(address(application)).text.split("<main")[1]


def test_a_file_that_is_named_is_not_swept_away(database, config, officer, application):
    record(officer, application)
    picture(officer, application)
    digest = latest(database, VisitPhoto).sha256
    with database.reading() as session:
        assert kept_files.named(session, [digest, "0" * 64]) == {digest}


def test_a_visit_of_another_programme_is_not_found(session, database, client, application, people, officer):
    record(officer, application)
    picture(officer, application)
    number = latest(database, VisitPhoto).id
    person = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    session.commit()
    stranger = client(person)
    assert stranger.get(address(application)).status_code == 404
    assert stranger.get(f"/admin/visits/photographs/{number}").status_code == 404
    assert record(stranger, application).status_code == 404


def test_nothing_is_concluded_before_it_is_recorded(officer, application):
    assert browse.post(officer, address(application, "/conclude")).status_code == 409


def test_the_office_is_led_to_the_visit(officer, application):
    page = officer.get(f"/admin/cases/{application.id}")
    assert f'href="/admin/visits/{application.id}"' in page.text
    # Values rest on the record, so there is nothing to establish before it.
    assert f"/admin/cases/{application.id}/values/" not in page.text
    record(officer, application)
    assert f"/admin/cases/{application.id}/values/reused" in officer.get(f"/admin/cases/{application.id}").text
