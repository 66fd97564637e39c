"""Who may apply: by the region of the programme, the kind of site, the level, and the places that a document names."""

import pytest
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid
from registry.domain.texts import Names
from registry.domain.vocabulary import Level, PartyRole, Role, SiteKind, Status
from registry.models import Region, RoundCategory, Site
from registry.services import eligibility, sites, starting
from tests import factories
from tests.factories import NOON


class Land:
    """A country with a province, its city and a district of it, and a province beside them."""

    def __init__(self, session: Session) -> None:
        country = factories.country(session)
        self.province = factories.region(session, level=Level.PROVINCE, within=country, name="浙江省")
        self.city = factories.region(session, level=Level.CITY, within=self.province, name="杭州市", name_en="Hangzhou")
        self.district = factories.region(session, level=Level.DISTRICT, within=self.city)
        self.other_city = factories.region(session, level=Level.CITY, within=self.province)
        self.elsewhere = factories.region(session, level=Level.PROVINCE, within=country)


@pytest.fixture
def land(session: Session) -> Land:
    return Land(session)


def taking(session: Session, region: Region | None = None, **columns: object) -> RoundCategory:
    """A category of a programme of this region, in an open round."""
    programme = factories.programme(session, **({"region_key": region.key} if region else {}))
    category = factories.category(session, programme=programme, **columns)
    return factories.round_category(session, category=category)


def refused(session: Session, where: RoundCategory, site: Site) -> tuple[str, str, dict[str, object]] | None:
    try:
        eligibility.require(session, where, site)
    except Invalid as error:
        return error.key, error.field or "", dict(error.values)
    return None


def test_a_category_that_says_nothing_takes_all(session: Session, land: Land) -> None:
    where = taking(session)
    for kind in SiteKind:
        assert refused(session, where, factories.site(session, region=land.district, kind=kind)) is None


def test_a_programme_takes_what_lies_in_its_region(session: Session, land: Land) -> None:
    where = taking(session, land.province)
    for region in (land.province, land.city, land.district, land.other_city):
        assert refused(session, where, factories.site(session, region=region)) is None
    outside = factories.site(session, region=land.elsewhere)
    names = {"region": Names("浙江省", land.province.name_en)}
    assert refused(session, where, outside) == ("site_outside_programme", "site", names)


def test_a_whole_region_lies_where_it_is_not_where_its_authority_sits(session: Session, land: Land) -> None:
    where = taking(session, land.province)
    site = factories.site(session, region=land.elsewhere, kind=SiteKind.CITY, for_region_key=land.city.key)
    assert refused(session, where, site) is None


def test_a_category_takes_its_kinds_of_site(session: Session, land: Land) -> None:
    where = taking(session, site_kinds=["factory", "plant"])
    assert refused(session, where, factories.site(session, kind=SiteKind.FACTORY)) is None
    kinds = {"kinds": (SiteKind.FACTORY, SiteKind.PLANT)}
    assert refused(session, where, factories.site(session, kind=SiteKind.PARK)) == (
        "site_kind_not_taken",
        "site",
        kinds,
    )


def test_a_category_takes_regions_of_its_levels(session: Session, land: Land) -> None:
    where = taking(session, site_kinds=["city"], levels=["city"])

    def whole(region: Region) -> Site:
        return factories.site(session, region=region, kind=SiteKind.CITY, for_region_key=region.key)

    assert refused(session, where, whole(land.city)) is None
    for region in (land.district, land.province):
        assert refused(session, where, whole(region)) == (
            "site_level_not_taken",
            "site",
            {"levels": (Level.CITY,)},
        )


def test_a_category_takes_the_places_that_are_named(session: Session, land: Land) -> None:
    where = taking(session, named_regions=[land.city.key])
    assert refused(session, where, factories.site(session, region=land.city)) is None
    named = {"regions": (Names("杭州市", "Hangzhou"),)}
    assert refused(session, where, factories.site(session, region=land.other_city)) == ("site_not_named", "site", named)


def test_who_starts_is_told_at_the_field_and_nothing_is_kept(session: Session, land: Land) -> None:
    where = taking(session, land.province)
    person = factories.persona(session, Role.DRAFTER, organisation=(whose := factories.organisation(session)))
    site = factories.site(session, organisation=whose, region=land.elsewhere)
    actor = factories.actor(session, person)
    with pytest.raises(Invalid, match="site_outside_programme"):
        starting.start(session, actor, where, site, whose)
    found = starting.refusal(session, actor, where, site)
    assert found is not None
    assert (found.key, found.field) == ("site_outside_programme", "site")
    inside = factories.site(session, organisation=whose, region=land.city)
    assert starting.refusal(session, actor, where, inside) is None
    starting.start(session, actor, where, inside, whose)
    applied = starting.refusal(session, actor, where, inside)
    assert applied is not None
    assert applied.key == "applied_already"


@pytest.mark.parametrize("kind", [SiteKind.CITY, SiteKind.ZONE])
def test_a_city_or_zone_is_entered_for_its_region(session: Session, land: Land, kind: SiteKind) -> None:
    whose = factories.organisation(session)
    actor = factories.actor(session, factories.persona(session, Role.DRAFTER, organisation=whose))
    told = {"name_en": "", "address": "", "permit_number": "", "role": PartyRole.OWNER}
    site = sites.add(session, actor, whose, kind=kind, name="杭州市", region_key=land.city.key, **told)
    assert (site.region_key, site.for_region_key) == (land.city.key, land.city.key)
    plant = sites.add(session, actor, whose, kind=SiteKind.PLANT, name="一厂", region_key=land.city.key, **told)
    assert plant.for_region_key is None


def test_one_site_applies_in_two_programmes_at_once(session: Session, land: Land) -> None:
    whose = factories.organisation(session)
    actor = factories.actor(session, factories.persona(session, Role.DRAFTER, organisation=whose), NOON)
    site = factories.site(session, organisation=whose, region=land.district)
    first, second = taking(session, land.province), taking(session)
    made = [starting.start(session, actor, where, site, whose) for where in (first, second)]
    assert [one.status for one in made] == [Status.DRAFTED, Status.DRAFTED]
    with pytest.raises(Invalid, match="applied_already"):
        starting.start(session, actor, second, site, whose)
