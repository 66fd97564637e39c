"""Sites: what is certified is entered by an organisation that has a part in it."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.eligibility import WHOLE
from registry.domain.errors import Invalid, WrongState
from registry.domain.policy import Actor, Facts, require
from registry.domain.vocabulary import Action, PartyRole, SiteKind, Standing, Status
from registry.domain.workdays import SHANGHAI
from registry.models import Application, Organisation, Region, RoundCategory, Site, SiteParty
from registry.services import eligibility, events
from registry.services.starting import LEAVING


def add(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    *,
    kind: SiteKind,
    name: str,
    name_en: str,
    address: str,
    permit_number: str,
    region_key: str,
    role: PartyRole,
) -> Site:
    """Enter a site with the organisation's part in it; its bureau confirms it later.

    Raises Invalid where a confirmed site, or one of this organisation, has the same permit number.
    """
    require(actor, Action.APPLY, Facts(organisation_id=organisation.id))
    if session.get(Region, region_key) is None:
        raise Invalid("region_not_listed", field="region_key")
    _refuse_second(session, organisation, permit_number.strip())
    site = Site(
        kind=kind,
        name=name.strip(),
        name_en=name_en.strip(),
        address=address.strip(),
        permit_number=permit_number.strip(),
        region_key=region_key,
        for_region_key=region_key if kind in WHOLE else None,
        status=Standing.PENDING,
        created_at=actor.at,
    )
    session.add(site)
    session.flush()
    since = actor.at.astimezone(SHANGHAI).date()
    session.add(SiteParty(site_id=site.id, organisation_id=organisation.id, role=role, since=since))
    payload = {"organisation": organisation.id, "role": role, "region": region_key}
    events.record(session, actor, "add_site", "site", site.id, payload=payload)
    return site


def correct(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    site: Site,
    *,
    name: str,
    name_en: str,
    address: str,
    permit_number: str,
    region_key: str,
) -> None:
    """Put right what the organisation entered of a site that no bureau has confirmed and nobody reads yet.

    Raises WrongState where the bureau has decided on the site, or an application of it is handed in; Invalid for a
    permit number that is held, and for a region from which a draft of the site could not apply.
    """
    require(actor, Action.APPLY, Facts(organisation_id=organisation.id))
    session.refresh(site, with_for_update=True)
    refuse_decided(session, site)
    if session.get(Region, region_key) is None:
        raise Invalid("region_not_listed", field="region_key")
    _refuse_second(session, organisation, permit_number.strip(), but=site.id)
    given = {
        "name": name.strip(),
        "name_en": name_en.strip(),
        "address": address.strip(),
        "permit_number": permit_number.strip(),
        "region_key": region_key,
    }
    changed = {key: value for key, value in given.items() if value != getattr(site, key)}
    if not changed:
        return
    before = {key: getattr(site, key) for key in changed}
    for key, value in changed.items():
        setattr(site, key, value)
    site.for_region_key = region_key if site.kind in WHOLE else None
    session.flush()
    for draft in _applications(session, site, [Status.DRAFTED]):
        _require_takes(session, draft, site)
    payload = {"organisation": organisation.id, "before": before, "after": changed}
    events.record(session, actor, "correct_site", "site", site.id, payload=payload)


def refuse_decided(session: Session, site: Site) -> None:
    """Raise WrongState where an organisation can no longer correct a site, with whom to ask."""
    if site.status is not Standing.PENDING or site.merged_into_id is not None:
        raise WrongState("site_confirmed")
    # What was handed in once was read by somebody, even where it came back.
    if _applications(session, site, [status for status in Status if status not in {Status.DRAFTED, *LEAVING}]):
        raise WrongState("site_decided_on")


def _applications(session: Session, site: Site, statuses: Collection[Status]) -> Sequence[Application]:
    query = select(Application).where(Application.site_id == site.id, Application.status.in_(statuses))
    return session.scalars(query).all()


def _require_takes(session: Session, draft: Application, site: Site) -> None:
    try:
        eligibility.require(session, session.get_one(RoundCategory, draft.round_category_id), site)
    except Invalid as error:
        raise Invalid(error.key, field="region_key", **error.values) from error


def _refuse_second(session: Session, organisation: Organisation, permit_number: str, *, but: int | None = None) -> None:
    if not permit_number:
        return
    held = select(Site).where(Site.permit_number == permit_number, Site.merged_into_id.is_(None))
    same = [site for site in session.scalars(held) if site.id != but]
    if any(site.status is Standing.CONFIRMED for site in same):
        raise Invalid("permit_number_held", field="permit_number")
    own = select(SiteParty.site_id).where(SiteParty.organisation_id == organisation.id)
    if any(site.status is Standing.PENDING for site in same if site.id in set(session.scalars(own))):
        raise Invalid("permit_number_entered_before", field="permit_number")
