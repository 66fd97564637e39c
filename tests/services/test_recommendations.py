"""The bureau: confirmation of organisation and site, the opinion, and whose turn it is."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Kind, Level, Role, Standing, Status
from registry.models import Application, Message, Recommendation, Region
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
    assert bureau.queue(session, actor) == [waiting]

    recommendations.confirm_organisation(session, actor, waiting, confirmed=True)
    recommendations.confirm_site(session, actor, waiting, confirmed=True)
    recommendations.recommend(session, actor, waiting, in_favour=True, opinion=OPINION)

    assert waiting.organisation is not None
    assert waiting.organisation.status is Standing.CONFIRMED
    assert waiting.site.status is Standing.CONFIRMED
    assert (waiting.kind, waiting.status) == (Kind.SCREENING, Status.WAITING)
    row = session.scalars(select(Recommendation)).one()
    assert (row.position, row.region_key, row.level, row.opinion) == (1, region.key, Level.CITY, OPINION)
    assert bureau.queue(session, actor) == []
    assert bureau.decided(session, actor) == [waiting]


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
    message = session.scalars(select(Message)).one()
    assert (message.key, message.path) == ("application_declined", f"/applications/{waiting.id}")
    assert message.values == {"site": waiting.site.name, "opinion": OPINION}


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
    assert bureau.queue(session, actor) == []
    with pytest.raises(WrongState, match="bureau_of_other_level"):
        recommendations.recommend(session, actor, waiting, in_favour=False, opinion=OPINION)


def test_another_region_sees_nothing(session: Session, waiting: Application) -> None:
    actor = bureau_of(session, factories.region(session, level=Level.CITY))
    assert bureau.queue(session, actor) == []
    with pytest.raises(NotFound):
        recommendations.recommend(session, actor, waiting, in_favour=False, opinion=OPINION)


def test_a_second_opinion_comes_too_late(session: Session, waiting: Application, region: Region) -> None:
    actor = bureau_of(session, region)
    given: dict[str, Any] = {"in_favour": False, "opinion": OPINION}
    recommendations.recommend(session, actor, waiting, **given)
    with pytest.raises(WrongState, match="moved_on"):
        recommendations.recommend(session, actor, waiting, **given)
