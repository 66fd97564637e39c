"""Meetings: what is recorded, how a record is corrected, and what it does to the ranking and the decision."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from registry.domain.attending import Person
from registry.domain.deliberation import Opinion, Recusal, gathered
from registry.domain.errors import DomainError, Forbidden, Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Ground, Kind, MeetingMethod, Result, Role, Status
from registry.models import Application, Decision, Event, Meeting, Outcome, RoundCategory
from registry.queries import decisions as decided
from registry.queries import meetings as records
from registry.services import decisions, integrity, meetings
from registry.services.meetings import Minutes
from tests import factories
from tests.factories import NOON

PRESENT = gathered(
    [Person("陈华", "省生态环境厅")],
    [Person("李明", "省发展改革委"), Person("王芳", "设计院")],
    [Person("赵敏", "省生态环境厅")],
    [],
)
CONCLUSION = "按得分和现场情况逐项评议，形成上述意见。"
WHY = "再生水去向说不清楚，论证不足。"


@pytest.fixture
def officer(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER))


@pytest.fixture
def approver(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.APPROVER), NOON + timedelta(hours=1))


def category(session: Session, *, quota: int | None = 1, meeting: int = 0) -> RoundCategory:
    """A category of a round that has closed, whose route asks for a meeting where told so."""
    steps = {Kind.DELIBERATION: {"parameters": {"meeting": meeting}}}
    return factories.round_category(session, round_=factories.round_(session, closes_at=NOON), quota=quota, steps=steps)


def ranked(session: Session, where: RoundCategory, *totals: str | None) -> list[Application]:
    rows = [factories.application(session, round_category=where, kind=Kind.DELIBERATION) for _ in totals]
    for row, total in zip(rows, totals, strict=True):
        factories.evaluation(session, row, total=total)
    return rows


def minutes(*opinions: Opinion, **told) -> Minutes:
    given = {
        "held_on": date(2026, 3, 2),
        "place": "301 会议室",
        "present": PRESENT,
        "recusals": (),
        "method": MeetingMethod.CONSENSUS,
        "conclusion": CONCLUSION,
        **told,
    }
    return Minutes(opinions=opinions, **given)


def yes(application: Application, *votes: int) -> Opinion:
    return Opinion(application.id, True, *votes)


def no(application: Application, *votes: int) -> Opinion:
    in_favour, against, abstained = votes or (None, None, None)
    return Opinion(application.id, False, in_favour, against, abstained, WHY)


def proposed(session: Session, officer: Actor, where: RoundCategory, **values) -> Decision:
    given = {"exclusions": {}, "reason": "按总分排序", "reserve": 0, **values}
    return decisions.propose_selection(session, officer, where, **given)


def approved(session: Session, approver: Actor, decision: Decision) -> None:
    decisions.approve(session, approver, decision, digest=decision.digest, reason="同意")


def refused(act) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refusal:
        act()
    return refusal.value.key, getattr(refusal.value, "field", None)


# The record


def test_a_meeting_that_voted_is_kept_with_its_digest(session, officer):
    where = category(session)
    first, second = ranked(session, where, "90", "80")
    recusals = (Recusal("李明", second.id, "曾任该企业顾问"),)
    told = minutes(yes(first, 2, 1, 0), no(second, 0, 1, 1), method=MeetingMethod.VOTE, recusals=recusals)
    meeting = meetings.record(session, officer, where, told)
    assert (meeting.chair, meeting.place, meeting.method) == ("陈华", "301 会议室", MeetingMethod.VOTE)
    assert [one["part"] for one in meeting.present] == ["chair", "member", "member", "secretary"]
    assert meeting.recusals == [{"name": "李明", "application": second.id, "reason": "曾任该企业顾问"}]
    rows = [(one.application_id, one.supported, one.in_favour, one.against, one.abstained) for one in meeting.opinions]
    assert rows == [(first.id, True, 2, 1, 0), (second.id, False, 0, 1, 1)]
    session.expire_all()
    assert [found for found in integrity.violations(session) if found.key.startswith("meeting")] == []


def test_the_event_names_nobody(session, officer):
    where = category(session)
    (first,) = ranked(session, where, "90")
    meeting = meetings.record(session, officer, where, minutes(yes(first)))
    event = session.scalars(select(Event).where(Event.action == "record_meeting")).one()
    assert event.payload["digest"] == meeting.digest
    assert event.payload["supported"] == {str(first.id): True}
    assert [len(event.payload[f"present_{place}"]) for place in (1, 2, 3, 4)] == [64] * 4
    assert "陈华" not in str(event.payload)


def test_a_record_never_changes(session, officer):
    where = category(session)
    (first,) = ranked(session, where, "90")
    meetings.record(session, officer, where, minutes(yes(first)))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(update(Meeting).values(place="别处"))


@pytest.mark.parametrize(
    ("told", "key", "field"),
    [
        ({"held_on": date(2026, 3, 3)}, "day_in_future", "held_on"),
        ({"held_on": date(2026, 3, 1)}, "day_before_submission", "held_on"),
        ({"place": " "}, "entry_needed", "place"),
        ({"conclusion": "同意。"}, "reason_too_short", "conclusion"),
        ({"method": MeetingMethod.VOTE}, "votes_needed", "in_favour_{first}"),
    ],
)
def test_what_a_record_cannot_say(session, officer, told, key, field):
    where = category(session)
    (first,) = ranked(session, where, "90")
    assert refused(lambda: meetings.record(session, officer, where, minutes(yes(first), **told))) == (
        key,
        field.format(first=first.id),
    )


def test_it_speaks_of_something_and_only_of_what_is_in_deliberation(session, officer):
    where = category(session)
    (first,) = ranked(session, where, "90")
    (elsewhere,) = ranked(session, category(session), "90")
    earlier = factories.application(session, round_category=where, kind=Kind.REVIEW)

    def recorded(*opinions, **told):
        return refused(lambda: meetings.record(session, officer, where, minutes(*opinions, **told)))

    assert recorded() == ("meeting_without_opinion", None)
    assert recorded(yes(first), yes(elsewhere)) == ("opinion_on_no_candidate", None)
    assert recorded(yes(earlier)) == ("opinion_on_no_candidate", None)
    assert recorded(yes(first), no(first)) == ("opinion_on_no_candidate", None)
    stayed_out = (Recusal("李明", first.id, ""),)
    assert recorded(yes(first), recusals=stayed_out) == ("recusal_without_reason", f"recused_{first.id}")
    (second,) = ranked(session, where, "80")
    stayed_out = (Recusal("李明", second.id, "曾任顾问"),)
    assert recorded(yes(first), recusals=stayed_out) == ("recusal_without_opinion", f"supported_{second.id}")


def test_who_stayed_out_is_no_vote(session, officer):
    where = category(session)
    (first,) = ranked(session, where, "90")
    out = (Recusal("李明", first.id, "曾任该企业顾问"),)
    told = minutes(yes(first, 2, 1, 0), method=MeetingMethod.VOTE, recusals=out)
    assert refused(lambda: meetings.record(session, officer, where, told)) == (
        "votes_not_those_of_voters",
        f"in_favour_{first.id}",
    )


def test_an_officer_of_the_programme_without_interest_records_it(session, officer):
    where = category(session)
    (first,) = ranked(session, where, "90")
    stranger = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    for person in (stranger, factories.persona(session, Role.APPROVER)):
        with pytest.raises(NotFound):
            meetings.record(session, factories.actor(session, person), where, minutes(yes(first)))
    interested = factories.persona(session, Role.OFFICER)
    factories.seat(session, interested, first.organisation)
    with pytest.raises(Forbidden):
        meetings.record(session, factories.actor(session, interested), where, minutes(yes(first)))


def test_today_is_that_of_beijing(session, officer):
    where = category(session)
    (first,) = ranked(session, where, "90")
    late = replace(officer, at=datetime(2026, 3, 2, 17, tzinfo=UTC))
    assert meetings.record(session, late, where, minutes(yes(first), held_on=date(2026, 3, 3)))


# Corrections


def test_a_correction_takes_the_place_of_the_latest_record(session, officer):
    where = category(session)
    (first,) = ranked(session, where, "90")
    wrong = meetings.record(session, officer, where, minutes(no(first)))
    right = meetings.record(session, officer, where, minutes(yes(first)), replaces=wrong)
    assert right.replaces_id == wrong.id
    assert records.standing(session, where.id)[first.id].supported
    assert [(one.meeting.id, one.replaced_by) for one in records.of_category(session, where)] == [
        (right.id, None),
        (wrong.id, right.id),
    ]
    assert refused(lambda: meetings.record(session, officer, where, minutes(yes(first)), replaces=wrong)) == (
        "meeting_not_latest",
        None,
    )
    other = category(session)
    (there,) = ranked(session, other, "90")
    with pytest.raises(WrongState):
        meetings.record(session, officer, other, minutes(yes(there)), replaces=right)


def test_an_opinion_falls_with_its_record(session, officer):
    where = category(session)
    first, second = ranked(session, where, "90", "80")
    both = meetings.record(session, officer, where, minutes(no(first), yes(second)))
    meetings.record(session, officer, where, minutes(yes(second)), replaces=both)
    assert set(records.standing(session, where.id)) == {second.id}


def test_a_later_meeting_counts_where_both_speak_of_an_application(session, officer):
    where = category(session)
    first, second = ranked(session, where, "90", "80")
    meetings.record(session, officer, where, minutes(no(first), yes(second)))
    meetings.record(session, officer, where, minutes(yes(first)))
    standing = records.standing(session, where.id)
    assert (standing[first.id].supported, standing[second.id].supported) == (True, True)


def test_a_record_on_which_a_decision_rests_is_not_corrected(session, officer, approver):
    where = category(session, quota=1)
    first, _second = ranked(session, where, "90", "80")
    meeting = meetings.record(session, officer, where, minutes(yes(first)))
    approved(session, approver, proposed(session, officer, where, reserve=1))
    (third,) = ranked(session, where, "70")
    assert refused(lambda: meetings.record(session, officer, where, minutes(yes(third)), replaces=meeting)) == (
        "meeting_decided_on",
        None,
    )


# What follows


def test_whoever_is_not_supported_is_not_selected_and_is_told_why(session, officer, approver):
    # Three for two places by total 90, 80, 70: the meeting speaks against the first, so that the other two are in.
    where = category(session, quota=2)
    best, middle, low = ranked(session, where, "90", "80", "70")
    told = minutes(no(best, 1, 2, 0), yes(middle, 3, 0, 0), method=MeetingMethod.VOTE)
    meeting = meetings.record(session, officer, where, told)
    ranking = decided.ranking(session, where, reserve=0)
    assert [(line.application.id, line.row.rank, line.row.result) for line in ranking.lines] == [
        (middle.id, 1, Result.SELECTED),
        (low.id, 2, Result.SELECTED),
        (best.id, None, Result.UNSELECTED),
    ]
    assert [line.application.id for line in ranking.without_opinion] == [low.id]

    decision = proposed(session, officer, where)

    assert decision.content["meetings"] == [{"id": meeting.id, "digest": meeting.digest}]
    lines = {line["application"]: line for line in decision.content["applications"]}
    assert lines[best.id]["opinion"] == {"meeting": meeting.id, "supported": False, "votes": [1, 2, 0]}
    assert (lines[best.id]["ground"], lines[best.id]["reason"]) == (Ground.NOT_SUPPORTED, WHY)
    assert (lines[middle.id]["opinion"]["votes"], lines[middle.id]["reason"]) == ([3, 0, 0], "")
    assert "opinion" not in lines[low.id]
    approved(session, approver, decision)
    assert [row.status for row in (best, middle, low)] == [Status.UNSELECTED, Status.SELECTED, Status.SELECTED]
    outcome = session.scalars(select(Outcome).where(Outcome.application_id == best.id)).one()
    assert (outcome.result, outcome.reason) == (Result.UNSELECTED, WHY)


def test_without_a_meeting_a_proposal_reads_as_before(session, officer):
    where = category(session)
    ranked(session, where, "90")
    content = proposed(session, officer, where).content
    assert "meetings" not in content
    assert all("opinion" not in line for line in content["applications"])


def test_a_record_after_the_proposal_changes_what_it_rests_on(session, officer, approver):
    where = category(session)
    (first,) = ranked(session, where, "90")
    decision = proposed(session, officer, where)
    meetings.record(session, officer, where, minutes(yes(first)))
    with pytest.raises(WrongState) as refusal:
        approved(session, approver, decision)
    assert refusal.value.key == "changed_since_proposed"


def test_where_the_route_asks_for_a_meeting_it_speaks_of_every_ranked_application(session, officer, approver):
    where = category(session, quota=3, meeting=1)
    # The last does not reach the lowest grade, so that it has no rank and needs no word.
    first, second, below = ranked(session, where, "90", "80", None)
    with pytest.raises(Invalid) as refusal:
        proposed(session, officer, where)
    assert (refusal.value.key, refusal.value.values["count"]) == ("opinions_missing", 2)
    meetings.record(session, officer, where, minutes(yes(first)))
    with pytest.raises(Invalid) as refusal:
        proposed(session, officer, where)
    assert refusal.value.values["count"] == 1
    meetings.record(session, officer, where, minutes(yes(second)))
    decision = proposed(session, officer, where)
    assert len(decision.content["meetings"]) == 2
    approved(session, approver, decision)
    assert [row.status for row in (first, second, below)] == [Status.SELECTED, Status.SELECTED, Status.UNSELECTED]
    assert [found for found in integrity.violations(session) if found.key == "meeting_needed"] == []


def test_whoever_waits_in_reserve_and_is_not_supported_waits_no_more(session, officer, approver):
    where = category(session, quota=1)
    _first, second = ranked(session, where, "90", "80")
    approved(session, approver, proposed(session, officer, where, reserve=1))
    assert second.status is Status.RESERVED
    meetings.record(session, officer, where, minutes(no(second)))
    (line,) = decided.ranking(session, where, places=1).lines
    assert (line.row.rank, line.row.result, line.row.ground) == (None, Result.UNSELECTED, Ground.NOT_SUPPORTED)
    again = proposed(session, officer, where, reserve=1)
    approved(session, approver, again)
    assert second.status is Status.UNSELECTED
