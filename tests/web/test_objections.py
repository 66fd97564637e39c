"""Objections on the pages: taken in name or anonymous, answered in confidence, counted in public."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from registry.domain.vocabulary import DecisionStatus, Kind, ObjectionStatus, Role, Status
from registry.models import Application, Decision, Event, IdempotencyKey, Notice, Objection, ObjectionFile
from registry.services.notices import entry_of
from tests import browse, factories
from tests.factories import NOON

ANSWER = "经核实，数据与在线监测一致，异议不成立。"
HOLDS = "经核实，进水浓度数据有误，异议成立。"
STATEMENT = "The discharge figures differ from the published ones."
NAMED = {"name": "Wang Wu", "contact": "13800000000"}


def announced(session, **parameters: int) -> tuple[Notice, Application]:
    where = factories.round_category(session, steps={Kind.NOTICE: {"parameters": parameters}})
    application = factories.application(session, round_category=where, kind=Kind.NOTICE)
    decision = factories.decision(session, where)
    factories.outcome(session, decision, application)
    return factories.notice(session, decision, entries=[entry_of(application, 1)]), application


@pytest.fixture
def application(session) -> Application:
    return announced(session)[1]


@pytest.fixture
def notice(session, application) -> Notice:
    return session.scalars(select(Notice)).one()


@pytest.fixture
def objection(session, notice, application) -> Objection:
    return factories.objection(session, notice, application)


@pytest.fixture
def file(session, objection) -> ObjectionFile:
    row = ObjectionFile(name="王五的证据.pdf", sha256="ab" * 32, size=5, media_type="application/pdf")
    row.objection_id = objection.id
    return factories.added(session, row)


@pytest.fixture
def office(session, client):
    def make(role: Role) -> FlaskClient:
        person = factories.persona(session, role)
        session.commit()
        return client(person)

    return make


@pytest.fixture
def anybody(client, at) -> FlaskClient:
    at(NOON)
    visitor = client()
    browse.post(visitor, "/language", language="en")
    return visitor


def sent(client: FlaskClient, notice: Notice, application: Application, **fields):
    given = {"application": str(application.id), "statement": STATEMENT, **fields}
    return browse.post(client, f"/notices/{notice.id}/objection", **given)


# Anybody


def test_where_the_round_takes_names_only_no_choice_is_offered(session, anybody, notice, application):
    session.commit()
    page = anybody.get(f"/notices/{notice.id}/objection").text
    assert 'name="way"' not in page
    refused = sent(anybody, notice, application, way="anonymous")
    assert refused.status_code == 422
    assert 'id="name-error"' in refused.text
    assert 'id="contact-error"' in refused.text
    assert STATEMENT in refused.text
    words = browse.words(anybody.get(f"/notices/{notice.id}"))
    assert "Objections without a name are not taken." in words
    assert "Each objection is answered within 5 working days" in words


def test_an_anonymous_objection_is_taken_without_a_name_and_read_under_its_receipt(session, anybody):
    notice, application = announced(session, anonymous=1, answer_days=7)
    session.commit()
    assert 'name="way"' in anybody.get(f"/notices/{notice.id}/objection").text
    answer = sent(anybody, notice, application, way="anonymous", **NAMED)
    assert answer.status_code == 303
    kept = session.scalars(select(Objection)).one()
    assert (kept.anonymous, kept.name, kept.contact) == (True, "", "")
    number = kept.id
    session.rollback()
    words = browse.words(anybody.get(answer.location))
    # Raised on Monday 2 March 2026: the seventh working day after it is Wednesday the 11th.
    assert "2026-03-11 24:00" in words
    assert "being looked into" in words
    factories.reply(session, session.get_one(Objection, number), text="已调取台账核对。")
    session.commit()
    words = browse.words(anybody.get(answer.location))
    assert "已调取台账核对。" in words
    assert "not upheld" in words


@pytest.mark.parametrize("fields", [{"way": "anonymous"}, {"way": "in_name", **NAMED}], ids=["anonymous", "named"])
def test_of_who_is_signed_in_neither_event_nor_key_nor_auditor_knows(session, client, at, fields):
    notice, application = announced(session, anonymous=1)
    person, auditor = factories.user(session, name="李四"), factories.persona(session, Role.AUDITOR)
    number, programme = str(person.id), application.round_category.round.programme_id
    session.commit()
    at(NOON)
    sender, reader = client(person), client(auditor)
    files = [(BytesIO(b"%PDF-1.4 proof"), "proof.pdf")]
    answer = sent(sender, notice, application, files=files, **fields)
    assert answer.status_code == 303
    event = session.scalars(select(Event).where(Event.action == "object")).one()
    assert event.actor_id is None
    keys = session.execute(select(IdempotencyKey.actor, IdempotencyKey.location)).all()
    assert [actor for actor, location in keys if location == answer.location] == ["anyone"]
    assert number not in [actor for actor, _location in keys]
    session.rollback()
    page = reader.get(f"/audit/programmes/{programme}")
    assert (page.status_code, "李四" in page.text) == (200, False)


def test_the_same_form_sent_twice_by_who_is_signed_in_counts_once(session, client, at):
    notice, application = announced(session, anonymous=1)
    person = factories.user(session)
    session.commit()
    at(NOON)
    sender = client(person)
    given = {"way": "anonymous", "idempotency_key": "0123456789abcdef"}
    first = sent(sender, notice, application, **given)
    again = sent(sender, notice, application, **given)
    assert (first.status_code, again.status_code, again.location) == (303, 303, first.location)
    changed = sent(sender, notice, application, **given, statement=f"{STATEMENT} And more.")
    assert changed.status_code == 409
    assert len(session.scalars(select(Objection)).all()) == 1


def test_a_refused_form_still_knows_who_is_signed_in(session, client, at, notice, application):
    person = factories.user(session, name="李四")
    session.commit()
    at(NOON)
    refused = sent(client(person), notice, application)
    assert (refused.status_code, "李四" in refused.text) == (422, True)


def test_in_name_a_name_is_asked_where_both_ways_are_open(session, anybody):
    notice, application = announced(session, anonymous=1)
    session.commit()
    refused = sent(anybody, notice, application, way="in_name", name="Wang Wu")
    assert (refused.status_code, 'id="contact-error"' in refused.text, "Wang Wu" in refused.text) == (422, True, True)
    assert sent(anybody, notice, application, way="in_name", **NAMED).status_code == 303


def test_after_five_without_a_name_an_address_waits_but_not_in_its_name(session, anybody, at):
    notice, application = announced(session, anonymous=1)
    session.commit()
    answers = [sent(anybody, notice, application, way="anonymous").status_code for _number in range(6)]
    assert answers == [303, 303, 303, 303, 303, 429]
    stopped = sent(anybody, notice, application, way="anonymous")
    assert STATEMENT in stopped.text
    assert stopped.headers["Retry-After"] == "3600"
    assert sent(anybody, notice, application, way="in_name", **NAMED).status_code == 303
    at(NOON + timedelta(hours=1))
    assert sent(anybody, notice, application, way="anonymous").status_code == 303


def test_receipts_that_do_not_exist_are_all_alike_and_after_twenty_an_address_waits(session, anybody, objection, at):
    objection_receipt = "receipt-of-an-objection-1"
    factories.objection(session, objection.notice, objection.application, receipt=objection_receipt)
    session.commit()
    wrong = [anybody.get(f"/objections/{'x' * 20}{number:04d}") for number in range(20)]
    assert {answer.status_code for answer in wrong} == {404}
    assert anybody.get(f"/objections/{'x' * 30}").status_code == 429
    assert anybody.get(f"/objections/{objection_receipt}").status_code == 200
    at(NOON + timedelta(hours=1))
    assert anybody.get(f"/objections/{'x' * 30}").status_code == 404


def test_that_it_is_to_be_upheld_is_not_told_before_it_is_decided(session, anybody, office, notice, application):
    row = factories.objection(session, notice, application, receipt="receipt-of-an-objection-2")
    number = row.id
    officer = office(Role.OFFICER)
    browse.post(officer, f"/admin/notices/objections/{number}/reply", answer="upheld", text=HOLDS)
    words = browse.words(anybody.get("/objections/receipt-of-an-objection-2"))
    assert "being looked into" in words
    assert HOLDS not in words
    words = browse.words(anybody.get(f"/notices/{notice.id}"))
    assert "received 1 answered 0 upheld 0" in words


def test_the_public_counters_say_how_many_and_what_became_of_them(session, anybody, notice, application):
    for number, (upheld, late) in enumerate(((False, False), (False, True), (True, False))):
        row = factories.objection(session, notice, application, receipt=f"receipt-of-an-objection-{number}")
        replied = NOON + timedelta(days=7) if late else NOON
        factories.reply(session, row, upheld=upheld, replied_at=replied)
    factories.objection(session, notice, application)
    session.commit()
    page = anybody.get(f"/notices/{notice.id}")
    words = browse.words(page)
    assert "received 4 answered 3 upheld 1 not upheld 2 answered in time 2" in words
    assert "王五" not in words
    assert "数据与公开信息不符" not in words


# The office


def test_who_objects_is_shown_when_it_is_asked_and_that_is_recorded(session, office, at, objection, file):
    at(NOON + timedelta(hours=1))
    officer = office(Role.OFFICER)
    url = f"/admin/notices/objections/{objection.id}/reply"
    before = officer.get(url).text
    assert [words in before for words in ("王五", "13800000000", objection.statement)] == [False, False, True]
    answer = browse.post(officer, f"/admin/notices/objections/{objection.id}/objector")
    assert (answer.status_code, answer.location) == (303, url)
    after = officer.get(url).text
    assert [words in after for words in ("王五", "13800000000")] == [True, True]
    other = office(Role.OFFICER).get(url).text
    assert [words in other for words in ("王五", "13800000000")] == [False, False]
    assert [row.action for row in session.scalars(select(Event))] == ["read_objector"]
    at(NOON + timedelta(hours=2))
    assert "王五" not in officer.get(url).text


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.AUDITOR])
def test_the_pages_of_notices_and_decisions_say_of_nobody_who_objects(
    session, office, at, notice, objection, file, role
):
    at(NOON + timedelta(hours=1))
    statement, url = objection.statement, f"/admin/notices/{notice.id}"
    answered = {"answer": "upheld", "text": HOLDS}
    browse.post(office(Role.OFFICER), f"/admin/notices/objections/{objection.id}/reply", **answered)
    reader = office(role)
    decision = session.scalars(select(Decision.id).where(Decision.status == DecisionStatus.PROPOSED)).one()
    session.rollback()
    for page in (reader.get(url), reader.get(f"/admin/decisions/{decision}")):
        assert page.status_code == 200
        assert statement in page.text
        assert [words in page.text for words in ("王五", "13800000000", "证据.pdf")] == [False, False, False]


@pytest.mark.parametrize("answered", ["open", "proposed", "rejected", "dismissed"])
def test_who_has_a_seat_in_the_organisation_reads_that_there_is_one_and_when_it_is_due(
    session, client, office, at, notice, objection, application, file, answered
):
    at(NOON + timedelta(hours=1))
    statement, url = objection.statement, f"/admin/notices/{notice.id}"
    reply, place = f"/admin/notices/objections/{objection.id}/reply", f"objection-{objection.id}"
    own = factories.persona(session, Role.OFFICER)
    factories.seat(session, own, application.organisation)
    session.commit()
    interested, officer = client(own), office(Role.OFFICER)
    why = "证据不足，请再核实后答复。"
    decision = None
    if answered != "open":
        upheld = answered != "dismissed"
        form = {"answer": "upheld", "text": HOLDS} if upheld else {"answer": "dismissed", "text": ANSWER}
        assert browse.post(officer, reply, **form).status_code == 303
        decision = session.scalar(select(Decision.id).where(Decision.kind == "removal"))
        session.rollback()
    if answered == "rejected":
        rejected = browse.post(office(Role.APPROVER), f"/admin/decisions/{decision}/reject", reason=why)
        assert rejected.status_code == 303
    page = interested.get(url)
    assert page.status_code == 200
    hidden = [statement, HOLDS, ANSWER, why, reply, "Files: 1", "文件：1", "decisions/" + str(decision)]
    assert [words for words in hidden if words in page.text] == []
    assert place in page.text
    assert statement in officer.get(url).text
    if decision:
        refused = interested.get(f"/admin/decisions/{decision}")
        assert refused.status_code == 403
        assert [words for words in (statement, HOLDS) if words in refused.text] == []
        assert officer.get(f"/admin/decisions/{decision}").status_code == 200


def test_of_two_that_wait_for_one_entry_the_second_is_approved_when_it_is_gone(
    session, office, at, notice, objection, application
):
    other = factories.objection(session, notice, application)
    numbers = (objection.id, other.id)
    officer, approver = office(Role.OFFICER), office(Role.APPROVER)
    browse.post(officer, "/language", language="en")
    browse.post(approver, "/language", language="en")
    at(NOON + timedelta(hours=1))
    for number in numbers:
        browse.post(officer, f"/admin/notices/objections/{number}/reply", answer="upheld", text=HOLDS)
    waiting = session.scalars(select(Decision.id).where(Decision.kind == "removal").order_by(Decision.id)).all()
    session.rollback()
    gone = "The entry does not stand on the notice any more"
    for number, is_gone in zip(waiting, (False, True), strict=True):
        page = approver.get(f"/admin/decisions/{number}").text
        assert (gone in page) is is_gone
        digest = re.search(r'name="digest" value="(\w{64})"', page)[1]
        assert browse.post(approver, f"/admin/decisions/{number}/approve", digest=digest).status_code == 303
    assert session.scalars(select(Objection.status)).all() == [ObjectionStatus.UPHELD, ObjectionStatus.UPHELD]


def test_the_approver_reads_statement_and_answer_and_decides(session, office, at, notice, objection, application):
    at(NOON + timedelta(hours=1))
    site = application.site.name
    officer, approver = office(Role.OFFICER), office(Role.APPROVER)
    url = f"/admin/notices/objections/{objection.id}/reply"
    answer = browse.post(officer, url, answer="upheld", text=HOLDS)
    assert (answer.status_code, answer.location) == (303, f"/admin/notices/{notice.id}")
    number = session.scalars(select(Decision.id).where(Decision.status == DecisionStatus.PROPOSED)).one()
    session.rollback()
    assert f"/admin/decisions/{number}" in officer.get(answer.location).text
    page = approver.get(f"/admin/decisions/{number}").text
    assert HOLDS in page
    assert site in page
    digest = re.search(r'name="digest" value="(\w{64})"', page)[1]
    assert browse.post(approver, f"/admin/decisions/{number}/approve", digest=digest).status_code == 303
    session.rollback()
    assert session.scalars(select(Objection.status)).all() == [ObjectionStatus.UPHELD]
    assert session.scalars(select(Application.status)).all() == [Status.REMOVED]
    session.rollback()
    assert HOLDS in officer.get(url).text


def test_a_rejected_proposal_says_why_where_it_is_answered_anew(session, office, at, notice, objection):
    at(NOON + timedelta(hours=1))
    officer, approver = office(Role.OFFICER), office(Role.APPROVER)
    url = f"/admin/notices/objections/{objection.id}/reply"
    browse.post(officer, url, answer="upheld", text=HOLDS)
    number = session.scalars(select(Decision.id).where(Decision.status == DecisionStatus.PROPOSED)).one()
    session.rollback()
    assert 'name="answer"' not in officer.get(url).text
    why = "证据不足，请再核实后答复。"
    assert browse.post(approver, f"/admin/decisions/{number}/reject", reason=why).status_code == 303
    for page in (officer.get(url), officer.get(f"/admin/notices/{notice.id}")):
        assert why in page.text
    assert 'name="answer"' in officer.get(url).text


def test_one_that_is_overdue_is_marked_and_still_answered(session, office, at, notice, objection):
    """Also when its notice has ended: what is late is to be answered all the same."""
    at(NOON + timedelta(days=8))
    officer = office(Role.OFFICER)
    url = f"/admin/notices/{notice.id}"
    page = officer.get(url)
    assert f"/admin/notices/objections/{objection.id}/reply" in page.text
    assert page.text.count("badge-danger") == 1
    reply = f"/admin/notices/objections/{objection.id}/reply"
    assert browse.post(officer, reply, answer="dismissed", text=ANSWER).status_code == 303
    assert ANSWER in officer.get(url).text


def test_an_objection_is_answered_on_its_own_page(session, office, at, notice, objection):
    at(NOON + timedelta(hours=1))
    officer = office(Role.OFFICER)
    url = f"/admin/notices/objections/{objection.id}/reply"
    assert objection.statement in officer.get(url).text
    refused = browse.post(officer, url, text=ANSWER)
    assert (refused.status_code, ANSWER in refused.text) == (422, True)
    answer = browse.post(officer, url, answer="dismissed", text=ANSWER)
    assert (answer.status_code, answer.location) == (303, f"/admin/notices/{notice.id}")
    assert ANSWER in officer.get(answer.location).text
    assert session.scalars(select(Objection.status)).all() == [ObjectionStatus.DISMISSED]


def test_a_file_is_read_by_who_answers_and_that_is_recorded(session, config, office, at, file):
    at(NOON + timedelta(hours=1))
    officer, auditor = office(Role.OFFICER), office(Role.AUDITOR)
    kept = config.data / "files" / "ab" / ("ab" * 32)
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"%PDF-")
    reply = f"/admin/notices/objections/{file.objection_id}/reply"
    sent_on = officer.get(f"/admin/notices/files/{file.id}")
    assert (sent_on.status_code, sent_on.location) == (303, reply)
    assert f"files/{file.id}" not in officer.get(reply).text
    assert browse.post(officer, f"/admin/notices/objections/{file.objection_id}/objector").status_code == 303
    assert f"files/{file.id}" in officer.get(reply).text
    with officer.get(f"/admin/notices/files/{file.id}") as answer:
        assert (answer.status_code, answer.data) == (200, b"%PDF-")
        assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert auditor.get(f"/admin/notices/files/{file.id}").status_code == 403
    event = session.scalars(select(Event).where(Event.action == "read_objector")).one()
    assert event.subject_id == str(file.objection_id)


def test_an_officer_of_another_programme_reads_neither_objection_nor_file(session, client, notice, objection, file):
    stranger = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    number = file.id
    session.commit()
    there = client(stranger)
    paths = (f"{notice.id}", f"objections/{objection.id}/reply", f"files/{number}")
    assert [there.get(f"/admin/notices/{path}").status_code for path in paths] == [404, 404, 404]
    assert browse.post(there, f"/admin/notices/objections/{objection.id}/objector").status_code == 404


def test_a_list_says_what_was_objected_before_it(session, anybody, notice, application):
    factories.reply(session, factories.objection(session, notice, application))
    listed = factories.decision(session, application.round_category, content={"notice": notice.id})
    publication = factories.publication(session, listed)
    session.commit()
    words = browse.words(anybody.get(f"/lists/{publication.id}"))
    assert "received 1 answered 1 upheld 0 not upheld 1 answered in time 1" in words


def test_files_come_with_an_anonymous_one_too(session, anybody):
    notice, application = announced(session, anonymous=1)
    session.commit()
    files = [(BytesIO(b"%PDF-1.4 proof"), "proof.pdf")]
    assert sent(anybody, notice, application, way="anonymous", files=files).status_code == 303
    assert session.scalars(select(ObjectionFile.name)).all() == ["proof.pdf"]
