"""The library as the office sees it, and calling from it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import FilingKind, Kind, Level, Role, Status
from registry.models import Application, Event, Message, RoundCategory
from tests import browse, factories

Client = Callable[..., FlaskClient]
REASON = "按年度计划调入本批遴选。"
END = (Kind.SCORING, Kind.DELIBERATION, Kind.NOTICE, Kind.PUBLICATION, Kind.CERTIFICATE)
ROUTE = (Kind.FILING, Kind.RECOMMENDATION, Kind.SCREENING, Kind.LIBRARY, *END)


@pytest.fixture
def library(session: Session) -> RoundCategory:
    return factories.round_category(session, route=ROUTE)


@pytest.fixture
def kept(session: Session, library: RoundCategory) -> list[Application]:
    rows = [factories.application(session, round_category=library, kind=Kind.LIBRARY) for _ in range(3)]
    factories.recommendation(session, rows[0], rank=7, level=Level.PROVINCE)
    return rows


@pytest.fixture
def officer(session: Session, client: Client, kept: list[Application]) -> FlaskClient:
    person = factories.persona(session, Role.OFFICER)
    session.commit()
    return client(person)


def kinds(session: Session, rows: list[Application]) -> list[Kind]:
    session.expire_all()
    found = [session.get_one(Application, row.id).kind for row in rows]
    session.rollback()
    return found


def test_the_library_lists_what_waits_there(officer: FlaskClient, kept: list[Application]) -> None:
    page = browse.words(officer.get("/admin/library"))
    assert all(row.site.name in page for row in kept)
    assert "7" in page
    assert "/admin/library" in officer.get("/admin/cases").text
    assert all(row.site.name in browse.words(officer.get("/admin/cases?stage=library")) for row in kept)


def test_the_chosen_are_called_for_one_reason(
    session: Session, officer: FlaskClient, library: RoundCategory, kept: list[Application]
) -> None:
    url = f"/admin/library/{library.id}"
    chosen = [str(kept[0].id), str(kept[2].id)]
    assert browse.post(officer, url, reason=REASON).status_code == 422
    short = browse.post(officer, url, applications=chosen, reason="好")
    assert short.status_code == 422
    assert short.text.count(" checked") == 2
    assert ">好</textarea>" in short.text
    assert kinds(session, kept) == [Kind.LIBRARY] * 3
    assert browse.post(officer, url, applications=chosen, reason=REASON).status_code == 303
    assert kinds(session, kept) == [Kind.SCORING, Kind.LIBRARY, Kind.SCORING]
    events = session.scalars(select(Event).where(Event.action == "call")).all()
    assert [event.payload["reason"] for event in events] == [REASON, REASON]


@pytest.mark.parametrize("number", ["x", "0", "-1", str(10**30)])
def test_what_is_no_application_is_refused(officer: FlaskClient, library: RoundCategory, number: str) -> None:
    refused = browse.post(officer, f"/admin/library/{library.id}", applications=[number], reason=REASON)
    assert refused.status_code == 422


def test_what_has_left_the_library_is_said(
    session: Session, officer: FlaskClient, library: RoundCategory, kept: list[Application]
) -> None:
    url = f"/admin/library/{library.id}"
    browse.post(officer, url, applications=[str(kept[0].id)], reason=REASON)
    late = browse.post(officer, url, applications=[str(kept[0].id), str(kept[1].id)], reason=REASON)
    assert late.status_code == 422
    assert REASON in late.text
    assert kinds(session, kept) == [Kind.SCORING, Kind.LIBRARY, Kind.LIBRARY]


def test_one_is_called_from_its_own_page_and_the_applicant_is_told(
    session: Session, officer: FlaskClient, kept: list[Application]
) -> None:
    application = kept[1]
    assert application.organisation is not None
    factories.persona(session, Role.SIGNATORY, organisation=application.organisation)
    session.commit()
    url = f"/admin/cases/{application.id}"
    assert f'action="{url}/call"' in officer.get(url).text
    refused = browse.post(officer, f"{url}/call", **{"call-reason": "好"})
    assert refused.status_code == 422
    assert "好</textarea>" in refused.text
    assert browse.post(officer, f"{url}/call", **{"call-reason": REASON}).status_code == 303
    assert session.scalars(select(Message.key)).all() == ["application_called"]
    session.rollback()
    assert REASON in browse.words(officer.get(url))
    assert browse.post(officer, f"{url}/call", **{"call-reason": REASON}).status_code == 409


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR])
def test_others_read_the_library_and_call_nothing(
    session: Session, client: Client, library: RoundCategory, kept: list[Application], role: Role
) -> None:
    person = factories.persona(session, role)
    session.commit()
    reader = client(person)
    page = reader.get("/admin/library")
    assert kept[0].site.name in browse.words(page)
    assert "checkbox" not in page.text
    chosen = [str(kept[0].id)]
    answer = browse.post(reader, f"/admin/library/{library.id}", applications=chosen, reason=REASON)
    assert answer.status_code == 403


def test_another_programmes_library_is_not_there(
    session: Session, client: Client, library: RoundCategory, kept: list[Application]
) -> None:
    person = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    session.commit()
    stranger = client(person)
    assert kept[0].site.name not in browse.words(stranger.get("/admin/library"))
    chosen = [str(kept[0].id)]
    answer = browse.post(stranger, f"/admin/library/{library.id}", applications=chosen, reason=REASON)
    assert answer.status_code == 404


# The filings of one application


def test_the_office_reads_earlier_filings_and_what_changed(session: Session, client: Client) -> None:
    route = (Kind.FILING, Kind.SCREENING, Kind.LIBRARY, Kind.FILING, Kind.SCREENING, *END)
    steps = {0: {"filing": FilingKind.REGISTRATION}, 3: {"filing": FilingKind.ACCEPTANCE}}
    where = factories.round_category(session, route=route, steps=steps)
    application = factories.application(
        session, round_category=where, kind=Kind.LIBRARY, answers={"licensed": True, "reused": "50"}
    )
    officer = factories.persona(session, Role.OFFICER)
    assert application.organisation is not None
    person = factories.user(session)
    factories.seat(session, person, application.organisation)
    session.commit()
    office, applicant, url = client(officer), client(person), f"/admin/cases/{application.id}"
    assert 'id="filings"' not in office.get(url).text
    assert browse.post(office, f"{url}/call", **{"call-reason": REASON}).status_code == 303

    due = browse.words(applicant.get(f"/applications/{application.id}"))
    assert "50 %" in due
    form = applicant.get(f"/applications/{application.id}/edit")
    assert 'value="50"' in form.text
    # While it is being filled in, the office reads the one before.
    page = office.get(url)
    assert page.status_code == 200
    assert 'id="filings"' not in page.text

    saved = applicant.post(
        f"/applications/{application.id}/autosave",
        json={"revision": 1, "values": {"reused": "70"}, "not_applicable": {}},
        headers={"X-CSRFToken": browse.token(applicant)},
    )
    assert saved.status_code == 200
    sign = applicant.get(f"/applications/{application.id}/submit")
    digest = sign.text.split('name="digest" value="')[1][:64]
    sent = browse.post(applicant, f"/applications/{application.id}/submit", revision="2", digest=digest, truthful="y")
    assert sent.status_code == 303
    page = office.get(url)
    said = browse.words(page)
    assert 'id="filings"' in page.text
    assert said.index("70 %") < said.index("50 %")
    receipt = browse.words(applicant.get(f"/applications/{application.id}/receipt"))
    assert digest in receipt
    assert session.scalars(select(Application.status)).one() is Status.WAITING
