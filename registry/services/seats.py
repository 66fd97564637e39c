"""Seats in an organisation: handed over, given up or ended, and a signatory appointed where none is left."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.policy import Actor, Facts, require
from registry.domain.reasons import reasoned
from registry.domain.vocabulary import Action, SeatStatus, UserStatus
from registry.models import Membership, Organisation, User
from registry.services import events, messages


def manageable(session: Session, actor: Actor, organisation: Organisation) -> dict[int | None, Membership]:
    """Return the seats of an organisation by person, for its signatory to change.

    They are kept as they are until the unit of work ends. Raises NotFound where the actor is signatory no more.
    """
    seats = _locked_seats(session, organisation)
    if not _own(seats, actor).signatory:
        raise NotFound
    return seats


def hand_over(session: Session, actor: Actor, organisation: Organisation, *, successor_id: int, leaving: bool) -> None:
    """Make another member signatory in one's own place, and stay as drafter or leave; the successor is told.

    Raises Invalid where the successor is not another member with an open account.
    """
    require(actor, Action.MANAGE_ORGANISATION, Facts(organisation_id=organisation.id))
    seats = manageable(session, actor, organisation)
    own, successor = seats[actor.user_id], seats.get(successor_id)
    if successor is None or not may_succeed(successor, actor):
        raise Invalid("successor_not_member", field="successor")
    successor.signatory = True
    own.drafter, own.signatory = True, False
    if leaving:
        _end(own, actor)
    payload = {"user": actor.user_id, "successor": successor_id, "leaving": leaving}
    events.record(session, actor, "hand_over", "organisation", organisation.id, payload=payload)
    about = {**messages.naming(organisation=organisation), "person": actor.name}
    path = f"/organisations/{organisation.id}"
    messages.queue(session, actor, successor.user, "seat_handed_over", about, path=path)


def leave(session: Session, actor: Actor, organisation: Organisation) -> None:
    """Give up one's seat; the signatories are told. Raises WrongState for the last signatory, who hands over first."""
    require(actor, Action.LEAVE_ORGANISATION, Facts(organisation_id=organisation.id))
    seats = _locked_seats(session, organisation)
    own = _own(seats, actor)
    others = [seat for seat in seats.values() if seat is not own and signs(seat)]
    if own.signatory and not others:
        raise WrongState("last_signatory")
    _end(own, actor)
    payload = {"user": actor.user_id}
    events.record(session, actor, "leave_organisation", "organisation", organisation.id, payload=payload)
    about = {**messages.naming(organisation=organisation), "person": actor.name}
    for seat in others:
        messages.queue(session, actor, seat.user, "member_left", about, path=f"/organisations/{organisation.id}")


def end_seat(session: Session, actor: Actor, organisation: Organisation, *, user_id: int, reason: str) -> None:
    """End the seat of another member, or take back the offer of one, with a reason that the person is told.

    Raises Invalid for one's own seat and where the reason says nothing, NotFound where there is no such seat.
    """
    require(actor, Action.MANAGE_ORGANISATION, Facts(organisation_id=organisation.id))
    if user_id == actor.user_id:
        raise Invalid("own_seat_is_left")
    seat = manageable(session, actor, organisation).get(user_id)
    if seat is None or seat.status not in {SeatStatus.ACTIVE, SeatStatus.ASKED}:
        raise NotFound
    why = reasoned(reason, "reason")
    _end(seat, actor)
    payload, personal = {"user": user_id}, {"reason": why}
    events.record(session, actor, "end_seat", "organisation", organisation.id, payload=payload, personal=personal)
    messages.queue(
        session, actor, seat.user, "seat_ended", {**messages.naming(organisation=organisation), "reason": why}
    )


def appoint(session: Session, actor: Actor, organisation: Organisation, *, user_id: int, reason: str) -> None:
    """Make a member signatory of an organisation whose signatories all have gone or had their accounts closed.

    Raises NotFound where the person is no member, Invalid for oneself and where the reason says nothing, WrongState
    where there is a signatory.
    """
    require(actor, Action.MANAGE_PEOPLE, Facts())
    if user_id == actor.user_id:
        raise Invalid("appoint_not_oneself")
    seats = _locked_seats(session, organisation)
    seat = seats.get(user_id)
    if seat is None or not _stands(seat):
        raise NotFound
    if any(signs(other) for other in seats.values()):
        raise WrongState("signatory_there")
    why = reasoned(reason, "reason")
    seat.signatory = True
    payload = {"user": user_id, "reason": why}
    events.record(session, actor, "appoint_signatory", "organisation", organisation.id, payload=payload)
    about, path = {**messages.naming(organisation=organisation), "reason": why}, f"/organisations/{organisation.id}"
    messages.queue(session, actor, seat.user, "signatory_appointed", about, path=path)


def signs(seat: Membership) -> bool:
    """Tell whether a seat is that of a signatory with an open account."""
    return seat.signatory and _stands(seat)


def may_succeed(seat: Membership, actor: Actor) -> bool:
    """Tell whether the actor can hand over to whoever has a seat: another member with an open account."""
    return seat.user_id != actor.user_id and _stands(seat)


def _locked_seats(session: Session, organisation: Organisation) -> dict[int | None, Membership]:
    """The seats of an organisation by person; they and the accounts stay as they are until the unit of work ends."""
    query = (
        select(Membership)
        .where(Membership.organisation_id == organisation.id)
        .options(joinedload(Membership.user, innerjoin=True))
        .order_by(Membership.id)
        .with_for_update(of=Membership)
        .execution_options(populate_existing=True)
    )
    seats: dict[int | None, Membership] = {seat.user_id: seat for seat in session.scalars(query)}
    # Nobody's account is closed meanwhile. Whoever only refers to an account, as every message does, does not wait.
    accounts = (
        select(User)
        .where(User.id.in_(seats))
        .order_by(User.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    session.scalars(accounts).all()
    return seats


def _end(seat: Membership, actor: Actor) -> None:
    """End a seat, or take back the offer of one; from when a seat that was taken ended an interest is counted."""
    if seat.status is SeatStatus.ACTIVE:
        seat.ended_at = actor.at
    seat.status = SeatStatus.ENDED


def _own(seats: dict[int | None, Membership], actor: Actor) -> Membership:
    own = seats.get(actor.user_id)
    if own is None or own.status is not SeatStatus.ACTIVE:
        raise NotFound
    return own


def _stands(seat: Membership) -> bool:
    """Whether a seat is taken by somebody with an open account."""
    return seat.status is SeatStatus.ACTIVE and seat.user.status is UserStatus.ACTIVE
