"""Conflicts of interest of the office: nobody acts on an application of the organisation in which one has a seat."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from registry.domain.errors import Forbidden, Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, ConflictState, DecisionStatus, Kind, Role, SeatStatus, Status
from registry.models import Application, User
from registry.queries import applications
from registry.queries import objections as raised
from registry.services import (
    conflicts,
    decisions,
    evaluations,
    objections,
    organisations,
    recommendations,
    reviews,
    screening,
    seats,
)
from tests import factories
from tests.factories import NOON

ANSWER = "经核实，数据与在线监测一致，异议不成立。"


def standing(session: Session, kind: Kind) -> Application:
    return factories.application(session, kind=kind, answers={"licensed": True, "reused": "50"})


def interested(session: Session, role: Role, application: Application) -> Actor:
    """Somebody who judges, and has a seat with the applicant."""
    region = application.site.region if role is Role.RECOMMENDER else None
    person = factories.persona(session, role, region=region)
    factories.seat(session, person, application.organisation, signatory=False)
    return factories.actor(session, person)


def refused(act) -> None:
    with pytest.raises(Forbidden) as refusal:
        act()
    assert refusal.value.key == "own_organisation"


def test_the_bureau_confirms_and_recommends_nothing_of_its_own(session: Session) -> None:
    application = standing(session, Kind.RECOMMENDATION)
    actor = interested(session, Role.RECOMMENDER, application)
    refused(lambda: recommendations.confirm_site(session, actor, application, confirmed=True))
    refused(lambda: recommendations.recommend(session, actor, application, in_favour=True, opinion=ANSWER))


def test_an_officer_neither_checks_nor_verifies_nor_scores_nor_assigns(session: Session) -> None:
    application = standing(session, Kind.SCREENING)
    actor = interested(session, Role.OFFICER, application)
    refused(lambda: screening.check(session, actor, application, {"complete": (True, "")}))
    refused(lambda: screening.verify_value(session, actor, application, key="reused", value="99", reason=ANSWER))
    refused(lambda: screening.refuse(session, actor, application, reason=ANSWER))
    scored, reviewed = standing(session, Kind.SCORING), standing(session, Kind.REVIEW)
    refused(lambda: evaluations.score(session, interested(session, Role.OFFICER, scored), scored))
    reviewer = factories.persona(session, Role.REVIEWER)
    officer = interested(session, Role.OFFICER, reviewed)
    refused(lambda: reviews.assign(session, officer, reviewed, reviewer, why=""))


@pytest.mark.parametrize(
    ("role", "action"),
    [
        (Role.OFFICER, Action.VIEW_CASE),
        (Role.APPROVER, Action.VIEW_CASE),
        (Role.RECOMMENDER, Action.VIEW_RECOMMENDATIONS),
    ],
)
def test_pages_of_the_office_do_not_show_it_either(session: Session, role: Role, action: Action) -> None:
    application = standing(session, Kind.SCREENING)
    actor = interested(session, role, application)
    with pytest.raises(NotFound):
        applications.one(session, actor, action, application.id)
    assert applications.one(session, actor, Action.VIEW_OWN, application.id) is application


def test_selections_are_proposed_and_decided_by_people_without_an_interest(session: Session) -> None:
    where = factories.round_category(session, round_=factories.round_(session, closes_at=NOON))
    application = factories.application(session, round_category=where, kind=Kind.DELIBERATION)
    factories.evaluation(session, application)
    officer = interested(session, Role.OFFICER, application)
    refused(lambda: decisions.propose_selection(session, officer, where, exclusions={}, reason=ANSWER))
    free = factories.actor(session, factories.persona(session, Role.OFFICER))
    decision = decisions.propose_selection(session, free, where, exclusions={}, reason=ANSWER)
    approver = interested(session, Role.APPROVER, application)
    refused(lambda: decisions.approve(session, approver, decision, digest=decision.digest, reason=""))
    refused(lambda: decisions.reject(session, approver, decision, reason=ANSWER))
    assert decision.status is DecisionStatus.PROPOSED


def test_an_objection_is_answered_by_somebody_without_an_interest(session: Session) -> None:
    where = factories.round_category(session)
    application = factories.application(session, round_category=where, kind=Kind.NOTICE)
    objection = factories.objection(session, factories.notice(session, factories.decision(session, where)), application)
    actor = interested(session, Role.OFFICER, application)
    refused(lambda: objections.dismiss(session, actor, objection, text=ANSWER))
    with pytest.raises(NotFound):
        raised.one(session, actor, objection.id)


def left(session: Session, role: Role, application: Application) -> User:
    """Somebody who judges and left the applicant at noon, together with who signs for it."""
    region = application.site.region if role is Role.RECOMMENDER else None
    person = factories.persona(session, role, region=region)
    factories.seat(session, person, application.organisation, signatory=False)
    factories.seat(session, factories.user(session), application.organisation)
    seats.leave(session, factories.actor(session, person), application.organisation)
    return person


@pytest.mark.parametrize(
    ("role", "action"), [(Role.OFFICER, Action.VIEW_CASE), (Role.RECOMMENDER, Action.VIEW_RECOMMENDATIONS)]
)
def test_whoever_left_the_applicant_sees_and_judges_nothing_of_it_for_a_year(
    session: Session, role: Role, action: Action
) -> None:
    application = standing(session, Kind.SCREENING)
    person = left(session, role, application)
    for day in (NOON, NOON + timedelta(days=364)):  # 1 March 2027
        with pytest.raises(NotFound):
            applications.one(session, factories.actor(session, person, day), action, application.id)
    later = factories.actor(session, person, NOON + timedelta(days=365))
    assert applications.one(session, later, action, application.id) is application
    for day in (NOON, NOON + timedelta(days=364)):
        with pytest.raises(NotFound):  # the seat itself gives nothing
            applications.one(session, factories.actor(session, person, day), Action.VIEW_OWN, application.id)


def test_leaving_does_not_clear_the_way_to_judge(session: Session) -> None:
    application = standing(session, Kind.SCREENING)
    person = left(session, Role.OFFICER, application)
    refused(lambda: screening.refuse(session, factories.actor(session, person), application, reason=ANSWER))
    later = factories.actor(session, person, NOON + timedelta(days=365))
    screening.refuse(session, later, application, reason=ANSWER)
    assert application.status is Status.REFUSED


def test_handing_over_or_being_asked_again_does_not_clear_it_either(session: Session) -> None:
    application = standing(session, Kind.SCREENING)
    organisation = application.organisation
    person = factories.persona(session, Role.OFFICER)
    other = factories.user(session)
    factories.seat(session, person, organisation)
    factories.seat(session, other, organisation, signatory=False)
    actor = factories.actor(session, person)
    seats.hand_over(session, actor, organisation, successor_id=other.id, leaving=True)
    signatory = factories.actor(session, other)
    organisations.add_member(session, signatory, organisation, email=person.email, drafter=True, signatory=False)
    refused(lambda: screening.refuse(session, factories.actor(session, person), application, reason=ANSWER))


def test_an_offer_that_was_taken_back_is_no_interest(session: Session) -> None:
    application = standing(session, Kind.SCREENING)
    organisation = application.organisation
    person = factories.persona(session, Role.OFFICER)
    factories.seat(session, person, organisation, signatory=False, status=SeatStatus.ASKED)
    signatory = factories.user(session)
    factories.seat(session, signatory, organisation)
    signing = factories.actor(session, signatory)
    seats.end_seat(session, signing, organisation, user_id=person.id, reason=ANSWER)
    screening.refuse(session, factories.actor(session, person), application, reason=ANSWER)
    assert application.status is Status.REFUSED


def test_the_conflict_of_a_reviewer_who_has_left_is_not_cleared_within_the_year(session: Session) -> None:
    application = standing(session, Kind.REVIEW)
    person = left(session, Role.REVIEWER, application)
    officer = factories.persona(session, Role.OFFICER)
    assignment = reviews.assign(session, factories.actor(session, officer), application, person, why="")
    assert assignment.conflict is ConflictState.FOUND
    for day, cleared in ((364, False), (365, True)):
        actor = factories.actor(session, officer, NOON + timedelta(days=day))
        if cleared:
            conflicts.clear_conflict(session, actor, assignment, reason=ANSWER)
            continue
        with pytest.raises(WrongState) as refusal:
            conflicts.clear_conflict(session, actor, assignment, reason=ANSWER)
        assert refusal.value.key == "conflict_stands"
    assert assignment.conflict is ConflictState.CLEARED


def test_nobody_lifts_a_conflict_of_their_own(session):
    application = factories.application(session, kind=Kind.REVIEW, answers={"licensed": True, "reused": "50"})
    both = factories.persona(session, Role.REVIEWER)
    factories.grant(session, both, Role.OFFICER)
    assignment = factories.assignment(session, application, reviewer=both)
    actor = factories.actor(session, both)
    conflicts.declare_conflict(session, actor, assignment, reason=ANSWER)
    with pytest.raises(Invalid) as refused:
        conflicts.clear_conflict(session, actor, assignment, reason=ANSWER)
    assert refused.value.key == "tie_of_oneself"
    other = factories.actor(session, factories.persona(session, Role.OFFICER))
    conflicts.clear_conflict(session, other, assignment, reason=ANSWER)
