"""What an applicant sees of the way: which sites fit, the filing that is asked for next, what was handed in before."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import Action, FilingKind, Kind, Level, Role, SiteKind, Status
from registry.models import Application, Site, SiteParty
from registry.queries import applications as tables
from registry.services import libraries
from tests import browse, factories
from tests.factories import NOON

Client = Callable[..., FlaskClient]
END = (Kind.SCORING, Kind.DELIBERATION, Kind.NOTICE, Kind.PUBLICATION, Kind.CERTIFICATE)
ROUTE = (Kind.FILING, Kind.SCREENING, Kind.LIBRARY, Kind.FILING, Kind.SCREENING, *END)
STEPS = {0: {"filing": FilingKind.REGISTRATION}, 3: {"filing": FilingKind.ACCEPTANCE, "parameters": {"months": 6}}}


@pytest.fixture(autouse=True)
def noon(at: Callable[[datetime], None]) -> None:
    at(NOON)


# Starting


def test_only_sites_that_fit_are_offered_and_the_others_say_why(session: Session, client: Client) -> None:
    region = factories.region(session, level=Level.PROVINCE, name="浙江省", name_en="浙江省")
    programme = factories.programme(session, region_key=region.key)
    where = factories.round_category(session, category=factories.category(session, programme=programme))
    whose = factories.organisation(session)
    inside = factories.site(session, organisation=whose, region=region)
    outside = factories.site(session, organisation=whose)
    person = factories.persona(session, Role.DRAFTER, organisation=whose)
    session.commit()
    applicant, url = client(person), f"/applications/start/{where.id}"
    parts = {part.site_id: str(part.id) for part in _parts(session, whose.id)}
    names = (inside.id, outside.id, outside.name)
    session.rollback()

    page = applicant.get(url)
    assert f'value="{parts[names[0]]}"' in page.text
    assert f'value="{parts[names[1]]}"' not in page.text
    why = browse.words(page)
    assert names[2] in why

    assert "浙江省" in why

    refused = browse.post(applicant, url, site=parts[names[1]])
    assert refused.status_code == 422
    assert 'id="site-error"' in refused.text
    assert browse.post(applicant, url, site="999999").status_code == 422
    assert browse.post(applicant, url).status_code == 422
    assert browse.post(applicant, url, site=parts[names[0]]).status_code == 303


def test_a_zone_is_entered_as_the_region_that_it_is(session: Session, client: Client) -> None:
    province = factories.region(session, level=Level.PROVINCE, within=factories.country(session))
    region = factories.region(session, level=Level.CITY, within=province)
    whose = factories.organisation(session, region=region)
    person = factories.persona(session, Role.DRAFTER, organisation=whose)
    session.commit()
    applicant, url = client(person), f"/organisations/{whose.id}/sites/new"
    offered = applicant.get(url).text
    assert all(f'value="{kind.value}"' in offered for kind in SiteKind)
    fields = {"name": "协同示范区", "region_key": region.key, "role": "owner"}
    assert browse.post(applicant, url, kind="zone", **fields).status_code == 303
    site = session.scalars(select(Site).where(Site.kind == SiteKind.ZONE)).one()
    assert (site.region_key, site.for_region_key) == (region.key, region.key)


def _parts(session: Session, organisation_id: int) -> list[SiteParty]:
    return list(session.scalars(select(SiteParty).where(SiteParty.organisation_id == organisation_id)))


# The next filing


class Asked:
    """An application that was called from the library and is asked for its acceptance."""

    def __init__(self, session: Session, make: Client) -> None:
        where = factories.round_category(session, route=ROUTE, steps=STEPS)
        answers = {"licensed": True, "reused": "50"}
        applicant = {"name": "水务公司", "credit_code": "91440300MA5F000001", "site": {"name": "一厂"}}
        application = factories.application(
            session, round_category=where, kind=Kind.LIBRARY, answers=answers, applicant=applicant
        )
        self.file = factories.evidence(session, application, submitted=True)
        assert application.organisation is not None
        person = factories.user(session)
        factories.seat(session, person, application.organisation)
        officer = factories.actor(session, factories.persona(session, Role.OFFICER))
        known = tables.one(session, officer, Action.CALL, application.id, lock=True)
        libraries.call(session, officer, known, reason="按年度计划调入本批遴选。")
        session.commit()
        self.digest = application.content_digest or ""
        self.person, self.make = person, make
        self.client, self.url = make(person), f"/applications/{application.id}"


@pytest.fixture
def asked(session: Session, client: Client) -> Asked:
    return Asked(session, client)


def test_the_page_and_the_form_say_until_when_it_is_due(asked: Asked) -> None:
    # Six months after 2 March: the whole of 2 September, which is over at midnight.
    for path in ("", "/edit"):
        page = asked.client.get(asked.url + path)
        assert page.status_code == 200
        assert "2026-09-02 24:00" in browse.words(page)
    assert "2026-09-02 24:00" in browse.words(asked.client.get("/applications"))


def test_figures_are_carried_over_and_evidence_is_not(asked: Asked) -> None:
    form = asked.client.get(f"{asked.url}/edit").text
    assert 'value="50"' in form
    assert asked.file.name not in asked.client.get(f"{asked.url}/edit/evidence").text
    assert asked.file.name in asked.client.get(asked.url).text
    assert f"/evidence/{asked.file.id}/remove" not in asked.client.get(f"{asked.url}/edit/evidence").text
    away = browse.post(asked.client, f"{asked.url}/evidence/{asked.file.id}/remove")
    assert away.status_code == 404


def test_the_receipt_of_the_first_stays_until_the_next_is_handed_in(asked: Asked) -> None:
    receipt = asked.client.get(f"{asked.url}/receipt")
    assert receipt.status_code == 200
    assert asked.digest in receipt.text


def test_after_its_day_nothing_is_written_any_more(asked: Asked, at: Callable[[datetime], None]) -> None:
    at(NOON + timedelta(days=190))
    late = asked.make(asked.person)
    page = late.get(asked.url)
    assert page.status_code == 200
    assert f'href="{asked.url}/edit"' not in page.text
    assert late.get(f"{asked.url}/edit").status_code == 303
    assert late.get("/applications").status_code == 200


def test_who_waits_in_the_library_is_told_so(session: Session, client: Client) -> None:
    where = factories.round_category(session, route=ROUTE, steps=STEPS)
    application = factories.application(session, round_category=where, kind=Kind.LIBRARY)
    assert application.organisation is not None
    person = factories.user(session)
    factories.seat(session, person, application.organisation)
    session.commit()
    applicant = client(person)
    assert applicant.get("/applications").status_code == 200
    page = applicant.get(f"/applications/{application.id}")
    assert page.status_code == 200
    assert page.text.count('aria-current="step"') == 1
    assert session.get_one(Application, application.id).status is Status.WAITING
