"""What anyone sees: rounds by the clock, criteria and clauses, the register, notices and objections, verdicts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import encode_multipart

from registry.config import Config
from registry.domain.vocabulary import AwardStatus, CriteriaStatus, DecisionKind, Kind, RoundStatus, Status
from registry.factory import create_app
from registry.models import Application, Award, AwardEvent, Clause, Notice, Objection, ObjectionFile, Organisation
from registry.queries import register
from tests import browse, factories
from tests.factories import NOON

Client = Callable[..., FlaskClient]
At = Callable[[datetime], None]
CODE = "0123456789ABCDEFGHJKMNPQRS"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def anybody(client: Client, at: At) -> FlaskClient:
    """Somebody without an account who reads English, at NOON."""
    at(NOON)
    visitor = client()
    browse.post(visitor, "/language", language="en")
    return visitor


def _certified(session: Session, **columns: Any) -> Award:
    application = factories.application(session, kind=Kind.CERTIFICATE, status=Status.CERTIFIED)
    return factories.award(session, application, **columns)


def _announced(session: Session) -> tuple[Notice, Application]:
    """A notice of one plant, open from NOON for a week."""
    application = factories.application(session, kind=Kind.NOTICE, status=Status.SELECTED)
    decision = factories.decision(session, application.round_category)
    entry = {
        "position": 1,
        "application_id": application.id,
        "site": {"zh": "北岸水厂", "en": "North Bank Plant"},
        "organisation": {"zh": "北岸水务", "en": "North Bank Water"},
        "region": {"zh": "北岸区", "en": "North Bank"},
        "category": {"zh": "污水处理", "en": "Wastewater"},
    }
    return factories.notice(session, decision, entries=[entry]), application


def _objection(application: Application, **fields: Any) -> dict[str, Any]:
    given = {
        "application": str(application.id),
        "statement": "The discharge figures differ from the published ones.",
        "name": "Wang Wu",
        "contact": "13800000000",
    }
    return {**given, **fields}


# Rounds


@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [
        (timedelta(days=2, hours=3), timedelta(days=9), "opens in 2 days"),
        (timedelta(days=-1), timedelta(days=1, hours=5), "29 h 0 min left"),
        (timedelta(days=-1), timedelta(hours=2, minutes=30), "2 h 30 min left"),
        (timedelta(days=-1), None, "Applications are taken at any time."),
        (timedelta(days=-9), timedelta(0), "This round is closed."),
    ],
)
def test_a_round_tells_how_long_it_is_open(
    anybody: FlaskClient, session: Session, opens: timedelta, closes: timedelta | None, words: str
) -> None:
    closes_at = None if closes is None else NOON + closes
    round_ = factories.round_(session, opens_at=NOON + opens, closes_at=closes_at)
    factories.round_category(session, round_=round_)
    session.commit()
    page = anybody.get(f"/rounds/{round_.id}")
    assert page.status_code == 200
    assert words in browse.words(page)
    assert ("/applications/start/" in page.text) == (opens < timedelta(0) and closes != timedelta(0))


def test_a_round_in_preparation_is_not_shown(anybody: FlaskClient, session: Session) -> None:
    round_ = factories.round_(session, status=RoundStatus.PREPARED)
    factories.round_category(session, round_=round_)
    session.commit()
    assert anybody.get(f"/rounds/{round_.id}").status_code == 404
    assert round_.title_en not in anybody.get("/").text
    assert round_.title_en not in anybody.get("/programmes").text


def test_the_front_page_leads_to_open_rounds_notices_and_lists(anybody: FlaskClient, session: Session) -> None:
    notice, _application = _announced(session)
    session.commit()
    words = browse.words(anybody.get("/"))
    assert "How to apply" in words
    assert "First round of 2026" in words
    # NOON is 12:00 in Beijing on 2 March; a week later is 9 March.
    assert "open for objections until 2026-03-09 12:00" in words
    assert f'href="/notices/{notice.id}"' in anybody.get("/").text


def test_a_gate_that_is_off_in_the_round_says_so(anybody: FlaskClient, session: Session) -> None:
    row = factories.round_category(session, settings={"gates": {"licence": False}})
    session.commit()
    assert "Licence off in this round" in browse.words(anybody.get(f"/rounds/{row.round_id}"))


# Criteria and documents


def test_criteria_show_formula_curve_levels_and_where_the_numbers_come_from(
    anybody: FlaskClient, session: Session
) -> None:
    factories.criteria_version(session, number=1)
    session.commit()
    page = anybody.get("/criteria/tiny")
    words = browse.words(page)
    assert "Value = [Water reused]" in words
    assert "Passed if [Licensed]" in words
    # The curve runs from 0:0% to 100:100% of 60 points.
    assert "0 gives 0 points; 100 gives 60 points" in words
    said = "Default set by the portal, to be confirmed by the issuing authority"
    assert f"Points, Curve, Numbers in the formula {said}" in words
    assert "40 Leading" in words


def test_drafts_are_not_public_and_retired_criteria_are_read_by_number(anybody: FlaskClient, session: Session) -> None:
    factories.criteria_version(session, number=1, status=CriteriaStatus.RETIRED)
    factories.criteria_version(session, number=2)
    factories.criteria_version(session, number=3, status=CriteriaStatus.DRAFT)
    session.commit()
    assert "Criteria, version 2" in browse.words(anybody.get("/criteria/tiny"))
    assert "Criteria, version 1" in browse.words(anybody.get("/criteria/tiny?version=1"))
    assert anybody.get("/criteria/tiny?version=3").status_code == 404


def test_a_clause_shows_what_rests_on_it(anybody: FlaskClient, session: Session) -> None:
    document = factories.programme(session).document_key
    session.add(Clause(document_key=document, ref="三(四)", text="回用再生水。", position=1))
    content = factories.CONTENT.replace(
        "clauses: []\n        source", f"clauses: [{document} 三(四)]\n        source", 1
    )
    factories.criteria_version(session, content=content)
    session.commit()
    page = anybody.get(f"/documents/{document}")
    assert 'id="三(四)"' in page.text
    assert 'href="/criteria/tiny#reuse"' in page.text
    assert f'href="/documents/{document}#%E4%B8%89(%E5%9B%9B)"' in anybody.get("/criteria/tiny").text


# The register


def test_the_register_is_searched_by_name_region_and_standing(anybody: FlaskClient, session: Session) -> None:
    province = factories.region(session, "north")
    district = factories.region(session, "north-bank", within=province)
    organisation = factories.organisation(session, region=district, name_en="North Bank Water")
    application = factories.application(
        session, kind=Kind.CERTIFICATE, status=Status.CERTIFIED, organisation=organisation
    )
    here = factories.award(session, application, valid_until=date(2026, 3, 1), valid_from=date(2023, 3, 1))
    elsewhere = _certified(session)
    session.commit()

    def numbers(query: str) -> list[str]:
        page = anybody.get(f"/projects?{query}").text
        return [number for number in (here.number, elsewhere.number) if number in page]

    assert numbers("") == [here.number, elsewhere.number]
    assert numbers("q=bank+WATER") == [here.number]
    assert numbers("q=%25%25") == []
    assert numbers("region=north-bank") == [here.number]
    assert numbers("status=expired") == [here.number]
    assert numbers("status=valid") == [elsewhere.number]
    assert anybody.get("/projects?after=nonsense").status_code == 200


def test_public_pages_name_no_person(anybody: FlaskClient, session: Session) -> None:
    award = _certified(session)
    certificate = factories.certificate(session, award, code=CODE)
    session.commit()
    organisation = session.get_one(Organisation, award.organisation_id)
    for url in (f"/projects/{award.number}", f"/verify/{award.number}", f"/verify/code/{CODE}"):
        text = anybody.get(url).text
        assert organisation.name_en in text
        assert organisation.legal_representative not in text
    assert certificate.sha256 not in anybody.get(f"/verify/{award.number}").text


# Notices and objections


def test_an_objection_is_taken_with_its_files_and_read_under_its_receipt(
    anybody: FlaskClient, session: Session
) -> None:
    notice, application = _announced(session)
    session.commit()
    url = f"/notices/{notice.id}/objection"
    files = [(BytesIO(PDF), "proof.pdf"), (BytesIO(PDF + b"%2"), "more.pdf")]
    answer = browse.post(anybody, url, **_objection(application, files=files))
    assert answer.status_code == 303
    words = browse.words(anybody.get(answer.location))
    assert "1. North Bank Plant" in words
    assert "The discharge figures differ from the published ones." in words
    assert "Not answered yet." in words
    assert "Wang Wu" not in words
    assert "13800000000" not in words
    session.rollback()
    assert session.scalars(select(ObjectionFile.name).order_by(ObjectionFile.id)).all() == ["proof.pdf", "more.pdf"]
    assert "1 received" not in words
    assert "received 1 answered 0" in browse.words(anybody.get(f"/notices/{notice.id}"))


def test_what_was_entered_stays_when_an_objection_is_refused(anybody: FlaskClient, session: Session) -> None:
    notice, application = _announced(session)
    session.commit()
    url = f"/notices/{notice.id}/objection"
    short = browse.post(anybody, url, **_objection(application, statement="Too short, friends."))
    assert short.status_code == 422
    assert "Too short, friends." in short.text
    wrong = browse.post(anybody, url, **_objection(application, files=[(BytesIO(b"MZ"), "run.exe")]))
    assert wrong.status_code == 422
    assert 'id="files-error"' in wrong.text
    assert "Wang Wu" in wrong.text
    many = [(BytesIO(PDF + bytes([65 + place])), f"{place}.pdf") for place in range(4)]
    assert "At most 3 files." in browse.words(browse.post(anybody, url, **_objection(application, files=many)))
    session.rollback()
    assert session.scalars(select(Objection)).all() == []


def test_a_refused_objection_leaves_no_file(
    anybody: FlaskClient, session: Session, config: Config, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules are asked before a file is stored; what is stored when a later one refuses is taken away again."""
    notice, application = _announced(session)
    session.commit()
    url = f"/notices/{notice.id}/objection"

    def sent(*files: tuple[bytes, str], **fields: Any) -> int:
        given = _objection(application, files=[(BytesIO(content), name) for content, name in files], **fields)
        return browse.post(anybody, url, **given).status_code

    def stored() -> list[bytes]:
        return [path.read_bytes() for path in (config.data / "files").rglob("*") if path.is_file()]

    assert sent((PDF, "a.pdf"), statement=" " * 60) == 422
    assert sent((PDF, "a.pdf"), (b"MZ", "run.exe")) == 422
    assert stored() == []
    assert sent((PDF, "a.pdf")) == 303
    assert sent((PDF, "a.pdf"), (b"MZ", "run.exe")) == 422
    assert stored() == [PDF]
    at(notice.closes_at)
    assert sent((PDF + b"%3", "c.pdf")) == 409
    assert stored() == [PDF]


def test_a_notice_leads_to_its_own_list(anybody: FlaskClient, session: Session) -> None:
    """A second notice of the same category has its list from another decision."""
    first, application = _announced(session)
    second = factories.notice(session, factories.decision(session, application.round_category), entries=first.entries)
    after = {"kind": DecisionKind.PUBLICATION, "content": {"notice": second.id}}
    published = factories.publication(
        session, factories.decision(session, application.round_category, **after), published_at=first.closes_at
    )
    session.commit()
    assert register.publication_after(session, first) is None
    assert register.publication_after(session, second) is published


def test_the_files_of_an_objection_may_together_be_larger_than_one_may_be(
    config: Config, session: Session, at: At
) -> None:
    at(NOON)
    notice, application = _announced(session)
    session.commit()
    app = create_app(replace(config, upload_bytes=1_000_000))
    visitor = app.test_client()
    # One file may have 1.0 MB, any other form 2.05 MB in all; this one has 2.7 MB.
    files = [(BytesIO(PDF + bytes([65 + place]) * 900_000), f"{place}.pdf") for place in range(3)]
    keys = {"csrf_token": browse.token(visitor), "idempotency_key": "k" * 32}
    # Encoded here, because the client would leave its own temporary file open.
    boundary, body = encode_multipart({**keys, **_objection(application, files=files)})
    kind = f'multipart/form-data; boundary="{boundary}"'
    answer = visitor.post(f"/notices/{notice.id}/objection", data=body, content_type=kind)
    app.extensions["registry.database"].engine.dispose()
    assert answer.status_code == 303


def test_objections_end_to_the_minute(anybody: FlaskClient, session: Session, at: At) -> None:
    notice, application = _announced(session)
    session.commit()
    url = f"/notices/{notice.id}/objection"
    at(notice.closes_at)
    late = browse.post(anybody, url, **_objection(application))
    assert late.status_code == 409
    assert "Objections were possible until 2026-03-09 12:00, Beijing time." in browse.words(late)
    assert "The discharge figures differ from the published ones." in late.text
    at(notice.closes_at - timedelta(minutes=1))
    assert browse.post(anybody, url, **_objection(application)).status_code == 303


def test_an_entry_removed_after_an_objection_is_marked(anybody: FlaskClient, session: Session) -> None:
    notice, application = _announced(session)
    factories.reply(session, factories.objection(session, notice, application), upheld=True)
    session.commit()
    words = browse.words(anybody.get(f"/notices/{notice.id}"))
    assert "North Bank Plant removed after an objection was upheld" in words
    assert "received 1 answered 1" in words


# Certificates


@pytest.mark.parametrize(
    ("columns", "verdict"),
    [
        # Valid to the end of the last day in Beijing: 2 March is NOON's own day.
        ({"valid_until": date(2026, 3, 2), "valid_from": date(2023, 3, 2)}, "Valid"),
        ({"valid_until": date(2026, 3, 1), "valid_from": date(2023, 3, 2)}, "Expired"),
        ({"status": AwardStatus.REVOKED}, "Revoked"),
    ],
)
def test_the_verdict_on_a_number_and_on_a_code(
    anybody: FlaskClient, session: Session, columns: dict[str, Any], verdict: str
) -> None:
    award = _certified(session, **columns)
    if award.status is AwardStatus.REVOKED:
        session.add(
            AwardEvent(award_id=award.id, before=AwardStatus.VALID, after=award.status, reason="数据不实", at=NOON)
        )
    factories.certificate(session, award, code=CODE)
    session.commit()
    for url in (f"/verify/{award.number}", f"/verify/code/{CODE}"):
        page = anybody.get(url)
        assert page.status_code == 200
        assert f"<h1>{verdict}</h1>" in page.text


def test_numbers_and_codes_are_found_as_people_type_them(anybody: FlaskClient, session: Session) -> None:
    award = _certified(session, number="GJ-WWTP-2026-0007", serial=7)
    factories.certificate(session, award, code=CODE)
    session.commit()
    assert anybody.get("/verify?q=gj－wwtp–2026-0007 ").location == "/verify/GJ-WWTP-2026-0007"
    # O is read as 0 and L as 1, which are its first two characters.
    typed = anybody.get("/verify?q=oL234 56789 abcde fghjk mnpqr s")
    assert typed.location == "/verify/code/0123-4567-89AB-CDEF-GHJK-MNPQ-RS"
    assert "<h1>Valid</h1>" in anybody.get(typed.location).text
    for number in ("GJ WWTP 2026 0007", "gj - wwtp - 2026 - 0007", "GJ-WWTP -2026- 00 07"):
        assert anybody.get("/verify", query_string={"q": number}).location == "/verify/GJ-WWTP-2026-0007"
    neither = "This is neither a number (for example GJ-WWTP-2026-0007) nor a code of 26 characters."
    for entered in ("GJ-WWTP-2026", "GJ WWTP 2026", "标杆", "U" * 26):
        wrong = anybody.get("/verify", query_string={"q": entered})
        assert wrong.status_code == 422
        assert neither in browse.words(wrong)


def test_an_unknown_code_and_an_unknown_number_show_the_same_page(anybody: FlaskClient) -> None:
    number, code = anybody.get("/verify/GJ-WWTP-2026-0001"), anybody.get(f"/verify/code/{CODE}")
    assert (number.status_code, code.status_code) == (404, 404)
    assert "<h1>Unknown</h1>" in number.text
    assert browse.words(number).replace("GJ-WWTP-2026-0001", CODE) == browse.words(code)


def test_after_twenty_wrong_codes_an_address_waits_an_hour_but_for_codes_that_exist(
    anybody: FlaskClient, session: Session, at: At
) -> None:
    factories.certificate(session, _certified(session), code=CODE)
    session.commit()
    assert [anybody.get(f"/verify/code/wrong-{place}").status_code for place in range(20)] == [404] * 20
    stopped = anybody.get("/verify/code/wrong-20")
    assert stopped.status_code == 429
    assert stopped.headers["Retry-After"] == "3600"
    assert anybody.get(f"/verify/code/{CODE}").status_code == 200
    other = anybody.get("/verify/code/wrong-20", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert other.status_code == 404
    at(NOON + timedelta(hours=1))
    assert anybody.get("/verify/code/wrong-20").status_code == 404


# Operations


def test_the_portal_tells_that_it_is_ready(anybody: FlaskClient) -> None:
    assert anybody.get("/healthz").json == {"status": "ok"}
    assert anybody.get("/readyz").json == {"status": "ok"}
