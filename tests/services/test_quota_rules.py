"""Quota rules: set while a round is prepared, held by every ranking and bound into what is approved."""

import pytest
from sqlalchemy import event, select

from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.vocabulary import Ground, GroupBy, Kind, Level, Result, Role, RoundStatus, Status
from registry.models import Event, QuotaRule
from registry.queries import decisions as decided
from registry.queries import quota_rules as decided_rules
from registry.services import decisions, quota_rules
from tests import factories
from tests.factories import NOON
from tests.services.test_limits import Office, refused


@pytest.fixture
def office(session):
    return Office(session)


def add(office, **about):
    return quota_rules.add(office.session, office.officer, office.round, **about)


def region(session, key, within=None, level=Level.PROVINCE):
    return factories.region(session, key, within=within or factories.country(session), level=level)


def test_a_rule_is_set_recorded_and_taken_away(session, office):
    row = add(office, group_by=GroupBy.APPLICANT, most=2)
    assert (row.group_by, row.most, row.least, row.value) == (GroupBy.APPLICANT, 2, None, None)
    event = session.scalars(select(Event).where(Event.action == "add_quota_rule")).one()
    assert event.payload["by"] == "applicant"
    quota_rules.remove(session, office.officer, office.round, row.id)
    assert session.scalars(select(QuotaRule)).all() == []
    with pytest.raises(NotFound):
        quota_rules.remove(session, office.officer, office.round, row.id)


@pytest.mark.parametrize(
    ("about", "key"),
    [
        ({"group_by": GroupBy.APPLICANT}, "rule_number"),
        ({"group_by": GroupBy.APPLICANT, "most": 1, "least": 1}, "rule_number"),
        ({"group_by": GroupBy.APPLICANT, "most": -1}, "quota_negative"),
        ({"group_by": GroupBy.APPLICANT, "most": 1, "category_id": 999}, "category_not_in_round"),
        ({"group_by": GroupBy.APPLICANT, "most": 1, "since": 2027}, "rule_since_year"),
        ({"group_by": GroupBy.REGION, "most": 1}, "rule_of_level_or_region"),
        ({"group_by": GroupBy.REGION, "most": 1, "value": "nowhere"}, "region_not_listed"),
        ({"group_by": GroupBy.BUREAU, "most": 1, "value": "cn"}, "rule_of_unknown_answer"),
        ({"group_by": GroupBy.ANSWER, "most": 1, "input_key": "size", "value": "small"}, "rule_of_unknown_answer"),
    ],
)
def test_a_rule_that_no_application_can_meet_is_refused(office, about, key):
    assert refused(lambda: add(office, **about)) == key


def test_the_same_group_has_one_limit(office):
    add(office, group_by=GroupBy.REGION, level=Level.CITY, most=3)
    assert refused(lambda: add(office, group_by=GroupBy.REGION, level=Level.CITY, most=4)) == "rule_twice"
    add(office, group_by=GroupBy.REGION, level=Level.PROVINCE, most=4)


def test_places_are_reserved_by_one_thing_alone(session, office):
    region(session, "north-city", region(session, "north"), Level.CITY)
    region(session, "south")
    add(office, group_by=GroupBy.REGION, value="north", least=2)
    add(office, group_by=GroupBy.REGION, value="south", least=2)
    assert refused(lambda: add(office, group_by=GroupBy.REGION, value="north-city", least=1)) == "reserved_by_two"
    assert refused(lambda: add(office, group_by=GroupBy.APPLICANT, least=1)) == "reserved_by_two"
    # A limit beside a reserve is no second reserve.
    add(office, group_by=GroupBy.REGION, value="north", most=3)


def test_more_reserved_places_than_there_are_keep_a_round_from_opening(session, office):
    region(session, "north")
    region(session, "south")
    entry = office.add(office.first, 3, route=("filing", "screening", "scoring"))
    for value in ("north", "south"):
        add(office, group_by=GroupBy.REGION, value=value, least=2, category_id=entry.category_id)
    with pytest.raises(Invalid) as error:
        office.open()
    assert (error.value.key, error.value.values) == ("reserved_above_quota", {"reserved": 4, "places": 3})


def test_an_open_round_keeps_its_rules(session, office):
    row = add(office, group_by=GroupBy.APPLICANT, most=2)
    office.round.status = RoundStatus.OPENED
    assert refused(lambda: add(office, group_by=GroupBy.BUREAU, most=2), WrongState) == "round_is_open"
    with pytest.raises(WrongState):
        quota_rules.remove(session, office.officer, office.round, row.id)


SMALL = {"inputs": {"size": "small"}}
LARGE = {"inputs": {"size": "large"}}


def closed(session, *rules, round_=None, **columns):
    where = round_ or factories.round_(session, closes_at=NOON)
    return factories.round_category(session, round_=where, quota=3, rules=rules, **columns)


def stands(session, where, total, *, site=None, kind=Kind.DELIBERATION, inputs=None, **columns):
    row = factories.application(session, round_category=where, site=site, kind=kind, **columns)
    factories.evaluation(session, row, total=total, inputs=inputs or {"inputs": {}})
    return row


def ranked(session, where, places=3):
    return decided.ranking(session, where, places=places, reserve=0)


def standing(ranking):
    return {line.application.id: (line.row.result, line.row.ground) for line in ranking.lines}


IN = (Result.SELECTED, Ground.WITHIN_QUOTA)
PASSED = (Result.UNSELECTED, Ground.ABOVE_LIMIT)
BELOW = (Result.UNSELECTED, Ground.BELOW_CUT)


def test_each_city_has_its_limit_wherever_in_it_a_site_lies(session):
    province = region(session, "north")
    city, other = (region(session, key, province, Level.CITY) for key in ("north-one", "north-two"))
    district = region(session, "north-one-west", city, Level.DISTRICT)
    where = closed(session, {"group_by": GroupBy.REGION, "level": Level.CITY, "most": 1})
    places = [factories.site(session, region=one) for one in (city, district, other)]
    first, second, third = (
        stands(session, where, total, site=site) for total, site in zip(("90", "80", "70"), places, strict=True)
    )
    assert standing(ranked(session, where)) == {first.id: IN, second.id: PASSED, third.id: IN}


def test_an_applicant_counts_together_with_all_of_the_same_parent(session):
    parent = factories.organisation(session)
    daughter, other = factories.organisation(session, parent_id=parent.id), factories.organisation(session)
    where = closed(session, {"group_by": GroupBy.APPLICANT, "most": 1})
    first, second, third = (
        stands(session, where, total, organisation=whose)
        for total, whose in (("90", daughter), ("80", parent), ("70", other))
    )
    assert standing(ranked(session, where)) == {first.id: IN, second.id: PASSED, third.id: IN}


def test_what_a_bureau_recommended_counts_for_the_first_that_did(session):
    north, south = region(session, "north"), region(session, "south")
    where = closed(session, {"group_by": GroupBy.BUREAU, "most": 1})
    rows = [stands(session, where, total) for total in ("90", "80", "70")]
    for row, bureau in zip(rows, (north, north, south), strict=True):
        factories.recommendation(session, row, position=1, region_key=bureau.key)
        factories.recommendation(session, row, position=2, level=Level.COUNTRY, region_key="cn")
    first, second, third = rows
    assert standing(ranked(session, where)) == {first.id: IN, second.id: PASSED, third.id: IN}


def test_places_reserved_for_an_answer_go_by_what_the_last_evaluation_rests_on(session):
    where = closed(session, {"group_by": GroupBy.ANSWER, "input_key": "size", "value": "small", "least": 1})
    rows = [stands(session, where, total, inputs=LARGE) for total in ("90", "80", "70")]
    small = stands(session, where, "61", inputs=SMALL)
    ranking = ranked(session, where)
    assert standing(ranking) == {
        rows[0].id: IN,
        rows[1].id: IN,
        rows[2].id: BELOW,
        small.id: (Result.SELECTED, Ground.RESERVED_PLACE),
    }
    rule = str(ranking.rules[0][0].id)
    assert {line.application.id: line.row.rule for line in ranking.lines} == {
        rows[0].id: None,
        rows[1].id: None,
        rows[2].id: rule,
        small.id: rule,
    }


def test_a_number_of_several_years_counts_what_earlier_rounds_gave(session):
    """Of two places since 2024 one went in 2025; what went in 2023 is not of those years."""
    programme = factories.programme(session)
    category = factories.category(session, programme=programme)
    site = {"region": region(session, "north")}
    for year in (2023, 2025):
        earlier = factories.round_(session, programme=programme, closes_at=NOON, year=year)
        former = factories.round_category(session, round_=earlier, category=category, quota=3)
        factories.application(
            session,
            round_category=former,
            site=factories.site(session, **site),
            kind=Kind.CERTIFICATE,
            status=Status.CERTIFIED,
        )
    rule = {"group_by": GroupBy.REGION, "value": "north", "most": 2, "since": 2024}
    now = factories.round_(session, programme=programme, closes_at=NOON, year=2026)
    where = closed(session, rule, round_=now, category=category)
    first, second = (stands(session, where, total, site=factories.site(session, **site)) for total in ("90", "80"))
    assert standing(ranked(session, where)) == {first.id: IN, second.id: (Result.UNSELECTED, Ground.BELOW_CUT)}


def test_what_another_category_gave_counts_for_a_rule_of_the_whole_round(session):
    round_ = factories.round_(session, closes_at=NOON)
    north = region(session, "north")
    other = factories.round_category(session, round_=round_, quota=3, pinned=False)
    factories.application(
        session,
        round_category=other,
        site=factories.site(session, region=north),
        kind=Kind.NOTICE,
        status=Status.SELECTED,
    )
    rule = {"group_by": GroupBy.REGION, "value": "north", "most": 2}
    where = closed(session, rule, round_=round_)
    rows = [stands(session, where, total, site=factories.site(session, region=north)) for total in ("90", "80")]
    assert [standing(ranked(session, where))[row.id][0] for row in rows] == [Result.SELECTED, Result.UNSELECTED]


def test_what_is_approved_names_the_rules_and_whom_they_moved(session):
    where = closed(session, {"group_by": GroupBy.APPLICANT, "most": 1})
    whose = factories.organisation(session)
    first, second, third = (
        stands(session, where, total, organisation=one) for total, one in (("90", whose), ("80", whose), ("70", None))
    )
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    decision = decisions.propose_selection(session, officer, where, exclusions={}, reason="按总分和限额")
    rule = decision.content["rules"][0]
    assert rule == {
        "key": rule["key"],
        "by": "applicant",
        "value": None,
        "least": None,
        "most": 1,
        "taken": {},
        "category": None,
        "since": None,
    }
    said = {
        line["application"]: (line["result"], line["ground"], line.get("rule"))
        for line in decision.content["applications"]
    }
    assert said == {
        first.id: ("selected", "within_quota", None),
        second.id: ("unselected", "above_limit", rule["key"]),
        third.id: ("selected", "within_quota", None),
    }


def test_many_rules_are_read_with_few_statements_and_each_as_by_itself(session, database, office):
    entry = office.add(office.first, 9, route=("filing", "screening", "scoring"))
    where = factories.round_category(session, round_=factories.round_(session, programme=office.programme, year=2025))
    for round_category, many in ((entry, 2), (where, 3)):
        for _place in range(many):
            factories.application(
                session,
                round_category=round_category,
                kind=Kind.CERTIFICATE,
                status=Status.SELECTED,
                evaluator="某评估公司",
            )
    years = (None, 2024, 2025, 2026, 2027)
    rules = [
        QuotaRule(id=1000 + place, round_id=office.round.id, most=1, **about, category_id=category_id, since=since)
        for place, (about, category_id, since) in enumerate(
            (about, category_id, since)
            for about in (
                {"group_by": GroupBy.EVALUATOR},
                {"group_by": GroupBy.APPLICANT},
                {"group_by": GroupBy.REGION, "level": Level.CITY},
                {"group_by": GroupBy.BUREAU},
                {"group_by": GroupBy.ANSWER, "input_key": "licensed", "value": "true"},
            )
            for category_id in (None, entry.category_id)
            for since in years
        )
    ]
    assert len(rules) == 50
    statements = []

    def count(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    with session.no_autoflush:
        found = decided_rules.in_force(session, rules)
    event.remove(database.engine, "before_cursor_execute", count)
    assert len(statements) <= 12, len(statements)
    # The firm evaluated for two of this round, of 2026, and for three of the one a year before, of another category.
    by_firm = [max(rule.taken.values(), default=0) for rule in found[:10]]
    assert by_firm == [2, 5, 5, 2, 0, 2, 2, 2, 2, 0]
    with session.no_autoflush:
        for row, rule in zip(rules, found, strict=True):
            (alone,) = decided_rules.in_force(session, [row])
            assert alone.taken == rule.taken
    assert decided_rules.in_force(session, []) == ()
