"""The end of a round: refused for each thing that can still change, done once, and nothing is decided after it."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.vocabulary import (
    DecisionKind,
    DecisionStatus,
    Kind,
    QuotaPurpose,
    Role,
    RoundStatus,
    Status,
    TaskKind,
    TaskState,
)
from registry.models import Event, Message, Round, Task
from registry.queries import archiving as standing
from registry.queries import publications as listed
from registry.services import (
    archiving,
    awards,
    decisions,
    events,
    integrity,
    meetings,
    notices,
    pools,
    proposals,
    publications,
    tasks,
)
from tests import factories
from tests.factories import NOON

LATER = NOON + timedelta(days=40)


class Ended:
    """A round whose intake is over, with a category; somebody of the office acts later."""

    def __init__(self, session, limits=()):
        self.session = session
        self.where = factories.round_category(session, round_=factories.round_(session, closes_at=NOON), limits=limits)
        self.round = session.get_one(Round, self.where.round_id)
        self.officer = factories.actor(session, factories.persona(session, Role.OFFICER), LATER)

    def application(self, kind, status=None, **columns):
        return factories.application(self.session, round_category=self.where, kind=kind, status=status, **columns)

    def archive(self, actor=None):
        return archiving.archive(self.session, actor or self.officer, self.round, language="zh")

    def in_the_way(self):
        return {str(one.what): one.count for one in standing.in_the_way(self.session, self.round, LATER)}


@pytest.fixture
def ended(session):
    return Ended(session)


def refused(act, kind=WrongState):
    with pytest.raises(kind) as error:
        act()
    return error.value


@pytest.mark.parametrize(
    ("kind", "status", "what"),
    [
        (Kind.RECOMMENDATION, Status.WAITING, "waiting"),
        (Kind.SCREENING, Status.WAITING, "waiting"),
        (Kind.LIBRARY, Status.WAITING, "waiting"),
        (Kind.REVIEW, Status.WAITING, "waiting"),
        (Kind.DELIBERATION, Status.WAITING, "waiting"),
        (Kind.FILING, Status.RETURNED, "returned"),
        (Kind.FILING, Status.DUE, "due"),
        (Kind.DELIBERATION, Status.RESERVED, "reserved"),
        (Kind.NOTICE, Status.SELECTED, "to_announce"),
        (Kind.PUBLICATION, Status.SELECTED, "to_publish"),
        (Kind.CERTIFICATE, Status.SELECTED, "to_certify"),
    ],
)
def test_an_application_that_can_still_move_stands_in_the_way(session, kind, status, what):
    route = (*factories.ROUTE[:3], Kind.LIBRARY, *factories.ROUTE[3:]) if kind is Kind.LIBRARY else factories.ROUTE
    where = factories.round_category(session, route=route, round_=factories.round_(session, closes_at=NOON))
    ended = Ended(session)
    ended.where, ended.round = where, session.get_one(Round, where.round_id)
    ended.application(kind, status)
    ended.application(kind, status)
    error = refused(ended.archive)
    assert (error.key, error.values["counts"]) == ("round_unsettled", {what: 2})
    assert ended.round.archived_at is None


def test_what_has_ended_and_what_was_never_handed_in_does_not(ended):
    for kind, status in (
        (Kind.SCREENING, Status.REFUSED),
        (Kind.DELIBERATION, Status.UNSELECTED),
        (Kind.NOTICE, Status.REMOVED),
        (Kind.CERTIFICATE, Status.CERTIFIED),
        (Kind.FILING, Status.DRAFTED),
    ):
        ended.application(kind, status)
    assert ended.in_the_way() == {}


@pytest.mark.parametrize("closes_at", [None, LATER + timedelta(days=1)])
def test_a_round_that_takes_applications_is_not_archived(session, closes_at):
    ended = Ended(session)
    ended.round = factories.round_(session, closes_at=closes_at)
    assert refused(ended.archive).values["counts"] == {"intake_open": 1}


REASON = "本批储备库工作结束。"


def end_intake(ended, closes_at, reason=REASON, actor=None):
    archiving.end_intake(ended.session, actor or ended.officer, ended.round, closes_at=closes_at, reason=reason)


@pytest.fixture
def library(session):
    """A round without an end."""
    library = Ended(session)
    library.where = factories.round_category(session, round_=factories.round_(session, closes_at=None))
    library.round = session.get_one(Round, library.where.round_id)
    return library


def test_a_library_is_archived_once_its_end_was_set(session, library):
    end_intake(library, LATER)
    assert library.round.closes_at == LATER
    event = session.scalars(select(Event).where(Event.action == "end_intake")).one()
    assert event.payload == {"closes_at": LATER.isoformat(), "reason": REASON}
    library.archive()
    assert library.round.archived_at == LATER


def test_the_end_of_a_library_may_lie_ahead_and_is_set_once(library):
    end_intake(library, LATER + timedelta(days=10))
    assert library.in_the_way() == {"intake_open": 1}
    assert refused(lambda: end_intake(library, LATER + timedelta(days=20))).key == "intake_has_end"


def test_the_running_minute_is_now_and_the_one_before_is_past(library):
    late = dataclasses.replace(library.officer, at=LATER + timedelta(seconds=40))
    error = refused(lambda: end_intake(library, LATER - timedelta(minutes=1), actor=late), Invalid)
    assert (error.key, error.field) == ("intake_end_in_past", "closes_at")
    end_intake(library, LATER, actor=late)
    assert library.round.closes_at == LATER + timedelta(seconds=40)


def test_an_end_needs_a_reason_and_an_officer(session, library):
    error = refused(lambda: end_intake(library, LATER, reason="到此"), Invalid)
    assert (error.key, error.field) == ("reason_too_short", "reason")
    approver = factories.actor(session, factories.persona(session, Role.APPROVER), LATER)
    refused(lambda: end_intake(library, LATER, actor=approver), NotFound)
    library.round = factories.round_(session, status=RoundStatus.PREPARED, closes_at=None)
    assert refused(lambda: end_intake(library, LATER)).key == "round_not_opened"


def test_a_round_that_opens_later_does_not_close_before(session, library):
    library.round = factories.round_(session, opens_at=LATER + timedelta(days=5), closes_at=None)
    assert refused(lambda: end_intake(library, LATER), Invalid).key == "round_closes_before_it_opens"


def test_who_is_filling_in_is_told_of_the_end(session, library):
    organisation = factories.organisation(session)
    drafter = factories.persona(session, Role.DRAFTER, organisation=organisation)
    factories.persona(session, Role.SIGNATORY, organisation=factories.organisation(session))
    draft = library.application(Kind.FILING, Status.DRAFTED, organisation=organisation)
    library.application(Kind.SCREENING)
    end_intake(library, LATER + timedelta(days=1))
    told = session.scalars(select(Message).where(Message.key == "intake_ends")).all()
    assert [(row.user_id, row.path) for row in told] == [(drafter.id, f"/applications/{draft.id}")]
    # NOON is 12:00 in Beijing on 2 March 2026; 41 days later it is 12 April.
    assert (told[0].values["due"], told[0].values["reason"]) == ("2026-04-12 12:00", REASON)


def test_an_end_that_was_set_agrees_with_the_events(session, library):
    dates = {"opens_at": library.round.opens_at.isoformat(), "closes_at": None}
    events.record(session, library.officer, "open_round", "round", library.round.id, payload=dates)
    end_intake(library, LATER)
    look = {name: look for name, _words, look in integrity.LOOKS}["round_dates"]
    assert look(session) == []


def test_the_database_lets_an_end_be_set_once_and_never_moved(session, library):
    number = library.round.id
    session.execute(update(Round).where(Round.id == number).values(closes_at=LATER))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(update(Round).where(Round.id == number).values(closes_at=LATER + timedelta(days=1)))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(update(Round).where(Round.id == number).values(closes_at=None))


def test_a_round_in_preparation_is_not_archived(session):
    ended = Ended(session)
    ended.round = factories.round_(session, status=RoundStatus.PREPARED)
    assert refused(ended.archive).key == "round_not_opened"


def test_proposals_stand_in_the_way_those_on_its_pool_too(ended, session):
    factories.decision(session, ended.where, status=DecisionStatus.PROPOSED)
    content = {"round": ended.round.id}
    pool = factories.decision(
        session, ended.where, kind=DecisionKind.POOL, status=DecisionStatus.PROPOSED, content=content
    )
    elsewhere = Ended(session)
    factories.decision(session, elsewhere.where, status=DecisionStatus.PROPOSED)
    assert ended.in_the_way() == {"proposed": 2}
    assert pool.id in standing.in_the_way(session, ended.round, LATER)[0].numbers


def test_notices_stand_in_the_way_until_they_are_cleared_and_every_objection_answered(ended, session):
    gone = ended.application(Kind.NOTICE, Status.REMOVED)
    announced = factories.notice(session, factories.decision(session, ended.where), closes_at=LATER + timedelta(days=1))
    assert ended.in_the_way() == {"notice_running": 1}
    over = factories.notice(session, factories.decision(session, ended.where))
    objection = factories.objection(session, over, gone)
    assert ended.in_the_way() == {"notice_running": 1, "notice_not_cleared": 1, "objection_open": 1}
    factories.reply(session, objection)
    announced.cleared_at = over.cleared_at = LATER + timedelta(days=2)
    session.flush()
    assert ended.in_the_way() == {}


def test_it_is_archived_once_with_its_digests_and_the_dossiers_are_asked_for(ended, session):
    ended.application(Kind.SCREENING, Status.REFUSED)
    selection = factories.decision(session, ended.where)
    task = ended.archive()
    assert (ended.round.archived_at, ended.round.archived_by_id) == (LATER, ended.officer.user_id)
    event = session.scalars(select(Event).where(Event.action == "archive_round")).one()
    assert event.payload == {
        str(ended.where.id): {
            "criteria": ended.where.pinned_digest,
            "decisions": [selection.digest],
            "publications": [],
        }
    }
    assert (task.kind, task.state, task.subject_id) == (TaskKind.DOSSIER, TaskState.QUEUED, ended.round.id)
    # An application and the dossier itself.
    assert (task.parameters, task.total) == ({"categories": [ended.where.id]}, 2)
    assert refused(ended.archive).key == "round_archived_already"
    assert session.scalars(select(Task)).all() == [task]


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR, Role.REVIEWER])
def test_only_an_officer_of_the_programme_archives(ended, session, role):
    refused(lambda: ended.archive(factories.actor(session, factories.persona(session, role), LATER)), NotFound)
    elsewhere = factories.user(session)
    factories.grant(session, elsewhere, Role.OFFICER, programme=factories.programme(session))
    refused(lambda: ended.archive(factories.actor(session, elsewhere, LATER)), NotFound)


def test_asked_for_dossiers_are_written_to_the_end_and_asked_for_again_only_while_one_lacks(ended, session):
    task = ended.archive()
    assert refused(lambda: tasks.cancel(session, ended.officer, task)).key == "task_goes_on"
    assert tasks.ask_dossiers(session, ended.officer, ended.round, language="zh") is task
    tasks.fail(task, "task_broke", {}, LATER)
    session.flush()
    again = tasks.ask_dossiers(session, ended.officer, ended.round, language="zh")
    assert again is not task
    tasks.fail(again, "task_broke", {}, LATER)
    factories.dossier(session, ended.where, written_at=LATER)
    key = refused(lambda: tasks.ask_dossiers(session, ended.officer, ended.round, language="zh")).key
    assert key == "dossiers_complete"


def test_dossiers_are_not_asked_for_before(ended, session):
    key = refused(lambda: tasks.ask_dossiers(session, ended.officer, ended.round, language="zh")).key
    assert key == "dossier_of_archived_round"


def test_nothing_of_it_is_proposed_any_more(session):
    ended = Ended(session, limits=[{"category_id": None, "purpose": QuotaPurpose.POOL, "number": 1}])
    selection = factories.decision(session, ended.where)
    notice = factories.notice(session, selection, cleared_at=NOON + timedelta(days=8))
    ended.archive()
    archived = "round_archived"
    for kind in (DecisionKind.SELECTION, DecisionKind.NOTICE, DecisionKind.PUBLICATION, DecisionKind.TERMINATION):
        error = refused(
            lambda kind=kind: proposals.propose(
                session,
                ended.officer,
                kind,
                {"applications": []},
                programme_id=ended.round.programme_id,
                reason="x",
                round_category_id=ended.where.id,
            )
        )
        assert error.key == archived
    paper = {"basis": "文号", "reason": "按通知把机动名额给大气类。"}
    places = {ended.where.category_id: 1}
    assert refused(lambda: pools.propose(session, ended.officer, ended.round, places=places, **paper)).key == archived
    minutes = meetings.Minutes(LATER.date(), "会议室", [], [], "consensus", [], "同意")
    assert refused(lambda: meetings.record(session, ended.officer, ended.where, minutes)).key == archived
    # What has its own refusals says those first: nobody is left to be ranked, announced or published.
    for act in (
        lambda: decisions.propose_selection(session, ended.officer, ended.where, exclusions={}, reason="按总分排序"),
        lambda: notices.propose(session, ended.officer, selection, reason="公示"),
        lambda: publications.propose(session, ended.officer, notice, title="名单", title_en="List", reason="公布"),
    ):
        refused(act)


def test_its_lists_are_still_put_right_and_its_awards_revoked(ended, session):
    done = ended.application(Kind.CERTIFICATE, Status.CERTIFIED)
    publication = factories.publication(
        session, factories.decision(session, ended.where, kind=DecisionKind.PUBLICATION)
    )
    factories.entry(session, publication, done)
    award = factories.award(session, done)
    ended.archive()
    whole = listed.whole(session, publication.id)
    correction = publications.propose_correction(
        session,
        ended.officer,
        whole,
        title="更正名单",
        title_en="",
        corrections={},
        reason="名单的标题写错了年份，予以更正。",
    )
    revocation = awards.propose_revocation(
        session, ended.officer, award, reason="抽查发现申报数据失实，整改后仍不达标。"
    )
    assert {correction.status, revocation.status} == {DecisionStatus.PROPOSED}
