"""How many a round awards and bureaus recommend: set while it is prepared, checked when it opens."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.domain import routes
from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.vocabulary import Level, QuotaPurpose, Role, RoundStatus, Track
from registry.models import Event, Quota
from registry.services import limits, rounds
from tests import factories
from tests.factories import NOON


class Office:
    """A prepared round of a programme with two categories, and its officer."""

    def __init__(self, session):
        self.session = session
        self.programme = factories.programme(session)
        self.first, self.second = (factories.category(session, programme=self.programme) for _ in range(2))
        person = factories.persona(session, Role.OFFICER, programme=self.programme)
        self.officer = factories.actor(session, person)
        self.version = factories.criteria_version(session)
        self.round = rounds.create(
            session,
            self.officer,
            self.programme,
            title="第一批",
            title_en="First",
            year=2026,
            opens_at=NOON + timedelta(days=1),
            closes_at=NOON + timedelta(days=31),
            one_person_may_sign=True,
        )

    def add(self, category, quota, route=("filing", "recommendation city", "screening", "scoring")):
        lines = (*route, "deliberation", "notice", "publication", "certificate")
        return rounds.add_category(
            self.session,
            self.officer,
            self.round,
            category,
            criteria_version=self.version,
            track=Track.COMPETITION,
            quota=quota,
            route=routes.read(lines),
            gates={},
        )

    def totals(self, total=None, pool=None):
        limits.set_totals(self.session, self.officer, self.round, total=total, pool=pool)

    def recommend(self, number, **whose):
        limits.set_recommendations(self.session, self.officer, self.round, number=number, **whose)

    def open(self):
        return rounds.open_(self.session, self.officer, self.round)


@pytest.fixture
def office(session):
    return Office(session)


def refused(act, kind=Invalid):
    with pytest.raises(kind) as error:
        act()
    return error.value.key


def kept(session, *purposes):
    return session.scalars(select(Quota.number).where(Quota.purpose.in_(purposes)).order_by(Quota.id)).all()


def test_total_and_pool_are_set_changed_and_taken_away(session, office):
    office.totals(12, 2)
    assert kept(session, QuotaPurpose.TOTAL, QuotaPurpose.POOL) == [12, 2]
    office.totals(10, None)
    assert kept(session, QuotaPurpose.TOTAL, QuotaPurpose.POOL) == [10]
    office.totals()
    assert kept(session, QuotaPurpose.TOTAL, QuotaPurpose.POOL) == []
    assert session.scalars(select(Event.action).order_by(Event.seq.desc()).limit(1)).one() == "set_totals"


def test_a_total_below_nothing_is_refused_at_its_field(office):
    with pytest.raises(Invalid) as error:
        office.totals(10, -1)
    assert (error.value.key, error.value.field) == ("quota_negative", "pool")


def test_nobody_else_and_nobody_later_sets_the_numbers(session, office):
    stranger = factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    with pytest.raises(NotFound):
        limits.set_totals(session, factories.actor(session, stranger), office.round, total=1, pool=None)
    office.add(office.first, 3)
    office.open()
    assert refused(lambda: office.totals(3), WrongState) == "round_is_open"
    assert refused(lambda: office.recommend(3, level=Level.CITY), WrongState) == "round_is_open"


def test_a_round_opens_when_categories_and_pool_come_to_the_total(office):
    office.add(office.first, 5)
    office.add(office.second, 4)
    # 5 + 4 = 9, and 2 of the pool are 11.
    office.totals(10, 2)
    with pytest.raises(Invalid) as error:
        office.open()
    assert (error.value.key, error.value.values) == ("limits_do_not_add_up", {"total": 10, "added": 9, "pool": 2})
    office.totals(11, 2)
    assert office.open().status is RoundStatus.OPENED


def test_a_category_on_two_tracks_counts_once_in_the_total(office):
    office.add(office.first, 5)
    rounds.add_category(
        office.session,
        office.officer,
        office.round,
        office.first,
        criteria_version=office.version,
        track=Track.NAMED,
        quota=5,
        route=routes.preset("figures_only"),
        gates={},
    )
    office.totals(5)
    assert office.open().status is RoundStatus.OPENED


def test_a_pool_needs_a_total_and_a_total_a_number_in_every_category(office):
    office.add(office.first, 5)
    office.totals(None, 2)
    assert refused(office.open) == "pool_needs_total"
    office.add(office.second, None)
    office.totals(7, 2)
    assert refused(office.open) == "total_needs_numbers"


def test_a_limit_is_of_a_level_or_of_a_region_and_a_second_one_replaces_it(session, office):
    city = factories.region(session, level=Level.CITY, within=factories.country(session))
    assert refused(lambda: office.recommend(3)) == "limit_of_level_or_region"
    assert refused(lambda: office.recommend(3, level=Level.CITY, region_key=city.key)) == "limit_of_level_or_region"
    assert refused(lambda: office.recommend(3, region_key="atlantis")) == "region_not_listed"
    assert refused(lambda: office.recommend(0, level=Level.CITY)) == "quota_negative"
    assert (
        refused(lambda: office.recommend(3, level=Level.CITY, category_id=office.first.id)) == "category_not_in_round"
    )
    office.recommend(3, level=Level.CITY)
    office.recommend(4, region_key=city.key)
    office.recommend(5, level=Level.CITY)
    assert kept(session, QuotaPurpose.RECOMMEND) == [5, 4]
    office.recommend(None, level=Level.CITY)
    assert kept(session, QuotaPurpose.RECOMMEND) == [4]


def test_who_recommends_within_a_limit_is_asked_by_some_route(session, office):
    office.add(office.first, 3)
    office.add(office.second, 3, route=("filing", "screening", "scoring"))
    office.recommend(2, level=Level.PROVINCE)
    assert refused(office.open) == "limit_of_nobody"
    office.recommend(None, level=Level.PROVINCE)
    office.recommend(2, level=Level.CITY, category_id=office.second.id)
    assert refused(office.open) == "limit_of_nobody"
    office.recommend(None, level=Level.CITY, category_id=office.second.id)
    province = factories.region(session, level=Level.PROVINCE, within=factories.country(session))
    office.recommend(2, region_key=province.key)
    assert refused(office.open) == "limit_of_nobody"
    office.recommend(None, region_key=province.key)
    office.recommend(2, level=Level.CITY, category_id=office.first.id)
    assert office.open().status is RoundStatus.OPENED


def test_a_category_taken_out_takes_its_limits_with_it(session, office):
    entry = office.add(office.first, 3)
    office.add(office.second, 4)
    office.recommend(2, level=Level.CITY, category_id=office.first.id)
    rounds.remove_category(session, office.officer, office.round, entry.id)
    assert kept(session, QuotaPurpose.AWARD, QuotaPurpose.RECOMMEND) == [4]


def test_a_category_is_changed_in_its_place_and_keeps_what_bureaus_may_recommend(session, office):
    entry = office.add(office.first, 3)
    office.recommend(2, level=Level.CITY, category_id=office.first.id)
    changed = rounds.change_category(
        session,
        office.officer,
        office.round,
        entry.id,
        criteria_version=office.version,
        track=Track.COMPETITION,
        quota=8,
        route=routes.preset("full", level=Level.CITY),
        gates={},
        year=2025,
    )
    assert [row.id for row in office.round.categories] == [changed.id]
    assert [step.kind for step in changed.steps][:5] == ["filing", "recommendation", "screening", "scoring", "review"]
    assert changed.settings["year"] == 2025
    assert sorted(kept(session, QuotaPurpose.AWARD, QuotaPurpose.RECOMMEND)) == [2, 8]
    assert office.open().status is RoundStatus.OPENED
