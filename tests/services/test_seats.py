"""Seats in an organisation: handed over, given up and ended, and never without anybody who signs."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.policy import Facts, permits
from registry.domain.vocabulary import Action, Role, SeatStatus, UserStatus
from registry.models import Event, Membership, Message, Organisation, User
from registry.queries import organisations as tables
from registry.services import accounts, messages, organisations, seats
from tests import factories
from tests.factories import NOON
from tests.services.races import only_on_postgres, together

REASON = "Works elsewhere since March."


@dataclass
class House:
    organisation: Organisation
    signatory: User
    drafter: User


@pytest.fixture
def house(session):
    organisation = factories.organisation(session)
    signatory, drafter = factories.user(session, name="孙签"), factories.user(session, name="赵填")
    factories.seat(session, signatory, organisation, drafter=False)
    factories.seat(session, drafter, organisation, signatory=False)
    return House(organisation, signatory, drafter)


def seat_of(session, house, person):
    return session.scalars(
        select(Membership).where(Membership.organisation_id == house.organisation.id, Membership.user_id == person.id)
    ).one()


def told(session, person):
    return session.scalars(select(Message.key).where(Message.user_id == person.id).order_by(Message.id)).all()


def hand_over(session, house, successor, *, leaving):
    actor = factories.actor(session, house.signatory)
    seats.hand_over(session, actor, house.organisation, successor_id=successor.id, leaving=leaving)


def test_whoever_hands_over_stays_as_drafter(session, house):
    hand_over(session, house, house.drafter, leaving=False)
    (own,), (new,) = (factories.actor(session, person).seats for person in (house.signatory, house.drafter))
    assert (own.drafter, own.signatory) == (True, False)
    assert (new.drafter, new.signatory) == (True, True)
    assert told(session, house.drafter) == ["seat_handed_over"]
    (event,) = session.scalars(select(Event))
    assert (event.action, event.payload) == (
        "hand_over",
        {"user": house.signatory.id, "successor": house.drafter.id, "leaving": False},
    )


def test_whoever_hands_over_may_leave_with_it_and_sees_nothing_from_then_on(session, house):
    hand_over(session, house, house.drafter, leaving=True)
    gone = factories.actor(session, house.signatory)
    assert gone.seats == ()
    assert seat_of(session, house, house.signatory).status is SeatStatus.ENDED
    assert not permits(gone, Action.VIEW_OWN, Facts(organisation_id=house.organisation.id))
    assert tables.of_actor(session, gone) == []


@pytest.mark.parametrize("state", ["stranger", "oneself", "asked", "ended", "closed"])
def test_nobody_hands_over_to_who_cannot_sign(session, house, state):
    person = house.signatory if state == "oneself" else factories.user(session)
    if state in {"asked", "ended"}:
        factories.seat(session, person, house.organisation, status=SeatStatus(state))
    if state == "closed":
        factories.seat(session, person, house.organisation)
        person.status = UserStatus.DISABLED
    with pytest.raises(Invalid) as refused:
        hand_over(session, house, person, leaving=True)
    assert (refused.value.key, refused.value.field) == ("successor_not_member", "successor")
    assert seat_of(session, house, house.signatory).signatory


def test_a_drafter_hands_nothing_over(session, house):
    actor = factories.actor(session, house.drafter)
    with pytest.raises(NotFound):
        seats.hand_over(session, actor, house.organisation, successor_id=house.signatory.id, leaving=False)


def leave(session, house, person):
    seats.leave(session, factories.actor(session, person), house.organisation)


def test_a_member_leaves_and_sees_nothing_from_then_on(session, house):
    leave(session, house, house.drafter)
    assert factories.actor(session, house.drafter).seats == ()
    assert told(session, house.signatory) == ["member_left"]
    application = factories.application(session, organisation=house.organisation)
    messages.to_applicant(session, factories.worker(), application, "lapsed", {})
    session.flush()
    assert told(session, house.drafter) == []
    with pytest.raises(NotFound):
        leave(session, house, house.drafter)


def test_the_last_signatory_does_not_leave(session, house):
    with pytest.raises(WrongState) as refused:
        leave(session, house, house.signatory)
    assert refused.value.key == "last_signatory"


def test_a_signatory_whose_account_is_closed_keeps_no_other_from_being_the_last(session, house):
    other = factories.user(session)
    factories.seat(session, other, house.organisation)
    other.status = UserStatus.DISABLED
    with pytest.raises(WrongState):
        leave(session, house, house.signatory)
    other.status = UserStatus.ACTIVE
    leave(session, house, house.signatory)
    assert seat_of(session, house, house.signatory).status is SeatStatus.ENDED


def test_nobody_leaves_beside_the_closing_of_the_only_other_signatorys_account(database, session, house):
    only_on_postgres(database)
    other = factories.user(session)
    factories.seat(session, other, house.organisation)
    administrator = factories.persona(session, Role.ADMINISTRATOR)
    session.commit()

    def close(opened):
        accounts.disable(opened, factories.actor(opened, opened.merge(administrator)), opened.merge(other))

    def leaving(opened):
        leave(opened, House(opened.merge(house.organisation), house.signatory, house.drafter), house.signatory)

    first, second = together(database, close, leaving)
    assert first is None
    assert isinstance(second, WrongState)


def locks_on_accounts(session, act):
    """The order of every statement with which an act keeps accounts as they are."""
    orders = []

    def note(state):
        kept = state.is_select and state.statement._for_update_arg is not None
        if kept and state.bind_mapper is not None and state.bind_mapper.class_ is User:
            orders.append([str(column) for column in state.statement._order_by_clauses])

    event.listen(session, "do_orm_execute", note)
    act()
    event.remove(session, "do_orm_execute", note)
    return orders


def test_accounts_are_kept_in_one_order_while_signatories_are_counted(session, house):
    """What the race above shows on PostgreSQL: who leaves and who closes an account wait for each other."""
    other = factories.user(session)
    factories.seat(session, other, house.organisation)
    assert locks_on_accounts(session, lambda: leave(session, house, house.signatory)) == [["user_account.id"]]
    administrator = factories.actor(session, factories.persona(session, Role.ADMINISTRATOR))
    assert locks_on_accounts(session, lambda: accounts.disable(session, administrator, other)) == [[]]


def test_of_two_signatories_who_leave_at_once_one_stays(database, session, house):
    only_on_postgres(database)
    other = factories.user(session)
    factories.seat(session, other, house.organisation)
    session.commit()

    def leaving(person):
        return lambda opened: leave(opened, House(opened.merge(house.organisation), person, person), person)

    first, second = together(database, leaving(house.signatory), leaving(other))
    assert first is None
    assert isinstance(second, WrongState)


def end(session, house, person, reason=REASON):
    actor = factories.actor(session, house.signatory)
    seats.end_seat(session, actor, house.organisation, user_id=person.id, reason=reason)


def test_a_signatory_ends_a_seat_with_a_reason_that_the_person_is_told(session, house):
    end(session, house, house.drafter)
    assert factories.actor(session, house.drafter).seats == ()
    (message,) = session.scalars(select(Message).where(Message.user_id == house.drafter.id))
    assert (message.key, message.values["reason"], message.path) == ("seat_ended", REASON, "")
    (event,) = session.scalars(select(Event))
    assert event.payload["user"] == house.drafter.id
    assert "elsewhere" not in str(event.payload)
    with pytest.raises(NotFound):
        end(session, house, house.drafter)


def test_an_offer_is_taken_back(session, house):
    person = factories.user(session)
    factories.seat(session, person, house.organisation, status=SeatStatus.ASKED)
    end(session, house, person)
    with pytest.raises(NotFound):
        organisations.answer_seat(session, factories.actor(session, person), house.organisation, accepted=True)


def test_whose_seat_ended_can_be_asked_again(session, house):
    end(session, house, house.drafter)
    actor, email = factories.actor(session, house.signatory), house.drafter.email
    seat = organisations.add_member(session, actor, house.organisation, email=email, drafter=True, signatory=False)
    assert (seat.status, factories.actor(session, house.drafter).seats) == (SeatStatus.ASKED, ())
    organisations.answer_seat(session, factories.actor(session, house.drafter), house.organisation, accepted=True)
    assert len(factories.actor(session, house.drafter).seats) == 1


def test_refused_ends(session, house):
    with pytest.raises(Invalid) as refused:
        end(session, house, house.signatory)
    assert refused.value.key == "own_seat_is_left"
    with pytest.raises(Invalid) as refused:
        end(session, house, house.drafter, "too short")  # nine characters
    assert (refused.value.key, refused.value.field) == ("reason_too_short", "reason")
    with pytest.raises(NotFound):
        end(session, house, factories.user(session))
    stranger = factories.persona(session, Role.SIGNATORY)
    with pytest.raises(NotFound):
        seats.end_seat(
            session,
            factories.actor(session, stranger),
            house.organisation,
            user_id=house.drafter.id,
            reason=REASON,
        )


def test_whoever_was_signatory_when_the_page_was_loaded_changes_nothing_later(session, house):
    actor = factories.actor(session, house.signatory)
    hand_over(session, house, house.drafter, leaving=False)
    with pytest.raises(NotFound):
        seats.end_seat(session, actor, house.organisation, user_id=house.drafter.id, reason=REASON)
    with pytest.raises(NotFound):
        organisations.add_member(
            session, actor, house.organisation, email=house.drafter.email, drafter=True, signatory=False
        )


def appoint(session, house, person, actor):
    seats.appoint(session, actor, house.organisation, user_id=person.id, reason=REASON)


def test_where_nobody_signs_any_more_an_administrator_appoints_a_member(session, house):
    administrator = factories.actor(session, factories.persona(session, Role.ADMINISTRATOR))
    with pytest.raises(WrongState) as refused:
        appoint(session, house, house.drafter, administrator)
    assert refused.value.key == "signatory_there"

    house.signatory.status = UserStatus.DISABLED
    appoint(session, house, house.drafter, administrator)
    assert seat_of(session, house, house.drafter).signatory
    assert told(session, house.drafter) == ["signatory_appointed"]


def test_refused_appointments(session, house):
    house.signatory.status = UserStatus.DISABLED
    administrator = factories.persona(session, Role.ADMINISTRATOR)
    factories.seat(session, administrator, house.organisation, signatory=False)
    with pytest.raises(Invalid) as refused:
        appoint(session, house, administrator, factories.actor(session, administrator))
    assert refused.value.key == "appoint_not_oneself"
    with pytest.raises(NotFound):
        appoint(session, house, factories.user(session), factories.actor(session, administrator))
    with pytest.raises(NotFound):
        appoint(session, house, house.drafter, factories.actor(session, house.drafter))


def test_nobody_enters_an_organisation_or_takes_a_seat_before_confirming_the_address(session, house):
    person = factories.user(session, email="new@example.cn", confirmed_at=None)
    signatory = factories.actor(session, house.signatory, NOON + timedelta(hours=1))
    with pytest.raises(Invalid) as refused:
        organisations.add_member(
            session, signatory, house.organisation, email=person.email, drafter=True, signatory=False
        )
    assert (refused.value.key, refused.value.field) == ("person_unconfirmed", "email")

    factories.seat(session, person, house.organisation, status=SeatStatus.ASKED)
    with pytest.raises(Invalid) as refused:
        organisations.answer_seat(session, factories.actor(session, person), house.organisation, accepted=True)
    assert refused.value.key == "address_unconfirmed"
    organisations.answer_seat(session, factories.actor(session, person), house.organisation, accepted=False)
    assert seat_of(session, house, person).status is SeatStatus.DECLINED
