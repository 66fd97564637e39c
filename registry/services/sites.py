"""Sites: what is certified is entered by an organisation that has a part in it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid
from registry.domain.policy import Actor, Facts, require
from registry.domain.vocabulary import Action, PartyRole, SiteKind, Standing
from registry.domain.workdays import SHANGHAI
from registry.models import Organisation, Region, Site, SiteParty
from registry.services import events

# What stands for its region as a whole.
WHOLE_REGIONS = (SiteKind.CITY, SiteKind.ZONE)


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
        for_region_key=region_key if kind in WHOLE_REGIONS else None,
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


def _refuse_second(session: Session, organisation: Organisation, permit_number: str) -> None:
    if not permit_number:
        return
    same = session.scalars(select(Site).where(Site.permit_number == permit_number, Site.merged_into_id.is_(None))).all()
    if any(site.status is Standing.CONFIRMED for site in same):
        raise Invalid("permit_number_held", field="permit_number")
    own = select(SiteParty.site_id).where(SiteParty.organisation_id == organisation.id)
    if any(site.status is Standing.PENDING for site in same if site.id in set(session.scalars(own))):
        raise Invalid("permit_number_entered_before", field="permit_number")
