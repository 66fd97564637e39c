"""Plans of who reviews what: drawn up by a worker, put into effect whole or not at all, gaps filled afterwards."""

import pytest
from sqlalchemy import event, select

from registry.domain.assigning.settings import Settings
from registry.domain.assigning.values import Demand, Level
from registry.domain.errors import NotFound, WrongState
from registry.domain.ties.values import Decision
from registry.domain.vocabulary import Action, ConflictState, Kind, PlanKind, PlanState, Role, TaskState
from registry.domain.vocabulary import Level as Region
from registry.models import Assignment, AssignmentPlan, Event, Message, PlannedPair, Round, Task
from registry.queries import assigning as problems
from registry.queries import assignment_plans, assignment_standing, rounds, ties
from registry.services import assigning, conflicts, reviews, tasks
from registry.tasks import work_off
from tests import factories
from tests.world import config_for

FILED = {"licensed": True, "reused": "50"}
TWO = {Kind.REVIEW: {"parameters": {"minimum_reviewers": 2}}}
SEVEN = Settings("7")
WHY = "同城但无往来,经核实不存在利益关系。"


@pytest.fixture
def where(session):
    return factories.round_category(session, steps=TWO)


@pytest.fixture
def officer(session):
    return factories.actor(session, factories.persona(session, Role.OFFICER))


@pytest.fixture
def config(database, tmp_path):
    return config_for(database, tmp_path)


def filed(session, where, **columns):
    return factories.application(session, round_category=where, kind=Kind.REVIEW, answers=FILED, **columns)


def done(session, database, config, task) -> Task:
    session.commit()
    assert work_off(database, config, "test") == 1
    session.expire_all()
    return session.get_one(Task, task.id)


@pytest.fixture
def plan_of(session, database, config, officer):
    """Draw up a plan, or have lines of a file checked, and return what waits then."""

    def draw_up(where, settings=SEVEN, lines=None) -> AssignmentPlan:
        round_ = session.get_one(Round, where.round_id)
        task = tasks.ask_plan(session, officer, round_, settings, language="en", lines=lines)
        found = done(session, database, config, task)
        assert (found.state, found.done, found.failure) == (TaskState.DONE, 4, None)
        return assignment_plans.drafted(session, where.round_id)

    return draw_up


@pytest.fixture
def put_into_effect(session, database, config, officer):
    def put(plan) -> Task:
        round_ = session.get_one(Round, plan.round_id)
        return done(session, database, config, tasks.ask_commit(session, officer, round_, plan, language="en"))

    return put


def pairs(session, plan) -> set[tuple[int, int]]:
    return {(one.application_id, one.reviewer_id) for one in assignment_plans.pairs(session, plan)}


def open_rows(session) -> set[tuple[int, int]]:
    rows = session.scalars(select(Assignment).where(Assignment.ended_at.is_(None)))
    return {(row.application_id, row.reviewer_id) for row in rows}


def verdict(session, officer, application, person, settings=SEVEN) -> list[str]:
    """Return the keys of all that speaks against a pair as of now."""
    round_ = rounds.one(session, officer, Action.ASSIGN, application.round_category.round_id)
    _row, found = assignment_standing.choices(session, officer, round_, application.id, None, settings)
    (one,) = [row for row in found if row.user.id == person.id]
    return [] if one.verdict.possible else [str(reason.key) for reason in one.verdict.reasons]


# Drawing up


def test_a_plan_is_drawn_up_and_put_into_effect(session, where, plan_of, put_into_effect):
    one, other = filed(session, where), filed(session, where)
    three = [factories.reviewer(session, most=most) for most in (2, 1, 1)]
    plan = plan_of(where)
    # Four places, and room for two, one and one: everybody takes all they can, and nobody sits twice on one.
    assert {person: sum(row[1] == person.id for row in pairs(session, plan)) for person in three} == dict(
        zip(three, (2, 1, 1), strict=True)
    )
    assert (plan.kind, plan.content["places"], plan.content["filled"]) == (PlanKind.SOLVER, 4, 4)
    assert open_rows(session) == set()
    planned = pairs(session, plan)
    task = put_into_effect(plan)
    assert task.state is TaskState.DONE
    assert open_rows(session) == planned
    rows = session.scalars(select(Assignment).order_by(Assignment.id)).all()
    assert [row.label for row in rows] == ["A", "B", "A", "B"]
    assert all("Example set" in row.why and row.due_at is not None for row in rows)
    told = session.scalars(select(Message).where(Message.key == "review_assigned")).all()
    assert sorted(row.path for row in told) == sorted(f"/reviews/{row.id}" for row in rows)
    assert (plan.state, plan.ended_at is not None) == (PlanState.COMMITTED, True)
    assert {one.id, other.id} == {row.application_id for row in rows}
    said = session.scalars(select(Event.action).where(Event.subject == "assignment_plan").order_by(Event.seq)).all()
    assert said == ["draw_up_assignment", "commit_assignment"]


def test_the_same_seed_gives_the_same_plan_and_a_new_one_replaces_it(session, where, plan_of):
    filed(session, where)
    for _ in range(6):
        factories.reviewer(session)
    first = plan_of(where, Settings("a"))
    chosen, facts = pairs(session, first), first.digest
    again = plan_of(where, Settings("a"))
    assert (pairs(session, again), again.digest, again.id != first.id) == (chosen, facts, True)
    assert session.get_one(AssignmentPlan, first.id).state is PlanState.DISCARDED


def test_what_is_wanting_is_counted_by_field(session, where, plan_of):
    for _ in range(3):
        filed(session, where)
    factories.reviewer(session, most=2)
    plan = plan_of(where, Settings("1", most=3))
    # Six places: one expert takes two of them. The others are on three applications, so one more takes three and
    # another the last.
    assert plan.content["filled"] == 2
    assert sum(missing for _case, _needed, missing in plan.content["gaps"]) == 4
    assert plan.content["wanting"] == {"reviewers": {"tiny": 2}, "fills": {"tiny": 4}, "open": 4, "beyond": 0}


def test_nothing_is_drawn_up_where_nothing_is_open_or_nobody_is_there(session, database, config, officer, where):
    round_ = session.get_one(Round, where.round_id)
    failures = []
    task = tasks.ask_plan(session, officer, round_, Settings("1"), language="en")
    failures.append(done(session, database, config, task).failure)
    filed(session, where)
    round_ = session.get_one(Round, where.round_id)
    task = tasks.ask_plan(session, officer, round_, Settings("1"), language="en")
    failures.append(done(session, database, config, task).failure)
    assert failures == ["assigning_nothing", "assigning_nobody"]


# Whom a plan leaves out


def test_own_organisation_region_field_and_load_stand_in_the_way(session, officer, where):
    country = factories.country(session)
    province = factories.region(session, within=country, level=Region.PROVINCE)
    city = factories.region(session, within=province, level=Region.CITY)
    near = factories.region(session, within=city, level=Region.DISTRICT)
    next_to = factories.region(session, within=province, level=Region.CITY)
    application = filed(session, where, site=factories.site(session, region=near))
    organisation = application.organisation
    own = factories.reviewer(session)
    factories.employment(session, own, organisation.name, code=organisation.credit_code)
    local, neighbour = factories.reviewer(session, region=city), factories.reviewer(session, region=next_to)
    other, full = factories.reviewer(session, fields=["else"]), factories.reviewer(session, most=1)
    factories.assignment(session, filed(session, where), reviewer=full)
    assert verdict(session, officer, application, own) == ["tied"]
    assert verdict(session, officer, application, local) == ["same_region"]
    assert verdict(session, officer, application, neighbour) == []
    assert verdict(session, officer, application, neighbour, Settings("1", apart=Level.PROVINCE)) == ["same_region"]
    assert verdict(session, officer, application, local, Settings("1", apart=None)) == []
    assert verdict(session, officer, application, other) == ["no_expertise"]
    assert verdict(session, officer, application, other, Settings("1", demand=Demand.NONE)) == []
    assert verdict(session, officer, application, full) == ["load_full"]


def test_a_possible_tie_keeps_apart_until_it_is_judged(session, officer, where):
    application, person = filed(session, where), factories.reviewer(session, name="赵同名")
    application.organisation.legal_representative = "赵同名"
    session.flush()
    assert verdict(session, officer, application, person) == ["tied"]
    assert verdict(session, officer, application, person, Settings("1", unjudged=False)) == []
    round_ = rounds.one(session, officer, Action.ASSIGN, where.round_id)
    problem = problems.problem(session, officer, round_, Settings("1"))
    ((duo, reason),) = [(duo, one) for duo, one in problem.ties.items() if duo.reviewer == person.id]
    assert (duo.case, reason.key, reason.values["organisation"]) == (
        application.id,
        problems.UNJUDGED,
        application.organisation.name,
    )
    (finding,) = ties.of_person(session, application, person, officer.at).standing
    conflicts.judge_tie(
        session,
        officer,
        application,
        person,
        fingerprint=finding.fingerprint,
        decision=Decision.DISMISSED,
        reason=WHY,
    )
    assert verdict(session, officer, application, person) == []


def test_nobody_assigns_oneself(session, where):
    application = filed(session, where)
    both = factories.reviewer(session)
    factories.grant(session, both, Role.OFFICER)
    actor = factories.actor(session, both)
    assert verdict(session, actor, application, both) == ["tied"]


@pytest.mark.parametrize(("blind", "against"), [(0, []), (1, ["tied"])])
def test_whoever_sees_applicants_in_another_role_reviews_nothing_blind(session, officer, blind, against):
    where = factories.round_category(
        session, steps={Kind.REVIEW: {"parameters": {"minimum_reviewers": 2, "blind": blind}}}
    )
    application = filed(session, where)
    person = factories.reviewer(session)
    factories.grant(session, person, Role.AUDITOR)
    assert verdict(session, officer, application, person) == against


def test_whoever_left_never_comes_back_and_all_others_stay(session, officer, where, plan_of, put_into_effect):
    application = filed(session, where)
    gone, recused, stays, new = (factories.reviewer(session) for _ in range(4))
    first = reviews.assign(session, officer, application, gone, why="")
    first.ended_at = factories.NOON
    factories.assignment(
        session, application, reviewer=recused, conflict=ConflictState.DECLARED, conflict_reason="亲属", label="B"
    )
    reviews.assign(session, officer, application, stays, why="")
    assert verdict(session, officer, application, gone) == ["declined"]
    assert verdict(session, officer, application, recused) == ["declined"]
    assert verdict(session, officer, application, stays) == ["already_there"]
    plan = plan_of(where)
    assert pairs(session, plan) == {(application.id, new.id)}
    put_into_effect(plan)
    labels = {row.reviewer_id: row.label for row in session.scalars(select(Assignment))}
    assert (labels[stays.id], labels[new.id]) == ("C", "D")


# Putting it into effect


def test_what_does_not_hold_any_more_is_named_and_nobody_is_assigned(session, officer, where, plan_of, put_into_effect):
    names = ("蓝湾水务有限公司", "松岭化工有限公司")
    one, other = (
        filed(session, where, organisation=factories.organisation(session, name=name, legal_representative=name[:3]))
        for name in names
    )
    first, second = factories.reviewer(session), factories.reviewer(session)
    plan = plan_of(where)
    assert pairs(session, plan) == {(row.id, who.id) for row in (one, other) for who in (first, second)}
    # Meanwhile one of them is tied to one of the applicants.
    organisation = one.organisation
    factories.employment(session, first, organisation.name, code=organisation.credit_code)
    session.commit()
    task = put_into_effect(plan)
    assert (task.state, task.failure, task.failure_values) == (TaskState.FAILED, "plan_does_not_hold", {"count": 1})
    assert open_rows(session) == set()
    (fault,) = session.get_one(AssignmentPlan, plan.id).faults
    assert (fault["application"], fault["reviewer"]) == (one.id, first.id)
    assert [reason["key"] for reason in fault["reasons"]] == ["tied"]
    assert session.get_one(AssignmentPlan, plan.id).state is PlanState.DRAFTED


def test_a_place_that_was_filled_by_hand_meanwhile_is_not_filled_twice(
    session, officer, where, plan_of, put_into_effect
):
    application = filed(session, where)
    two = [factories.reviewer(session) for _ in range(2)]
    plan = plan_of(where)
    third = factories.reviewer(session)
    reviews.assign(session, officer, application, third, why="")
    session.commit()
    assert put_into_effect(plan).failure == "plan_does_not_hold"
    assert open_rows(session) == {(application.id, third.id)}
    # The later of the two pairs is the one for which there is no place any more.
    (fault,) = session.get_one(AssignmentPlan, plan.id).faults
    assert (fault["reviewer"], [one["key"] for one in fault["reasons"]]) == (two[1].id, ["places_taken"])


def test_a_plan_is_put_into_effect_once_and_by_the_office_of_its_programme(session, officer, where):
    application, person = filed(session, where), factories.reviewer(session)
    round_ = session.get_one(Round, where.round_id)
    plan = factories.assignment_plan(session, round_, [(application, person)])
    other = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    stranger = factories.actor(session, other)
    for act in (
        lambda: assigning.commit(session, stranger, plan, lambda _one: ""),
        lambda: assigning.discard(session, stranger, plan),
        lambda: tasks.ask_plan(session, stranger, round_, Settings("1"), language="en"),
    ):
        with pytest.raises(NotFound):
            act()
    assert assigning.commit(session, officer, plan, lambda _one: "why") == 1
    with pytest.raises(WrongState, match="plan_over"):
        assigning.commit(session, officer, plan, lambda _one: "")
    with pytest.raises(WrongState, match="plan_over"):
        assigning.discard(session, officer, plan)
    with pytest.raises(WrongState, match="plan_over"):
        tasks.ask_commit(session, officer, round_, plan, language="en")


def test_a_plan_that_took_effect_before_its_worker_died_is_no_failure(
    session, database, config, officer, where, plan_of, put_into_effect
):
    application = filed(session, where)
    for _ in range(2):
        factories.reviewer(session)
    plan = plan_of(where)
    round_ = session.get_one(Round, where.round_id)
    task = tasks.ask_commit(session, officer, round_, plan, language="en")
    # All that the first worker did before it died.
    assigning.commit(session, officer, plan, lambda _placed: "")
    found = done(session, database, config, task)
    assert (found.state, found.failure) == (TaskState.DONE, None)
    assert {number for number, _person in open_rows(session)} == {application.id}
    assert len(open_rows(session)) == 2


def test_an_archived_round_has_no_new_plan(session, officer, where):
    application, person = filed(session, where), factories.reviewer(session)
    round_ = session.get_one(Round, where.round_id)
    plan = factories.assignment_plan(session, round_, [(application, person)])
    factories.archived(session, round_)
    with pytest.raises(WrongState, match="round_archived"):
        tasks.ask_plan(session, officer, round_, Settings("1"), language="en")
    with pytest.raises(WrongState, match="round_archived"):
        assigning.commit(session, officer, plan, lambda _one: "")


def test_one_thing_of_a_round_is_done_at_a_time(session, officer, where):
    application, person = filed(session, where), factories.reviewer(session)
    round_ = session.get_one(Round, where.round_id)
    plan = factories.assignment_plan(session, round_, [(application, person)])
    task = tasks.ask_plan(session, officer, round_, Settings("1"), language="en")
    assert tasks.ask_plan(session, officer, round_, Settings("1"), language="en").id == task.id
    with pytest.raises(WrongState, match="assigning_under_way"):
        tasks.ask_commit(session, officer, round_, plan, language="en")


# By a file


def test_lines_of_a_file_are_checked_against_the_same_rules(session, where, plan_of, put_into_effect):
    application = filed(session, where)
    good, other = factories.reviewer(session), factories.reviewer(session, fields=["else"])
    lines = [(2, application.id, good.id), (3, application.id, other.id), (5, application.id, good.id)]
    plan = plan_of(where, lines=lines)
    assert (plan.kind, pairs(session, plan)) == (PlanKind.CSV, {(application.id, good.id)})
    assert [(row["line"], [one["key"] for one in row["reasons"]]) for row in plan.faults] == [
        (3, ["no_expertise"]),
        (5, ["twice"]),
    ]
    assert put_into_effect(plan).failure == "plan_file_faulty"
    assert open_rows(session) == set()
    plan = plan_of(where, lines=lines[:1])
    assert plan.faults == []
    assert put_into_effect(plan).state is TaskState.DONE
    assert open_rows(session) == {(application.id, good.id)}


# However many there are


def test_statements_do_not_grow_with_the_pairs(session, database, officer, where):
    round_id = where.round_id
    province = factories.region(session, within=factories.country(session), level=Region.PROVINCE)

    def read(applications: int, reviewers: int) -> int:
        for _ in range(applications):
            filed(session, where)
        for number in range(reviewers):
            person = factories.reviewer(session, region=province)
            factories.employment(session, person, f"第{number}设计研究院有限公司")
        session.commit()
        session.expire_all()
        count = 0

        def tell(*_told: object) -> None:
            nonlocal count
            count += 1

        event.listen(database.engine, "after_cursor_execute", tell)
        try:
            round_ = rounds.one(session, officer, Action.ASSIGN, round_id)
            problems.problem(session, officer, round_, Settings("1"))
        finally:
            event.remove(database.engine, "after_cursor_execute", tell)
        return count

    few = read(3, 3)
    assert read(40, 30) <= few + 2
    assert few < 60
    assert session.scalars(select(PlannedPair)).all() == []
