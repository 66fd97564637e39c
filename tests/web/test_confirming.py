"""The tick before what cannot be undone: without it nothing happens, and nothing that was entered is lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import web
from registry.domain.vocabulary import DecisionStatus, Kind, LetterKind, ObjectionStatus, Role, Status
from registry.models import Application, CriteriaVersion, Decision, Grant, Notice, Objection, Round, User
from registry.models.base import Base
from registry.models.tasks import Task
from registry.services import letters, terminations
from registry.services.notices import entry_of
from tests import browse, factories
from tests.factories import NOON

Client = Callable[..., FlaskClient]
# Signs somebody in who has a role.
Office = Callable[..., FlaskClient]
ASKED = "Tick the box if you want this; nothing has happened yet."
WORDS = "材料经逐项核对，情况属实，依据充分。"


def in_english(there: FlaskClient) -> FlaskClient:
    browse.post(there, "/language", language="en")
    return there


@pytest.fixture
def office(session: Session, client: Client) -> Office:
    def make(role: Role, **columns: Any) -> FlaskClient:
        person = factories.persona(session, role, **columns)
        session.commit()
        return in_english(client(person))

    return make


def refused(client: FlaskClient, url: str, **fields: str) -> str:
    """Send a form without the tick; return the page that asks for it."""
    answer = browse.post(client, url, sure=None, **fields)
    assert answer.status_code == 422, answer.status_code
    assert ASKED in browse.words(answer)
    # The message stands at its own box, and the box names it.
    box = re.search(
        r'<input[^>]*name="sure"[^>]*aria-invalid="true"[^>]*>|<input[^>]*aria-invalid="true"[^>]*name="sure"',
        answer.text,
    )
    assert box is not None
    return answer.text


def value(session: Session, query: object) -> object:
    session.expire_all()
    found = session.scalars(query).one()  # type: ignore[call-overload]
    session.rollback()
    return found


def test_a_decision(session: Session, office: Office) -> None:
    application = factories.application(session, kind=Kind.DELIBERATION)
    proposer = factories.actor(session, factories.persona(session, Role.OFFICER))
    row = terminations.propose(session, proposer, application, reason=WORDS)
    url, digest = f"/admin/decisions/{row.id}", row.digest
    approver = office(Role.APPROVER)
    page = refused(approver, f"{url}/approve", digest=digest, reason=WORDS)
    assert WORDS in page
    assert "one application ends for good" in page
    page = refused(approver, f"{url}/reject", reason=WORDS)
    assert WORDS in page
    assert value(session, select(Decision.status)) is DecisionStatus.PROPOSED


def test_the_end_of_a_notice(session: Session, office: Office, at: Callable[..., None]) -> None:
    application = factories.application(session, kind=Kind.NOTICE)
    row = factories.decision(session, application.round_category)
    factories.outcome(session, row, application)
    notice = factories.notice(session, row, entries=[entry_of(application, 1)])
    url, over = f"/admin/notices/{notice.id}/clear", notice.closes_at
    officer = office(Role.OFFICER)
    at(over)
    page = refused(officer, url)
    assert "goes on to what follows on the route: 1." in page
    assert value(session, select(Notice.cleared_at)) is None
    assert browse.post(officer, url).status_code == 303


def test_the_answer_to_an_objection(session: Session, office: Office) -> None:
    application = factories.application(session, kind=Kind.NOTICE)
    row = factories.decision(session, application.round_category)
    factories.outcome(session, row, application)
    notice = factories.notice(session, row, entries=[entry_of(application, 1)])
    objection = factories.objection(session, notice, application)
    officer = office(Role.OFFICER)
    page = refused(officer, f"/admin/notices/objections/{objection.id}/reply", answer="upheld", text=WORDS)
    assert WORDS in page
    assert re.search(r'value="upheld"[^>]*checked|checked[^>]*value="upheld"', page)
    assert value(session, select(Objection.status)) is ObjectionStatus.OPEN


def test_refusing_and_barring_but_not_accepting(session: Session, office: Office) -> None:
    application = factories.application(session, kind=Kind.SCREENING, answers={"licensed": True, "reused": "50"})
    officer = office(Role.OFFICER)
    url = f"/admin/cases/{application.id}/screening"
    for decision in ("refuse", "bar"):
        page = refused(officer, url, decision=decision, reason=WORDS, months="12", held_complete="no")
        assert WORDS in page
        assert re.search(r'<details class="ending" open>', page)
    assert value(session, select(Application.status)) is Status.WAITING
    points = (
        "complete",
        "evidence_readable",
        "organisation_confirmed",
        "site_confirmed",
        "signatory_entitled",
        "licence",
    )
    held = {f"held_{key}": "yes" for key in points}
    assert browse.post(officer, url, sure=None, decision="accept", **held).status_code == 303


def test_a_score_that_ends_an_application(session: Session, office: Office) -> None:
    failing = factories.application(session, kind=Kind.SCORING, answers={"licensed": False, "reused": "50"})
    passing = factories.application(session, kind=Kind.SCORING, answers={"licensed": True, "reused": "50"})
    officer = office(Role.OFFICER)
    assert "the application ends here, and its applicants" in refused(officer, f"/admin/cases/{failing.id}/score")
    assert 'name="sure"' not in officer.get(f"/admin/cases/{passing.id}").text
    assert browse.post(officer, f"/admin/cases/{passing.id}/score", sure=None).status_code == 303
    assert browse.post(officer, f"/admin/cases/{failing.id}/score").status_code == 303
    assert value(session, select(Application.status).where(Application.id == failing.id)) is Status.FAILED


def test_an_opinion(session: Session, client: Client) -> None:
    region = factories.region(session)
    site = factories.site(session, region=region)
    application = factories.application(session, kind=Kind.RECOMMENDATION, site=site)
    person = factories.persona(session, Role.RECOMMENDER, region=region)
    session.commit()
    page = refused(
        in_english(client(person)), f"/recommendations/{application.id}/opinion", in_favour="yes", opinion=WORDS
    )
    assert WORDS in page
    assert value(session, select(Application.kind)) is Kind.RECOMMENDATION


def test_roles_and_accounts(session: Session, office: Office) -> None:
    person = factories.persona(session, Role.OFFICER, name="王五").id
    grant = session.scalars(select(Grant.id).where(Grant.user_id == person)).one()
    administrator = office(Role.ADMINISTRATOR)
    refused(administrator, f"/admin/people/grants/{grant}/end")
    refused(administrator, f"/admin/people/{person}/disable")
    assert value(session, select(Grant.ended_at).where(Grant.id == grant)) is None
    assert value(session, select(User.status).where(User.id == person)) == "active"


def test_certificates_and_their_task(session: Session, office: Office) -> None:
    application = factories.application(session, kind=Kind.CERTIFICATE)
    publication = factories.publication(session, factories.decision(session, application.round_category))
    names = {key: {"zh": "示例", "en": ""} for key in ("site", "organisation", "region", "category")}
    factories.entry(session, publication, application, content=names)
    officer = office(Role.OFFICER)
    url = f"/admin/awards/publications/{publication.id}/issue"
    assert "Certificates to be issued: 1." in refused(officer, url)
    assert session.scalars(select(Task.id)).all() == []
    session.rollback()
    task = browse.post(officer, url).location
    refused(officer, f"{task}/cancel")
    assert value(session, select(Task.state)) == "queued"


def test_criteria(session: Session, office: Office) -> None:
    version = factories.criteria_version(session, status="draft", approved_by_id=None, approved_at=None)
    approver = office(Role.APPROVER)
    refused(approver, f"/admin/criteria/{version.id}/approve", digest=version.digest)
    assert value(session, select(CriteriaVersion.status)) == "draft"


def test_opening_a_round(session: Session, office: Office) -> None:
    round_ = factories.round_(session, status="prepared", opens_at=NOON)
    factories.round_category(session, round_=round_)
    officer = office(Role.OFFICER)
    refused(officer, f"/admin/rounds/{round_.id}/open")
    assert value(session, select(Round.status)) == "prepared"


def test_the_same_form_counts_once_also_after_a_refusal(
    session: Session, office: Office, at: Callable[..., None]
) -> None:
    application = factories.application(session, kind=Kind.NOTICE)
    row = factories.decision(session, application.round_category)
    factories.outcome(session, row, application)
    notice = factories.notice(session, row, entries=[entry_of(application, 1)])
    url, key, over = f"/admin/notices/{notice.id}/clear", "k" * 32, notice.closes_at
    officer = office(Role.OFFICER)
    at(over)
    assert browse.post(officer, url, sure=None, idempotency_key=key).status_code == 422
    first = browse.post(officer, url, idempotency_key=key)
    again = browse.post(officer, url, idempotency_key=key)
    assert (first.status_code, again.status_code, first.location) == (303, 303, again.location)


# Every form that asks, by its address: who sends it, and what is entered beside the tick. The tests above look at what
# each page says; here each must write nothing without the tick, and do what it does with it.
Sent = tuple[FlaskClient, str, dict[str, str]]
Made = Callable[[Session, Office], Sent]


def a_termination(session: Session) -> Decision:
    application = factories.application(session, kind=Kind.DELIBERATION)
    proposer = factories.actor(session, factories.persona(session, Role.OFFICER))
    return terminations.propose(session, proposer, application, reason=WORDS)


def a_notice(session: Session, **columns: object) -> tuple[Notice, Application]:
    application = factories.application(session, kind=Kind.NOTICE)
    row = factories.decision(session, application.round_category)
    factories.outcome(session, row, application)
    return factories.notice(session, row, entries=[entry_of(application, 1)], **columns), application


def approving(session: Session, office: Office) -> Sent:
    row = a_termination(session)
    return office(Role.APPROVER), f"/admin/decisions/{row.id}/approve", {"digest": row.digest, "reason": WORDS}


def rejecting(session: Session, office: Office) -> Sent:
    return office(Role.APPROVER), f"/admin/decisions/{a_termination(session).id}/reject", {"reason": WORDS}


def clearing(session: Session, office: Office) -> Sent:
    opened = NOON - timedelta(days=30)
    notice, _application = a_notice(session, opens_at=opened, closes_at=NOON - timedelta(days=1))
    return office(Role.OFFICER), f"/admin/notices/{notice.id}/clear", {}


def replying(session: Session, office: Office) -> Sent:
    objection = factories.objection(session, *a_notice(session))
    url = f"/admin/notices/objections/{objection.id}/reply"
    return office(Role.OFFICER), url, {"answer": "dismissed", "text": WORDS}


def refusing(session: Session, office: Office) -> Sent:
    row = factories.application(session, kind=Kind.SCREENING, answers={"licensed": True, "reused": "50"})
    fields = {"decision": "refuse", "reason": WORDS, "held_complete": "no"}
    return office(Role.OFFICER), f"/admin/cases/{row.id}/screening", fields


def barring(session: Session, office: Office) -> Sent:
    client, url, fields = refusing(session, office)
    return client, url, {**fields, "decision": "bar", "months": "12"}


def scoring(session: Session, office: Office) -> Sent:
    row = factories.application(session, kind=Kind.SCORING, answers={"licensed": False, "reused": "50"})
    return office(Role.OFFICER), f"/admin/cases/{row.id}/score", {}


def ending_a_role(session: Session, office: Office) -> Sent:
    person = factories.persona(session, Role.OFFICER).id
    number = session.scalars(select(Grant.id).where(Grant.user_id == person)).one()
    return office(Role.ADMINISTRATOR), f"/admin/people/grants/{number}/end", {}


def disabling(session: Session, office: Office) -> Sent:
    person = factories.persona(session, Role.OFFICER).id
    return office(Role.ADMINISTRATOR), f"/admin/people/{person}/disable", {}


def issuing(session: Session, office: Office) -> Sent:
    application = factories.application(session, kind=Kind.CERTIFICATE)
    publication = factories.publication(session, factories.decision(session, application.round_category))
    names = {key: {"zh": "示例", "en": ""} for key in ("site", "organisation", "region", "category")}
    factories.entry(session, publication, application, content=names)
    return office(Role.OFFICER), f"/admin/awards/publications/{publication.id}/issue", {}


def cancelling(session: Session, office: Office) -> Sent:
    client, url, fields = issuing(session, office)
    return client, f"{browse.post(client, url, **fields).location}/cancel", {}


def approving_criteria(session: Session, office: Office) -> Sent:
    version = factories.criteria_version(session, status="draft", approved_by_id=None, approved_at=None)
    return office(Role.APPROVER), f"/admin/criteria/{version.id}/approve", {"digest": version.digest}


def recommending(session: Session, office: Office) -> Sent:
    region = factories.region(session)
    row = factories.application(session, kind=Kind.RECOMMENDATION, site=factories.site(session, region=region))
    fields = {"in_favour": "yes", "opinion": WORDS}
    return office(Role.RECOMMENDER, region=region), f"/recommendations/{row.id}/opinion", fields


def opening(session: Session, office: Office) -> Sent:
    round_ = factories.round_(session, status="prepared", opens_at=NOON)
    route = [kind for kind in factories.ROUTE if kind is not Kind.RECOMMENDATION]
    settings = {"gates": {}, "factors": {}}
    factories.round_category(session, round_=round_, route=route, pinned=False, settings=settings)
    return office(Role.OFFICER), f"/admin/rounds/{round_.id}/open", {}


def archiving(session: Session, office: Office) -> Sent:
    where = factories.round_category(session, round_=factories.round_(session, closes_at=NOON))
    return office(Role.OFFICER), f"/admin/rounds/{where.round_id}/archive", {}


def ending_a_library(session: Session, office: Office) -> Sent:
    where = factories.round_category(session, round_=factories.round_(session, closes_at=None))
    fields = {"closes_at": "2026-12-31T12:00", "reason": WORDS}
    return office(Role.OFFICER), f"/admin/rounds/{where.round_id}/end", fields


def assigning(session: Session, office: Office) -> Sent:
    row = factories.application(session, kind=Kind.REVIEW, answers={"licensed": True, "reused": "50"})
    round_ = session.get_one(Round, row.round_category.round_id)
    plan = factories.assignment_plan(session, round_, [(row, factories.reviewer(session))])
    return office(Role.OFFICER), f"/admin/rounds/{round_.id}/assigning/plans/{plan.id}/commit", {}


def releasing(session: Session, office: Office) -> Sent:
    row = factories.application(session, kind=Kind.NOTICE, status=Status.SELECTED)
    approver = factories.actor(session, factories.persona(session, Role.APPROVER))
    letter = letters.send(session, approver, row, LetterKind.SELECTED)
    client, url = office(Role.OFFICER), f"/admin/letters/outbox/letters/{letter.id}"
    digest = re.search(r'name="seen"[^>]*value="(\w{64})"', client.get(url).text)
    assert digest is not None
    return client, f"{url}/release", {"seen": digest[1]}


# By the file in which a form with the tick is, or in which the form of the tick alone is used.
ASKING: dict[str, tuple[Made, ...]] = {
    "admin/archiving.py": (archiving,),
    "admin/assigning.py": (assigning,),
    "admin/awards.py": (issuing,),
    "admin/cases.py": (scoring,),
    "admin/notices.py": (clearing,),
    "admin/people.py": (ending_a_role, disabling),
    "forms/admin_cases.py": (refusing, barring),
    "forms/admin_criteria.py": (approving_criteria,),
    "forms/admin_decisions.py": (approving, rejecting),
    "forms/admin_letters.py": (releasing,),
    "forms/admin_notices.py": (replying,),
    "forms/admin_rounds.py": (opening, ending_a_library),
    "forms/recommender.py": (recommending,),
    "tasks.py": (cancelling,),
}
# Two decisions on one form: to refuse and to bar.
TOGETHER = {"forms/admin_cases.py": 1}


def test_no_form_that_asks_is_forgotten() -> None:
    folder = Path(web.__file__).parent
    found = {}
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        many = len(re.findall(r"\bSureForm\(\)|= confirming\(", path.read_text(encoding="utf-8")))
        # Where the tick and its form are defined, nothing is asked yet.
        if many and name != "forms/__init__.py":
            found[name] = many
    assert found == {name: TOGETHER.get(name, len(rows)) for name, rows in ASKING.items()}


@pytest.mark.parametrize("made", [one for rows in ASKING.values() for one in rows], ids=lambda one: one.__name__)
def test_without_the_tick_nothing_is_written_and_with_it_all_is(
    session: Session, office: Office, at: Callable[..., None], made: Made
) -> None:
    at(NOON)
    client, url, fields = made(session, office)
    session.commit()
    before = everything(session)
    assert before
    refused(client, url, **fields)
    assert everything(session) == before
    answer = browse.post(client, url, **fields)
    assert answer.status_code == 303, browse.words(answer)
    assert everything(session) != before


# What reading alone writes: when somebody was seen last.
BESIDE = {"sign_in"}


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of all tables, as they stand in the database."""
    found = {
        table.name: sorted(map(tuple, session.execute(select(table)).all()), key=repr)
        for table in Base.metadata.sorted_tables
        if table.name not in BESIDE
    }
    session.rollback()
    return found
