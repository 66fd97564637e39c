"""Selections: proposed by one, approved by another, bound to what was proposed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import DecisionStatus, Kind, QuotaPurpose, Result, Role, Status
from registry.models import Application, Decision, Event, Letter, Message, Outcome, Quota, RoundCategory
from registry.queries import quotas
from registry.services import decisions, letters
from tests import factories
from tests.factories import NOON

WHY = "材料在截止日前未补齐，不予纳入。"


@pytest.fixture
def officer(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER))


@pytest.fixture
def approver(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.APPROVER), NOON + timedelta(hours=1))


def closed(session: Session, quota: int | None = 1) -> RoundCategory:
    """A category of a round that takes no more applications from NOON on."""
    return factories.round_category(session, round_=factories.round_(session, closes_at=NOON), quota=quota)


def ranked(session: Session, where: RoundCategory, *totals: str | None, **evaluation) -> list[Application]:
    """Applications in deliberation with these totals."""
    rows = [factories.application(session, round_category=where, kind=Kind.DELIBERATION) for _ in totals]
    for row, total in zip(rows, totals, strict=True):
        factories.evaluation(session, row, total=total, **evaluation)
    return rows


def proposed(session: Session, officer: Actor, where: RoundCategory, **values) -> Decision:
    given = {"exclusions": {}, "reason": "按总分排序", **values}
    return decisions.propose_selection(session, officer, where, **given)


def approved(session: Session, approver: Actor, decision: Decision) -> None:
    decisions.approve(session, approver, decision, digest=decision.digest, reason="同意")


def results(decision: Decision) -> list[tuple[int, str]]:
    return [(line["application"], line["result"]) for line in decision.content["applications"]]


def test_an_approved_selection_moves_every_application_and_tells_its_applicants(session, officer, approver):
    where = closed(session, quota=1)
    low, high, middle, lowest = ranked(session, where, "70", "90", "80", "61")
    unfinished = factories.application(session, round_category=where, kind=Kind.REVIEW)
    applicant = factories.persona(session, Role.SIGNATORY, organisation=high.organisation)
    decision = proposed(session, officer, where, exclusions={unfinished.id: WHY}, reserve=2)
    assert results(decision) == [
        (high.id, "selected"),
        (middle.id, "reserved"),
        (low.id, "reserved"),
        (lowest.id, "unselected"),
        (unfinished.id, "excluded"),
    ]
    assert high.status is Status.WAITING

    approved(session, approver, decision)

    rows = [high, middle, low, lowest, unfinished]
    assert [(row.kind, row.status) for row in rows] == [
        (Kind.NOTICE, Status.SELECTED),
        (Kind.DELIBERATION, Status.RESERVED),
        (Kind.DELIBERATION, Status.RESERVED),
        (Kind.DELIBERATION, Status.UNSELECTED),
        (Kind.REVIEW, Status.EXCLUDED),
    ]
    outcomes = session.scalars(select(Outcome).order_by(Outcome.id)).all()
    assert [(row.application_id, row.result, row.rank, row.reason) for row in outcomes] == [
        (high.id, Result.SELECTED, 1, ""),
        (middle.id, Result.RESERVED, 2, ""),
        (low.id, Result.RESERVED, 3, ""),
        (lowest.id, Result.UNSELECTED, 4, ""),
        (unfinished.id, Result.EXCLUDED, None, WHY),
    ]
    # The letters wait for a second look: nobody has a message before somebody else releases the letter.
    assert session.scalars(select(Message)).all() == []
    letter = session.scalars(select(Letter).where(Letter.application_id == high.id)).one()
    assert letters.release(session, replace(officer, at=approver.at), [letter.id]) == 1
    message = session.scalars(select(Message)).one()
    assert (message.user_id, message.key) == (applicant.id, "letter")
    assert message.values["subject"] == f"入选通知：{high.site.name}"
    assert session.scalars(select(Event.action).order_by(Event.seq)).all() == [
        "propose",
        "approve",
        "select",
        "reserve",
        "reserve",
        "pass_over",
        "exclude",
        "release_letters",
    ]


def test_the_one_who_proposed_does_not_approve(session):
    person = factories.persona(session, Role.OFFICER)
    factories.grant(session, person, Role.APPROVER)
    both = factories.actor(session, person)
    where = closed(session)
    ranked(session, where, "80")
    decision = proposed(session, both, where)
    with pytest.raises(Forbidden) as refusal:
        approved(session, both, decision)
    assert refusal.value.key == "another_person_decides"


def test_an_officer_does_not_approve_and_another_programmes_approver_neither(session, officer):
    where = closed(session)
    ranked(session, where, "80")
    decision = proposed(session, officer, where)
    other = factories.persona(session, Role.APPROVER, programme=factories.programme(session))
    for actor in (factories.actor(session, factories.persona(session, Role.OFFICER)), factories.actor(session, other)):
        with pytest.raises(NotFound):
            approved(session, actor, decision)
    assert decision.status is DecisionStatus.PROPOSED


def test_an_approval_is_bound_to_the_digest_that_was_read(session, officer, approver):
    where = closed(session)
    ranked(session, where, "80")
    decision = proposed(session, officer, where)
    with pytest.raises(WrongState) as refusal:
        decisions.approve(session, approver, decision, digest="0" * 64, reason="")
    assert refusal.value.key == "changed_since_proposed"


@pytest.mark.parametrize("change", ["another evaluation", "another application", "one withdrew"])
def test_a_proposal_whose_grounds_have_changed_is_not_approved(session, officer, approver, change):
    where = closed(session)
    first, _second = ranked(session, where, "80", "70")
    decision = proposed(session, officer, where)
    if change == "another evaluation":
        factories.evaluation(session, first, total="60")
    elif change == "another application":
        ranked(session, where, "95")
    else:
        first.status = Status.WITHDRAWN
        session.flush()
    with pytest.raises(WrongState) as refusal:
        approved(session, approver, decision)
    assert refusal.value.key == "changed_since_proposed"


def test_a_rejected_proposal_leaves_everything_as_it_was_and_makes_room_for_another(session, officer, approver):
    where = closed(session)
    (row,) = ranked(session, where, "80")
    decision = proposed(session, officer, where)
    decisions.reject(session, approver, decision, reason="请先核实第二名的进水数据。")
    assert (decision.status, decision.decided_reason) == (DecisionStatus.REJECTED, "请先核实第二名的进水数据。")
    assert (row.kind, row.status) == (Kind.DELIBERATION, Status.WAITING)
    with pytest.raises(WrongState) as refusal:
        approved(session, approver, decision)
    assert refusal.value.key == "decided_already"
    assert proposed(session, officer, where).status is DecisionStatus.PROPOSED


def test_one_proposal_waits_at_a_time(session, officer):
    where = closed(session)
    ranked(session, where, "80")
    proposed(session, officer, where)
    with pytest.raises(Conflict) as refusal:
        proposed(session, officer, where)
    assert refusal.value.key == "proposal_waits_already"


def test_nothing_is_proposed_while_the_round_is_open(session):
    where = closed(session)
    ranked(session, where, "80")
    person = factories.persona(session, Role.OFFICER)
    with pytest.raises(WrongState) as refusal:
        proposed(session, factories.actor(session, person, NOON - timedelta(microseconds=1)), where)
    assert refusal.value.key == "round_still_open"


def test_every_unfinished_application_needs_its_reason(session, officer):
    where = closed(session)
    ranked(session, where, "80")
    screened = factories.application(session, round_category=where, kind=Kind.SCREENING)
    with pytest.raises(Invalid) as refusal:
        proposed(session, officer, where)
    assert (refusal.value.key, refusal.value.field) == ("reason_too_short", f"exclude_{screened.id}")


def test_a_finished_application_cannot_be_excluded(session, officer):
    where = closed(session)
    (row,) = ranked(session, where, "80")
    with pytest.raises(Invalid) as refusal:
        proposed(session, officer, where, exclusions={row.id: WHY})
    assert refusal.value.key == "exclusion_of_finished"


def test_fewer_places_than_the_quota_may_be_filled_but_not_more(session, officer):
    where = closed(session, quota=2)
    first, second, _third = ranked(session, where, "90", "80", "70")
    with pytest.raises(Invalid) as refusal:
        proposed(session, officer, where, places=3)
    assert (refusal.value.key, refusal.value.field, refusal.value.values) == (
        "selection_above_quota",
        "places",
        {"free": 2},
    )
    decision = proposed(session, officer, where, places=1, reserve=1)
    assert results(decision)[:2] == [(first.id, "selected"), (second.id, "reserved")]


def test_who_does_not_reach_the_lowest_grade_or_is_not_eligible_is_never_selected(session, officer):
    where = closed(session, quota=5)
    (ungraded,) = ranked(session, where, "55", grade=None)
    (ineligible,) = ranked(session, where, "90", result={"eligible": False, "ties": []})
    (good,) = ranked(session, where, "60")
    decision = proposed(session, officer, where)
    assert results(decision) == [
        (good.id, "selected"),
        (ungraded.id, "unselected"),
        (ineligible.id, "unselected"),
    ]


def test_a_vacancy_is_filled_from_the_reserve_by_a_second_selection(session, officer, approver):
    where = closed(session, quota=2)
    _first, second, third, fourth = ranked(session, where, "90", "80", "70", "65")
    approved(session, approver, proposed(session, officer, where, reserve=2))
    second.status = Status.REMOVED
    session.flush()
    assert quotas.free_places(session, where) == 1
    approved(session, approver, proposed(session, officer, where, reserve=0))
    assert (third.kind, third.status) == (Kind.NOTICE, Status.SELECTED)
    assert (fourth.kind, fourth.status) == (Kind.DELIBERATION, Status.RESERVED)


def test_the_total_of_a_round_is_shared_by_its_categories(session, officer, approver):
    intake = factories.round_(session, closes_at=NOON)
    session.add(Quota(round_id=intake.id, purpose=QuotaPurpose.TOTAL, number=1))
    one, other = (factories.round_category(session, round_=intake, quota=None) for _ in range(2))
    ranked(session, one, "80")
    ranked(session, other, "90")
    first, second = proposed(session, officer, one), proposed(session, officer, other)
    approved(session, approver, first)
    with pytest.raises(WrongState) as refusal:
        approved(session, approver, second)
    assert (refusal.value.key, refusal.value.values) == ("quota_taken_meanwhile", {"free": 0})


def test_equal_totals_are_parted_by_the_tie_break_values_of_the_evaluation(session, officer):
    where = closed(session, quota=1)

    def result(points: str) -> dict:
        return {"eligible": True, "ties": [{"key": "measures", "points": points}]}

    (weak,) = ranked(session, where, "80", result=result("40.5"))
    (strong,) = ranked(session, where, "80", result=result("41"))
    lines = proposed(session, officer, where, reserve=0).content["applications"]
    assert [(line["application"], line["rank"], line["result"], line["parted_by"]) for line in lines] == [
        (strong.id, 1, "selected", None),
        (weak.id, 2, "unselected", "measures"),
    ]
