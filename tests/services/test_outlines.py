"""A programme and its rounds from a file: all that the file says, by the verbs that forms use."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from registry import seeds
from registry.domain import routes
from registry.domain.errors import Invalid, NotFound
from registry.domain.vocabulary import Level, QuotaPurpose, Role, RoundStatus, SiteKind, Track
from registry.models import Quota
from registry.services import outlines, rounds
from tests import factories
from tests.factories import NOON

OUTLINES = seeds.programmes()


@pytest.fixture
def administrator(session):
    """An administrator; documents, regions and targets are there."""
    seeds.sync(session, factories.worker())
    return factories.actor(session, factories.persona(session, Role.ADMINISTRATOR))


@pytest.fixture
def officer(session, administrator):
    return factories.actor(session, factories.persona(session, Role.OFFICER))


def approved(session, *keys):
    return {key: factories.criteria_version(session, key=key, content=seeds.criteria_set(key)) for key in keys}


def prepare(session, officer, programme, kind, criteria, **changed):
    given = {
        "title": "2026 年遴选",
        "title_en": "Selection 2026",
        "year": 2026,
        "opens_at": NOON + timedelta(days=1),
        "closes_at": NOON + timedelta(days=31),
        **changed,
    }
    entry = OUTLINES[programme.key].round_of(kind)
    return outlines.prepare(session, officer, programme, entry, criteria=criteria, **given)


def quotas(round_, purpose):
    return [row.number for row in round_.quotas if row.purpose is purpose]


@pytest.mark.parametrize("key", sorted(OUTLINES))
def test_every_file_sets_up_its_programme(session, administrator, key):
    outline = OUTLINES[key]
    programme = outlines.set_up(session, administrator, outline)
    assert (programme.key, programme.region_key, programme.name) == (key, outline.region, outline.title.zh)
    assert [row.key for row in programme.categories] == [entry.key for entry in outline.categories]
    assert [row.issuer.name for row in programme.issuers] == [issuer.zh for issuer in outline.issuers]


def test_a_category_takes_the_sites_that_the_file_names(session, administrator):
    (city,) = outlines.set_up(session, administrator, OUTLINES["shandong-cities"]).categories
    assert city.named_regions == ["jinan", "qingdao", "yantai", "weifang"]
    (place,) = outlines.set_up(session, administrator, OUTLINES["zhejiang-cities"]).categories
    assert (place.site_kinds, place.levels) == ([SiteKind.CITY], [Level.CITY, Level.DISTRICT])


def test_a_category_asks_for_the_awards_that_the_file_names(session, administrator):
    """By its key within the programme, and by its full name once it is on the portal."""
    outline = OUTLINES["shenzhen-projects"]
    first, second, *rest = outline.categories
    second = second.model_copy(update={"after": (first.key,), "once": "site"})
    made = outlines.set_up(session, administrator, outline.model_copy(update={"categories": (first, second, *rest)}))
    assert [(row.after, row.once) for row in made.categories[:2]] == [([], None), (["shenzhen-projects/SZ-01"], "site")]
    other = OUTLINES["near-zero"]
    last = other.categories[-1].model_copy(update={"after": ("shenzhen-projects/SZ-01", "elsewhere/X-1")})
    with pytest.raises(Invalid) as refused:
        outlines.set_up(session, administrator, other.model_copy(update={"categories": (last,)}))
    assert (refused.value.key, refused.value.values) == ("after_unknown", {"name": "elsewhere/X-1"})


def test_a_programme_is_set_up_once_and_by_an_administrator(session, administrator, officer):
    outlines.set_up(session, administrator, OUTLINES["near-zero"])
    with pytest.raises(Invalid) as refused:
        outlines.set_up(session, administrator, OUTLINES["near-zero"])
    assert (refused.value.key, refused.value.field) == ("key_taken", "key")
    with pytest.raises(NotFound):
        outlines.set_up(session, officer, OUTLINES["shenzhen-zones"])


def test_all_programmes_stand_side_by_side(session, administrator):
    rows = [outlines.set_up(session, administrator, outline) for outline in OUTLINES.values()]
    assert len({row.id for row in rows}) == 13
    # Nine departments sign in Zhejiang, once for all of its programmes.
    assert len({row.issuer_id for programme in rows[-5:] for row in programme.issuers}) == 9


def test_the_round_of_shenzhen_has_its_categories_total_pool_and_limit(session, administrator, officer):
    programme = outlines.set_up(session, administrator, OUTLINES["shenzhen-projects"])
    criteria = approved(session, "air", "wwproj", "solid", "park", "ent")
    round_ = prepare(session, officer, programme, "selection", criteria)
    assert (round_.status, round_.one_person_may_sign) == (RoundStatus.PREPARED, True)
    assert [entry.category.key for entry in round_.categories] == ["SZ-01", "SZ-02", "SZ-03", "SZ-04", "SZ-05"]
    assert quotas(round_, QuotaPurpose.AWARD) == [10, 5, 10, 5, 15]
    assert (quotas(round_, QuotaPurpose.TOTAL), quotas(round_, QuotaPurpose.POOL)) == ([50], [5])
    limit = session.scalars(select(Quota).where(Quota.purpose == QuotaPurpose.RECOMMEND)).one()
    assert (limit.level, limit.number, limit.category_id) == (Level.DISTRICT, 12, None)
    assert rounds.open_(session, officer, round_).status is RoundStatus.OPENED


def test_a_library_has_no_end_and_its_track(session, administrator, officer):
    programme = outlines.set_up(session, administrator, OUTLINES["zhejiang-parks"])
    round_ = prepare(session, officer, programme, "library", approved(session, "park"))
    assert round_.closes_at is None
    (entry,) = round_.categories
    assert entry.track is Track.LIBRARY
    assert [step.kind for step in entry.steps] == [step.kind for step in routes.preset("library_first")]


def test_years_of_figures_go_to_every_category(session, administrator, officer):
    programme = outlines.set_up(session, administrator, OUTLINES["zhejiang-projects"])
    criteria = approved(session, "air", "water", "solid")
    round_ = prepare(session, officer, programme, "selection", criteria, figures_year=2024, base_year=2020)
    assert [(row.settings["year"], row.settings["base_year"]) for row in round_.categories] == [(2024, 2020)] * 3


def test_a_set_that_is_not_approved_is_named(session, administrator, officer):
    programme = outlines.set_up(session, administrator, OUTLINES["zhejiang-projects"])
    with pytest.raises(Invalid) as refused:
        prepare(session, officer, programme, "selection", approved(session, "air", "solid"))
    assert (refused.value.key, refused.value.values) == ("criteria_set_not_approved", {"name": "water"})


def test_a_round_that_ends_needs_its_end(session, administrator, officer):
    programme = outlines.set_up(session, administrator, OUTLINES["near-zero"])
    with pytest.raises(Invalid) as refused:
        prepare(session, officer, programme, "selection", approved(session, "dual"), closes_at=None)
    assert (refused.value.key, refused.value.field) == ("round_needs_end", "closes_at")


def test_a_category_that_the_programme_lost_is_refused(session, administrator, officer):
    programme = outlines.set_up(session, administrator, OUTLINES["near-zero"])
    programme.categories[0].key = "GJ-99"
    with pytest.raises(Invalid) as refused:
        prepare(session, officer, programme, "selection", approved(session, "dual"))
    assert refused.value.key == "category_of_other_programme"
