"""Ties that are found: through parents, employers, evaluators and bureaus; judged once, and remembered."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.ties.values import Decision, Judged, Link, LinkKind, Organisation, Person, Strength
from registry.domain.vocabulary import ConflictState, Kind, Role, SeatStatus
from registry.models import Application, Assignment, Event, Region, ReviewerProfile, TieVerdict, User
from registry.queries import backgrounds as known
from registry.queries import candidates, ties
from registry.queries import marks as marks_of
from registry.queries import reviews as seen
from registry.services import backgrounds, conflicts, marking, reviews
from tests import factories
from tests.factories import NOON

REASON = "经核实仅为同名,并非同一单位。"
TODAY = NOON.date()


@pytest.fixture
def application(session: Session) -> Application:
    return factories.application(session, kind=Kind.REVIEW, answers={"licensed": True, "reused": "50"})


@pytest.fixture
def officer(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER))


@pytest.fixture
def reviewer(session: Session) -> User:
    return factories.persona(session, Role.REVIEWER, name="王五")


def found(session: Session, application: Application, reviewer: User) -> Judged:
    return ties.of_person(session, application, reviewer, NOON)


def told(judged: Judged) -> list[tuple[str, list[str]]]:
    return [(str(one.strength), [node.name for node in one.nodes]) for one in judged.standing]


def applicant(application: Application):
    assert application.organisation is not None
    return application.organisation


# What is found


def test_a_past_employer_leads_to_the_applicant_through_its_parent(session, application, reviewer):
    parent = factories.organisation(session, name="甲集团有限公司", legal_representative="赵一")
    applicant(application).parent_id = parent.id
    factories.employment(session, reviewer, parent.name, code=parent.credit_code, until=TODAY - timedelta(days=200))
    (one,) = found(session, application, reviewer).standing
    assert [node.name for node in one.nodes] == ["王五", "甲集团有限公司", applicant(application).name]
    assert [str(step.kind) for step in one.steps] == ["past_employer", "subsidiary"]
    assert one.strength is Strength.CERTAIN


def test_an_employer_that_was_left_three_years_ago_ties_nobody(session, application, reviewer):
    organisation = applicant(application)
    left = date(TODAY.year - 3, TODAY.month, TODAY.day)
    factories.employment(session, reviewer, organisation.name, code=organisation.credit_code, until=left)
    assert found(session, application, reviewer).standing == ()


def test_an_employer_of_a_like_name_is_possible_and_blocks_all_the_same(session, application, officer, reviewer):
    applicant(application).name = "青澜水务有限公司"
    factories.employment(session, reviewer, "青澜水务")
    assert told(found(session, application, reviewer)) == [("possible", ["王五", "青澜水务", "青澜水务有限公司"])]
    assignment = reviews.assign(session, officer, application, reviewer, why="")
    assert assignment.conflict is ConflictState.FOUND


def test_a_past_employer_of_a_like_name_is_possible_and_blocks_nothing(session, application, officer, reviewer):
    applicant(application).name = "青澜水务有限公司"
    factories.employment(session, reviewer, "青澜水务", until=TODAY - timedelta(days=200))
    assert told(found(session, application, reviewer)) == [("possible", ["王五", "青澜水务", "青澜水务有限公司"])]
    assignment = reviews.assign(session, officer, application, reviewer, why="")
    assert assignment.conflict is ConflictState.NONE


def test_the_firm_that_evaluated_is_a_party(session, application, reviewer):
    code = "91440300MA5FZZ0001"
    evaluated = factories.application(session, kind=Kind.REVIEW, evaluator="正衡检测有限公司", evaluator_code=code)
    factories.employment(session, reviewer, "正衡检测有限公司", code=code)
    (one,) = found(session, evaluated, reviewer).standing
    assert ([str(part) for part in one.parts], one.unequivocal) == (["evaluator"], True)


def test_whoever_recommends_for_the_region_belongs_to_a_bureau_on_the_route(session, application, reviewer):
    region = session.get_one(Region, application.site.region_key)
    factories.grant(session, reviewer, Role.RECOMMENDER, region=region)
    (one,) = found(session, application, reviewer).standing
    assert ([str(part) for part in one.parts], str(one.tie)) == (["bureau"], "seat")


def test_somebody_without_an_account_is_checked_against_all_that_is_under_way(session, application, officer):
    organisation = applicant(application)
    drafted = factories.application(session, kind=Kind.FILING)
    stranger = Person(0, "赵六", (Link(LinkKind.EMPLOYER, Organisation(organisation.name)),))
    (one,) = ties.open_applications(session, officer, stranger)
    assert (one.application.id, one.judged.blocks) == (application.id, True)
    assert drafted.id != application.id
    elsewhere = factories.actor(
        session, factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    )
    assert ties.open_applications(session, elsewhere, stranger) == []


# Verdicts


def possible(session: Session, application: Application, reviewer: User) -> str:
    applicant(application).name = "青澜水务有限公司"
    factories.employment(session, reviewer, "青澜水务")
    return found(session, application, reviewer).standing[0].fingerprint


def test_a_dismissed_tie_does_not_come_back_and_a_new_way_does(session, application, officer, reviewer):
    mark = possible(session, application, reviewer)
    conflicts.judge_tie(
        session, officer, application, reviewer, fingerprint=mark, decision=Decision.DISMISSED, reason=REASON
    )
    judged = found(session, application, reviewer)
    assert judged.standing == ()
    assert [verdict.reason for _finding, verdict in judged.dismissed] == [REASON]
    code = applicant(application).credit_code
    factories.employment(session, reviewer, "青澜水务有限公司", code=code, until=TODAY - timedelta(days=1))
    assert [str(one.tie) for one in found(session, application, reviewer).standing] == ["past_employer"]


def test_a_confirmed_tie_closes_what_the_person_still_reviews(session, application, officer, reviewer):
    mark = possible(session, application, reviewer)
    assignment = reviews.assign(session, officer, application, reviewer, why="")
    conflicts.judge_tie(
        session, officer, application, reviewer, fingerprint=mark, decision=Decision.CONFIRMED, reason=REASON
    )
    assert (assignment.conflict, assignment.conflict_reason) == (ConflictState.FOUND, "青澜水务有限公司")
    assert seen.mine(session, factories.actor(session, reviewer)).rows == []
    again = found(session, application, reviewer)
    assert (again.blocks, again.verdicts[mark].decision) == (True, Decision.CONFIRMED)
    # Whoever was wrong judges anew; the latest counts, and both stay.
    conflicts.judge_tie(
        session, officer, application, reviewer, fingerprint=mark, decision=Decision.DISMISSED, reason=REASON
    )
    assert assignment.conflict is ConflictState.CLEARED
    assert [row.decision for row in session.scalars(select(TieVerdict).order_by(TieVerdict.id))] == [
        Decision.CONFIRMED,
        Decision.DISMISSED,
    ]


def test_what_one_programme_decided_binds_no_other(session, application, officer, reviewer):
    mark = possible(session, application, reviewer)
    programme = factories.programme(session)
    factories.grant(session, reviewer, Role.REVIEWER, programme=programme)
    other = factories.application(
        session,
        round_category=factories.round_category(session, round_=factories.round_(session, programme=programme)),
        organisation=application.organisation,
        kind=Kind.REVIEW,
    )
    colleague = factories.actor(session, factories.persona(session, Role.OFFICER, programme=programme))
    there = reviews.assign(session, colleague, other, reviewer, why="")
    conflicts.clear_conflict(session, colleague, there, reason=REASON)
    assert found(session, other, reviewer).standing == ()
    assert [one.fingerprint for one in found(session, application, reviewer).standing] == [mark]
    conflicts.judge_tie(
        session, officer, application, reviewer, fingerprint=mark, decision=Decision.CONFIRMED, reason=REASON
    )
    assert there.conflict is ConflictState.CLEARED
    assert (found(session, other, reviewer).blocks, found(session, application, reviewer).blocks) == (False, True)
    backgrounds.add_employment(session, factories.actor(session, reviewer), reviewer, employer="丙研究院")
    assert there.conflict is ConflictState.CLEARED


def test_a_past_seat_is_not_dismissed(session, application, officer, reviewer):
    left = NOON - timedelta(days=30)
    factories.seat(session, reviewer, applicant(application), status=SeatStatus.ENDED, ended_at=left)
    assignment = reviews.assign(session, officer, application, reviewer, why="")
    (one,) = found(session, application, reviewer).standing
    with pytest.raises(Invalid, match="tie_unequivocal"):
        conflicts.judge_tie(
            session,
            officer,
            application,
            reviewer,
            fingerprint=one.fingerprint,
            decision=Decision.DISMISSED,
            reason=REASON,
        )
    # What is judged beside it opens nothing either.
    factories.employment(session, reviewer, applicant(application).name)
    other = next(row for row in found(session, application, reviewer).standing if not row.unequivocal)
    conflicts.judge_tie(
        session,
        officer,
        application,
        reviewer,
        fingerprint=other.fingerprint,
        decision=Decision.DISMISSED,
        reason=REASON,
    )
    assert assignment.conflict is ConflictState.FOUND


def test_no_tie_is_judged_in_an_archived_round(session, application, officer, reviewer):
    mark = possible(session, application, reviewer)
    factories.archived(session, application.round_category.round)
    with pytest.raises(WrongState, match="round_archived"):
        conflicts.judge_tie(
            session, officer, application, reviewer, fingerprint=mark, decision=Decision.DISMISSED, reason=REASON
        )


def test_ties_to_many_reviews_are_looked_for_at_once(database, session, application, officer, reviewer):
    first = [statements(database, lambda: conflicts.find_ties(session, officer, reviewer))]
    for _ in range(6):
        row = factories.application(session, round_category=application.round_category, kind=Kind.REVIEW)
        factories.assignment(session, row, reviewer=reviewer)
        session.flush()
        first.append(statements(database, lambda: conflicts.find_ties(session, officer, reviewer)))
    assert first[6] == first[1]


def statements(database, act) -> int:
    """Return how many statements an act takes."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    act()
    event.remove(database.engine, "before_cursor_execute", note)
    return len(sent)


def test_what_lies_between_two_organisations_is_judged_for_everybody(session, application, officer, reviewer):
    mark = possible(session, application, reviewer)
    conflicts.judge_tie(
        session,
        officer,
        application,
        reviewer,
        fingerprint=mark,
        decision=Decision.DISMISSED,
        reason=REASON,
        of_organisations=True,
    )
    other = factories.persona(session, Role.REVIEWER)
    factories.employment(session, other, "青澜水务")
    assert found(session, application, other).standing == ()


def test_an_employer_known_by_its_code_cannot_be_dismissed(session, application, officer, reviewer):
    organisation = applicant(application)
    factories.employment(session, reviewer, organisation.name, code=organisation.credit_code)
    mark = found(session, application, reviewer).standing[0].fingerprint
    with pytest.raises(Invalid, match="tie_unequivocal"):
        conflicts.judge_tie(
            session, officer, application, reviewer, fingerprint=mark, decision=Decision.DISMISSED, reason=REASON
        )
    assignment = reviews.assign(session, officer, application, reviewer, why="")
    assert assignment.conflict is ConflictState.FOUND
    with pytest.raises(Invalid, match="tie_unequivocal"):
        conflicts.clear_conflict(session, officer, assignment, reason=REASON)


def test_a_verdict_needs_a_reason_and_a_tie_that_is_there(session, application, officer, reviewer):
    mark = possible(session, application, reviewer)
    with pytest.raises(Invalid, match="reason_too_short"):
        conflicts.judge_tie(
            session, officer, application, reviewer, fingerprint=mark, decision=Decision.DISMISSED, reason="不是"
        )
    with pytest.raises(NotFound):
        conflicts.judge_tie(
            session, officer, application, reviewer, fingerprint="0" * 32, decision=Decision.DISMISSED, reason=REASON
        )
    stranger = factories.actor(
        session, factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    )
    with pytest.raises(NotFound):
        conflicts.judge_tie(
            session, stranger, application, reviewer, fingerprint=mark, decision=Decision.DISMISSED, reason=REASON
        )


def test_a_cleared_conflict_is_a_remembered_dismissal(session, application, officer, reviewer):
    organisation = applicant(application)
    factories.employment(
        session, reviewer, organisation.name, code=organisation.credit_code, until=TODAY - timedelta(days=9)
    )
    assignment = reviews.assign(session, officer, application, reviewer, why="")
    conflicts.clear_conflict(session, officer, assignment, reason=REASON)
    assert assignment.conflict is ConflictState.CLEARED
    assert found(session, application, reviewer).standing == ()


def test_what_a_recused_person_marked_is_listed_and_does_not_count(session, application, officer, reviewer):
    assignment = reviews.assign(session, officer, application, reviewer, why="")
    actor = factories.actor(session, reviewer)
    marks = {"novelty": ("30", "佐证材料第三页有第三方验证报告。")}
    marking.save_marks(session, actor, assignment, marks, version=0)
    marking.finish(session, actor, assignment)
    conflicts.declare_conflict(session, actor, assignment, reason="配偶在申报单位任职财务。")
    assert marks_of.that_count(session, application) == {}
    (one,) = seen.recused(session, application)
    assert (one.id, [str(mark.points) for mark in one.review.marks]) == (assignment.id, ["30"])


# What reviewers say of themselves


def test_a_new_employment_closes_what_is_tied_by_it_at_once(session, application, officer, reviewer):
    assignment = reviews.assign(session, officer, application, reviewer, why="")
    organisation = applicant(application)
    me = factories.actor(session, reviewer)
    factories.employment(session, reviewer, organisation.name, code=organisation.credit_code)
    backgrounds.add_employment(session, me, reviewer, employer="另一家研究院")
    assert assignment.conflict is ConflictState.FOUND


def test_employments_and_ties_are_entered_ended_and_taken_back(session, reviewer):
    me = factories.actor(session, reviewer)
    row = backgrounds.add_employment(session, me, reviewer, employer=" 甲研究院 ", since=TODAY - timedelta(days=900))
    with pytest.raises(Invalid, match="ends_before_it_begins"):
        backgrounds.end_employment(session, me, reviewer, row, until=TODAY - timedelta(days=901))
    with pytest.raises(Invalid, match="ends_in_future"):
        backgrounds.end_employment(session, me, reviewer, row, until=TODAY + timedelta(days=1))
    backgrounds.end_employment(session, me, reviewer, row, until=TODAY)
    tie = backgrounds.declare_tie(session, me, reviewer, organisation="乙公司", words="持有股份")
    assert known.background(session, reviewer.id) == known.Background([row], [tie])
    backgrounds.take_back(session, me, reviewer, tie)
    with pytest.raises(WrongState, match="taken_back_already"):
        backgrounds.take_back(session, me, reviewer, tie)
    assert known.background(session, reviewer.id).declared == []
    with pytest.raises(Invalid, match="credit_code"):
        backgrounds.add_employment(session, me, reviewer, employer="甲", code="123")
    payloads = "".join(str(payload) for payload in session.scalars(select(Event.payload)))
    assert [words for words in ("甲研究院", "乙公司", "持有股份") if words in payloads] == []


def test_what_the_office_entered_is_not_the_reviewers_to_change(session, reviewer):
    me = factories.actor(session, reviewer)
    admin = factories.actor(session, factories.persona(session, Role.ADMINISTRATOR))
    old = factories.employment(session, reviewer, "丁研究院")
    worked = backgrounds.add_employment(session, admin, reviewer, employer="甲研究院")
    tie = backgrounds.declare_tie(session, admin, reviewer, organisation="乙公司", words="持有股份")
    for row in (old, worked, tie):
        with pytest.raises(WrongState, match="entered_by_office"):
            backgrounds.take_back(session, me, reviewer, row)
    for row in (old, worked):
        with pytest.raises(WrongState, match="entered_by_office"):
            backgrounds.end_employment(session, me, reviewer, row, until=TODAY)
    backgrounds.end_employment(session, admin, reviewer, worked, until=TODAY)
    backgrounds.take_back(session, admin, reviewer, tie)
    assert (worked.until, tie.removed_at) == (TODAY, NOON)


def test_an_end_that_is_entered_is_the_offices_to_move(session, reviewer):
    me = factories.actor(session, reviewer)
    admin = factories.actor(session, factories.persona(session, Role.ADMINISTRATOR))
    row = backgrounds.add_employment(session, me, reviewer, employer="甲研究院", until=TODAY)
    with pytest.raises(WrongState, match="end_is_entered"):
        backgrounds.end_employment(session, me, reviewer, row, until=TODAY - timedelta(days=1500))
    backgrounds.end_employment(session, admin, reviewer, row, until=TODAY - timedelta(days=1))
    backgrounds.take_back(session, me, reviewer, row)
    for actor in (me, admin):
        with pytest.raises(WrongState, match="taken_back_already"):
            backgrounds.end_employment(session, actor, reviewer, row, until=TODAY)
    other = factories.persona(session, Role.REVIEWER)
    with pytest.raises(NotFound):
        backgrounds.take_back(session, factories.actor(session, other), other, row)


def test_nobody_enters_for_others_but_the_administrator(session, reviewer, officer):
    with pytest.raises(NotFound):
        backgrounds.add_employment(session, officer, reviewer, employer="甲研究院")
    admin = factories.actor(session, factories.persona(session, Role.ADMINISTRATOR))
    backgrounds.add_employment(session, admin, reviewer, employer="甲研究院")
    with pytest.raises(WrongState, match="confirms_own_alone"):
        backgrounds.confirm(session, admin, reviewer)


def test_it_is_confirmed_once_a_year(session, reviewer):
    assert known.confirmation_due(session, reviewer.id, NOON)
    backgrounds.confirm(session, factories.actor(session, reviewer), reviewer)
    assert not known.confirmation_due(session, reviewer.id, NOON + timedelta(days=364))
    assert known.confirmation_due(session, reviewer.id, NOON + timedelta(days=365))


def test_fields_are_criteria_sets_that_are_known(session, reviewer):
    admin = factories.actor(session, factories.persona(session, Role.ADMINISTRATOR))
    backgrounds.describe(session, admin, reviewer, fields=["wwtp", "park"], most=8, known=["park", "wwtp"])
    profile = session.get_one(ReviewerProfile, reviewer.id)
    assert (profile.fields, profile.most) == (["park", "wwtp"], 8)
    with pytest.raises(Invalid, match="set_unknown_here"):
        backgrounds.describe(session, admin, reviewer, fields=["none"], most=None, known=["wwtp"])
    with pytest.raises(Invalid, match="most_positive"):
        backgrounds.describe(session, admin, reviewer, fields=[], most=0, known=[])
    # Reviewers say it of themselves too, and nobody else does.
    place = factories.region(session).key
    own = factories.actor(session, reviewer)
    backgrounds.describe(session, own, reviewer, fields=["wwtp"], most=None, known=["wwtp"], region_key=place)
    assert (profile.fields, profile.most, profile.region_key) == (["wwtp"], None, place)
    with pytest.raises(Invalid, match="region_unknown_here"):
        backgrounds.describe(session, own, reviewer, fields=[], most=None, known=[], region_key="nowhere")
    other = factories.actor(session, factories.persona(session, Role.REVIEWER))
    with pytest.raises(NotFound):
        backgrounds.describe(session, other, reviewer, fields=[], most=None, known=[])


def test_a_seat_or_code_that_is_known_stands_in_the_list_of_candidates(session, application, reviewer):
    factories.employment(session, reviewer, "甲研究院")
    factories.employment(session, reviewer, "乙研究院", until=TODAY)
    (row,) = candidates.of_application(session, application, NOON)
    assert (row.employer, row.ties.standing) == ("甲研究院", ())
    assert session.scalars(select(Assignment)).all() == []
