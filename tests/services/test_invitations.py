"""Invitations of reviewers: what is due when, opened, acknowledged, declined, come back; concerns and reminders."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Concern, InvitationState, Kind, MessageStatus, ReviewStatus, Role
from registry.models import Application, Assignment, Event, Message, Round, RoundCategory, User
from registry.queries import invitations as seen
from registry.queries import reviews as known
from registry.services import invitations, marking, reviews
from tests import factories

NOON = factories.NOON  # Monday, 2 March 2026
REASON = "本月出国，无法按期完成。"
DAY = timedelta(days=1)


@pytest.fixture
def application(session: Session) -> Application:
    return factories.application(session, kind=Kind.REVIEW, answers={"licensed": True})


@pytest.fixture
def officer(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER))


def assigned(session: Session, officer: Actor, application: Application) -> tuple[Assignment, Actor]:
    reviewer = factories.persona(session, Role.REVIEWER)
    assignment = reviews.assign(session, officer, application, reviewer, why="水处理")
    return assignment, factories.actor(session, reviewer)


def at(actor: Actor, moment: datetime) -> Actor:
    return Actor(moment, actor.user_id, actor.name, holdings=actor.holdings, worker=actor.worker)


def state(session: Session, application: Application) -> InvitationState:
    session.flush()
    session.expire_all()
    (row,) = known.assignments(session, application)
    return known.invitation(row)


def round_of(session: Session, application: Application) -> Round:
    where = session.get_one(RoundCategory, application.round_category_id)
    return session.get_one(Round, where.round_id)


def concern(session: Session, officer: Actor, application: Application) -> list[Concern]:
    page = seen.late(session, officer, round_of(session, application).id)
    assert [row.concern for row in page.rows] == list(
        seen.concerns(session, officer, round_of(session, application).id)
    )
    return [row.concern for row in page.rows]


def test_a_review_is_due_after_the_working_days_of_the_route(session: Session, officer: Actor) -> None:
    where = factories.round_category(session, steps={Kind.REVIEW: {"parameters": {"working_days": 5}}})
    application = factories.application(session, kind=Kind.REVIEW, round_category=where, answers={"licensed": True})
    assignment, _ = assigned(session, officer, application)
    # Assigned on Monday: Tuesday to Friday are four, Monday the 9th is the fifth, until midnight in Beijing.
    assert assignment.due_at == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert known.last_day(assignment) == date(2026, 3, 9)


def test_an_invitation_goes_from_its_message_to_its_promise(
    session: Session, application: Application, officer: Actor
) -> None:
    assignment, actor = assigned(session, officer, application)
    assert state(session, application) is InvitationState.QUEUED
    message = session.get_one(Message, assignment.message_id)
    message.status, message.sent_at = MessageStatus.SENT, NOON
    assert state(session, application) is InvitationState.SENT
    message.status, message.sent_at = MessageStatus.FAILED, None
    assert state(session, application) is InvitationState.BOUNCED
    invitations.note_opened(session, actor, assignment.id)
    invitations.note_opened(session, at(actor, NOON + DAY), assignment.id)
    assert assignment.opened_at == NOON
    assert state(session, application) is InvitationState.OPENED
    for wrong in (date(2026, 3, 1), date(2026, 3, 17)):
        with pytest.raises(Invalid, match="promise_outside"):
            invitations.acknowledge(session, actor, assignment, promised_on=wrong)
    # Ten working days from the 3rd of March on end on Monday the 16th.
    invitations.acknowledge(session, actor, assignment, promised_on=date(2026, 3, 16))
    invitations.acknowledge(session, at(actor, NOON + DAY), assignment, promised_on=date(2026, 3, 12))
    assert state(session, application) is InvitationState.ACKNOWLEDGED
    assert (assignment.acknowledged_at, assignment.promised_on) == (NOON, date(2026, 3, 12))


@pytest.mark.parametrize("due_at", [None, NOON - DAY])
def test_without_a_date_that_is_still_to_come_a_review_is_promised_within_sixty_days(
    session: Session, application: Application, due_at: datetime | None
) -> None:
    person = factories.persona(session, Role.REVIEWER)
    assignment = factories.assignment(session, application, reviewer=person, due_at=due_at)
    actor = factories.actor(session, person)
    # Sixty days from the 2nd of March: 29 to the end of March, 30 in April, and the first of May.
    for wrong in (date(2026, 3, 1), date(2026, 5, 2), date.max):
        with pytest.raises(Invalid) as refusal:
            invitations.acknowledge(session, actor, assignment, promised_on=wrong)
        assert (refusal.value.key, refusal.value.field) == ("promise_too_far", "promised_on")
    for day in (date(2026, 5, 1), date(2026, 3, 2)):
        invitations.acknowledge(session, actor, assignment, promised_on=day)
        assert assignment.promised_on == day


def test_the_office_notes_a_message_that_came_back(session: Session, application: Application, officer: Actor) -> None:
    assignment, actor = assigned(session, officer, application)
    with pytest.raises(WrongState, match="no_message_to_note"):
        invitations.note_bounce(session, officer, assignment)
    session.get_one(Message, assignment.message_id).status = MessageStatus.SENT
    with pytest.raises(NotFound):
        invitations.note_bounce(session, actor, assignment)
    invitations.note_bounce(session, officer, assignment)
    assert state(session, application) is InvitationState.BOUNCED
    assert concern(session, officer, application) == [Concern.BOUNCED]
    invitations.remind(
        session,
        officer,
        round_of(session, application),
        seen.one(session, officer, round_of(session, application).id, assignment.id),
    )
    assert state(session, application) is InvitationState.QUEUED


def test_who_declines_ends_the_assignment_and_nothing_marked_counts(
    session: Session, application: Application, officer: Actor
) -> None:
    assignment, actor = assigned(session, officer, application)
    marking.save_marks(session, actor, assignment, {"novelty": ("30", REASON)}, version=0)
    with pytest.raises(Invalid, match="reason_too_short"):
        invitations.decline(session, actor, assignment, reason="忙")
    invitations.decline(session, actor, assignment, reason=REASON)
    assert (assignment.declined_at, assignment.ended_at, assignment.ended_reason) == (NOON, NOON, REASON)
    assert (known.assignments(session, application), known.declined(session, application)) == ([], [assignment])
    told = session.scalars(select(Message).where(Message.user_id == officer.user_id)).one()
    assert (told.key, told.path) == ("review_declined", f"/admin/cases/{application.id}#review")
    assert REASON not in "".join(str(payload) for payload in session.scalars(select(Event.payload)))
    with pytest.raises(NotFound):
        marking.save_marks(session, actor, assignment, {"novelty": ("40", REASON)}, version=1)
    again = reviews.assign(session, officer, application, session.get_one(User, actor.user_id), why="")
    assert again.label == "B"


def test_a_finished_review_is_neither_promised_nor_declined(
    session: Session, application: Application, officer: Actor
) -> None:
    assignment, actor = assigned(session, officer, application)
    factories.review(session, assignment, marks={"novelty": "30"}, status=ReviewStatus.FINISHED)
    with pytest.raises(WrongState, match="review_finished"):
        invitations.decline(session, actor, assignment, reason=REASON)
    with pytest.raises(WrongState, match="review_finished"):
        invitations.acknowledge(session, actor, assignment, promised_on=date(2026, 3, 4))


def test_concerns_by_the_days_that_pass(session: Session, application: Application, officer: Actor) -> None:
    assignment, actor = assigned(session, officer, application)
    assert concern(session, officer, application) == []
    later = at(officer, NOON + 3 * DAY)
    assert concern(session, later, application) == [Concern.NOT_OPENED]
    invitations.note_opened(session, actor, assignment.id)
    assert concern(session, later, application) == [Concern.NOT_ACKNOWLEDGED]
    invitations.acknowledge(session, actor, assignment, promised_on=date(2026, 3, 16))
    assert concern(session, later, application) == []
    # Due at the end of the 16th in Beijing, which is 16 o'clock in UTC.
    due = datetime(2026, 3, 16, 16, tzinfo=UTC)
    assert concern(session, at(officer, due - 3 * DAY), application) == [Concern.NEARLY_DUE]
    assert concern(session, at(officer, due), application) == [Concern.OVERDUE]
    factories.review(session, assignment, marks={"novelty": "30"}, status=ReviewStatus.FINISHED)
    assert concern(session, at(officer, due), application) == []


def test_a_reminder_goes_to_each_person_once_a_day_for_all_reviews(
    session: Session, application: Application, officer: Actor
) -> None:
    where = session.get_one(RoundCategory, application.round_category_id)
    other = factories.application(session, kind=Kind.REVIEW, round_category=where, answers={"licensed": True})
    first, actor = assigned(session, officer, application)
    person = session.get_one(User, actor.user_id)
    second = reviews.assign(session, officer, other, person, why="")
    round_ = round_of(session, application)
    later = at(officer, NOON + 3 * DAY)
    assert invitations.remind(session, later, round_, seen.all_late(session, later, round_.id)) == 1
    message = session.get_one(Message, first.message_id)
    assert (message.key, message.path, message.values) == (
        "review_reminder_of_several",
        "/reviews",
        {"count": 2, "due": "2026-03-16"},
    )
    assert second.message_id == message.id
    with pytest.raises(WrongState, match="nobody_to_remind"):
        invitations.remind(session, later, round_, seen.all_late(session, later, round_.id))
    with pytest.raises(NotFound):
        invitations.remind(session, actor, round_, [first])


def test_the_portal_reminds_before_the_day_and_after_it_once_each(
    session: Session, application: Application, officer: Actor
) -> None:
    assignment, actor = assigned(session, officer, application)
    number, due = assignment.reviewer_id, datetime(2026, 3, 16, 16, tzinfo=UTC)
    worker = Actor(NOON, worker=True)
    told = []
    for moment in (
        due - 3 * DAY - timedelta(seconds=1),
        due - 3 * DAY,
        due - DAY,
        due,
        due + 9 * DAY,
    ):
        waiting = seen.reviewers_to_remind(session, moment)
        reminded = invitations.remind_of_deadline(session, at(worker, moment), number)
        assert waiting == ([number] if reminded else [])
        told.append(reminded)
    assert told == [False, True, False, True, False]
    keys = session.scalars(select(Message.key).where(Message.user_id == actor.user_id).order_by(Message.id)).all()
    assert keys == ["review_assigned", "review_reminder", "review_reminder"]


def test_the_list_of_the_office_takes_as_many_statements_for_many_as_for_one(
    session: Session, application: Application, officer: Actor
) -> None:
    later, number = at(officer, NOON + 3 * DAY), round_of(session, application).id
    assigned(session, officer, application)
    few = statements(session, lambda: seen.late(session, later, number))
    for _ in range(5):
        assigned(session, officer, application)
    assert statements(session, lambda: seen.late(session, later, number)) == few


def statements(session: Session, act: Callable[[], object]) -> int:
    """Return how many statements an act sends, with nothing known beforehand."""
    session.flush()
    session.expire_all()
    sent: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", count)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(sent)
