"""Organisations and sites: entered by whoever applies, confirmed later."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, NotFound
from registry.domain.identity import demo_credit_code
from registry.domain.policy import Actor
from registry.domain.vocabulary import (
    ConflictState,
    Kind,
    OrganisationKind,
    PartyRole,
    Role,
    SeatStatus,
    SiteKind,
    Standing,
)
from registry.models import Assignment, Membership, Message, Organisation, Site, SiteParty, User
from registry.queries import organisations as tables
from registry.services import organisations, sites
from tests import factories
from tests.factories import NOON


def found(session: Session, actor: Actor, code: str, region_key: str) -> Organisation:
    return organisations.found(
        session,
        actor,
        name=" 青澜水务有限公司 ",
        name_en="",
        credit_code=code,
        legal_representative="王五",
        kind=OrganisationKind.ENTERPRISE,
        industry="水务",
        region_key=region_key,
    )


def add_site(session: Session, actor: Actor, organisation: Organisation, permit_number: str) -> Site:
    return sites.add(
        session,
        actor,
        organisation,
        kind=SiteKind.PLANT,
        name="青澜厂",
        name_en="",
        address="",
        permit_number=permit_number,
        region_key=organisation.region_key,
        role=PartyRole.OPERATOR,
    )


def test_the_founder_drafts_and_signs(session: Session) -> None:
    person, region = factories.user(session), factories.region(session)
    made = found(session, factories.actor(session, person), demo_credit_code(1), region.key)

    assert (made.name, made.status) == ("青澜水务有限公司", Standing.PENDING)
    (seat,) = factories.actor(session, person).seats
    assert (seat.organisation_id, seat.drafter, seat.signatory) == (made.id, True, True)


def test_nobody_founds_before_confirming_the_address(session: Session) -> None:
    person, region = factories.user(session, confirmed_at=None), factories.region(session)
    with pytest.raises(Invalid) as refusal:
        found(session, factories.actor(session, person), demo_credit_code(1), region.key)
    assert (refusal.value.key, refusal.value.field) == ("address_unconfirmed", None)
    assert session.scalars(select(Organisation)).all() == []


def test_a_wrong_code_is_refused_at_its_field(session: Session) -> None:
    person, region = factories.user(session), factories.region(session)
    right = demo_credit_code(1)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    with pytest.raises(Invalid) as refusal:
        found(session, factories.actor(session, person), wrong, region.key)
    assert (refusal.value.key, refusal.value.field) == ("credit_code_checksum", "credit_code")


def test_several_may_claim_a_code_until_one_is_confirmed(session: Session) -> None:
    region, code = factories.region(session), demo_credit_code(7)
    first = found(session, factories.actor(session, factories.user(session)), code, region.key)
    found(session, factories.actor(session, factories.user(session)), code, region.key)

    first.status = Standing.CONFIRMED
    with pytest.raises(Invalid) as refusal:
        found(session, factories.actor(session, factories.user(session)), code, region.key)
    assert (refusal.value.key, refusal.value.field) == ("credit_code_held", "credit_code")


def test_nobody_claims_a_code_twice(session: Session) -> None:
    person, region, code = factories.user(session), factories.region(session), demo_credit_code(7)
    found(session, factories.actor(session, person), code, region.key)
    with pytest.raises(Invalid) as refusal:
        found(session, factories.actor(session, person), code, region.key)
    assert refusal.value.key == "credit_code_claimed_before"


def test_the_demo_offers_a_code_that_nobody_has(session: Session) -> None:
    person, region = factories.user(session), factories.region(session)
    found(session, factories.actor(session, person), demo_credit_code(41), region.key)
    assert tables.unused_demo_code(session) == demo_credit_code(42)


def asked(session: Session, organisation: Organisation, person: User) -> Membership:
    """The seat that a signatory of an organisation offers to somebody."""
    signatory = factories.user(session)
    factories.seat(session, signatory, organisation)
    actor, email = factories.actor(session, signatory), f" {person.email.upper()}"
    return organisations.add_member(session, actor, organisation, email=email, drafter=True, signatory=False)


def test_whoever_is_asked_has_a_seat_only_after_accepting(session: Session) -> None:
    organisation, drafter = factories.organisation(session), factories.user(session)
    seat = asked(session, organisation, drafter)
    actor = factories.actor(session, drafter)
    assert (seat.status, actor.seats) == (SeatStatus.ASKED, ())
    assert session.scalars(select(Message.key).where(Message.user_id == drafter.id)).all() == ["seat_offered"]
    assert [row.organisation_id for row in tables.asked(session, actor)] == [organisation.id]

    organisations.answer_seat(session, actor, organisation, accepted=True)
    (taken,) = factories.actor(session, drafter).seats
    assert (taken.organisation_id, taken.drafter, taken.signatory) == (organisation.id, True, False)


def test_a_declined_seat_is_none_and_is_declined_once(session: Session) -> None:
    organisation, person = factories.organisation(session), factories.user(session)
    seat = asked(session, organisation, person)
    actor = factories.actor(session, person)
    organisations.answer_seat(session, actor, organisation, accepted=False)
    assert (seat.status, factories.actor(session, person).seats) == (SeatStatus.DECLINED, ())
    for accepted in (True, False):
        with pytest.raises(NotFound):
            organisations.answer_seat(session, actor, organisation, accepted=accepted)
    assert asked(session, organisation, person).status is SeatStatus.ASKED


def test_nobody_takes_a_seat_unasked(session: Session) -> None:
    organisation, person = factories.organisation(session), factories.user(session)
    asked(session, organisation, factories.user(session))
    with pytest.raises(NotFound):
        organisations.answer_seat(session, factories.actor(session, person), organisation, accepted=True)


def test_a_seat_accepted_by_a_reviewer_blocks_the_review(session: Session) -> None:
    application = factories.application(session, kind=Kind.REVIEW)
    reviewer = factories.persona(session, Role.REVIEWER)
    assignment: Assignment = factories.assignment(session, application, reviewer=reviewer)
    assert application.organisation is not None
    asked(session, application.organisation, reviewer)
    assert assignment.conflict is ConflictState.NONE
    actor = factories.actor(session, reviewer)
    organisations.answer_seat(session, actor, application.organisation, accepted=True)
    assert (assignment.conflict, assignment.conflict_reason) == (ConflictState.FOUND, application.organisation.name)


@pytest.mark.parametrize(
    ("email", "drafter", "signatory", "key"),
    [
        ("nobody@example.cn", True, False, "person_unknown"),
        ("own@example.cn", False, False, "member_without_part"),
        ("own@example.cn", True, False, "signatory_stays"),
    ],
)
def test_refused_members(session: Session, email: str, drafter: bool, signatory: bool, key: str) -> None:
    organisation, own = factories.organisation(session), factories.user(session, email="own@example.cn")
    factories.seat(session, own, organisation)
    with pytest.raises(Invalid) as refusal:
        organisations.add_member(
            session,
            factories.actor(session, own),
            organisation,
            email=email,
            drafter=drafter,
            signatory=signatory,
        )
    assert refusal.value.key == key


def test_a_drafter_lets_nobody_in(session: Session) -> None:
    organisation, drafter = factories.organisation(session), factories.user(session)
    factories.seat(session, drafter, organisation, signatory=False)
    with pytest.raises(NotFound):
        organisations.add_member(
            session,
            factories.actor(session, drafter),
            organisation,
            email="drafter@example.cn",
            drafter=True,
            signatory=True,
        )


def test_a_site_is_entered_with_its_party(session: Session) -> None:
    organisation, person = factories.organisation(session), factories.user(session)
    factories.seat(session, person, organisation)
    site = add_site(session, factories.actor(session, person), organisation, " X-1 ")

    (party,) = session.scalars(select(SiteParty).where(SiteParty.site_id == site.id))
    assert (site.status, site.permit_number) == (Standing.PENDING, "X-1")
    assert (party.organisation_id, party.role) == (organisation.id, PartyRole.OPERATOR)
    assert [part.site_id for part in tables.sites(session, [organisation.id], NOON)] == [site.id]


def test_a_permit_number_stands_for_one_site(session: Session) -> None:
    organisation, person = factories.organisation(session), factories.user(session)
    factories.seat(session, person, organisation)
    actor = factories.actor(session, person)
    site = add_site(session, actor, organisation, "X-1")
    with pytest.raises(Invalid) as refusal:
        add_site(session, actor, organisation, "X-1")
    assert refusal.value.key == "permit_number_entered_before"

    site.status = Standing.CONFIRMED
    with pytest.raises(Invalid) as refusal:
        add_site(session, actor, organisation, "X-1")
    assert refusal.value.key == "permit_number_held"
