"""Rounds: prepared, opened with everything pinned, and fixed from then on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry.domain import routes
from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.vocabulary import CriteriaStatus, Kind, Role, RoundStatus, Track
from registry.models import Event, Quota, RoundCategory
from registry.queries import criteria_versions as versions
from registry.queries import rounds as rounds_of
from registry.services import catalogue, rounds
from tests import factories
from tests.factories import CONTENT, NOON

SWITCHED = CONTENT.replace("formula: licensed,", "formula: licensed, switchable: true,")
GRID = """\
key: grid
title: {zh: 电网, en: Grid}
default: "2023"
versions:
  - {version: "2022", source: public, values: {cn: 0.6}}
  - {version: "2023", source: public, values: {cn: 0.5}}
"""
WITH_FACTOR = CONTENT.replace("formula: reused", 'formula: \'reused * factor("grid", "cn")\'')


class Office:
    """A programme with a category and its officer."""

    def __init__(self, session):
        self.session = session
        self.programme = factories.programme(session)
        self.category = factories.category(session, programme=self.programme)
        user = factories.persona(session, Role.OFFICER, programme=self.programme)
        self.officer = factories.actor(session, user)

    def round(self, **changed):
        given = {
            "title": "第一批",
            "title_en": "First",
            "year": 2026,
            "opens_at": NOON + timedelta(days=1),
            "closes_at": NOON + timedelta(days=31),
            "one_person_may_sign": True,
            **changed,
        }
        return rounds.create(self.session, self.officer, self.programme, **given)

    def add(self, round_, *, content=CONTENT, **changed):
        given = {
            "track": Track.COMPETITION,
            "quota": 3,
            "route": routes.preset("full"),
            "gates": {},
            "criteria_version": None,
            **changed,
        }
        given["criteria_version"] = given["criteria_version"] or factories.criteria_version(
            self.session, content=content
        )
        category = given.pop("category", self.category)
        return rounds.add_category(self.session, self.officer, round_, category, **given)


@pytest.fixture
def office(session):
    return Office(session)


def refused(act, kind=Invalid):
    with pytest.raises(kind) as error:
        act()
    return error.value.key


def test_a_round_is_prepared_by_the_officer_of_its_programme(session, office):
    assert office.round().status is RoundStatus.PREPARED
    office.officer = factories.actor(
        session, factories.persona(session, Role.OFFICER, programme=factories.programme(session))
    )
    assert refused(office.round, NotFound) == "not_found"


def test_a_round_closes_after_it_opens_or_never(office):
    assert office.round(closes_at=None).closes_at is None
    assert refused(lambda: office.round(closes_at=NOON + timedelta(days=1))) == "round_closes_before_it_opens"


def test_a_category_brings_route_quota_and_settings(session, office):
    round_ = office.round()
    row = office.add(round_, content=SWITCHED, gates={"licence": False}, route=routes.preset("figures_only"))
    assert row.settings == {
        "gates": {"licence": False},
        "factors": {},
        "year": 2026,
        "factor_year": None,
        "base_year": None,
        "calibration": "shown",
    }
    assert [(step.position, step.kind) for step in row.steps] == list(enumerate(routes.PRESETS["figures_only"]))
    quota = session.scalars(select(Quota)).one()
    assert (quota.category_id, quota.number) == (office.category.id, 3)


def test_only_the_sets_own_switches_can_be_switched(office):
    assert refused(lambda: office.add(office.round(), gates={"licence": False})) == "gate_always_holds"


def test_a_category_stands_once_on_a_track_and_tracks_share_the_quota(session, office):
    round_ = office.round()
    office.add(round_)
    assert refused(lambda: office.add(round_)) == "category_in_round"
    assert refused(lambda: office.add(round_, track=Track.NAMED, quota=4)) == "quota_differs"
    office.add(round_, track=Track.NAMED, quota=3)
    assert [quota.number for quota in session.scalars(select(Quota))] == [3]


def test_unapproved_criteria_and_foreign_categories_are_refused(session, office):
    draft = factories.criteria_version(session, status=CriteriaStatus.DRAFT)
    round_ = office.round()
    assert refused(lambda: office.add(round_, criteria_version=draft)) == "criteria_not_approved"
    foreign = factories.category(session)
    assert refused(lambda: office.add(round_, category=foreign)) == "category_of_other_programme"


def test_a_route_without_a_notice_is_refused(office):
    route = [step for step in routes.preset("full") if step.kind is not Kind.NOTICE]
    assert refused(lambda: office.add(office.round(), route=route)) == "route_lacks_a_stage"


def test_opening_pins_content_and_factors(session, office):
    catalogue.sync(session, factories.worker(), documents={}, regions={}, factors=[GRID])
    round_ = office.round()
    row = office.add(round_, content=WITH_FACTOR, factors={"grid": "2022"})
    rounds.open_(session, office.officer, round_)
    assert (row.pinned_content, row.pinned_digest) == (WITH_FACTOR, row.criteria_version.digest)
    assert (row.pinned_factors, row.settings["factors"]) == ({"grid": GRID}, {"grid": "2022"})
    newer = GRID.replace("0.5", "0.4")
    catalogue.sync(session, factories.worker(), documents={}, regions={}, factors=[newer])
    kept = versions.of_round_category(session, row).factor_values["grid"]["2023"]
    assert str(kept["cn"]) == "0.5"


# A table that goes by years, and ends with 2023.
BY_YEARS = """key: grid
title: {zh: 电网, en: Grid}
unit: kgCO2/kWh
default: province
versions:
  - version: province
    source: default
    note: {zh: 测试, en: for tests}
    values: {cn: {"2022": 0.5, "2023": 0.6}}
"""


@pytest.mark.parametrize(
    ("chosen", "year", "pinned"),
    [(None, 2025, 2023), (None, 2022, 2022), (2022, 2025, 2022), (None, None, 2023), (None, 2014, 2014)],
)
def test_the_year_of_the_factors_is_chosen_or_the_last_that_is_published(session, office, chosen, year, pinned):
    catalogue.sync(session, factories.worker(), documents={}, regions={}, factors=[BY_YEARS])
    round_ = office.round()
    content = WITH_FACTOR.replace('"cn")', '"cn", factor_year)')
    row = office.add(round_, content=content, year=year, factor_year=chosen)
    rounds.open_(session, office.officer, round_)
    assert row.settings["factor_year"] == pinned


@pytest.mark.parametrize(("chosen", "year"), [(2050, 2025), (2021, 2025)])
def test_a_round_does_not_open_for_a_year_without_factors(session, office, chosen, year):
    catalogue.sync(session, factories.worker(), documents={}, regions={}, factors=[BY_YEARS])
    round_ = office.round()
    content = WITH_FACTOR.replace('"cn")', '"cn", factor_year)')
    office.add(round_, content=content, year=year, factor_year=chosen)
    assert refused(lambda: rounds.open_(session, office.officer, round_)) == "factor_year_unknown"


def test_an_unknown_version_of_the_factors_is_refused(session, office):
    catalogue.sync(session, factories.worker(), documents={}, regions={}, factors=[GRID])
    round_ = office.round()
    assert (
        refused(lambda: office.add(round_, content=WITH_FACTOR, factors={"grid": "1999"})) == "factor_version_unknown"
    )


def test_an_opened_round_changes_no_more(session, office):
    round_ = office.round()
    row = office.add(round_)
    rounds.open_(session, office.officer, round_)
    session.commit()
    given = {"title": "x", "title_en": "x", "year": 2026, "opens_at": NOON, "closes_at": None}
    assert refused(
        lambda: rounds.edit(session, office.officer, round_, one_person_may_sign=False, **given), WrongState
    ) == ("round_is_open")
    assert refused(lambda: office.add(round_, track=Track.NAMED), WrongState) == "round_is_open"
    assert (
        refused(lambda: rounds.remove_category(session, office.officer, round_, row.id), WrongState) == "round_is_open"
    )
    assert refused(lambda: rounds.open_(session, office.officer, round_), WrongState) == "round_is_open"
    actions = session.scalars(select(Event.action).where(Event.subject == "round").order_by(Event.seq)).all()
    assert actions == ["create_round", "add_round_category", "open_round"]


def test_an_empty_round_does_not_open(session, office):
    assert refused(lambda: rounds.open_(session, office.officer, office.round())) == "round_without_category"


# NOON is 12:00 in Beijing, so its day there began twelve hours earlier.
@pytest.mark.parametrize(
    ("opens", "closes", "key"),
    [
        (timedelta(hours=-12, minutes=-1), timedelta(days=1), "round_opens_in_past"),
        (timedelta(days=-3), timedelta(days=1), "round_opens_in_past"),
        (timedelta(hours=-2), timedelta(0), "round_closes_in_past"),
    ],
)
def test_a_round_does_not_open_into_the_past(session, office, opens, closes, key):
    round_ = office.round(opens_at=NOON + opens, closes_at=NOON + closes)
    office.add(round_)
    assert refused(lambda: rounds.open_(session, office.officer, round_)) == key


def test_a_round_set_for_earlier_today_opens_now(session, office):
    round_ = office.round(opens_at=NOON - timedelta(hours=2))
    office.add(round_)
    rounds.open_(session, office.officer, round_)
    assert (round_.opens_at, round_.status) == (NOON, RoundStatus.OPENED)


def test_criteria_retired_meanwhile_keep_the_round_from_opening(session, office):
    round_ = office.round()
    row = office.add(round_)
    row.criteria_version.status = CriteriaStatus.RETIRED
    assert refused(lambda: rounds.open_(session, office.officer, round_)) == "criteria_not_approved"


def test_a_category_is_taken_out_of_a_prepared_round(session, office):
    round_ = office.round()
    row = office.add(round_)
    session.commit()
    rounds.remove_category(session, office.officer, round_, row.id)
    session.commit()
    assert session.scalars(select(RoundCategory)).all() == []
    assert session.scalars(select(Quota)).all() == []


def test_rounds_are_seen_by_the_office_of_their_programme_only(session, office):
    round_ = office.round()
    stranger = factories.actor(
        session, factories.persona(session, Role.AUDITOR, programme=factories.programme(session))
    )
    assert [row.id for row in rounds_of.index(session, office.officer).rows] == [round_.id]
    assert rounds_of.index(session, stranger).rows == []
