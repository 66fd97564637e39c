"""Letters that are held: released once by somebody else, never two that contradict each other, written anew at need."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm import Session

from registry.domain.errors import Forbidden, Invalid, NotFound, WrongState
from registry.domain.letters import Wording
from registry.domain.policy import Actor
from registry.domain.texts import Names
from registry.domain.vocabulary import Kind, LetterKind, LetterState, Role, SeatStatus, Status
from registry.models import Application, Event, Letter, Message, Programme, User
from registry.queries import held_letters
from registry.queries import letters as kept
from registry.services import applications, integrity, letters
from tests import factories
from tests.factories import NOON
from tests.services import races
from tests.services.test_invitations import statements

DAY = timedelta(days=1)
REASON = "原措辞有误，按新措辞重写。"
OWN = Wording("结果：{site}", "{organisation}：\n\n已入选。\n\n{issuers}\n{date}", "Result: {site}", "Selected. {date}")


@pytest.fixture
def approver(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.APPROVER))


@pytest.fixture
def officer(session: Session) -> Actor:
    """Looks at letters the day after."""
    return factories.actor(session, factories.persona(session, Role.OFFICER), NOON + DAY)


@pytest.fixture
def row(session: Session) -> Application:
    return filed(session)


def filed(session: Session, **columns) -> Application:
    organisation = factories.organisation(session, name="甲水务公司", name_en="Water A")
    site = factories.site(session, organisation=organisation, name="甲厂", name_en="Plant A")
    given = {"kind": Kind.NOTICE, "status": Status.SELECTED, **columns}
    return factories.application(session, organisation=organisation, site=site, **given)


def member(session: Session, row: Application, **columns) -> User:
    return factories.persona(session, Role.SIGNATORY, organisation=row.organisation, **columns)


def messages(session: Session) -> list[tuple[int, str]]:
    return [
        (message.user_id, message.values["subject"])
        for message in session.scalars(select(Message).order_by(Message.id))
    ]


def states(session: Session, row: Application) -> list[tuple[LetterKind, LetterState]]:
    rows = session.scalars(select(Letter).where(Letter.application_id == row.id).order_by(Letter.id))
    return [(letter.kind, letter.state) for letter in rows]


def reserved(session: Session, actor: Actor, row: Application) -> Letter:
    told = {"order": "1", "until": Names("2027年3月2日", "2 March 2027")}
    return letters.send(session, actor, row, LetterKind.RESERVED, told)


def test_a_letter_that_is_held_reaches_nobody_until_another_releases_it(session, row, approver, officer):
    chinese, english = member(session, row), member(session, row, language="en")
    letter = letters.send(session, approver, row, LetterKind.SELECTED)
    assert (letter.state, letter.settled_at, letter.written_by_id) == (LetterState.WAITING, None, approver.user_id)
    assert messages(session) == []
    assert kept.sent(session, row) == []
    assert kept.awaited(session, row)
    with pytest.raises(NotFound):
        kept.one(session, row, letter.id)

    assert letters.release(session, officer, [letter.id]) == 1
    assert (letter.state, letter.settled_by_id, letter.settled_at) == (LetterState.SENT, officer.user_id, NOON + DAY)
    assert messages(session) == [(chinese.id, "入选通知：甲厂"), (english.id, "Selected: Plant A")]
    assert kept.sent(session, row) == [letter]
    assert not kept.awaited(session, row)
    event = session.scalars(select(Event).where(Event.action == "release_letters")).one()
    assert (event.application_id, event.before, event.after) == (row.id, "waiting", "sent")
    # The day stays that of the act.
    assert "2026年3月2日" in letter.body
    assert kept.dated(letter) == Names("2026年3月2日", "2 March 2026")


def test_a_letter_whose_delay_would_cost_time_is_sent_with_its_act(session, row, officer):
    person = member(session, row)
    letter = letters.send(session, officer, row, LetterKind.REFUSED, {"reason": REASON})
    assert (letter.state, letter.settled_by_id, letter.settled_at) == (LetterState.SENT, None, NOON + DAY)
    assert messages(session) == [(person.id, "形式审查未通过：甲厂")]


def test_who_wrote_a_letter_does_not_release_it(session, row, approver):
    letter = letters.send(session, approver, row, LetterKind.SELECTED)
    with pytest.raises(Forbidden) as refusal:
        letters.release(session, approver, [letter.id])
    assert refusal.value.key == "another_person_releases"
    assert letter.state is LetterState.WAITING


def test_what_the_portal_itself_writes_is_released_by_anybody_of_the_office(session, row, approver):
    letter = letters.send(session, factories.worker(), row, LetterKind.SELECTED)
    assert letters.release(session, approver, [letter.id]) == 1


def test_neither_strangers_nor_the_applicant_nor_who_has_a_seat_release(session, row, approver):
    letter = letters.send(session, approver, row, LetterKind.SELECTED)
    elsewhere = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    seated = factories.persona(session, Role.OFFICER)
    factories.seat(session, seated, row.organisation)
    for person in (elsewhere, seated, member(session, row), factories.persona(session, Role.AUDITOR)):
        with pytest.raises(NotFound):
            letters.release(session, factories.actor(session, person, NOON + DAY), [letter.id])


def test_a_letter_is_released_once(session, row, approver, officer):
    member(session, row)
    letter = letters.send(session, approver, row, LetterKind.SELECTED)
    letters.release(session, officer, [letter.id])
    with pytest.raises(WrongState) as refusal:
        letters.release(session, officer, [letter.id])
    assert refusal.value.key == "letter_settled"
    assert len(messages(session)) == 1


def test_a_batch_goes_to_each_organisation_its_own(session, approver, officer):
    where = factories.round_category(session)
    rows = [filed(session, round_category=where) for _ in range(3)]
    people = [member(session, one) for one in rows]
    written = [letters.send(session, approver, one, LetterKind.SELECTED) for one in rows]
    assert letters.release(session, officer, [letter.id for letter in written[:2]]) == 2
    assert [number for number, _subject in messages(session)] == [people[0].id, people[1].id]
    assert [letter.state for letter in written] == [LetterState.SENT, LetterState.SENT, LetterState.WAITING]


def test_it_goes_to_who_has_a_seat_when_it_is_released(session, row, approver, officer):
    gone = member(session, row)
    letter = letters.send(session, approver, row, LetterKind.SELECTED)
    seat = factories.seat(session, factories.user(session), row.organisation)
    session.execute(text("UPDATE membership SET status = 'ended' WHERE user_id = :gone"), {"gone": gone.id})
    letters.release(session, officer, [letter.id])
    assert seat.status is SeatStatus.ACTIVE
    assert [number for number, _subject in messages(session)] == [seat.user_id]


# Never two that contradict each other


def test_what_waits_is_overtaken_by_what_comes_later(session, row, approver, officer):
    member(session, row)
    first = reserved(session, approver, row)
    second = letters.send(session, replace(approver, at=NOON + DAY), row, LetterKind.SELECTED)
    assert states(session, row) == [
        (LetterKind.RESERVED, LetterState.WITHDRAWN),
        (LetterKind.SELECTED, LetterState.WAITING),
    ]
    assert (second.instead_of_id, second.replaces_id, first.reason) == (first.id, None, "")
    assert "取代" not in second.body
    event = session.scalars(select(Event).where(Event.action == "withdraw_letter")).one()
    assert event.payload == {"kind": "reserved", "overtaken_by": "selected"}
    with pytest.raises(WrongState):
        letters.release(session, officer, [first.id])
    letters.release(session, officer, [second.id])
    assert [subject for _number, subject in messages(session)] == ["入选通知：甲厂"]


def test_a_later_letter_names_the_one_that_was_sent_and_that_it_contradicts(session, row, approver, officer):
    first = reserved(session, approver, row)
    letters.release(session, officer, [first.id])
    second = letters.send(session, replace(approver, at=NOON + 2 * DAY), row, LetterKind.SELECTED)
    assert second.replaces_id == first.id
    assert (
        "本通知书取代此前发出的通知书：2026年3月2日的“列入储备名单：甲厂”。\n\n生态环境局\n2026年3月4日" in second.body
    )
    assert "This letter replaces our letter of 2 March 2026 (“In reserve: Plant A”).\n\n" in second.body_en
    assert second.body_en.endswith("Environment Bureau\n4 March 2026")


def test_what_agrees_is_not_named(session, row, approver, officer):
    first = letters.send(session, approver, row, LetterKind.SELECTED)
    letters.release(session, officer, [first.id])
    second = letters.send(session, replace(approver, at=NOON + 2 * DAY), row, LetterKind.PUBLISHED, {"title": "名单"})
    assert (second.replaces_id, "取代" in second.body) == (None, False)


def test_what_was_replaced_is_not_named_again(session, row, approver, officer):
    first = reserved(session, approver, row)
    letters.release(session, officer, [first.id])
    second = letters.send(session, replace(approver, at=NOON + DAY), row, LetterKind.SELECTED)
    letters.release(session, officer, [second.id])
    third = letters.send(session, replace(approver, at=NOON + 2 * DAY), row, LetterKind.REMOVED, {"reason": REASON})
    assert third.replaces_id == second.id
    assert "入选通知：甲厂" in third.body
    assert "列入储备名单：甲厂" not in third.body


def test_what_was_named_by_a_letter_that_never_left_is_named_by_the_next(session, row, approver, officer):
    first = reserved(session, approver, row)
    letters.release(session, officer, [first.id])
    letters.send(session, replace(approver, at=NOON + DAY), row, LetterKind.SELECTED)
    third = letters.send(session, replace(approver, at=NOON + 2 * DAY), row, LetterKind.REMOVED, {"reason": REASON})
    assert third.replaces_id == first.id
    assert "列入储备名单：甲厂" in third.body


def test_who_withdraws_is_not_told_of_a_selection_afterwards(session, row, approver):
    person = member(session, row)
    letters.send(session, approver, row, LetterKind.SELECTED)
    applications.withdraw(session, factories.actor(session, person, NOON + DAY), row, reason="停产")
    assert states(session, row) == [
        (LetterKind.SELECTED, LetterState.WITHDRAWN),
        (LetterKind.WITHDRAWN, LetterState.SENT),
    ]
    assert [subject for _number, subject in messages(session)] == ["撤回确认：甲厂"]


def test_two_letters_of_an_application_never_wait(session, row, approver):
    letter = letters.send(session, approver, row, LetterKind.SELECTED)
    columns = "kind, subject, body, subject_en, body_en, told, written_at, state, reason"
    with pytest.raises(IntegrityError):
        session.execute(
            text(
                f"INSERT INTO letter (id, application_id, {columns})"  # noqa: S608 - names of columns
                f" SELECT 999, application_id, {columns} FROM letter WHERE id = :id"
            ),
            {"id": letter.id},
        )
    session.rollback()


@pytest.mark.parametrize(
    "change", ["body = 'x'", "told = '{}'", "state = 'waiting', settled_at = NULL", "replaces_id = id"]
)
def test_the_database_keeps_a_letter_as_it_was_sent(session, row, approver, officer, change):
    letter = letters.send(session, approver, row, LetterKind.SELECTED)
    letters.release(session, officer, [letter.id])
    session.commit()
    with pytest.raises(DatabaseError):
        session.execute(text(f"UPDATE letter SET {change}"))  # noqa: S608 - written above
    session.rollback()


def test_the_words_of_a_letter_that_waits_cannot_be_changed_either(session, row, approver):
    letters.send(session, approver, row, LetterKind.SELECTED)
    session.commit()
    with pytest.raises(DatabaseError):
        session.execute(text("UPDATE letter SET body = 'x'"))
    session.rollback()


# Written anew


def reworded(session: Session, officer: Actor, row: Application) -> None:
    programme = session.get_one(Programme, kept.about(session, row)[0])
    letters.save(session, officer, programme, LetterKind.SELECTED, OWN, seen=0)


def test_a_letter_is_written_anew_in_the_present_words_with_the_day_of_the_act(session, row, approver, officer):
    old = letters.send(session, approver, row, LetterKind.SELECTED)
    reworded(session, officer, row)
    (new,) = letters.rewrite(session, officer, [old.id], reason=REASON)
    assert (old.state, old.reason, new.instead_of_id, new.state) == (
        LetterState.WITHDRAWN,
        REASON,
        old.id,
        LetterState.WAITING,
    )
    assert new.body == "甲水务公司：\n\n已入选。\n\n生态环境局\n2026年3月2日"
    assert new.body_en == "Selected. 2 March 2026"
    with pytest.raises(Forbidden):
        letters.release(session, officer, [new.id])
    assert letters.release(session, replace(approver, at=NOON + DAY), [new.id]) == 1


def test_nothing_is_written_anew_that_would_read_the_same(session, row, approver, officer):
    old = letters.send(session, approver, row, LetterKind.SELECTED)
    with pytest.raises(Invalid) as refusal:
        letters.rewrite(session, officer, [old.id], reason=REASON)
    assert refusal.value.key == "letter_reads_the_same"


def test_of_a_group_only_those_are_written_anew_that_would_read_otherwise(session, approver, officer):
    where = factories.round_category(session)
    rows = [filed(session, round_category=where) for _ in range(3)]
    old = [letters.send(session, approver, one, LetterKind.SELECTED) for one in rows]
    reworded(session, officer, rows[0])
    (first,) = letters.rewrite(session, officer, [old[0].id], reason=REASON)
    group = [first.id, old[1].id, old[2].id]
    new = letters.rewrite(session, officer, group, reason=REASON)
    assert [letter.instead_of_id for letter in new] == [old[1].id, old[2].id]
    assert (first.state, first.reason) == (LetterState.WAITING, "")
    with pytest.raises(Invalid) as refusal:
        letters.rewrite(session, officer, [first.id, *(letter.id for letter in new)], reason=REASON)
    assert refusal.value.key == "letter_reads_the_same"
    withdrawn = session.scalars(select(Letter).where(Letter.state == LetterState.WITHDRAWN).order_by(Letter.id))
    assert list(withdrawn) == old


@pytest.mark.parametrize("reason", ["", "错字"])
def test_a_letter_is_withdrawn_for_a_reason_that_says_something(session, row, approver, officer, reason):
    old = letters.send(session, approver, row, LetterKind.SELECTED)
    with pytest.raises(Invalid) as refusal:
        letters.rewrite(session, officer, [old.id], reason=reason)
    assert refusal.value.field == "reason"


def test_the_approver_words_no_letters(session, row, approver):
    old = letters.send(session, factories.worker(), row, LetterKind.SELECTED)
    with pytest.raises(NotFound):
        letters.rewrite(session, approver, [old.id], reason=REASON)


# On the desk, and in the figures that must agree


def test_the_outbox_takes_as_many_statements_for_many_groups_as_for_one(session, approver, officer):
    def more(number):
        for _ in range(number):
            letters.send(session, approver, filed(session), LetterKind.SELECTED)

    def shown():
        found = held_letters.groups(session, officer, held_letters.Wanted()).rows
        return [(group.where.category.name, group.where.round.programme.name, group.site.name) for group in found]

    more(1)
    few = statements(session, shown)
    more(7)
    assert len(shown()) == 8
    assert statements(session, shown) == few


def test_a_group_tells_its_number_its_own_its_decision_and_its_first(session, row, approver, officer):
    where = row.round_category
    first = letters.send(session, approver, row, LetterKind.SELECTED)
    letters.send(session, officer, filed(session, round_category=where), LetterKind.SELECTED)
    other = reserved(session, approver, filed(session))
    found = held_letters.groups(session, approver, held_letters.Wanted()).rows
    assert [(one.where.id, one.kind, one.decision, one.count, one.own, one.first, one.since) for one in found] == [
        (where.id, LetterKind.SELECTED, None, 2, 1, first, NOON),
        (found[1].where.id, LetterKind.RESERVED, None, 1, 1, other, NOON),
    ]
    assert found[0] == held_letters.group(session, approver, held_letters.cause_of(first, row))
    only = held_letters.groups(session, approver, held_letters.Wanted(kind=LetterKind.RESERVED)).rows
    assert [one.first for one in only] == [other]
    with pytest.raises(NotFound):
        held_letters.group(session, approver, held_letters.Cause(where.id, LetterKind.REMOVED, None))


def test_the_desk_counts_what_others_wrote_with_a_day(session, row, approver, officer):
    letters.send(session, approver, row, LetterKind.SELECTED)
    assert held_letters.of_office(session, approver) == []
    (line,) = held_letters.of_office(session, officer)
    # Written on Monday the 2nd of March: three working days end with Thursday, midnight in Beijing is 16:00 in UTC.
    assert (line.count, line.due.isoformat()) == (1, "2026-03-05T16:00:00+00:00")


def test_what_must_hold_of_letters_holds(session, row, approver, officer):
    member(session, row)
    first = reserved(session, approver, row)
    letters.release(session, officer, [first.id])
    letters.send(session, replace(approver, at=NOON + DAY), row, LetterKind.SELECTED)
    letters.send(session, replace(approver, at=NOON + 2 * DAY), row, LetterKind.REMOVED, {"reason": REASON})
    session.flush()
    assert [found.key for found in integrity.violations(session) if found.key.startswith("letter")] == []


def test_a_message_of_a_letter_that_waits_is_found(session, row, approver):
    person = member(session, row)
    letter = letters.send(session, approver, row, LetterKind.SELECTED)
    early = Message(
        user_id=person.id,
        address=person.email,
        language="zh",
        key="letter",
        values={},
        letter_id=letter.id,
        status="queued",
        queued_at=NOON,
    )
    session.add(early)
    session.flush()
    found = {broken.key: broken.rows for broken in integrity.violations(session)}
    assert found["letter_sent"] == (str(early.id),)


# Two at the same time


def test_two_who_release_at_the_same_time_send_once(session, database, row, approver):
    person = member(session, row)
    letter = letters.send(session, factories.worker(), row, LetterKind.SELECTED)
    both = [factories.actor(session, factories.persona(session, Role.OFFICER), NOON + DAY) for _ in range(2)]
    number, reader = letter.id, person.id
    session.commit()
    first, second = races.together(
        database, *(lambda other, actor=actor: letters.release(other, actor, [number]) for actor in both)
    )
    assert first is None
    assert isinstance(second, WrongState)
    assert messages(session) == [(reader, "入选通知：甲厂")]


def test_an_act_that_meets_a_release_names_what_was_sent(session, database, row, approver, officer):
    member(session, row)
    letter = letters.send(session, approver, row, LetterKind.SELECTED)
    number, application = letter.id, row.id
    session.commit()

    def remove(other: Session) -> None:
        later = replace(officer, at=NOON + 2 * DAY)
        letters.send(other, later, other.get_one(Application, application), LetterKind.REMOVED, {"reason": REASON})

    results = races.together(database, lambda other: letters.release(other, officer, [number]), remove)
    assert results == (None, None)
    session.expire_all()
    assert states(session, row) == [
        (LetterKind.SELECTED, LetterState.SENT),
        (LetterKind.REMOVED, LetterState.WAITING),
    ]
    (removed,) = session.scalars(select(Letter).where(Letter.kind == LetterKind.REMOVED))
    assert removed.replaces_id == number


def test_a_release_that_meets_an_act_sends_nothing(session, database, row, approver, officer):
    member(session, row)
    letter = letters.send(session, approver, row, LetterKind.SELECTED)
    number, application = letter.id, row.id
    session.commit()

    def remove(other: Session) -> None:
        later = replace(approver, at=NOON + DAY)
        letters.send(other, later, other.get_one(Application, application), LetterKind.REMOVED, {"reason": REASON})

    first, second = races.together(database, remove, lambda other: letters.release(other, officer, [number]))
    assert first is None
    assert isinstance(second, WrongState)
    session.expire_all()
    assert messages(session) == []
    assert states(session, row) == [
        (LetterKind.SELECTED, LetterState.WITHDRAWN),
        (LetterKind.REMOVED, LetterState.WAITING),
    ]
