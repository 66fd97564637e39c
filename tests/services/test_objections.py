"""Objections: in name or anonymous, answered each in its time; upheld by two persons, dismissed by one."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.domain.chain import digest_of
from registry.domain.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import (
    Action,
    Deadline,
    DecisionKind,
    DecisionStatus,
    Kind,
    LetterKind,
    ObjectionStatus,
    Role,
    Status,
)
from registry.models import Application, Event, Letter, Notice, Objection, Publication, Reply, Site
from registry.queries import deadlines, dossiers
from registry.queries import objections as raised
from registry.queries.objections import Load, Voices
from registry.services import decisions, moves, notices, objections
from registry.services.notices import entry_of
from registry.services.objections import Said
from tests import factories
from tests.factories import NOON

# NOON is on Monday 2 March 2026: the fifth working day after it is Monday the 9th, its midnight 16:00 in UTC.
DUE = datetime(2026, 3, 9, 16, tzinfo=UTC)
STATEMENT = "进水浓度与公开数据不符，请核实。"
HOLDS, FAILS = "经核实，进水浓度数据有误，异议成立。", "数据与在线监测一致，异议不成立。"
NAMED = {"name": "王五", "contact": "13800000000"}


def acting(session: Session, role: Role, at: datetime = NOON) -> Actor:
    return factories.actor(session, factories.persona(session, role), at)


def announced(session: Session, count: int = 2, **parameters: int) -> tuple[Notice, list[Application]]:
    """Selected applications and the notice of them, which runs for a week."""
    where = factories.round_category(session, quota=5, steps={Kind.NOTICE: {"parameters": parameters}})
    rows = [factories.application(session, round_category=where, kind=Kind.NOTICE) for _number in range(count)]
    selection = factories.decision(session, where)
    for rank, row in enumerate(rows, start=1):
        factories.outcome(session, selection, row, rank=rank)
    entries = [entry_of(row, place) for place, row in enumerate(rows, start=1)]
    return factories.notice(session, selection, entries=entries), rows


@pytest.fixture
def running(session: Session) -> tuple[Notice, list[Application]]:
    return announced(session)


@pytest.fixture
def notice(running) -> Notice:
    return running[0]


@pytest.fixture
def rows(running) -> list[Application]:
    return running[1]


def objected(
    session: Session, notice: Notice, application: Application, at: datetime = NOON, receipt: str = "r" * 24, **values
) -> Objection:
    said = Said(application.id, **{"statement": STATEMENT, **NAMED, **values})
    return objections.take(session, Actor(at), notice, said, files=[], receipt=receipt)


def anonymous(session: Session, notice: Notice, application: Application, **values) -> Objection:
    return objected(session, notice, application, **{"name": "", "contact": "", "anonymous": True, **values})


def decided(session: Session, decision, at: datetime = NOON, *, approve: bool = True) -> None:
    approver = acting(session, Role.APPROVER, at)
    if approve:
        decisions.approve(session, approver, decision, digest=decision.digest, reason="")
    else:
        decisions.reject(session, approver, decision, reason="证据不足，请再核实后答复。")


# How one is taken


def test_an_objection_is_kept_with_who_raised_it_and_no_event_says_who(session, notice, rows):
    objection = objected(session, notice, rows[0])
    assert (objection.status, objection.name, objection.contact) == (ObjectionStatus.OPEN, "王五", "13800000000")
    event = session.scalars(select(Event).where(Event.action == "object")).one()
    assert event.actor_id is None
    assert "王五" not in str(event.payload)
    assert "13800000000" not in str(event.payload)


@pytest.mark.parametrize("given", [NAMED, {"name": "", "contact": "", "anonymous": True}], ids=["named", "anonymous"])
def test_an_account_that_is_signed_in_is_kept_nowhere(session, given):
    notice, rows = announced(session, anonymous=1)
    person = factories.persona(session, Role.OFFICER)
    actor = replace(factories.actor(session, person), clock_moved=True)
    objections.take(session, actor, notice, Said(rows[0].id, STATEMENT, **given), files=[], receipt="r" * 24)
    event = session.scalars(select(Event).where(Event.action == "object")).one()
    assert (event.actor_id, event.at, event.clock_moved) == (None, NOON, True)


def test_a_round_takes_none_without_a_name_unless_its_route_says_so(session, notice, rows):
    with pytest.raises(Invalid) as refusal:
        anonymous(session, notice, rows[0])
    assert (refusal.value.key, refusal.value.field) == ("anonymous_not_taken", "way")
    open_one, others = announced(session, anonymous=1)
    assert anonymous(session, open_one, others[0]).anonymous is True


def test_of_an_anonymous_one_no_name_is_kept_even_where_one_was_entered(session):
    notice, rows = announced(session, anonymous=1)
    objection = anonymous(session, notice, rows[0], **NAMED)
    assert (objection.anonymous, objection.name, objection.contact) == (True, "", "")
    event = session.scalars(select(Event).where(Event.action == "object")).one()
    assert event.payload.keys() == {"notice", "application", "anonymous", "files", "answer_due_at"}


def test_the_database_keeps_no_name_of_an_anonymous_one(session):
    notice, rows = announced(session, anonymous=1)
    anonymous(session, notice, rows[0])
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(update(Objection).values(name="王五"))


@pytest.mark.parametrize("missing", ["name", "contact"])
def test_who_objects_in_name_says_who_and_where(session, notice, rows, missing):
    with pytest.raises(Invalid) as nameless:
        objected(session, notice, rows[0], **{missing: "  "})
    assert (nameless.value.key, nameless.value.field) == ("entry_needed", missing)


def test_an_objection_names_an_entry_of_the_notice(session, notice):
    other = factories.application(session, kind=Kind.NOTICE)
    with pytest.raises(Invalid) as unknown:
        objected(session, notice, other)
    assert (unknown.value.key, unknown.value.field) == ("objection_entry_unknown", "application")


# Its own time


def test_each_is_answered_within_five_working_days_of_its_own(session, notice, rows):
    first = objected(session, notice, rows[0])
    # Raised on Friday the 6th: Monday the 9th to Friday the 13th are five.
    friday = datetime(2026, 3, 6, 1, tzinfo=UTC)
    second = objected(session, notice, rows[0], friday, receipt="s" * 24)
    assert (first.answer_due_at, second.answer_due_at) == (DUE, datetime(2026, 3, 13, 16, tzinfo=UTC))


def test_the_route_says_how_many_working_days_an_answer_may_take(session):
    notice, rows = announced(session, answer_days=1)
    assert objected(session, notice, rows[0]).answer_due_at == datetime(2026, 3, 3, 16, tzinfo=UTC)


def test_an_answer_after_its_time_is_taken_and_counted_as_late(session, notice, rows):
    early, late = objected(session, notice, rows[0]), objected(session, notice, rows[1], receipt="s" * 24)
    before, after = DUE - timedelta(microseconds=1), DUE
    assert raised.voices(session, notice, after) == Voices(received=2, overdue=2)
    objections.dismiss(session, acting(session, Role.OFFICER, before), early, text=FAILS)
    objections.dismiss(session, acting(session, Role.OFFICER, after), late, text=FAILS)
    assert raised.voices(session, notice, after) == Voices(received=2, dismissed=2, in_time=1)
    told = session.scalars(select(Event).where(Event.action == "answer_objection").order_by(Event.seq)).all()
    assert [event.payload["in_time"] for event in told] == [True, False]


def test_the_next_deadline_is_that_of_the_answer_until_it_is_given(session, rows, notice):
    objection = objected(session, notice, rows[0])
    assert deadlines.upcoming(session, NOON).kind is Deadline.NOTICE_ENDS
    found = deadlines.upcoming(session, notice.closes_at)
    assert found is not None
    assert (found.at, found.kind) == (DUE, Deadline.ANSWER_DUE)
    objections.dismiss(session, acting(session, Role.OFFICER), objection, text=FAILS)
    assert deadlines.upcoming(session, notice.closes_at).kind is Deadline.ROUND_CLOSES


# What becomes of it


def test_one_officer_dismisses_once_with_reasons(session, notice, rows):
    officer = acting(session, Role.OFFICER)
    objection = objected(session, notice, rows[0])
    with pytest.raises(Invalid) as short:
        objections.dismiss(session, officer, objection, text="不成立")
    assert short.value.field == "text"
    reply = objections.dismiss(session, officer, objection, text=FAILS)
    assert (reply.upheld, reply.decision_id, reply.replied_by_id) == (False, None, officer.user_id)
    assert (objection.status, rows[0].status) == (ObjectionStatus.DISMISSED, Status.SELECTED)
    event = session.scalars(select(Event).where(Event.action == "answer_objection")).one()
    assert "在线监测" not in str(event.payload)
    for answer in (objections.dismiss, objections.propose_removal):
        with pytest.raises(WrongState) as refusal:
            answer(session, officer, objection, text=HOLDS)
        assert refusal.value.key == "objection_answered"


def test_upholding_is_proposed_by_one_and_approved_by_another(session, notice, rows):
    person = factories.persona(session, Role.OFFICER)
    factories.grant(session, person, Role.APPROVER)
    officer = factories.actor(session, person)
    objection = objected(session, notice, rows[0])
    removal = objections.propose_removal(session, officer, objection, text=HOLDS)
    assert (removal.kind, removal.status) == (DecisionKind.REMOVAL, DecisionStatus.PROPOSED)
    assert (objection.status, rows[0].status) == (ObjectionStatus.PROPOSED, Status.SELECTED)
    assert session.scalars(select(Reply)).all() == []
    with pytest.raises(Forbidden) as own:
        decisions.approve(session, officer, removal, digest=removal.digest, reason="")
    assert own.value.key == "another_person_decides"
    decided(session, removal)
    reply = session.scalars(select(Reply)).one()
    assert (reply.upheld, reply.text, reply.decision_id) == (True, HOLDS, removal.id)
    assert reply.replied_by_id == officer.user_id
    assert (objection.status, rows[0].status) == (ObjectionStatus.UPHELD, Status.REMOVED)
    assert session.scalars(select(Letter.kind)).all() == [LetterKind.REMOVED]


def test_while_it_waits_for_the_second_person_nothing_else_is_answered(session, notice, rows):
    objection, officer = objected(session, notice, rows[0]), acting(session, Role.OFFICER)
    objections.propose_removal(session, officer, objection, text=HOLDS)
    for answer in (objections.dismiss, objections.propose_removal):
        with pytest.raises(WrongState) as refusal:
            answer(session, officer, objection, text=FAILS)
        assert refusal.value.key == "objection_proposed"


def test_a_rejected_proposal_is_answered_anew(session, notice, rows):
    objection, officer = objected(session, notice, rows[0]), acting(session, Role.OFFICER)
    removal = objections.propose_removal(session, officer, objection, text=HOLDS)
    decided(session, removal, approve=False)
    assert (objection.status, rows[0].status) == (ObjectionStatus.OPEN, Status.SELECTED)
    assert session.scalars(select(Letter)).all() == []
    again = objections.propose_removal(session, officer, objection, text=HOLDS)
    decided(session, again, approve=False)
    objections.dismiss(session, officer, objection, text=FAILS)
    assert objection.status is ObjectionStatus.DISMISSED


def test_several_may_wait_at_once_and_the_entry_is_removed_once(session, notice, rows):
    officer = acting(session, Role.OFFICER)
    found = [objected(session, notice, rows[0], receipt=letter * 24) for letter in "abc"]
    found.append(objected(session, notice, rows[1], receipt="d" * 24))
    proposals = [objections.propose_removal(session, officer, one, text=HOLDS) for one in found[:1] + found[3:]]
    for removal in proposals:
        decided(session, removal)
    assert [row.status for row in rows] == [Status.REMOVED, Status.REMOVED]
    # Proposed when the entry was gone, the second one is upheld and removes nothing more.
    second = objections.propose_removal(session, officer, found[1], text=HOLDS)
    decided(session, second)
    objections.dismiss(session, officer, found[2], text=FAILS)
    assert raised.voices(session, notice, NOON) == Voices(received=4, upheld=3, dismissed=1, in_time=4)
    assert session.scalars(select(Letter.kind)).all() == [LetterKind.REMOVED, LetterKind.REMOVED]


def test_two_that_wait_for_one_entry_are_both_approved(session, notice, rows):
    officer = acting(session, Role.OFFICER)
    found = [objected(session, notice, rows[0], receipt=letter * 24) for letter in "ab"]
    first, second = [objections.propose_removal(session, officer, one, text=HOLDS) for one in found]
    decided(session, first)
    assert rows[0].status is Status.REMOVED
    decided(session, second)
    assert [one.status for one in found] == [ObjectionStatus.UPHELD, ObjectionStatus.UPHELD]
    assert session.scalars(select(Reply.decision_id).order_by(Reply.id)).all() == [first.id, second.id]
    # Removed once, and told once; the letter names the decision that removed it.
    assert session.scalars(select(Letter.decision_id)).all() == [first.id]


def test_of_two_that_wait_for_one_entry_the_second_may_be_rejected_and_answered(session, notice, rows):
    officer = acting(session, Role.OFFICER)
    found = [objected(session, notice, rows[0], receipt=letter * 24) for letter in "ab"]
    first, second = [objections.propose_removal(session, officer, one, text=HOLDS) for one in found]
    decided(session, first)
    decided(session, second, approve=False)
    objections.dismiss(session, officer, found[1], text=FAILS)
    assert raised.unanswered(session, notice) == []


def test_an_objection_to_who_withdrew_meanwhile_is_upheld_and_nothing_removed(session, notice, rows):
    objection = objected(session, notice, rows[0])
    removal = objections.propose_removal(session, acting(session, Role.OFFICER), objection, text=HOLDS)
    signatory = factories.persona(session, Role.SIGNATORY, organisation=rows[0].organisation)
    moves.move(session, factories.actor(session, signatory), rows[0], Action.WITHDRAW)
    decided(session, removal)
    assert (objection.status, rows[0].status) == (ObjectionStatus.UPHELD, Status.WITHDRAWN)
    assert session.scalars(select(Letter)).all() == []


def test_what_the_proposal_rests_on_must_still_hold(session, notice, rows):
    removal = objections.propose_removal(
        session, acting(session, Role.OFFICER), objected(session, notice, rows[0]), text=HOLDS
    )
    session.get_one(Site, rows[0].site_id).name = "更名后的净水厂"
    with pytest.raises(WrongState) as refusal:
        decided(session, removal)
    assert refusal.value.key == "changed_since_proposed"


def test_of_proposals_of_other_kinds_there_is_still_one(session, notice):
    selection = notice.decision_id
    where = notice.round_category_id
    given = {"kind": DecisionKind.NOTICE, "status": DecisionStatus.PROPOSED, "content": {"decision": selection}}
    category = session.get_one(type(notice).round_category.property.mapper.class_, where)
    factories.decision(session, category, **given)
    with pytest.raises(IntegrityError), session.begin_nested():
        factories.decision(session, category, **given)


def test_the_database_takes_no_upheld_answer_without_a_decision(session, notice, rows):
    objection = objected(session, notice, rows[0])
    with pytest.raises(IntegrityError), session.begin_nested():
        factories.reply(session, objection, upheld=True, decision_id=None)


def test_an_approver_does_not_answer_and_an_officer_removes_nothing(session, notice, rows):
    objection = objected(session, notice, rows[0])
    for answer in (objections.dismiss, objections.propose_removal):
        with pytest.raises(NotFound):
            answer(session, acting(session, Role.APPROVER), objection, text=HOLDS)
    with pytest.raises(NotFound):
        moves.move(session, acting(session, Role.OFFICER), rows[0], Action.REMOVE)


# What it keeps from going on


@pytest.mark.parametrize("proposed", [False, True])
def test_a_notice_is_not_concluded_while_one_is_open_or_waits(session, notice, rows, proposed):
    objection = objected(session, notice, rows[0])
    officer = acting(session, Role.OFFICER, notice.closes_at)
    if proposed:
        objections.propose_removal(session, officer, objection, text=HOLDS)
    assert raised.under(session, [row.id for row in rows]) == {rows[0].id}
    assert raised.unanswered(session, notice) == [objection]
    with pytest.raises(WrongState) as refusal:
        notices.clear(session, officer, notice)
    assert refusal.value.key == "objections_unanswered"


def test_the_office_sees_how_many_are_open_and_until_when(session, notice, rows):
    one = objected(session, notice, rows[0])
    objected(session, notice, rows[0], NOON + timedelta(days=1), receipt="s" * 24)
    assert raised.loads(session, [notice]) == {notice.id: Load(received=2, to_answer=2, due=DUE)}
    objections.propose_removal(session, acting(session, Role.OFFICER), one, text=HOLDS)
    later = datetime(2026, 3, 10, 16, tzinfo=UTC)
    assert raised.loads(session, [notice]) == {notice.id: Load(received=2, to_answer=1, proposed=1, due=later)}


# Who objects


@pytest.mark.parametrize("role", [Role.OFFICER, Role.APPROVER, Role.AUDITOR])
def test_who_has_a_seat_in_the_organisation_reads_no_removal(session, notice, rows, role):
    objection = objected(session, notice, rows[0])
    removal = objections.propose_removal(session, acting(session, Role.OFFICER), objection, text=HOLDS)
    person = factories.persona(session, role)
    assert raised.of_removal(session, factories.actor(session, person), removal) is objection
    factories.seat(session, person, rows[0].organisation)
    with pytest.raises(Forbidden) as own:
        raised.of_removal(session, factories.actor(session, person), removal)
    assert own.value.key == "own_organisation"


def test_who_answers_sees_the_name_for_a_while_and_that_is_recorded(session, notice, rows):
    objection, officer = objected(session, notice, rows[0]), acting(session, Role.OFFICER)
    other = acting(session, Role.OFFICER)
    assert raised.looked(session, officer, objection) is False
    objections.look(session, officer, objection)
    assert raised.looked(session, officer, objection) is True
    assert raised.looked(session, other, objection) is False
    later = Actor(NOON + timedelta(minutes=31), user_id=officer.user_id)
    assert raised.looked(session, later, objection) is False
    event = session.scalars(select(Event).where(Event.action == "read_objector")).one()
    assert (event.actor_id, event.subject_id, event.application_id) == (officer.user_id, str(objection.id), None)
    assert "王五" not in str(event.payload)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.REVIEWER, Role.RECOMMENDER])
def test_nobody_else_asks_who_objects(session, notice, rows, role):
    objection = objected(session, notice, rows[0])
    with pytest.raises(NotFound):
        objections.look(session, acting(session, role), objection)


def test_neither_decision_nor_letter_nor_event_says_who(session, notice, rows):
    removal = objections.propose_removal(
        session, acting(session, Role.OFFICER), objected(session, notice, rows[0]), text=HOLDS
    )
    decided(session, removal)
    letter = session.scalars(select(Letter)).one()
    kept = [str(removal.content), letter.body, letter.body_en, letter.subject]
    kept += [str(event.payload) for event in session.scalars(select(Event))]
    assert not any(word in text for text in kept for word in (*NAMED.values(), STATEMENT))
    assert removal.digest == digest_of(removal.content)


# What is told of them all


def test_after_a_list_the_counters_are_those_of_all_notices_of_its_selection(session, notice, rows):
    objections.dismiss(session, acting(session, Role.OFFICER), objected(session, notice, rows[0]), text=FAILS)
    where = rows[0].round_category
    listed = factories.decision(session, where, kind=DecisionKind.PUBLICATION, content={"notice": notice.id})
    publication = factories.publication(session, listed)
    expected = Voices(received=1, dismissed=1, in_time=1)
    assert raised.voices_before(session, publication, NOON) == expected
    correction = factories.decision(session, where, kind=DecisionKind.CORRECTION, content={"publication": 1})
    corrected = factories.publication(session, correction, replaces_id=publication.id, reason="更正名称")
    assert raised.voices_before(session, corrected, NOON) == expected
    bare = factories.publication(session, factories.decision(session, where))
    assert raised.voices_before(session, bare, NOON) is None
    assert len(session.scalars(select(Publication)).all()) == 3


def test_two_proposals_on_the_same_objection_never_wait(session, notice, rows):
    objection = objected(session, notice, rows[0])
    objections.propose_removal(session, acting(session, Role.OFFICER), objection, text=HOLDS)
    with pytest.raises((WrongState, Conflict)):
        objections.propose_removal(session, acting(session, Role.OFFICER), objection, text=HOLDS)


# What the dossier keeps


def test_a_dossier_has_the_objection_without_who_raised_it(session, notice, rows):
    objection = objected(session, notice, rows[0])
    officer = acting(session, Role.OFFICER)
    removal = objections.propose_removal(session, officer, objection, text=HOLDS)
    decided(session, removal)
    where = dossiers.whole(session, notice.round_category_id)
    kept = dossiers.PARTS["notices"](session, where)
    (told,) = kept[0]["objections"]
    assert told == {
        "id": objection.id,
        "application": rows[0].id,
        "form": "in_name",
        "statement": sha256(STATEMENT.encode()).hexdigest(),
        "files": [],
        "status": "upheld",
        "raised_at": "2026-03-02T04:00:00+00:00",
        "answer_due_at": "2026-03-09T16:00:00+00:00",
        "reply": {
            "upheld": True,
            "text": HOLDS,
            "at": "2026-03-02T04:00:00+00:00",
            "answered_by": officer.user_id,
            "approved_by": removal.decided_by_id,
            "decision": removal.id,
        },
    }
    others = dossiers.PARTS["decisions"](session, where)
    assert [row["kind"] for row in others] == ["removal"]
    assert str(officer.user_id) in dossiers.PARTS["people"](session, where)
    written = json.dumps([kept, others], ensure_ascii=False)
    assert not any(word in written for word in (*NAMED.values(), STATEMENT, objection.receipt))
