"""Terminations: an application ends by two people, wherever it stands before publication, with a letter."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import DecisionKind, DecisionStatus, Kind, LetterKind, Role, Status
from registry.models import Application, Correction, Decision, Event, Letter
from registry.services import decisions, terminations
from tests import factories
from tests.factories import NOON

REASON = "该厂已于三月停产拆除，申报不再具有实际意义。"


@pytest.fixture
def officer(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER))


@pytest.fixture
def approver(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.APPROVER), NOON + timedelta(hours=1))


def approved(session: Session, approver: Actor, decision: Decision) -> None:
    decisions.approve(session, approver, decision, digest=decision.digest, reason="同意")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Kind.RECOMMENDATION, Status.WAITING),
        (Kind.SCREENING, Status.WAITING),
        (Kind.REVIEW, Status.WAITING),
        (Kind.DELIBERATION, Status.WAITING),
        (Kind.DELIBERATION, Status.RESERVED),
        (Kind.NOTICE, Status.SELECTED),
        (Kind.PUBLICATION, Status.SELECTED),
    ],
)
def test_two_people_terminate_an_application(session, officer, approver, kind, status):
    row = factories.application(session, kind=kind, status=status)
    decision = terminations.propose(session, officer, row, reason=REASON)
    assert (decision.kind, decision.status, row.status) == (
        DecisionKind.TERMINATION,
        DecisionStatus.PROPOSED,
        status,
    )
    assert decision.content == {
        "application": row.id,
        "number": row.receipt,
        "site": {"zh": row.site.name, "en": row.site.name_en},
        "kind": str(kind),
        "status": str(status),
        "reason": REASON,
    }
    approved(session, approver, decision)
    assert (row.kind, row.status) == (kind, Status.TERMINATED)
    letter = session.scalars(select(Letter)).one()
    assert (letter.kind, letter.application_id) == (LetterKind.TERMINATED, row.id)
    assert f"经两人审核决定，予以终止，不再进入后续程序。\n\n原因：{REASON}" in letter.body
    assert f"is terminated by a decision of two officials and goes no further.\n\nReason: {REASON}" in letter.body_en
    assert session.scalars(select(Event.action).order_by(Event.seq)).all() == ["propose", "approve", "terminate"]


def test_a_correction_that_was_asked_ends_with_it(session, officer, approver):
    row = factories.application(session, kind=Kind.FILING, status=Status.RETURNED)
    correction = Correction(
        application_id=row.id,
        from_position=2,
        note="请补正",
        due_at=NOON + timedelta(days=10),
        returned_by_id=row.started_by_id,
        returned_at=NOON,
    )
    factories.added(session, correction)
    approved(session, approver, terminations.propose(session, officer, row, reason=REASON))
    assert (row.status, correction.closed_at) == (Status.TERMINATED, approver.at)


def test_the_one_who_proposed_does_not_approve(session):
    person = factories.persona(session, Role.OFFICER)
    factories.grant(session, person, Role.APPROVER)
    both = factories.actor(session, person)
    row = factories.application(session, kind=Kind.SCREENING)
    decision = terminations.propose(session, both, row, reason=REASON)
    with pytest.raises(Forbidden) as refusal:
        approved(session, both, decision)
    assert refusal.value.key == "another_person_decides"
    assert row.status is Status.WAITING


def test_who_has_a_seat_there_neither_proposes_nor_approves(session, officer):
    row = factories.application(session, kind=Kind.SCREENING)
    proposer, decider = (factories.persona(session, role) for role in (Role.OFFICER, Role.APPROVER))
    for person in (proposer, decider):
        factories.seat(session, person, row.organisation)
    with pytest.raises(Forbidden) as refusal:
        terminations.propose(session, factories.actor(session, proposer), row, reason=REASON)
    assert refusal.value.key == "own_organisation"

    decision = terminations.propose(session, officer, row, reason=REASON)
    with pytest.raises(Forbidden) as refusal:
        approved(session, factories.actor(session, decider), decision)
    assert refusal.value.key == "own_organisation"


def test_an_approver_proposes_nothing(session, approver):
    with pytest.raises(NotFound):
        terminations.propose(session, approver, factories.application(session, kind=Kind.SCREENING), reason=REASON)


def test_a_second_proposal_on_the_same_application_waits_but_others_do_not(session, officer, approver):
    where = factories.round_category(session)
    row, other = (factories.application(session, round_category=where, kind=Kind.SCREENING) for _ in range(2))
    first = terminations.propose(session, officer, row, reason=REASON)
    with pytest.raises(Conflict) as refusal:
        terminations.propose(session, officer, row, reason=REASON)
    assert refusal.value.key == "proposal_waits_already"
    assert terminations.propose(session, officer, other, reason=REASON).id != first.id
    decisions.reject(session, approver, first, reason="事实尚未核实，暂不终止。")
    assert terminations.propose(session, officer, row, reason=REASON).id != first.id


def test_what_has_moved_on_meanwhile_is_not_terminated(session, officer, approver):
    row = factories.application(session, kind=Kind.SCREENING)
    decision = terminations.propose(session, officer, row, reason=REASON)
    row.kind, row.position = Kind.SCORING, row.position + 1
    session.flush()
    with pytest.raises(WrongState) as refusal:
        approved(session, approver, decision)
    assert refusal.value.key == "changed_since_proposed"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Kind.FILING, Status.DRAFTED),
        (Kind.SCREENING, Status.REFUSED),
        (Kind.CERTIFICATE, Status.SELECTED),
        (Kind.CERTIFICATE, Status.CERTIFIED),
    ],
)
def test_a_draft_what_has_ended_and_what_is_published_cannot_be_terminated(session, officer, kind, status):
    row = factories.application(session, kind=kind, status=status)
    with pytest.raises(WrongState) as refusal:
        terminations.propose(session, officer, row, reason=REASON)
    assert refusal.value.key == "moved_on"


def test_a_termination_needs_a_reason(session, officer):
    row: Application = factories.application(session, kind=Kind.SCREENING)
    with pytest.raises(Invalid) as refusal:
        terminations.propose(session, officer, row, reason="停产")
    assert (refusal.value.key, refusal.value.field) == ("reason_too_short", "reason")
