"""An application begins: a site applies in a category of a round, once, and by whoever has a part in it."""

from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from registry.domain.errors import Invalid, WrongState
from registry.domain.policy import Actor, Facts, require
from registry.domain.vocabulary import Action, FilingKind, Kind, RoundStatus, Standing, Status
from registry.domain.workdays import SHANGHAI
from registry.models import Application, Filing, Organisation, Round, RoundCategory, RouteStep, Site, SiteParty
from registry.queries import bars, facts
from registry.services import eligibility, events

# After these the site may apply again in the same round category; the database says the same by a unique index.
LEAVING = frozenset(
    {
        Status.WITHDRAWN,
        Status.LAPSED,
        Status.DECLINED,
        Status.REFUSED,
        Status.BARRED,  # once its time is over
        Status.FAILED,
        Status.EXCLUDED,
        Status.UNSELECTED,
    }
)


def start(
    session: Session, actor: Actor, round_category: RoundCategory, site: Site, organisation: Organisation
) -> Application:
    """Start an application of a site in a round category.

    Raises WrongState outside the round's time, Invalid where the organisation has no part in the site or was refused,
    where the site is none that the category takes, where it has an application there already or is barred, and where
    it lacks an award that is asked for first or holds one that is given once.
    """
    require(actor, Action.APPLY, Facts(organisation_id=organisation.id))
    _refuse_closed(session.get_one(Round, round_category.round_id), actor.at)
    # Of two who start for one site at the same moment, the second waits here and then sees the first.
    hold(session, site)
    _refuse_strangers(session, actor, site, organisation)
    eligibility.require(session, round_category, site)
    refuse_barred(session, actor, round_category, site, organisation)
    _refuse_second(session, round_category, site)
    eligibility.require_awards(session, round_category, site, organisation, _day(actor))
    application = Application(
        round_category=round_category,
        site=site,
        organisation=organisation,
        position=0,
        kind=Kind.FILING,
        status=Status.DRAFTED,
        started_by_id=actor.user_id,
        started_at=actor.at,
        corrections=[],
    )
    session.add(application)
    session.flush()
    filing = Filing(application_id=application.id, site_id=site.id, kind=_first_filing(session, round_category))
    session.add(filing)
    session.flush()
    set_committed_value(application, "filing", filing)
    events.record(
        session,
        actor,
        "start",
        "application",
        application.id,
        programme_id=facts.programme_of(session, application),
        application=application,
        after=f"{Kind.FILING}.{Status.DRAFTED}",
        payload={"site": site.id, "organisation": organisation.id, "round_category": round_category.id},
    )
    return application


def refusal(
    session: Session, actor: Actor, round_category: RoundCategory, site: Site, organisation: Organisation | None = None
) -> Invalid | None:
    """Return why a site of an organisation cannot apply in a round category now; None where it can.

    Without an organisation nothing of what bars or favours an applicant counts.
    """
    try:
        eligibility.require(session, round_category, site)
        refuse_barred(session, actor, round_category, site, organisation)
        _refuse_second(session, round_category, site)
        eligibility.require_awards(session, round_category, site, organisation, _day(actor))
    except Invalid as error:
        return error
    return None


def hold(session: Session, site: Site) -> None:
    """Keep the row of the site as it stands now, as whoever starts, submits, corrects or bars does."""
    session.get_one(Site, site.id, with_for_update=True, populate_existing=True)


def refuse_barred(
    session: Session, actor: Actor, round_category: RoundCategory, site: Site, organisation: Organisation | None
) -> None:
    """Refuse whoever is barred from the programme until a later day; who writes holds the site first."""
    programme_id = session.get_one(Round, round_category.round_id).programme_id
    found = bars.of_programme(session, programme_id, _day(actor))
    until = found.of(site.id, organisation.credit_code if organisation else "")
    if until is not None:
        raise Invalid("barred_until", field="site", day=until)


def _day(actor: Actor) -> date:
    return actor.at.astimezone(SHANGHAI).date()


def _first_filing(session: Session, round_category: RoundCategory) -> FilingKind:
    """Return what the route asks to be filed first."""
    step = select(RouteStep.filing).where(RouteStep.round_category_id == round_category.id, RouteStep.position == 0)
    return session.scalar(step) or FilingKind.APPLICATION


def _refuse_closed(round_: Round, at: datetime) -> None:
    over = round_.closes_at is not None and round_.closes_at <= at
    if round_.status is not RoundStatus.OPENED or at < round_.opens_at:
        raise WrongState("round_not_open_yet", opens=round_.opens_at, now=at)
    if over:
        raise WrongState("round_closed", deadline=round_.closes_at, now=at)


def _refuse_strangers(session: Session, actor: Actor, site: Site, organisation: Organisation) -> None:
    today = _day(actor)
    part = session.scalar(
        select(SiteParty.id).where(
            SiteParty.site_id == site.id,
            SiteParty.organisation_id == organisation.id,
            SiteParty.since <= today,
            or_(SiteParty.until.is_(None), SiteParty.until >= today),
        )
    )
    if part is None or site.merged_into_id is not None:
        raise Invalid("no_part_in_site", field="site")
    if Standing.REFUSED in (organisation.status, site.status):
        raise Invalid("refused_by_bureau", field="site")


def _refuse_second(session: Session, round_category: RoundCategory, site: Site) -> None:
    """Refuse a site that has applied here already."""
    same = select(Application.id).where(
        Application.round_category_id == round_category.id,
        Application.site_id == site.id,
        Application.status.not_in(LEAVING),
    )
    if session.scalar(same) is not None:
        raise Invalid("applied_already", field="site")
