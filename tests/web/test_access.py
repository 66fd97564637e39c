"""Every person at every address: the portal does what the hand-written table says, and a reader changes nothing."""

import re
import secrets
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from ruamel.yaml import YAML
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from registry.db import Database
from registry.demo import DOMAIN
from registry.domain.vocabulary import (
    CriteriaStatus,
    DecisionKind,
    Kind,
    LetterKind,
    QuotaPurpose,
    TokenPurpose,
    UserStatus,
)
from registry.models import (
    Application,
    Assignment,
    Award,
    Base,
    Certificate,
    Decision,
    Employment,
    Evaluation,
    Evidence,
    Filing,
    Grant,
    Letter,
    Message,
    Notice,
    ObjectionFile,
    Organisation,
    Outcome,
    Programme,
    Publication,
    Quota,
    Round,
    RoundCategory,
    Site,
    Token,
    User,
)
from registry.queries import actors
from registry.services import decisions
from registry.services import letters as writing
from registry.web.work import KEYLESS
from tests import browse, factories
from tests.world import MOMENT

TABLE: dict[str, dict[str, Any]] = YAML(typ="safe").load(Path(__file__).with_name("access.yaml"))
PERSONS = (
    *("beiting", "luhe", "xiangtai", "zhexi", "yunxi", "drafter", "signatory", "zhejiang", "bureau", "officer"),
    *("reviewer1", "reviewer2", "reviewer3", "reviewer4", "approver", "auditor", "admin"),
    # People of the other programmes: an applicant, a bureau, an officer, an expert, an approver and an auditor.
    *("jinting", "sz-districts", "zj-officer", "expert1", "sz-approver", "local-auditor"),
)
INVITATION = "invitation-of-the-access-test"
# The links that are mailed to somebody with an account, by the name of their place.
LINKS = {
    "confirmation": TokenPurpose.CONFIRMATION,
    "reset": TokenPurpose.RESET,
    "new_address": TokenPurpose.ADDRESS,
}
CASES = [(endpoint, method) for endpoint, row in TABLE.items() for method in row.get("methods", ["GET"])]


@pytest.fixture
def places(world_database: Database) -> dict[str, Any]:
    """What stands at each name of the table's `at`."""
    with world_database.writing() as session:
        found = find_places(session)
        session.commit()
    return found


def find_places(session: Session) -> dict[str, Any]:
    """Return what stands at each name of the table's `at`, made where the demonstration has no such thing."""
    officer, approver = _person(session, "officer"), _person(session, "approver")
    programme = session.scalars(select(Programme).where(Programme.key == "national-plants")).one()
    rounds = session.scalars(select(Round).where(Round.programme_id == programme.id).order_by(Round.id)).all()
    categories = [
        session.scalars(select(RoundCategory).where(RoundCategory.round_id == round_.id)).one() for round_ in rounds
    ]
    first = categories[0].id
    decision = session.scalars(
        select(Decision).where(Decision.kind == DecisionKind.SELECTION, Decision.round_category_id == first)
    ).one()
    notice = session.scalars(select(Notice).where(Notice.round_category_id == first)).one()
    award = session.scalars(select(Award).order_by(Award.id)).first()
    certificate = session.scalars(select(Certificate).where(Certificate.award_id == award.id)).one()
    prepared = factories.round_(session, programme=programme)
    pooled = factories.round_(session, programme=programme)
    session.add(Quota(round_id=pooled.id, purpose=QuotaPurpose.POOL, number=1))
    unfinished = session.scalars(
        select(Application.id).where(
            Application.round_category_id == categories[1].id, Application.submitted_at.is_not(None)
        )
    )
    reasons = dict.fromkeys(unfinished, "Not waited for: the batch is to be decided.")
    acting = actors.load(session, officer, MOMENT)
    proposal = decisions.propose_selection(session, acting, categories[1], exclusions=reasons, reason="By rank.")
    draft = factories.criteria_version(session, key="wwtp", number=2, status=CriteriaStatus.DRAFT)
    certified = session.get_one(Application, award.application_id)
    objection = factories.objection(session, notice, certified, receipt="receipt-of-the-access-test")
    file = ObjectionFile(
        objection_id=objection.id, name="a.pdf", sha256=_any_file(session), size=1, media_type="application/pdf"
    )
    session.add(file)
    invitation = Token(
        digest=sha256(INVITATION.encode()).hexdigest(),
        user_id=factories.user(session, status=UserStatus.INVITED, password_hash=None).id,
        purpose=TokenPurpose.INVITATION,
        expires_at=MOMENT + timedelta(days=1),
    )
    session.add(invitation)
    unsigned, heir = factories.organisation(session), factories.user(session)
    factories.seat(session, heir, unsigned, signatory=False)
    linked = factories.user(session, confirmed_at=None)
    session.add_all(
        Token(
            digest=sha256(_key(place).encode()).hexdigest(),
            user_id=linked.id,
            purpose=purpose,
            address="new@example.cn" if purpose is TokenPurpose.ADDRESS else None,
            expires_at=MOMENT + timedelta(days=1),
        )
        for place, purpose in LINKS.items()
    )
    ended = factories.round_category(session, round_=factories.round_(session, programme=programme, closes_at=MOMENT))
    factories.archived(session, session.get_one(Round, ended.round_id), archived_at=MOMENT)
    filed = factories.dossier(session, ended, written_at=MOMENT, pdf_sha256=_any_file(session))
    expert = _person(session, "reviewer2")
    meeting = factories.meeting(session, categories[1], {proposal.content["applications"][0]["application"]: True})
    blind = factories.application(
        session,
        round_category=factories.round_category(
            session,
            round_=factories.round_(session, programme=programme),
            steps={Kind.REVIEW: {"parameters": {"blind": 1}}},
        ),
        kind=Kind.REVIEW,
    )
    session.flush()
    publication = session.scalars(select(Publication).where(Publication.round_category_id == first)).one()
    applications = {key: _application(session, key) for key in ("beiting", "luhe", "xiangtai", "zhexi", "yunxi")}
    return {
        **{key: application.id for key, application in applications.items()},
        "round": rounds[2].id,
        "open_category": categories[2].id,
        "running_category": categories[1].id,
        "prepared_round": prepared.id,
        "running_round": categories[1].round_id,
        "archived_round": ended.round_id,
        "dossier": filed.id,
        "pooled_round": pooled.id,
        "limit": 1,
        "rule": 1,
        "prepared_category": _first_category(session, prepared),
        "award": award.number,
        "award_id": award.id,
        "certificate": certificate.id,
        "letter_of_yunxi": session.scalars(
            select(Letter.id).where(Letter.application_id == applications["yunxi"].id)
        ).first(),
        "where_letter_waits": first,
        "decision_of_letter": decision.id,
        "waiting_letter": writing.send(
            session,
            factories.worker(MOMENT),
            session.scalars(
                select(Application)
                .join(Outcome, Outcome.application_id == Application.id)
                .where(Application.round_category_id == first, Application.id != applications["yunxi"].id)
            ).first(),
            LetterKind.REVOKED,
            {"number": "1", "reason": "The figures do not hold."},
            decision=decision,
        ).id,
        "evaluation_of_yunxi": session.scalars(
            select(Evaluation.id)
            .join(Filing, Filing.id == Evaluation.filing_id)
            .where(Filing.application_id == applications["yunxi"].id)
        ).first(),
        "code": certificate.code,
        "publication": publication.id,
        "notice": notice.id,
        "decision": decision.id,
        "proposal": proposal.id,
        "criteria": draft.id,
        "objection": objection.receipt,
        "objection_id": objection.id,
        "objection_file": file.id,
        "invitation": INVITATION,
        **{place: _key(place) for place in LINKS},
        "member": _person(session, "drafter").id,
        "task": factories.finished_task(
            session, officer, programme_id=programme.id, publication=publication, sha256=_any_file(session)
        ).id,
        "unsigned": unsigned.id,
        "unsigned_member": heir.id,
        "meeting": meeting.id,
        "photo": factories.visit_photo(
            session, factories.site_visit(session, applications["luhe"]), sha256=_any_file(session)
        ).id,
        "message": session.scalars(select(Message.id)).first(),
        "organisation": session.scalars(select(Organisation.id).where(Organisation.name.startswith("青澜"))).one(),
        "site": session.scalars(select(Site.id).where(Site.name.startswith("青澜"))).one(),
        "programme": programme.id,
        "person": approver.id,
        "expert": expert.id,
        "plan": factories.assignment_plan(session, session.get_one(Round, categories[1].round_id)).id,
        "likeness": factories.likeness(session, categories[1].round_id, [applications["zhexi"].id]).id,
        "employment": session.scalars(select(Employment.id).where(Employment.user_id == expert.id)).first(),
        "declared_tie": factories.declared_tie(session, expert).id,
        "grant": session.scalars(select(Grant.id).where(Grant.user_id == approver.id)).first(),
        "evidence_of_xiangtai": _evidence(session, applications["xiangtai"]),
        "evidence_of_zhexi": _evidence(session, applications["zhexi"]),
        "blind": blind.id,
        "evidence_of_blind": factories.evidence(session, blind).id,
        **{
            f"assignment_of_{key}": session.scalars(
                select(Assignment.id).where(
                    Assignment.reviewer_id == _person(session, key).id,
                    Assignment.application_id == applications["zhexi"].id,
                )
            ).one()
            for key in ("reviewer2", "reviewer3")
        },
    }


def _key(place: str) -> str:
    return f"{place}-link-of-the-access-test"


def _person(session: Session, key: str) -> User:
    return session.scalars(select(User).where(User.email == f"{key}@{DOMAIN}")).one()


def _application(session: Session, key: str) -> Application:
    return session.scalars(select(Application).where(Application.started_by_id == _person(session, key).id)).one()


def _evidence(session: Session, application: Application) -> int:
    return session.scalars(
        select(Evidence.id).join(Filing, Filing.id == Evidence.filing_id).where(Filing.application_id == application.id)
    ).one()


def _any_file(session: Session) -> str:
    return session.scalars(select(Evidence.sha256)).first() or ""


def _first_category(session: Session, prepared: Round) -> int:
    return session.scalars(select(RoundCategory.id).where(RoundCategory.round_id == prepared.id)).first() or 1


def _expected(row: dict[str, Any], person: str) -> str:
    reach = row["reach"]
    if reach == "anyone" or (reach == "everybody" and person):
        return "in"
    if not person:
        return "sign in"
    if person in reach.split():
        return "in"
    return "not found" if person in row.get("hidden", "").split() else "forbidden"


def _got(response: Any) -> str:
    if response.status_code in {302, 303} and "/sign-in?" in f"{response.headers['Location']}?":
        return "sign in"
    return {401: "sign in", 403: "forbidden", 404: "not found"}.get(response.status_code, "in")


def _send(app: Flask, client: FlaskClient, endpoint: str, method: str, values: dict[str, Any]) -> Any:
    with app.test_request_context():
        url = url_for(endpoint, **values)
    fields = {"csrf_token": browse.token(client)} if method == "POST" else {}
    if fields and endpoint not in KEYLESS:
        fields["idempotency_key"] = secrets.token_hex(16)
    response = client.open(url, method=method, data=fields or None)
    response.get_data()  # a file that is sent must be read to its end to be closed
    response.close()
    return response


def test_the_table_has_every_address(world):
    assert set(TABLE) == set(world.view_functions) - {"static"}


def test_the_table_has_every_method(world):
    offered: dict[str, set[str]] = {}
    for rule in world.url_map.iter_rules():
        if rule.endpoint != "static":
            offered.setdefault(rule.endpoint, set()).update(rule.methods - {"HEAD", "OPTIONS"})
    assert {endpoint: set(row.get("methods", ["GET"])) for endpoint, row in TABLE.items()} == offered


def _values(endpoint: str, places: dict[str, Any]) -> dict[str, Any]:
    return {name: places.get(place, place) for name, place in TABLE[endpoint].get("at", {}).items()}


@pytest.mark.parametrize(("endpoint", "method"), CASES)
def test_everybody_at_every_address(endpoint, method, world, visit, places):
    expected = {person: _expected(TABLE[endpoint], person) for person in ("", *PERSONS)}
    if method == "POST":
        # Each of those who are let in acts on a world of its own, in the next test.
        expected = {person: answer for person, answer in expected.items() if answer != "in"}
    got = {}
    for person in expected:
        response = _send(world, visit(person), endpoint, method, _values(endpoint, places))
        assert response.status_code < 500, (person, response.text)
        got[person] = _got(response)
    assert got == expected


@pytest.mark.parametrize(
    ("endpoint", "person"),
    [
        (endpoint, person)
        for endpoint, method in CASES
        for person in ("", *PERSONS)
        if method == "POST" and TABLE[endpoint]["reach"] not in {"anyone", "everybody"}
        if _expected(TABLE[endpoint], person) == "in"
    ],
)
def test_whoever_may_act_is_let_in_and_what_changes_is_on_record(
    endpoint, person, world, world_database, visit, places
):
    client = visit(person)
    before = _rows(world_database)
    response = _send(world, client, endpoint, "POST", _values(endpoint, places))
    assert response.status_code < 500, response.text
    assert _got(response) == "in"
    after = _rows(world_database)
    changed = {table for table in after if after[table] != before[table]} - {"idempotency_key"}
    assert not changed or "event" in changed, changed


def _first_in(endpoint: str) -> str:
    reach = TABLE[endpoint]["reach"]
    return "" if reach == "anyone" else reach.replace("everybody", "drafter").split()[0]


def _rows(database: Database) -> dict[str, str]:
    """A digest of every table as it is stored, those left out that a session may touch."""

    def stored(connection: Connection, name: str) -> str:
        rows = connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()  # noqa: S608 - a name of our own
        return sha256("".join(sorted(map(repr, rows))).encode()).hexdigest()

    with database.engine.connect() as connection:
        return {name: stored(connection, name) for name in Base.metadata.tables if name != "sign_in"}


@pytest.mark.parametrize("endpoint", [endpoint for endpoint, method in CASES if method == "GET"])
def test_reading_changes_nothing(endpoint, world, world_database, visit, places):
    person = _first_in(endpoint)
    client = visit(person)
    before = _rows(world_database)
    assert _send(world, client, endpoint, "GET", _values(endpoint, places)).status_code in {200, 303}
    assert _rows(world_database) == before


@pytest.mark.parametrize("endpoint", [endpoint for endpoint, method in CASES if method == "GET"])
def test_no_page_uses_an_id_twice_or_shows_an_object(endpoint, world, visit, places):
    page = _send(world, visit(_first_in(endpoint)), endpoint, "GET", _values(endpoint, places))
    assert " object at 0x" not in (page.text if page.mimetype == "text/html" else "")
    ids = re.findall(r'\sid="([^"]+)"', page.text) if page.mimetype == "text/html" else []
    assert sorted({name for name in ids if ids.count(name) > 1}) == []


@pytest.mark.parametrize("endpoint", [endpoint for endpoint, method in CASES if method == "POST"])
def test_a_forged_form_changes_nothing(endpoint, world, world_database, visit, places):
    person = _first_in(endpoint)
    client = visit(person)
    before = _rows(world_database)
    with world.test_request_context():
        url = url_for(endpoint, **_values(endpoint, places))
    for token in ("", "wrong", "é"):
        response = client.post(url, data={"csrf_token": token, "idempotency_key": secrets.token_hex(16)})
        assert response.status_code == 400
    assert _rows(world_database) == before
