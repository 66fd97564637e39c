"""What applicants see and send: from the organisation to the receipt, and that nothing typed is lost."""

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.config import Config
from registry.domain.vocabulary import Kind, Status
from registry.models import Answer, Application, Evidence, Filing, Organisation, RoundCategory, Site, User
from registry.services import events
from tests import browse, factories
from tests.factories import NOON

Client = Callable[..., FlaskClient]


class Applicant:
    """A person with an organisation, a site, and a draft in an open round."""

    def __init__(self, session: Session, make: Client) -> None:
        self.session = session
        self.person: User = factories.user(session)
        self.organisation: Organisation = factories.organisation(session)
        factories.seat(session, self.person, self.organisation)
        self.site: Site = factories.site(session, organisation=self.organisation)
        self.category: RoundCategory = factories.round_category(session)
        self.draft: Application = factories.application(
            session,
            round_category=self.category,
            site=self.site,
            organisation=self.organisation,
            started_by_id=self.person.id,
        )
        session.commit()
        self.client = make(self.person)
        self.url = f"/applications/{self.draft.id}"

    def post(self, path: str, **fields: object) -> TestResponse:
        return browse.post(self.client, f"{self.url}{path}", **fields)

    def autosave(self, revision: int, **values: object) -> TestResponse:
        return self.client.post(
            f"{self.url}/autosave",
            json={"revision": revision, "values": values, "not_applicable": {}},
            headers={"X-CSRFToken": browse.token(self.client)},
        )

    def declared(self) -> list[tuple[str, int, object]]:
        self.session.rollback()
        rows = self.session.execute(select(Answer.key, Answer.revision, Answer.value).order_by(Answer.id))
        return [tuple(row) for row in rows]


@pytest.fixture
def applicant(session: Session, client: Client, at: Callable[[datetime], None]) -> Applicant:
    at(NOON)
    return Applicant(session, client)


def test_the_list_leads_to_the_draft_and_to_open_rounds(applicant: Applicant) -> None:
    page = applicant.client.get("/applications")
    assert page.status_code == 200
    assert f'href="{applicant.url}"' in page.text
    assert f"/applications/start/{applicant.category.id}" in page.text


def test_a_site_that_applies_already_is_linked_instead_of_offered(applicant: Applicant) -> None:
    page = applicant.client.get(f"/applications/start/{applicant.category.id}")
    assert f'href="{applicant.url}"' in page.text
    assert 'name="site"' not in page.text


def test_whoever_has_no_organisation_is_led_to_enter_one(
    session: Session, client: Client, applicant: Applicant
) -> None:
    stranger = factories.user(session)
    session.commit()
    answer = client(stranger).get(f"/applications/start/{applicant.category.id}")
    assert (answer.status_code, answer.location) == (303, f"/organisations/new?start={applicant.category.id}")


def test_an_organisation_and_a_site_are_entered_and_an_application_started(
    session: Session, client: Client, applicant: Applicant
) -> None:
    newcomer, region = factories.user(session), factories.region(session, within=factories.region(session))
    session.commit()
    visitor = client(newcomer)
    entered = browse.post(
        visitor,
        "/organisations/new",
        name="青澜水务",
        credit_code="91000000DEM0000019",
        legal_representative="王五",
        kind="enterprise",
        region_key=region.key,
    )
    assert entered.status_code == 303
    site = browse.post(
        visitor,
        f"{entered.location}/sites/new?start={applicant.category.id}",
        kind="plant",
        name="青澜厂",
        region_key=region.key,
        role="operator",
    )
    # The one site is the one that applies: nobody chooses it from a list of one.
    assert re.fullmatch(r"/applications/\d+/edit", site.location)
    assert visitor.get(site.location).status_code == 200
    again = visitor.get(f"/applications/start/{applicant.category.id}")
    assert f'href="{site.location.removesuffix("/edit")}"' in again.text


def test_a_wrong_credit_code_keeps_what_was_typed(applicant: Applicant) -> None:
    answer = browse.post(applicant.client, "/organisations/new", name="青澜水务", credit_code="123", kind="enterprise")
    assert answer.status_code == 422
    assert 'value="青澜水务"' in answer.text
    assert 'value="123"' in answer.text


def test_saving_a_part_goes_on_to_the_next(applicant: Applicant) -> None:
    answer = applicant.post("/edit/group-general", revision=0, input_licensed="true", input_reused="８０", go="stay")
    assert (answer.status_code, answer.location) == (303, f"{applicant.url}/edit/group-general")
    assert applicant.declared() == [("licensed", 1, True), ("reused", 1, "80")]


def test_what_does_not_fit_is_shown_again_and_the_rest_is_saved(applicant: Applicant) -> None:
    answer = applicant.post("/edit/group-general", revision=0, input_licensed="true", input_reused="about 80")
    assert answer.status_code == 422
    assert 'value="about 80"' in answer.text
    assert 'name="revision" value="1"' in answer.text
    assert applicant.declared() == [("licensed", 1, True)]


def test_a_second_tab_is_shown_what_was_saved_and_overwrites_nothing(applicant: Applicant) -> None:
    assert applicant.autosave(0, licensed="true", reused="80").status_code == 200
    answer = applicant.post("/edit/group-general", revision=0, input_licensed="", input_reused="70")

    assert answer.status_code == 409
    assert 'value="70"' in answer.text
    # The field that this tab had not touched shows what the other tab saved.
    assert re.search(r'<input checked[^>]*id="input_licensed-0"', answer.text)
    assert applicant.declared() == [("licensed", 1, True), ("reused", 1, "80")]


def test_autosaving_answers_with_revision_time_faults_and_score(applicant: Applicant) -> None:
    # 60 points × 80 % = 48; the 40 points of the panel are the experts'.
    answer = applicant.autosave(0, licensed="yes", reused="80")
    told = dict(answer.json or {})
    assert "2 / 2" in told.pop("parts")
    assert told == {
        "revision": 1,
        "saved_at": "12:00:00",
        "faults": {},
        "warnings": {},
        "contradictions": {},
        "unmet": {},
        "failed": 0,
        "short": "",
        "score": {"points": "48", "max": "60", "panels": "40", "bonus": "0", "deduction": "0", "open": "0"},
        "missing": 0,
        "read": {"licensed": "", "reused": ""},
        "answered": 2,
        "asked": 2,
        "here": "2 / 2",
        "shown": ["licensed", "reused"],
        "open": [],
        "beyond": None,
    }
    faulty = applicant.autosave(1, reused="101", unheard="1")
    assert faulty.json is not None
    assert (faulty.json["revision"], set(faulty.json["faults"])) == (1, {"reused", "unheard"})
    assert applicant.declared() == [("licensed", 1, True), ("reused", 1, "80")]


def test_autosaving_on_an_old_revision_tells_what_changed(applicant: Applicant) -> None:
    applicant.autosave(0, reused="80")
    answer = applicant.autosave(0, reused="10")
    assert answer.status_code == 409
    assert answer.json is not None
    assert [(change["key"], change["value"], change["by"]) for change in answer.json["changed"]] == [
        ("reused", "80 %", "张三")
    ]


@pytest.mark.parametrize("body", ["[]", "null", '{"values": []}', '{"revision": 0, "values": 1}'])
def test_an_autosave_that_is_no_mapping_is_refused(applicant: Applicant, body: str) -> None:
    headers = {"X-CSRFToken": browse.token(applicant.client), "Content-Type": "application/json"}
    assert applicant.client.post(f"{applicant.url}/autosave", data=body, headers=headers).status_code == 400


def test_an_autosave_without_token_is_refused(applicant: Applicant) -> None:
    assert applicant.client.post(f"{applicant.url}/autosave", json={"revision": 0, "values": {}}).status_code == 400


def test_after_the_deadline_the_form_is_closed(applicant: Applicant, at: Callable[[datetime], None]) -> None:
    at(NOON + timedelta(days=30) - timedelta(seconds=1))
    client = browse.signed_in(
        applicant.client.application, applicant.client.application.extensions["registry.database"], applicant.person
    )
    assert client.get(f"{applicant.url}/edit").status_code == 200
    at(NOON + timedelta(days=30))
    assert client.get(f"{applicant.url}/edit").location == applicant.url
    token = browse.token(client)
    late = client.post(f"{applicant.url}/autosave", json={"revision": 0, "values": {}}, headers={"X-CSRFToken": token})
    assert late.status_code == 409
    refused = browse.post(client, f"{applicant.url}/edit/group-general", revision=0, input_reused="1")
    assert refused.status_code == 409
    # 2026-03-02 12:00 and thirty days are 2026-04-01 12:00.
    assert "2026-04-01 12:00" in refused.text


def test_what_is_missing_is_linked_at_its_field(applicant: Applicant) -> None:
    page = applicant.client.get(f"{applicant.url}/submit")
    assert f'href="{applicant.url}/edit/group-general#input_licensed"' in page.text
    assert 'name="digest"' not in page.text


def submit(applicant: Applicant, key: str = "k" * 20) -> TestResponse:
    page = applicant.client.get(f"{applicant.url}/submit").text
    shown = re.search(r'name="digest" value="(\w+)"', page)
    assert shown is not None
    return applicant.post("/submit", idempotency_key=key, revision=1, digest=shown[1], truthful="y")


def test_submitting_leads_to_the_receipt(applicant: Applicant) -> None:
    applicant.autosave(0, licensed=True, reused="80")
    answer = submit(applicant)
    assert (answer.status_code, answer.location) == (303, f"{applicant.url}/receipt")

    page = applicant.client.get(answer.location)
    applicant.session.expire_all()
    kept = applicant.session.get_one(Application, applicant.draft.id)
    assert kept.kind is Kind.RECOMMENDATION
    assert kept.receipt in page.text
    assert kept.content_digest in page.text
    assert "2026-03-02 12:00" in page.text


def test_the_head_of_a_receipt_tells_of_the_latest_submission(applicant: Applicant) -> None:
    applicant.autosave(0, licensed=True, reused="80")
    address = submit(applicant).location
    first = applicant.client.get(address).text
    assert f"<dd>{applicant.person.name}</dd>" in first
    colleague = factories.user(applicant.session, name="贺再签")
    factories.seat(applicant.session, colleague, applicant.organisation)
    actor = factories.actor(applicant.session, colleague, NOON + timedelta(days=1))
    events.record(
        applicant.session,
        actor,
        "submit",
        "application",
        applicant.draft.id,
        application=applicant.draft,
        payload={"digest": "e" * 64},
    )
    applicant.session.commit()
    head = applicant.client.get(address).text.split('<article class="receipt">')[1].split("<ul")[0]
    assert "2026-03-03 12:00" in head
    assert "2026-03-02 12:00" not in head
    assert "<dd>贺再签</dd>" in head
    assert f'<p class="code">{"e" * 64}</p>' in head


def test_a_form_that_is_sent_twice_submits_once(applicant: Applicant) -> None:
    applicant.autosave(0, licensed=True, reused="80")
    page = applicant.client.get(f"{applicant.url}/submit").text
    shown = re.search(r'name="digest" value="(\w+)"', page)
    assert shown is not None
    fields = {"idempotency_key": "k" * 20, "revision": 1, "digest": shown[1], "truthful": "y"}
    first, second = applicant.post("/submit", **fields), applicant.post("/submit", **fields)
    assert [first.location, second.location] == [f"{applicant.url}/receipt"] * 2


def test_withdrawing_asks_for_the_reason(applicant: Applicant) -> None:
    assert applicant.post("/withdraw", reason="").status_code == 422
    assert applicant.post("/withdraw", reason="停产").location == applicant.url
    applicant.session.expire_all()
    assert applicant.session.get_one(Application, applicant.draft.id).status is Status.WITHDRAWN


def test_the_self_score_shows_the_working(applicant: Applicant) -> None:
    applicant.autosave(0, licensed=True, reused="80")
    words = browse.words(applicant.client.get(f"{applicant.url}/score"))
    assert "80% × 60 = 48.00" in words


def upload(applicant: Applicant, name: str, content: bytes) -> TestResponse:
    return applicant.post("/evidence", target="input.reused", page="3", file=(io.BytesIO(content), name))


def only_file(session: Session) -> int:
    """The number of the one piece of evidence; nothing is held, so that a client can write."""
    number = session.scalars(select(Evidence.id)).one()
    session.rollback()
    return number


def test_a_set_without_evidence_has_no_such_part(applicant: Applicant) -> None:
    assert applicant.client.get(f"{applicant.url}/edit/evidence").status_code == 404


WITH_EVIDENCE = factories.CONTENT.replace('unit: "%"', 'unit: "%", evidence: [{zh: 台账, en: Record}]')


@pytest.fixture
def proving(
    session: Session, client: Client, at: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> Applicant:
    at(NOON)
    monkeypatch.setattr(factories, "CONTENT", WITH_EVIDENCE)
    version = factories.criteria_version(session, content=WITH_EVIDENCE)
    person, organisation = factories.user(session), factories.organisation(session)
    factories.seat(session, person, organisation)
    made = Applicant(session, client)
    made.person, made.organisation = person, organisation
    made.category = factories.round_category(session, criteria_version=version)
    made.draft = factories.application(session, round_category=made.category, organisation=organisation)
    session.commit()
    made.client, made.url = client(person), f"/applications/{made.draft.id}"
    return made


def test_a_file_is_attached_and_handed_out_as_a_file_only(proving: Applicant) -> None:
    answer = upload(proving, "再生水 台账.pdf", b"%PDF-1.7 text")
    assert (answer.status_code, answer.location) == (303, f"{proving.url}/edit/evidence")
    file = only_file(proving.session)

    handed = proving.client.get(f"/evidence/{file}")
    assert handed.data == b"%PDF-1.7 text"
    assert handed.headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%E5%86%8D" in handed.headers["Content-Disposition"]
    assert handed.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert handed.headers["X-Content-Type-Options"] == "nosniff"
    assert handed.headers["Cache-Control"] == "no-store"
    handed.close()


def test_a_file_that_is_not_what_it_says_is_refused_at_its_field(proving: Applicant) -> None:
    answer = upload(proving, "a.pdf", b"<html>")
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert proving.session.scalars(select(Evidence)).all() == []


def test_a_file_that_is_sent_twice_is_attached_once(proving: Applicant) -> None:
    def send(content: bytes) -> TestResponse:
        file = (io.BytesIO(content), "a.pdf")
        return proving.post("/evidence", idempotency_key="k" * 20, target="input.reused", page="3", file=file)

    answers = [send(b"%PDF-1.7 text"), send(b"%PDF-1.7 text")]
    assert [(answer.status_code, answer.location) for answer in answers] == [
        (303, f"{proving.url}/edit/evidence"),
        (303, f"{proving.url}/edit/evidence"),
    ]
    assert send(b"%PDF-1.7 another").status_code == 409
    only_file(proving.session)


def test_the_evidence_of_others_is_not_found(proving: Applicant, session: Session, client: Client) -> None:
    upload(proving, "a.pdf", b"%PDF-1.7 text")
    file = only_file(session)
    other, organisation = factories.user(session), factories.organisation(session)
    factories.seat(session, other, organisation)
    session.commit()
    assert client(other).get(f"/evidence/{file}").status_code == 404
    assert client().get(f"/evidence/{file}").status_code == 303


def test_taking_a_file_away_keeps_its_record(proving: Applicant) -> None:
    upload(proving, "a.pdf", b"%PDF-1.7 text")
    file = only_file(proving.session)
    assert proving.post(f"/evidence/{file}/remove").status_code == 303
    proving.session.expire_all()
    (kept,) = proving.session.scalars(select(Evidence).join(Filing, Filing.id == Evidence.filing_id))
    assert kept.removed_at == NOON


@pytest.mark.parametrize("sign", ["\ud800", "\0", "\x07"])
def test_a_sign_that_is_none_is_refused_at_its_field_and_the_rest_is_saved(applicant: Applicant, sign: str) -> None:
    answer = applicant.client.post(
        f"{applicant.url}/autosave",
        json={"revision": 0, "values": {"licensed": True, "reused": f"8{sign}0"}, "not_applicable": {}},
        headers={"X-CSRFToken": browse.token(applicant.client)},
    )
    code = f"U+{ord(sign):04X}"
    assert answer.status_code == 200
    assert list(answer.json["faults"]) == ["reused"]
    assert code in answer.json["faults"]["reused"]
    assert applicant.declared() == [("licensed", 1, True)]


def test_a_reason_with_a_sign_that_is_none_is_refused_beside_what_is_saved(applicant: Applicant) -> None:
    answer = applicant.client.post(
        f"{applicant.url}/autosave",
        json={"revision": 0, "values": {"licensed": True}, "not_applicable": {"reuse": "no\x1b reuse"}},
        headers={"X-CSRFToken": browse.token(applicant.client)},
    )
    assert answer.status_code == 200
    assert "U+001B" in answer.json["faults"]["reuse"]
    assert applicant.declared() == [("licensed", 1, True)]


def test_what_is_beyond_all_range_is_not_understood(applicant: Applicant) -> None:
    def send(body: str) -> int:
        headers = {"X-CSRFToken": browse.token(applicant.client)}
        sent = applicant.client.post(
            f"{applicant.url}/autosave", data=body, content_type="application/json", headers=headers
        )
        return sent.status_code

    assert send('{"revision": 99999999999999999999, "values": {}}') == 400
    assert send("[" * 200_000 + "]" * 200_000) == 400
    assert applicant.post("/edit", revision="9" * 30).status_code == 400


def test_a_file_that_is_refused_is_not_stored(
    proving: Applicant, config: Config, client: Client, at: Callable[[datetime], None]
) -> None:
    folder = config.data / "files"

    def stored() -> list[str]:
        return [path.name for path in folder.rglob("*") if path.is_file()]

    upload(proving, "a.pdf", b"%PDF-1.7 text")
    held = stored()
    assert len(held) == 1
    assert upload(proving, "a.pdf", b"%PDF-1.7 text").status_code == 422  # attached before: the row keeps its file
    assert stored() == held
    at(NOON + timedelta(days=31))
    proving.client = client(proving.person)
    touched = folder.stat().st_mtime_ns  # writing a file beside the others, even for a moment, would change it
    assert upload(proving, "late.pdf", b"%PDF-1.7 late").status_code == 409
    assert (folder.stat().st_mtime_ns, stored()) == (touched, held)
