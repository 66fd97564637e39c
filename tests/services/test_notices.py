"""Notices, and the lists that follow; what is objected is in `test_objections`."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.domain.chain import digest_of
from registry.domain.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from registry.domain.filetypes import StoredFile
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, DecisionKind, DecisionStatus, Kind, Role, Status
from registry.models import (
    Application,
    Decision,
    Entry,
    Notice,
    Objection,
    Publication,
    RoundCategory,
)
from registry.services import decisions, moves, notices, objections, publications
from registry.services.objections import Said
from tests import factories
from tests.factories import NOON, ROUTE
from tests.services.races import only_on_postgres, together

# NOON is on Monday 2 March 2026. Tuesday to Friday are four working days, Monday the 9th is the fifth;
# its midnight in Beijing is 16:00 in UTC.
CLOSES = datetime(2026, 3, 9, 16, tzinfo=UTC)
ANSWER = "经核实，进水浓度数据有误，异议成立。"


def acting(session: Session, role: Role, at: datetime = NOON) -> Actor:
    return factories.actor(session, factories.persona(session, role), at)


def signing(session: Session, application: Application) -> Actor:
    person = factories.persona(session, Role.SIGNATORY, organisation=application.organisation)
    return factories.actor(session, person)


@pytest.fixture
def where(session: Session) -> RoundCategory:
    return factories.round_category(session, quota=5)


@pytest.fixture
def selected(session: Session, where: RoundCategory) -> list[Application]:
    return [factories.application(session, round_category=where, kind=Kind.NOTICE) for _ in range(2)]


@pytest.fixture
def decision(session: Session, where: RoundCategory, selected: list[Application]) -> Decision:
    row = factories.decision(session, where)
    for rank, application in enumerate(selected, start=1):
        factories.outcome(session, row, application, rank=rank)
    return row


def prepared(session: Session, decision: Decision, at: datetime = NOON) -> Decision:
    return notices.propose(session, acting(session, Role.OFFICER, at), decision, reason="按名次公示")


def approved(session: Session, proposal: Decision, at: datetime = NOON) -> None:
    decisions.approve(session, acting(session, Role.APPROVER, at), proposal, digest=proposal.digest, reason="")


def opened(session: Session, decision: Decision, at: datetime = NOON) -> Notice:
    proposal = prepared(session, decision, at)
    approved(session, proposal, at)
    return session.scalars(select(Notice).where(Notice.approval_id == proposal.id)).one()


@pytest.fixture
def notice(session: Session, decision: Decision) -> Notice:
    return opened(session, decision)


def objected(session: Session, notice: Notice, number: int, at: datetime = NOON, **values: Any) -> Objection:
    given = {"statement": "进水浓度与公开数据不符，请核实。", "name": "王五", "contact": "13800000000"}
    return objections.take(
        session,
        Actor(at),
        notice,
        Said(number, **{**given, **values}),
        files=[("证据.pdf", StoredFile("a" * 64, 1000, "application/pdf"))],
        receipt=secrets.token_urlsafe(24),
    )


def upheld(session: Session, objection: Objection, at: datetime = NOON) -> Decision:
    """An officer proposes to uphold an objection, and another person approves."""
    removal = objections.propose_removal(session, acting(session, Role.OFFICER, at), objection, text=ANSWER)
    approved(session, removal, at)
    return removal


def test_a_notice_announces_names_alone_until_the_fifth_working_day_is_over(session, notice, selected):
    assert (notice.opens_at, notice.closes_at, notice.working_days) == (NOON, CLOSES, 5)
    site, organisation = selected[0].site, selected[0].organisation
    assert notice.entries[0] == {
        "position": 1,
        "application_id": selected[0].id,
        "site": {"zh": site.name, "en": site.name_en},
        "organisation": {"zh": organisation.name, "en": organisation.name_en},
        "credit_code": organisation.credit_code,
        "region": {"zh": site.region.name, "en": site.region.name_en},
        "category": {
            "zh": selected[0].round_category.category.name,
            "en": selected[0].round_category.category.name_en,
        },
    }
    assert [entry["application_id"] for entry in notice.entries] == [row.id for row in selected]
    assert notice.digest == digest_of(notice.entries)


def test_the_route_says_how_many_working_days(session):
    where = factories.round_category(session, steps={Kind.NOTICE: {"parameters": {"working_days": 1}}})
    decision = factories.decision(session, where)
    factories.outcome(session, decision, factories.application(session, round_category=where, kind=Kind.NOTICE))
    notice = opened(session, decision)
    assert notice.closes_at == datetime(2026, 3, 3, 16, tzinfo=UTC)  # the end of Tuesday in Beijing


def test_a_notice_opens_when_another_person_approves(session, where, decision, selected):
    officer = factories.persona(session, Role.OFFICER)
    factories.grant(session, officer, Role.APPROVER)
    proposal = notices.propose(session, factories.actor(session, officer), decision, reason="按名次公示")
    assert (proposal.kind, proposal.status) == (DecisionKind.NOTICE, DecisionStatus.PROPOSED)
    assert session.scalars(select(Notice)).all() == []
    with pytest.raises(Forbidden) as own:
        decisions.approve(session, factories.actor(session, officer), proposal, digest=proposal.digest, reason="")
    assert own.value.key == "another_person_decides"
    with pytest.raises(Conflict):
        prepared(session, decision)
    later = NOON + timedelta(hours=3)
    approver = acting(session, Role.APPROVER, later)
    decisions.approve(session, approver, proposal, digest=proposal.digest, reason="同意")
    notice = session.scalars(select(Notice)).one()
    assert (notice.decision_id, notice.approval_id, notice.opens_at, notice.opened_by_id) == (
        decision.id,
        proposal.id,
        later,
        approver.user_id,
    )


def test_a_rejected_notice_opens_nothing_and_can_be_proposed_again(session, decision):
    proposal = prepared(session, decision)
    decisions.reject(session, acting(session, Role.APPROVER), proposal, reason="名称有误，请核对后再报。")
    assert session.scalars(select(Notice)).all() == []
    assert prepared(session, decision).status is DecisionStatus.PROPOSED


def test_only_an_officer_prepares_a_notice(session, decision):
    with pytest.raises(NotFound):
        notices.propose(session, acting(session, Role.APPROVER), decision, reason="按名次公示")


def test_a_notice_needs_a_reason(session, decision):
    with pytest.raises(Invalid) as refusal:
        notices.propose(session, acting(session, Role.OFFICER), decision, reason=" ")
    assert (refusal.value.key, refusal.value.field) == ("entry_needed", "reason")


@pytest.mark.parametrize("change", ["withdrawn", "renamed"])
def test_what_changed_since_it_was_proposed_is_not_announced(session, decision, selected, change):
    proposal = prepared(session, decision)
    if change == "withdrawn":
        moves.move(session, signing(session, selected[0]), selected[0], Action.WITHDRAW)
    else:
        selected[0].site.name = "改名后的水质净化厂"
    session.flush()
    assert decisions.reads_now(session, proposal) != proposal.content
    with pytest.raises(WrongState) as refusal:
        approved(session, proposal)
    assert refusal.value.key == "changed_since_proposed"
    # Proposed anew, it has who stands, by today's name.
    decisions.reject(session, acting(session, Role.APPROVER), proposal, reason="情况有变，请重新提出。")
    entries = opened(session, decision).entries
    expected = [selected[1].site.name] if change == "withdrawn" else ["改名后的水质净化厂", selected[1].site.name]
    assert [entry["site"]["zh"] for entry in entries] == expected
    assert [entry["position"] for entry in entries] == list(range(1, len(expected) + 1))


def test_a_selection_is_announced_once_and_only_when_approved(session, where, decision, notice):
    with pytest.raises(WrongState) as twice:
        prepared(session, decision)
    assert twice.value.key == "notice_opened_already"
    with pytest.raises(WrongState) as early:
        prepared(session, factories.decision(session, where, status=DecisionStatus.PROPOSED))
    assert early.value.key == "notice_needs_approved_selection"
    with pytest.raises(WrongState) as empty:
        prepared(session, factories.decision(session, where))
    assert empty.value.key == "nobody_selected"


TWO_NOTICES = (*ROUTE[: ROUTE.index(Kind.NOTICE) + 1], *ROUTE[ROUTE.index(Kind.NOTICE) :])


def test_a_second_notice_announces_who_still_stands_after_the_first(session):
    where = factories.round_category(session, quota=5, route=TWO_NOTICES)
    first_stage = TWO_NOTICES.index(Kind.NOTICE)
    rows = [
        factories.application(session, round_category=where, kind=Kind.NOTICE, position=first_stage) for _ in range(3)
    ]
    decision = factories.decision(session, where)
    for rank, row in enumerate(rows, start=1):
        factories.outcome(session, decision, row, rank=rank)
    first = opened(session, decision)
    assert first.position == first_stage
    with pytest.raises(WrongState) as early:
        prepared(session, decision)
    assert early.value.key == "notice_before_not_concluded"
    upheld(session, objected(session, first, rows[0].id))
    notices.clear(session, acting(session, Role.OFFICER, CLOSES), first)
    assert [(row.kind, row.position, row.status) for row in rows] == [
        (Kind.NOTICE, first_stage, Status.REMOVED),
        (Kind.NOTICE, first_stage + 1, Status.SELECTED),
        (Kind.NOTICE, first_stage + 1, Status.SELECTED),
    ]
    with pytest.raises(WrongState) as unfinished:
        proposed(session, first)
    assert unfinished.value.key == "another_notice_follows"
    second = opened(session, decision, CLOSES)
    assert (second.decision_id, second.position) == (decision.id, first_stage + 1)
    assert [entry["application_id"] for entry in second.entries] == [rows[1].id, rows[2].id]
    assert [entry["position"] for entry in second.entries] == [1, 2]
    with pytest.raises(WrongState) as third:
        prepared(session, decision, CLOSES)
    assert third.value.key == "notice_opened_already"
    notices.clear(session, acting(session, Role.OFFICER, second.closes_at), second)
    listed = proposed(session, second, second.closes_at)
    assert [entry["application_id"] for entry in listed.content["entries"]] == [rows[1].id, rows[2].id]


def test_who_withdraws_while_the_notice_runs_is_on_no_list(session, notice, selected):
    moves.move(session, signing(session, selected[0]), selected[0], Action.WITHDRAW)
    notices.clear(session, acting(session, Role.OFFICER, CLOSES), notice)
    listed = proposed(session, notice)
    moves.move(session, signing(session, selected[1]), selected[1], Action.WITHDRAW)
    assert selected[1].kind is Kind.PUBLICATION
    assert [entry["application_id"] for entry in listed.content["entries"]] == [selected[1].id]
    with pytest.raises(WrongState) as refusal:
        decisions.approve(session, acting(session, Role.APPROVER, CLOSES), listed, digest=listed.digest, reason="")
    assert refusal.value.key == "changed_since_proposed"
    assert session.scalars(select(Publication)).all() == []


@pytest.mark.parametrize(("at", "taken"), [(NOON, True), (CLOSES - timedelta(microseconds=1), True), (CLOSES, False)])
def test_objections_are_taken_to_the_last_moment_of_the_notice(session, notice, selected, at, taken):
    if taken:
        assert objected(session, notice, selected[0].id, at).raised_at == at
    else:
        with pytest.raises(WrongState) as refusal:
            objected(session, notice, selected[0].id, at)
        assert refusal.value.key == "notice_closed"


def test_no_objection_is_taken_to_a_notice_that_was_cleared_meanwhile(session, notice, selected):
    session.execute(update(Notice).values(cleared_at=CLOSES).execution_options(synchronize_session=False))
    assert notice.cleared_at is None  # as it was read before
    with pytest.raises(WrongState) as refusal:
        objected(session, notice, selected[0].id)
    assert refusal.value.key == "notice_closed"


@pytest.mark.parametrize(
    ("cleared_first", "refusal", "objections"), [(True, "notice_closed", 0), (False, "objections_unanswered", 1)]
)
def test_objection_and_clearing_wait_for_each_other(
    database, session, notice, selected, cleared_first, refusal, objections
):
    only_on_postgres(database)
    officer, number = acting(session, Role.OFFICER, CLOSES), selected[0].id
    session.commit()

    def clear(inner):
        notices.clear(inner, officer, inner.get_one(Notice, notice.id))

    def object_(inner):
        objected(inner, inner.get_one(Notice, notice.id), number)

    pair = (clear, object_) if cleared_first else (object_, clear)
    first, second = together(database, *pair)
    assert first is None
    assert isinstance(second, WrongState)
    assert second.key == refusal
    with database.reading() as reading:
        assert len(reading.scalars(select(Objection)).all()) == objections
        assert (reading.get_one(Notice, notice.id).cleared_at is not None) is cleared_first


def test_a_notice_is_concluded_after_its_end_when_every_objection_is_answered(session, notice, selected):
    with pytest.raises(WrongState) as early:
        notices.clear(session, acting(session, Role.OFFICER, CLOSES - timedelta(microseconds=1)), notice)
    assert early.value.key == "notice_still_open"
    objection = objected(session, notice, selected[0].id)
    late = acting(session, Role.OFFICER, CLOSES)
    with pytest.raises(WrongState) as unanswered:
        notices.clear(session, late, notice)
    assert unanswered.value.key == "objections_unanswered"
    objections.dismiss(session, late, objection, text="数据与在线监测一致，异议不成立。")
    notices.clear(session, late, notice)
    assert [row.kind for row in selected] == [Kind.PUBLICATION, Kind.PUBLICATION]
    with pytest.raises(WrongState) as again:
        notices.clear(session, late, notice)
    assert again.value.key == "notice_cleared_already"


def proposed(session: Session, notice: Notice, at: datetime = CLOSES) -> Decision:
    officer = acting(session, Role.OFFICER, at)
    return publications.propose(session, officer, notice, title="第一批名单", title_en="First list", reason="公示期满")


def test_a_list_is_published_as_it_was_approved_by_another_person(session, notice, selected):
    with pytest.raises(WrongState) as early:
        proposed(session, notice)
    assert early.value.key == "notice_not_cleared"
    notices.clear(session, acting(session, Role.OFFICER, CLOSES), notice)
    decision = proposed(session, notice)
    approver = acting(session, Role.APPROVER, CLOSES + timedelta(hours=1))
    decisions.approve(session, approver, decision, digest=decision.digest, reason="")
    publication = session.scalars(select(Publication)).one()
    assert (publication.title, publication.title_en, publication.published_at, publication.digest) == (
        "第一批名单",
        "First list",
        CLOSES + timedelta(hours=1),
        decision.digest,
    )
    entries = session.scalars(select(Entry).order_by(Entry.position)).all()
    assert [(row.position, row.application_id) for row in entries] == [(1, selected[0].id), (2, selected[1].id)]
    announced = notice.entries[0]
    kept = ("site", "organisation", "credit_code", "region", "category")
    assert entries[0].content == {key: announced[key] for key in kept}
    assert [(row.kind, row.status) for row in selected] == [(Kind.CERTIFICATE, Status.SELECTED)] * 2
    with pytest.raises(WrongState) as again:
        proposed(session, notice)
    assert again.value.key == "nothing_to_publish"


def test_a_rejected_list_can_be_proposed_again(session, notice, selected):
    notices.clear(session, acting(session, Role.OFFICER, CLOSES), notice)
    decision = proposed(session, notice)
    decisions.reject(session, acting(session, Role.APPROVER, CLOSES), decision, reason="标题应写明年份和批次。")
    assert [row.kind for row in selected] == [Kind.PUBLICATION, Kind.PUBLICATION]
    assert proposed(session, notice).status is DecisionStatus.PROPOSED
