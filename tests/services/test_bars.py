"""Who is barred from a programme stays out of it: the site and its organisation, whatever had begun before."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, WrongState
from registry.domain.vocabulary import Kind, Level, Role, Standing, Status
from registry.models import Application, Site
from registry.queries import applications as tables
from registry.queries import decisions, filings
from registry.services import applications, awards, screening, starting
from tests import factories
from tests.factories import NOON

REASON = "核查发现佐证材料系伪造，取消申报资格。"
UNTIL = date(2029, 3, 2)  # three years after the 2nd of March 2026


@pytest.fixture
def barred(session: Session) -> Application:
    """An application that is barred for three years from NOON on."""
    application = factories.application(session, kind=Kind.SCREENING)
    officer = factories.persona(session, Role.OFFICER)
    screening.bar(session, factories.actor(session, officer), application, reason=REASON, months=36)
    assert application.barred_until == UNTIL
    return application


def other_category(session: Session, application: Application):
    """Another category of the same round."""
    return factories.round_category(session, round_=application.round_category.round)


def test_the_organisation_is_barred_with_another_site(session, barred):
    signatory = factories.persona(session, Role.SIGNATORY, organisation=barred.organisation)
    elsewhere = factories.site(session, organisation=barred.organisation)
    with pytest.raises(Invalid) as refusal:
        starting.start(
            session,
            factories.actor(session, signatory),
            other_category(session, barred),
            elsewhere,
            barred.organisation,
        )
    assert (refusal.value.key, refusal.value.values) == ("barred_until", {"day": UNTIL})


def test_a_draft_of_before_is_not_submitted(session, barred):
    draft = factories.application(
        session,
        round_category=other_category(session, barred),
        site=session.get_one(Site, barred.site_id),
        organisation=barred.organisation,
        answers={"licensed": True, "reused": "40"},
    )
    signatory = factories.persona(session, Role.SIGNATORY, organisation=barred.organisation)
    with pytest.raises(Invalid, match="barred_until"):
        applications.submit(
            session,
            factories.actor(session, signatory, NOON + timedelta(days=2)),
            tables.one(session, factories.actor(session, signatory), "view_own", draft.id),
            revision=1,
            receipt_key=bytes(10),
        )


def test_another_application_that_was_in_already_has_no_place_in_the_ranking(session, barred):
    where = other_category(session, barred)
    within = factories.application(
        session,
        round_category=where,
        site=session.get_one(Site, barred.site_id),
        organisation=barred.organisation,
        kind=Kind.DELIBERATION,
    )
    factories.evaluation(session, within, total="90.00")
    (line,) = decisions.ranking(session, where, at=NOON + timedelta(days=1)).lines
    assert (line.row.rank, line.row.ground.value) == (None, "barred")
    (after,) = decisions.ranking(session, where, at=NOON + timedelta(days=365 * 3 + 2)).lines
    assert after.row.rank == 1


def test_no_certificate_is_issued_to_whom_nobody_has_confirmed(session):
    application = factories.application(session, kind=Kind.CERTIFICATE, status=Status.SELECTED)
    decision = factories.decision(session, application.round_category)
    entry = factories.entry(session, factories.publication(session, decision), application)
    session.get_one(Site, application.site_id).status = Standing.PENDING
    session.flush()
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    with pytest.raises(WrongState, match="holder_not_confirmed"):
        awards.issue(session, officer, entry, random_bytes=bytes, base_url="http://127.0.0.1")


def test_a_site_cannot_choose_a_region_so_wide_that_its_district_is_passed_over(session):
    city = factories.region(session, level=Level.CITY)
    factories.region(session, within=city, level=Level.DISTRICT)
    where = factories.round_category(session, steps={Kind.RECOMMENDATION: {"level": Level.DISTRICT}})
    organisation = factories.organisation(session, region=city)
    signatory = factories.persona(session, Role.SIGNATORY, organisation=organisation)
    plant = factories.site(session, organisation=organisation)
    with pytest.raises(Invalid) as refusal:
        starting.start(session, factories.actor(session, signatory), where, plant, organisation)
    assert (refusal.value.key, refusal.value.values) == ("site_region_too_wide", {"level": Level.DISTRICT})


def test_the_office_confirms_what_no_bureau_is_there_to_confirm(session):
    application = factories.application(session, kind=Kind.SCREENING)
    organisation, site = application.organisation, session.get_one(Site, application.site_id)
    organisation.status = site.status = Standing.PENDING
    session.flush()
    officer = factories.actor(session, factories.persona(session, Role.OFFICER))
    keys = screening.checklist(filings.criteria_of(application.round_category), application.round_category)
    screening.check(session, officer, application, dict.fromkeys(keys, (True, "")))
    screening.accept(session, officer, application)
    assert (organisation.status, site.status) == (Standing.CONFIRMED, Standing.CONFIRMED)
