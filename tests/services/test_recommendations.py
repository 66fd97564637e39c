"""The bureau: confirmation of organisation and site, the opinion, and whose turn it is."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Kind, LetterKind, Level, Role, SiteKind, Standing, Status
from registry.models import Application, Letter, Recommendation, Region, Round, RoundCategory
from registry.queries import recommendations as bureau
from registry.services import recommendations
from tests import factories

OPINION = "材料齐全,同意推荐该厂参加遴选。"


@pytest.fixture
def region(session: Session) -> Region:
    return factories.region(session, level=Level.CITY)


@pytest.fixture
def waiting(session: Session, region: Region) -> Application:
    """An application at the bureau's stage, which asks for a bureau of a city."""
    organisation = factories.organisation(session, region=region, status=Standing.PENDING)
    site = factories.site(session, organisation=organisation, status=Standing.PENDING)
    where = factories.round_category(session, steps={Kind.RECOMMENDATION: {"level": Level.CITY}})
    return factories.application(
        session, round_category=where, kind=Kind.RECOMMENDATION, organisation=organisation, site=site
    )


def bureau_of(session: Session, region: Region) -> Actor:
    return factories.actor(session, factories.persona(session, Role.RECOMMENDER, region=region))


def test_a_bureau_confirms_and_recommends(session: Session, waiting: Application, region: Region) -> None:
    actor = bureau_of(session, region)
    assert bureau.queue(session, actor).rows == [waiting]

    recommendations.confirm_organisation(session, actor, waiting, confirmed=True)
    recommendations.confirm_site(session, actor, waiting, confirmed=True)
    recommendations.recommend(session, actor, waiting, in_favour=True, opinion=OPINION)

    assert waiting.organisation is not None
    assert waiting.organisation.status is Standing.CONFIRMED
    assert waiting.site.status is Standing.CONFIRMED
    assert (waiting.kind, waiting.status) == (Kind.SCREENING, Status.WAITING)
    row = session.scalars(select(Recommendation)).one()
    assert (row.position, row.region_key, row.level, row.opinion) == (1, region.key, Level.CITY, OPINION)
    assert bureau.queue(session, actor).rows == []
    assert [(one.application, one.recommendation) for one in bureau.decided(session, actor).rows] == [(waiting, row)]


def test_without_confirmation_there_is_no_recommendation(
    session: Session, waiting: Application, region: Region
) -> None:
    actor = bureau_of(session, region)
    with pytest.raises(Invalid, match="confirm_organisation_first"):
        recommendations.recommend(session, actor, waiting, in_favour=True, opinion=OPINION)
    recommendations.confirm_organisation(session, actor, waiting, confirmed=True)
    with pytest.raises(Invalid, match="confirm_site_first"):
        recommendations.recommend(session, actor, waiting, in_favour=True, opinion=OPINION)


@pytest.mark.parametrize(("opinion", "enough"), [("九个字不够写明意见", False), ("十个字已经能写明意见", True)])
def test_an_opinion_has_ten_characters(
    session: Session, waiting: Application, region: Region, opinion: str, enough: bool
) -> None:
    actor = bureau_of(session, region)
    if enough:
        recommendations.recommend(session, actor, waiting, in_favour=False, opinion=opinion)
        assert waiting.status is Status.DECLINED
    else:
        with pytest.raises(Invalid, match="reason_too_short"):
            recommendations.recommend(session, actor, waiting, in_favour=False, opinion=opinion)


def test_declining_tells_the_applicant(session: Session, waiting: Application, region: Region) -> None:
    assert waiting.organisation is not None
    factories.persona(session, Role.SIGNATORY, organisation=waiting.organisation)
    recommendations.recommend(session, bureau_of(session, region), waiting, in_favour=False, opinion=OPINION)
    letter = session.scalars(select(Letter)).one()
    assert (letter.kind, letter.application_id) == (LetterKind.DECLINED, waiting.id)
    assert OPINION in letter.body


def test_a_code_is_confirmed_once(session: Session, waiting: Application, region: Region) -> None:
    assert waiting.organisation is not None
    holder = factories.organisation(session, credit_code=waiting.organisation.credit_code)
    assert bureau.claimants(session, waiting) == [holder]
    with pytest.raises(Invalid, match="credit_code_held"):
        recommendations.confirm_organisation(session, bureau_of(session, region), waiting, confirmed=True)


def test_what_is_decided_is_not_decided_again(session: Session, waiting: Application, region: Region) -> None:
    actor = bureau_of(session, region)
    recommendations.confirm_organisation(session, actor, waiting, confirmed=True)
    recommendations.confirm_site(session, actor, waiting, confirmed=True)
    with pytest.raises(WrongState, match="organisation_decided"):
        recommendations.confirm_organisation(session, actor, waiting, confirmed=False)
    with pytest.raises(WrongState, match="site_decided"):
        recommendations.confirm_site(session, actor, waiting, confirmed=False)
    assert waiting.organisation is not None
    assert (waiting.organisation.status, waiting.site.status) == (Standing.CONFIRMED, Standing.CONFIRMED)
    recommendations.recommend(session, actor, waiting, in_favour=True, opinion=OPINION)
    assert waiting.kind is Kind.SCREENING


def test_a_permit_is_confirmed_once(session: Session, waiting: Application, region: Region) -> None:
    waiting.site.permit_number = "91440300MA5F000001001V"
    claimed = factories.site(session, permit_number="91440300MA5F000001001V", status=Standing.PENDING)
    holder = factories.site(session, permit_number="91440300MA5F000001001V")
    factories.site(session)
    assert bureau.permit_claimants(session, waiting) == [holder, claimed]
    with pytest.raises(Invalid, match="permit_number_confirmed"):
        recommendations.confirm_site(session, bureau_of(session, region), waiting, confirmed=True)
    recommendations.confirm_site(session, bureau_of(session, region), waiting, confirmed=False)
    assert waiting.site.status is Standing.REFUSED


def test_sites_without_a_permit_do_not_clash(session: Session, waiting: Application, region: Region) -> None:
    factories.site(session)
    assert bureau.permit_claimants(session, waiting) == []
    recommendations.confirm_site(session, bureau_of(session, region), waiting, confirmed=True)


def test_another_level_waits_its_turn(session: Session, waiting: Application, region: Region) -> None:
    above = factories.region(session, level=Level.PROVINCE)
    region.parent_key = above.key
    session.flush()
    actor = bureau_of(session, above)
    assert bureau.queue(session, actor).rows == []
    with pytest.raises(WrongState, match="bureau_of_other_level"):
        recommendations.recommend(session, actor, waiting, in_favour=False, opinion=OPINION)


def test_another_region_sees_nothing(session: Session, waiting: Application) -> None:
    actor = bureau_of(session, factories.region(session, level=Level.CITY))
    assert bureau.queue(session, actor).rows == []
    with pytest.raises(NotFound):
        recommendations.recommend(session, actor, waiting, in_favour=False, opinion=OPINION)


def test_a_second_opinion_comes_too_late(session: Session, waiting: Application, region: Region) -> None:
    actor = bureau_of(session, region)
    given: dict[str, Any] = {"in_favour": False, "opinion": OPINION}
    recommendations.recommend(session, actor, waiting, **given)
    with pytest.raises(WrongState, match="moved_on"):
        recommendations.recommend(session, actor, waiting, **given)


# In turn, in an order, and no more than the limit


END = (Kind.SCREENING, Kind.SCORING, Kind.DELIBERATION, Kind.NOTICE, Kind.PUBLICATION, Kind.CERTIFICATE)


@pytest.fixture
def province(session: Session, region: Region) -> Region:
    found = factories.region(session, level=Level.PROVINCE)
    region.parent_key = found.key
    session.flush()
    return found


def applying(session: Session, where: RoundCategory, region: Region) -> Application:
    """A confirmed applicant of the region, at the first bureau."""
    organisation = factories.organisation(session, region=region)
    return factories.application(session, round_category=where, kind=Kind.RECOMMENDATION, organisation=organisation)


def in_favour(session: Session, actor: Actor, application: Application, rank: int | None = None) -> Recommendation:
    return recommendations.recommend(session, actor, application, in_favour=True, opinion=OPINION, rank=rank)


def test_bureaus_recommend_in_turn_from_below(session: Session, region: Region, province: Region) -> None:
    steps = {1: {"level": Level.CITY}, 2: {"level": Level.PROVINCE}}
    route = (Kind.FILING, Kind.RECOMMENDATION, Kind.RECOMMENDATION, *END)
    application = applying(session, factories.round_category(session, route=route, steps=steps), region)
    city, above = bureau_of(session, region), bureau_of(session, province)
    assert (bureau.queue(session, city).rows, bureau.queue(session, above).rows) == ([application], [])
    with pytest.raises(WrongState, match="bureau_of_other_level"):
        in_favour(session, above, application)
    in_favour(session, city, application, rank=2)
    assert (application.kind, application.position) == (Kind.RECOMMENDATION, 2)
    assert (bureau.queue(session, city).rows, bureau.queue(session, above).rows) == ([], [application])
    assert bureau.holding_of(city, application) is None
    assert bureau.decided(session, above).rows == []
    with pytest.raises(WrongState, match="bureau_of_other_level"):
        in_favour(session, city, application)
    in_favour(session, above, application, rank=1)
    assert application.kind is Kind.SCREENING
    found = [(one.recommendation.level, one.recommendation.rank) for one in bureau.opinions(session, application)]
    assert found == [(Level.CITY, 2), (Level.PROVINCE, 1)]


def test_who_is_declined_above_ends_there(session: Session, region: Region, province: Region) -> None:
    steps = {1: {"level": Level.CITY}, 2: {"level": Level.PROVINCE}}
    route = (Kind.FILING, Kind.RECOMMENDATION, Kind.RECOMMENDATION, *END)
    application = applying(session, factories.round_category(session, route=route, steps=steps), region)
    in_favour(session, bureau_of(session, region), application)
    recommendations.recommend(session, bureau_of(session, province), application, in_favour=False, opinion=OPINION)
    assert (application.status, application.position) == (Status.DECLINED, 2)


def test_a_bureau_recommends_no_more_than_its_limit(session: Session, region: Region) -> None:
    steps = {Kind.RECOMMENDATION: {"level": Level.CITY}}
    where = factories.round_category(session, steps=steps, limits=[{"level": Level.CITY, "number": 2}])
    first, second, third = (applying(session, where, region) for _ in range(3))
    actor = bureau_of(session, region)
    for application, taken in ((first, 0), (second, 1)):
        places = bureau.limits(session, actor, application)
        assert places.category is not None
        assert (places.category.taken, places.category.number, places.round) == (taken, 2, None)
        in_favour(session, actor, application)
    with pytest.raises(Invalid, match="recommendation_quota_spent") as refused:
        in_favour(session, actor, third)
    assert (refused.value.field, refused.value.values["number"]) == ("in_favour", 2)
    recommendations.recommend(session, actor, third, in_favour=False, opinion=OPINION)
    assert third.status is Status.DECLINED


def test_a_limit_of_ones_own_stands_before_that_of_the_level(session: Session, region: Region) -> None:
    of_level, own = {"level": Level.CITY, "number": 5}, {"region_key": region.key, "number": 1}
    where = factories.round_category(session, limits=[of_level, own])
    actor = bureau_of(session, region)
    in_favour(session, actor, applying(session, where, region))
    with pytest.raises(Invalid, match="recommendation_quota_spent"):
        in_favour(session, actor, applying(session, where, region))


def test_the_limit_of_a_round_counts_all_its_categories(session: Session, region: Region) -> None:
    whole = {"category_id": None, "level": Level.CITY, "number": 1}
    where = factories.round_category(session, limits=[whole])
    other = factories.round_category(session, round_=session.get_one(Round, where.round_id))
    actor = bureau_of(session, region)
    in_favour(session, actor, applying(session, where, region))
    waiting = applying(session, other, region)
    places = bureau.limits(session, actor, waiting)
    assert places.category is None
    assert places.round is not None
    assert (places.round.taken, places.round.left) == (1, 0)
    with pytest.raises(Invalid, match="recommendation_quota_spent"):
        in_favour(session, actor, waiting)


def test_who_withdraws_gives_the_place_back(session: Session, region: Region) -> None:
    where = factories.round_category(session, limits=[{"level": Level.CITY, "number": 1}])
    actor, first = bureau_of(session, region), applying(session, where, region)
    in_favour(session, actor, first, rank=1)
    first.status = Status.WITHDRAWN
    session.flush()
    in_favour(session, actor, applying(session, where, region), rank=1)


def test_the_neighbours_limit_is_its_own(session: Session, region: Region) -> None:
    where = factories.round_category(session, limits=[{"level": Level.CITY, "number": 1}])
    neighbour = factories.region(session, level=Level.CITY)
    in_favour(session, bureau_of(session, region), applying(session, where, region))
    in_favour(session, bureau_of(session, neighbour), applying(session, where, neighbour))


def test_a_rank_is_given_once_in_a_category(session: Session, region: Region) -> None:
    where = factories.round_category(session)
    actor = bureau_of(session, region)
    in_favour(session, actor, applying(session, where, region), rank=1)
    again = applying(session, where, region)
    for rank, key in ((1, "rank_given_before"), (0, "rank_from_one")):
        with pytest.raises(Invalid, match=key) as refused:
            in_favour(session, actor, again, rank=rank)
        assert refused.value.field == "rank"
    in_favour(session, actor, again, rank=2)
    # Another category, and another bureau, have an order of their own.
    in_favour(session, actor, applying(session, factories.round_category(session), region), rank=1)
    neighbour = factories.region(session, level=Level.CITY)
    in_favour(session, bureau_of(session, neighbour), applying(session, where, neighbour), rank=1)


def test_who_is_not_recommended_has_no_rank(session: Session, waiting: Application, region: Region) -> None:
    given = recommendations.recommend(
        session, bureau_of(session, region), waiting, in_favour=False, opinion=OPINION, rank=1
    )
    assert given.rank is None


def test_one_site_stands_for_a_region_as_a_whole(session: Session, region: Region) -> None:
    where = factories.round_category(session)
    city = {"kind": SiteKind.CITY, "for_region_key": region.key, "region": region}
    factories.site(session, **city)
    second = factories.site(session, **city, status=Standing.PENDING)
    zone = factories.site(session, **{**city, "kind": SiteKind.ZONE}, status=Standing.PENDING)
    actor = bureau_of(session, region)
    for site in (second, zone):
        application = factories.application(session, round_category=where, kind=Kind.RECOMMENDATION, site=site)
        if site is second:
            with pytest.raises(Invalid, match="region_confirmed_already"):
                recommendations.confirm_site(session, actor, application, confirmed=True)
            recommendations.confirm_site(session, actor, application, confirmed=False)
        else:
            recommendations.confirm_site(session, actor, application, confirmed=True)
    assert (second.status, zone.status) == (Standing.REFUSED, Standing.CONFIRMED)
