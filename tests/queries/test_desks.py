"""The desk: what waits for each role, by whose turn it is and until when, with a bound on what is asked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from registry.db import Database
from registry.demo.accounts import ACCOUNTS
from registry.domain.vocabulary import (
    ConflictState,
    CriteriaStatus,
    DecisionKind,
    DecisionStatus,
    Duty,
    FilingKind,
    Kind,
    Level,
    ReviewStatus,
    Role,
    RoundStatus,
    SeatStatus,
    Standing,
    Status,
    TokenPurpose,
    UserStatus,
)
from registry.models import Correction, Filing, Programme, Round, RoundCategory, Token, User
from registry.queries import actors, desks
from tests import factories
from tests.factories import NOON
from tests.world import MOMENT

MONTH = NOON + timedelta(days=30)
WEEK = NOON + timedelta(days=7)
Told = list[tuple[Duty, int, datetime | None]]


def told(session: Session, person: User, at: datetime = NOON) -> Told:
    """What stands on somebody's desk: the duties in their order, how many, and until when."""
    found = desks.lines(session, factories.actor(session, person, at))
    return [(line.duty, line.waiting.count, line.due) for line in found]


def programme_of(session: Session, where: RoundCategory) -> Programme:
    return session.get_one(Programme, session.get_one(Round, where.round_id).programme_id)


def officer_of(session: Session, where: RoundCategory, role: Role = Role.OFFICER) -> User:
    return factories.persona(session, role, programme=programme_of(session, where))


@pytest.fixture
def where(session: Session) -> RoundCategory:
    return factories.round_category(session)


def test_an_applicant_finishes_signs_corrects_and_files(session: Session, where: RoundCategory) -> None:
    ours = factories.organisation(session)
    drafter = factories.persona(session, Role.DRAFTER, organisation=ours)
    signatory = factories.persona(session, Role.SIGNATORY, organisation=ours)
    draft = factories.application(session, round_category=where, organisation=ours, answers={"licensed": True})
    factories.filing_of(session, draft).saved_by_id = drafter.id
    returned = factories.application(
        session, round_category=where, organisation=ours, status=Status.RETURNED, submitted_at=NOON
    )
    officer = factories.user(session)
    session.add(
        Correction(
            application_id=returned.id,
            from_position=2,
            note="补齐",
            fields=None,
            due_at=WEEK,
            returned_by_id=officer.id,
            returned_at=NOON,
        )
    )
    later = factories.application(session, round_category=where, organisation=ours)
    factories.filing_of(session, later).current = False
    session.flush()
    year = NOON + timedelta(days=365)
    session.add(
        Filing(application_id=later.id, site_id=later.site_id, position=1, kind=FilingKind.MID_TERM, due_at=year)
    )
    later.status, later.submitted_at = Status.DUE, NOON
    factories.application(session, round_category=where)  # of others
    session.flush()
    expected = [(Duty.CORRECT, 1, WEEK), (Duty.FINISH_DRAFT, 1, MONTH), (Duty.FILE_NEXT, 1, year)]
    assert told(session, drafter) == expected
    assert told(session, signatory) == [(Duty.CORRECT, 1, WEEK), (Duty.SIGN, 1, MONTH), (Duty.FILE_NEXT, 1, year)]
    first = desks.lines(session, factories.actor(session, drafter))[0]
    assert (first.waiting.only, first.site.id if first.site else None) == (returned.id, returned.site_id)


def test_a_seat_that_is_offered_waits_for_its_answer(session: Session) -> None:
    person = factories.user(session)
    factories.seat(session, person, factories.organisation(session), status=SeatStatus.ASKED)
    assert told(session, person) == [(Duty.TAKE_SEAT, 1, None)]


def test_a_bureau_confirms_and_recommends_while_places_are_left(session: Session) -> None:
    district = factories.region(session)
    limits = [{"level": Level.DISTRICT, "number": 3}, {"level": Level.DISTRICT, "number": 5, "category_id": None}]
    where = factories.round_category(session, steps={Kind.RECOMMENDATION: {"level": Level.DISTRICT}}, limits=limits)
    bureau = factories.persona(session, Role.RECOMMENDER, region=district)
    unknown = factories.organisation(session, region=district, status=Standing.PENDING)
    here = {"round_category": where, "kind": Kind.RECOMMENDATION}
    factories.application(session, organisation=unknown, **here)
    fresh = factories.organisation(session, region=district)
    site = factories.site(session, organisation=fresh, status=Standing.PENDING)
    factories.application(session, organisation=fresh, site=site, **here)
    settled = factories.organisation(session, region=district)
    done = factories.application(session, round_category=where, organisation=settled, kind=Kind.SCREENING)
    factories.recommendation(session, done)
    elsewhere = factories.organisation(session, region=factories.region(session))
    factories.application(session, organisation=elsewhere, **here)
    assert told(session, bureau) == [
        (Duty.CONFIRM_ORGANISATION, 1, None),
        (Duty.CONFIRM_SITE, 1, None),
        (Duty.RECOMMEND, 2, None),
    ]
    # Three of the category, five of the round; one of them is recommended.
    lines = desks.lines(session, factories.actor(session, bureau))
    assert [line.waiting.left for line in lines] == [None, None, 2]


def test_an_officer_has_each_stage(session: Session, where: RoundCategory) -> None:
    officer = officer_of(session, where)
    for kind in (Kind.SCREENING, Kind.SCREENING, Kind.SCORING, Kind.DELIBERATION, Kind.CERTIFICATE):
        factories.application(session, round_category=where, kind=kind)
    factories.application(session, kind=Kind.SCREENING)  # of another programme
    open_now = [(Duty.SCREEN, 2, None), (Duty.SCORE, 1, None), (Duty.ISSUE, 1, None)]
    assert told(session, officer) == open_now
    # A selection is proposed once the round has closed.
    closed = [(Duty.SCREEN, 2, None), (Duty.SCORE, 1, None), (Duty.PROPOSE_SELECTION, 1, None), (Duty.ISSUE, 1, None)]
    assert told(session, officer, MONTH) == closed
    factories.decision(session, where, status=DecisionStatus.PROPOSED)
    assert told(session, officer, MONTH) == open_now


def test_reviews_are_assigned_awaited_and_concluded(session: Session) -> None:
    where = factories.round_category(session, steps={Kind.REVIEW: {"parameters": {"minimum_reviewers": 2}}})
    officer = officer_of(session, where)
    under_review = {"round_category": where, "kind": Kind.REVIEW}
    alone = factories.application(session, **under_review)
    factories.assignment(session, alone)
    # A conflict that is not cleared leaves one reviewer.
    factories.assignment(session, alone, label="B", conflict=ConflictState.DECLARED, conflict_reason="共事")
    half = factories.application(session, **under_review)
    ready = factories.application(session, **under_review)
    for application, finished in ((half, (True, False)), (ready, (True, True))):
        for label, is_finished in zip("AB", finished, strict=True):
            row = factories.assignment(session, application, label=label)
            factories.review(session, row, status=ReviewStatus.FINISHED if is_finished else ReviewStatus.STARTED)
    assert told(session, officer) == [
        (Duty.ASSIGN, 1, None),
        (Duty.AWAIT_REVIEWERS, 1, None),
        (Duty.CONCLUDE_REVIEW, 1, None),
    ]
    lines = desks.lines(session, factories.actor(session, officer))
    assert [line.waiting.only for line in lines] == [alone.id, half.id, ready.id]


def test_notices_are_prepared_watched_answered_concluded_and_published(session: Session, where: RoundCategory) -> None:
    officer = officer_of(session, where)
    application = factories.application(session, round_category=where, kind=Kind.NOTICE)
    selection = factories.decision(session, where)
    factories.outcome(session, selection, application)
    assert told(session, officer) == [(Duty.PREPARE_NOTICE, 1, None)]
    factories.decision(
        session, where, kind=DecisionKind.NOTICE, status=DecisionStatus.PROPOSED, content={"decision": selection.id}
    )
    assert told(session, officer) == []
    factories.notice(session, selection, entries=[{"application_id": application.id}])
    assert told(session, officer) == [(Duty.WATCH_NOTICE, 1, WEEK)]
    assert told(session, officer, WEEK) == [(Duty.CONCLUDE_NOTICE, 1, WEEK)]


def test_an_objection_is_answered_before_the_notice_ends(session: Session, where: RoundCategory) -> None:
    officer = officer_of(session, where)
    application = factories.application(session, round_category=where, kind=Kind.NOTICE)
    notice = factories.notice(session, factories.decision(session, where))
    objections = [factories.objection(session, notice, application) for _number in range(2)]
    assert told(session, officer) == [(Duty.ANSWER_OBJECTIONS, 2, WEEK)]
    for objection in objections:
        factories.reply(session, objection)
    assert told(session, officer) == [(Duty.WATCH_NOTICE, 1, WEEK)]


def test_a_list_is_proposed_and_a_round_is_opened(session: Session, where: RoundCategory) -> None:
    officer = officer_of(session, where)
    factories.application(session, round_category=where, kind=Kind.PUBLICATION)
    opens = NOON + timedelta(days=2)
    factories.round_(
        session, programme=programme_of(session, where), status=RoundStatus.PREPARED, opens_at=opens, closes_at=MONTH
    )
    assert told(session, officer) == [(Duty.OPEN_ROUND, 1, opens), (Duty.PROPOSE_LIST, 1, None)]
    factories.decision(session, where, kind=DecisionKind.PUBLICATION, status=DecisionStatus.PROPOSED)
    assert told(session, officer) == [(Duty.OPEN_ROUND, 1, opens)]


def test_a_reviewer_marks_what_is_not_finished(session: Session, where: RoundCategory) -> None:
    reviewer = officer_of(session, where, Role.REVIEWER)
    for status in (None, ReviewStatus.STARTED, ReviewStatus.FINISHED):
        application = factories.application(session, round_category=where, kind=Kind.REVIEW)
        row = factories.assignment(session, application, reviewer=reviewer)
        if status is not None:
            factories.review(session, row, status=status)
    moved_on = factories.application(session, round_category=where, kind=Kind.DELIBERATION)
    factories.assignment(session, moved_on, reviewer=reviewer)
    assert told(session, reviewer) == [(Duty.MARK, 2, None)]


def test_an_approver_approves_what_others_proposed(session: Session, where: RoundCategory) -> None:
    approver = officer_of(session, where, Role.APPROVER)
    mine = factories.decision(session, where, status=DecisionStatus.PROPOSED, proposed_by_id=approver.id)
    factories.criteria_version(session, key="other", status=CriteriaStatus.DRAFT, prepared_by_id=approver.id)
    assert told(session, approver) == []
    theirs = factories.decision(
        session, where, kind=DecisionKind.PUBLICATION, status=DecisionStatus.PROPOSED, content={"notice": mine.id}
    )
    factories.criteria_version(session, key="another", status=CriteriaStatus.DRAFT)
    assert told(session, approver) == [(Duty.APPROVE, 1, None), (Duty.APPROVE_CRITERIA, 1, None)]
    assert desks.lines(session, factories.actor(session, approver))[0].waiting.only == theirs.id


def test_an_administrator_sees_invitations_and_bare_programmes(session: Session) -> None:
    person = factories.persona(session, Role.ADMINISTRATOR)
    invited = factories.user(session, status=UserStatus.INVITED, password_hash=None)
    for days in (1, 3):
        session.add(
            Token(
                digest=f"digest of {days}",
                user_id=invited.id,
                purpose=TokenPurpose.INVITATION,
                expires_at=NOON + timedelta(days=days),
            )
        )
    bare = factories.programme(session)
    factories.category(session)
    # Of two invitations to one person the later counts.
    assert told(session, person) == [(Duty.AWAIT_INVITED, 1, NOON + timedelta(days=3)), (Duty.ADD_CATEGORIES, 1, None)]
    assert desks.lines(session, factories.actor(session, person))[1].programme == bare


def test_what_is_due_stands_first_over_all_roles(session: Session, where: RoundCategory) -> None:
    person = officer_of(session, where)
    factories.grant(session, person, Role.APPROVER, programme=programme_of(session, where))
    factories.application(session, round_category=where, kind=Kind.SCREENING)
    factories.decision(session, where, kind=DecisionKind.PUBLICATION, status=DecisionStatus.PROPOSED)
    factories.notice(session, factories.decision(session, where))
    # A notice that runs asks for nothing; one that has ended is to be concluded before what has no date.
    assert told(session, person) == [
        (Duty.SCREEN, 1, None),
        (Duty.APPROVE, 1, None),
        (Duty.WATCH_NOTICE, 1, WEEK),
    ]
    assert told(session, person, WEEK) == [
        (Duty.CONCLUDE_NOTICE, 1, WEEK),
        (Duty.SCREEN, 1, None),
        (Duty.APPROVE, 1, None),
    ]


def test_certificates_are_due_since_their_list_was_published(session: Session, where: RoundCategory) -> None:
    officer = officer_of(session, where)
    factories.application(session, round_category=where, kind=Kind.SCREENING)
    factories.application(session, round_category=where, kind=Kind.CERTIFICATE)
    published = NOON - timedelta(days=1)
    decision = factories.decision(session, where, kind=DecisionKind.PUBLICATION)
    factories.publication(session, decision, published_at=published)
    assert told(session, officer) == [(Duty.ISSUE, 1, published), (Duty.SCREEN, 1, None)]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_desk_takes_few_statements_whatever_waits(world_database: Database) -> None:
    with world_database.reading() as session:
        for account in ACCOUNTS:
            person = session.scalars(select(User).where(User.email == account.email)).one()
            actor = actors.load(session, person, MOMENT)
            with counted(world_database) as sent:
                desks.lines(session, actor)
            assert len(sent) < 25, account.key


def test_somebody_with_every_role_needs_fewer_than_forty_statements(
    world_database: Database, at: Callable[[datetime], None]
) -> None:
    at(MOMENT)
    with world_database.writing() as session:
        person = factories.user(session)
        for role in (Role.OFFICER, Role.REVIEWER, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR):
            factories.grant(session, person, role)
        programme = session.scalars(select(Programme).where(Programme.key == "national-plants")).one()
        factories.grant(session, person, Role.RECOMMENDER, programme=programme)
        factories.seat(session, person, factories.organisation(session))
        session.commit()
        actor = actors.load(session, person, MOMENT)
        with counted(world_database) as sent:
            found = desks.lines(session, actor)
    assert found
    assert len(sent) < 40
