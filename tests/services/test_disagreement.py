"""What follows by the round where reviewers disagree: one more review, or a meeting that speaks of it."""

import copy
import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from registry.domain.attending import Person
from registry.domain.chain import digest_of
from registry.domain.deliberation import Opinion, gathered
from registry.domain.dossier import replay, sealed
from registry.domain.dossier_facts import Fact, facts
from registry.domain.errors import Invalid, WrongState
from registry.domain.vocabulary import Action, ConflictState, Duty, Kind, MeetingMethod, ReviewStatus, Role
from registry.models import Assignment
from registry.queries import assigning, assignment_standing, disagreements, dossiers, office, rounds
from registry.queries import decisions as decided
from registry.services import decisions, evaluations, meetings, reviews
from registry.services.meetings import Minutes
from tests import factories
from tests.domain.test_disagreement import SPREAD
from tests.factories import NOON

WHY = "再生水去向已核实，按多数意见支持。"
FURTHER, MEETING = 1, 2


@pytest.fixture
def officer(session):
    return factories.actor(session, factories.persona(session, Role.OFFICER))


def category(session, follows, closes=None, quota=1):
    """A category whose reviews are two, and what follows where their marks are more than six of forty points apart."""
    version = factories.criteria_version(session, content=SPREAD)
    steps = {Kind.REVIEW: {"parameters": {"minimum_reviewers": 2, "disagreement": follows}}}
    round_ = factories.round_(session, **({"closes_at": closes} if closes else {}))
    return factories.round_category(session, round_=round_, criteria_version=version, steps=steps, quota=quota)


def reviewed(session, where, *points, reused="50"):
    answers = {"licensed": True, "reused": reused}
    row = factories.application(session, round_category=where, kind=Kind.REVIEW, answers=answers)
    for place, mark in enumerate(points):
        add(session, row, "ABCDE"[place], mark)
    return row


def add(session, row, label, mark):
    given = factories.assignment(session, row, label=label)
    factories.review(session, given, marks={"novelty": mark}, status=ReviewStatus.FINISHED)


def standing(session, officer, where):
    """What desk, plan and standing of the round say: the duties, the places a plan would fill, who lacks a reviewer."""
    session.expire_all()
    round_ = rounds.one(session, officer, Action.ASSIGN, where.round_id)
    duties = {one.duty: one.count for one in office.of_officer(session, officer) if one.round_category_id == where.id}
    problem = assigning.problem(session, officer, round_, assigning.Settings("1"))
    field = assignment_standing.state(session, officer, round_, 20)[0]
    lacking = assignment_standing.index(session, officer, round_, None).rows
    return duties, [case.needed for case in problem.cases], field.open_places, [row.missing for row in lacking]


def test_one_more_review_is_needed_and_everybody_is_told_so(session, officer):
    where = category(session, FURTHER)
    row = reviewed(session, where, "10", "30")
    assert standing(session, officer, where) == ({Duty.ASSIGN: 1}, [1], 1, [1])
    with pytest.raises(WrongState) as refused:
        reviews.conclude(session, officer, row)
    assert refused.value.values == {"finished": 2, "assigned": 2, "needed": 3}

    # The third is as far from both as can be: it is concluded all the same.
    add(session, row, "C", "0")
    assert standing(session, officer, where) == ({Duty.CONCLUDE_REVIEW: 1}, [0], 0, [])
    # (10 + 30 + 0) ÷ 3 = 13.33 and 30 of 60 points.
    assert str(reviews.conclude(session, officer, row).total) == "43.33"


@pytest.mark.parametrize(("follows", "points"), [(FURTHER, ("20", "30")), (0, ("10", "30")), (MEETING, ("10", "30"))])
def test_where_they_agree_or_nothing_such_is_fixed_it_is_concluded(session, officer, follows, points):
    where = category(session, follows)
    row = reviewed(session, where, *points)
    assert standing(session, officer, where) == ({Duty.CONCLUDE_REVIEW: 1}, [0], 0, [])
    reviews.conclude(session, officer, row)
    assert row.kind is Kind.DELIBERATION


def test_what_a_recused_reviewer_marked_makes_nobody_disagree(session, officer):
    where = category(session, FURTHER)
    row = reviewed(session, where, "10", "30", "28")
    assert disagreements.further(session, [where]) == {row.id}
    first = session.scalars(select(Assignment).where(Assignment.label == "A")).one()
    first.conflict, first.conflict_reason = ConflictState.DECLARED, "曾在该单位任职"
    session.flush()
    assert disagreements.further(session, [where]) == frozenset()
    assert disagreements.of_review(session, row) == ()


def judged(session, officer, where, *points):
    row = reviewed(session, where, *points, reused="90")
    evaluations.evaluate(session, officer, row)
    row.kind, row.position = Kind.DELIBERATION, factories.ROUTE.index(Kind.DELIBERATION)
    session.flush()
    return row


def said(*opinions):
    present = gathered([Person("陈华", "省厅")], [Person("李明", "省发改委")], [], [])
    return Minutes(
        date(2026, 3, 2), "301 会议室", present, (), MeetingMethod.CONSENSUS, opinions, "逐项评议，形成上述意见。"
    )


def propose(session, officer, where):
    return decisions.propose_selection(session, officer, where, exclusions={}, reason="按总分排序", reserve=0)


def test_a_meeting_speaks_of_whom_the_reviewers_disagree_on_before_a_selection(session, officer):
    where = category(session, MEETING, closes=NOON)
    first, second = judged(session, officer, where, "10", "30"), judged(session, officer, where, "18", "20")
    ranking = decided.ranking(session, where, at=NOON)
    assert [(line.application.id, line.apart) for line in ranking.lines] == [(first.id, ("novelty",)), (second.id, ())]
    assert [line.application.id for line in ranking.to_deliberate] == [first.id]
    with pytest.raises(Invalid) as refused:
        propose(session, officer, where)
    assert (refused.value.key, refused.value.values["count"]) == ("disagreements_open", 1)
    # Support alone settles nothing: the meeting says why it comes to it.
    with pytest.raises(Invalid) as refused:
        meetings.record(session, officer, where, said(Opinion(first.id, True)))
    assert (refused.value.key, refused.value.field) == ("reason_too_short", f"reason_{first.id}")
    meetings.record(session, officer, where, said(Opinion(first.id, True, reason=WHY)))

    content = propose(session, officer, where).content
    assert [line.get("apart") for line in content["applications"]] == [["novelty"], None]


def test_where_it_is_pointed_out_only_a_selection_needs_no_meeting(session, officer):
    where = category(session, 0, closes=NOON)
    judged(session, officer, where, "10", "30")
    assert "apart" not in propose(session, officer, where).content["applications"][0]


def dossier(session, officer, where):
    approver = factories.actor(session, factories.persona(session, Role.APPROVER), NOON + timedelta(hours=1))
    decision = propose(session, officer, where)
    decisions.approve(session, approver, decision, digest=decision.digest, reason="同意")
    session.flush()
    content = dossiers.content(session, dossiers.whole(session, where.id), at=approver.at, code="0")
    return json.loads(json.dumps(sealed(content), default=str))


def altered(dossier, change):
    found = copy.deepcopy(dossier)
    change(found)
    content = found["selections"][0]["content"]
    found["selections"][0]["digest"] = digest_of(content)
    found["digest"] = digest_of({key: value for key, value in found.items() if key != "digest"})
    return [one.path for one in replay(found).differences]


def test_a_replay_finds_a_dispute_that_nobody_settled(session, officer):
    where = category(session, MEETING, closes=NOON)
    row = judged(session, officer, where, "10", "30")
    meetings.record(session, officer, where, said(Opinion(row.id, True, reason=WHY)))
    kept = dossier(session, officer, where)
    assert replay(kept).differences == ()
    opinions = [fact.said for fact in replay(kept).facts if fact.path.startswith("meetings[")]
    assert opinions == [{"supported": True, "votes": [None, None, None], "held_on": "2026-03-02"}]
    line = f"selections[0][{row.id}]"

    def forget_dispute(found):
        del found["selections"][0]["content"]["applications"][0]["apart"]

    def forget_meeting(found):
        del found["selections"][0]["content"]["applications"][0]["opinion"]
        del found["selections"][0]["content"]["meetings"]

    assert altered(kept, forget_dispute) == [f"{line}.apart"]
    assert altered(kept, forget_meeting) == [f"{line}.opinion"]


def test_a_replay_finds_a_review_that_was_concluded_too_early(session, officer):
    where = category(session, FURTHER, closes=NOON)
    row = reviewed(session, where, "10", "30", "20")
    reviews.conclude(session, officer, row)
    kept = dossier(session, officer, where)
    assert replay(kept).differences == ()

    def lose_the_third(found):
        found["reviews"] = found["reviews"][:2]
        found["evaluations"][0]["marks"]["novelty"].pop("C")

    assert "evaluations[0].marks" in altered(kept, lose_the_third)


def test_a_replay_tells_what_it_cannot_know_of_reviews(session, officer):
    where = category(session, FURTHER, closes=NOON)
    row = reviewed(session, where, "10", "30", "20")
    reviews.conclude(session, officer, row)
    kept = dossier(session, officer, where)
    before = facts(kept)
    kept["evaluations"][0]["stage"] = "scoring"
    kept["reviews"][1]["conflict"] = "found"
    assert [fact for fact in facts(kept) if fact not in before] == [
        Fact("evaluations[0].stage", "scoring"),
        Fact(f"reviews[{row.id}][B].conflict", "found"),
    ]
