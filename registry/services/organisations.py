"""Organisations: an applicant founds one here with its credit code; its signatory lets others in."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, NotFound
from registry.domain.identity import credit_code as checked_code
from registry.domain.policy import Actor, Facts, require
from registry.domain.vocabulary import Action, OrganisationKind, SeatStatus, Standing, UserStatus
from registry.models import Event, Membership, Organisation, Region, User
from registry.services import conflicts, events, messages, seats

# Who asks for the sake of learning who has an account learns little: after so many addresses that have none, a pause.
MOST_MISSES, PAUSE = 5, timedelta(minutes=15)
MISSES = frozenset({"person_unknown", "person_unconfirmed"})


def found(
    session: Session,
    actor: Actor,
    *,
    name: str,
    name_en: str,
    credit_code: str,
    legal_representative: str,
    kind: OrganisationKind,
    industry: str,
    region_key: str,
) -> Organisation:
    """Enter an organisation, with the actor as drafter and signatory; its bureau confirms it later.

    Several may claim a credit code until then. Raises Invalid for a wrong code, for one that a confirmed organisation
    holds, for one that the actor has claimed before, and before the actor's address is confirmed.
    """
    require(actor, Action.FOUND_ORGANISATION, Facts())
    _require_confirmed(actor)
    code = _free_code(session, actor, credit_code)
    if session.get(Region, region_key) is None:
        raise Invalid("region_not_listed", field="region_key")
    organisation = Organisation(
        name=name.strip(),
        name_en=name_en.strip(),
        credit_code=code,
        legal_representative=legal_representative.strip(),
        kind=kind,
        industry=industry.strip(),
        region_key=region_key,
        status=Standing.PENDING,
        created_at=actor.at,
    )
    session.add(organisation)
    session.flush()
    _seat(session, actor, organisation, actor.user_id, drafter=True, signatory=True).status = SeatStatus.ACTIVE
    events.record(
        session,
        actor,
        "found_organisation",
        "organisation",
        organisation.id,
        payload={"credit_code": code, "region": region_key},
        personal={"legal_representative": organisation.legal_representative},
    )
    return organisation


def add_member(
    session: Session, actor: Actor, organisation: Organisation, *, email: str, drafter: bool, signatory: bool
) -> Membership:
    """Ask a person with an account to take a seat, or give another part to one who has a seat, and tell the person.

    Raises Invalid where nobody has the address, where whoever has it has not confirmed it, where no part is named, the
    last signatory would go, or the actor came with too many such addresses shortly before (see `note_miss`).
    """
    require(actor, Action.MANAGE_ORGANISATION, Facts(organisation_id=organisation.id))
    if not drafter and not signatory:
        raise Invalid("member_without_part", field="drafter")
    if _misses(session, actor) >= MOST_MISSES:
        raise Invalid("members_missed", field="email", most=MOST_MISSES, minutes=PAUSE // timedelta(minutes=1))
    user = session.scalar(select(User).where(User.email == email.strip().lower(), User.status == UserStatus.ACTIVE))
    if user is None:
        raise Invalid("person_unknown", field="email")
    if user.id == actor.user_id and not signatory:
        raise Invalid("signatory_stays", field="signatory")
    seats_there = seats.manageable(session, actor, organisation)
    seated = user.id in seats_there and seats_there[user.id].status is SeatStatus.ACTIVE
    if not seated and user.confirmed_at is None:
        raise Invalid("person_unconfirmed", field="email")
    membership = _seat(session, actor, organisation, user.id, drafter=drafter, signatory=signatory)
    if not seated:
        membership.status = SeatStatus.ASKED
    payload = {"user": user.id, "drafter": drafter, "signatory": signatory}
    events.record(session, actor, "add_member", "organisation", organisation.id, payload=payload)
    about = messages.naming(organisation=organisation)
    if membership.status is SeatStatus.ASKED:
        messages.queue(session, actor, user, "seat_offered", about, path="/organisations")
    else:
        messages.queue(session, actor, user, "seat_given", about, path=f"/organisations/{organisation.id}")
    return membership


def note_miss(session: Session, actor: Actor, organisation_id: int) -> None:
    """Note that a seat was offered to an address with which nobody can take one, so that this is not done endlessly."""
    events.record(session, actor, "member_missed", "organisation", organisation_id)


def answer_seat(session: Session, actor: Actor, organisation: Organisation, *, accepted: bool) -> None:
    """Take or decline the seat that one was asked to take; what one reviews of the organisation is blocked with it.

    Raises NotFound where the actor was not asked, Invalid where a seat is taken before the address is confirmed.
    """
    require(actor, Action.USE_ACCOUNT, Facts())
    if accepted:
        _require_confirmed(actor)
    membership = session.scalar(
        select(Membership)
        .where(
            Membership.organisation_id == organisation.id,
            Membership.user_id == actor.user_id,
            Membership.status == SeatStatus.ASKED,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if membership is None:
        raise NotFound
    membership.status = SeatStatus.ACTIVE if accepted else SeatStatus.DECLINED
    if accepted:
        membership.ended_at = None
    action = "accept_seat" if accepted else "decline_seat"
    events.record(session, actor, action, "organisation", organisation.id, payload={"user": actor.user_id})
    if accepted:
        conflicts.find_ties(session, actor, session.get_one(User, actor.user_id))


def _misses(session: Session, actor: Actor) -> int:
    query = select(func.count()).select_from(Event)
    lately = (Event.at > actor.at - PAUSE, Event.actor_id == actor.user_id, Event.action == "member_missed")
    return session.scalar(query.where(*lately)) or 0


def _require_confirmed(actor: Actor) -> None:
    if not actor.confirmed:
        raise Invalid("address_unconfirmed")


def _free_code(session: Session, actor: Actor, text: str) -> str:
    try:
        code = checked_code(text)
    except Invalid as error:
        raise Invalid(error.key, field="credit_code", **error.values) from error
    holders = session.scalars(select(Organisation).where(Organisation.credit_code == code)).all()
    if any(holder.status is Standing.CONFIRMED for holder in holders):
        raise Invalid("credit_code_held", field="credit_code")
    own = {seat.organisation_id for seat in actor.seats}
    if any(holder.id in own and holder.status is Standing.PENDING for holder in holders):
        raise Invalid("credit_code_claimed_before", field="credit_code")
    return code


def _seat(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    user_id: int | None,
    *,
    drafter: bool,
    signatory: bool,
) -> Membership:
    membership = session.scalar(
        select(Membership)
        .where(Membership.organisation_id == organisation.id, Membership.user_id == user_id)
        .with_for_update()
    )
    if membership is None:
        membership = Membership(
            organisation_id=organisation.id, user_id=user_id, status=SeatStatus.ASKED, created_at=actor.at
        )
        session.add(membership)
    membership.drafter, membership.signatory = drafter, signatory
    session.flush()
    return membership
