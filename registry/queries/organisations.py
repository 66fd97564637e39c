"""Organisations and their sites, as their own people see them."""

from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain.errors import NotFound
from registry.domain.identity import DEMO_PREFIX, demo_credit_code
from registry.domain.policy import Actor, Facts, require
from registry.domain.vocabulary import Action, SeatStatus, UserStatus
from registry.domain.workdays import SHANGHAI
from registry.models import Membership, Organisation, Region, Site, SiteParty, User
from registry.queries import finding, pages
from registry.queries.pages import FIRST, Asked, By, Page

# How many of the sites of an organisation are named in a list of organisations.
NAMED = 10


def of_actor(session: Session, actor: Actor) -> list[Organisation]:
    """Return the organisations in which the actor has a seat, with their members."""
    seats = [seat.organisation_id for seat in actor.seats]
    return list(session.scalars(_whole().where(Organisation.id.in_(seats)).order_by(Organisation.id)))


def asked(session: Session, actor: Actor) -> list[Membership]:
    """Return the seats that the actor is asked to take, each with its organisation."""
    return list(
        session.scalars(
            select(Membership)
            .where(Membership.user_id == actor.user_id, Membership.status == SeatStatus.ASKED)
            .options(joinedload(Membership.organisation, innerjoin=True))
            .order_by(Membership.id)
        )
    )


def seats_of(session: Session, user: User) -> list[Membership]:
    """Return the seats that a person has taken, each with its organisation and all of its people."""
    whole = joinedload(Membership.organisation, innerjoin=True).selectinload(Organisation.memberships)
    return list(
        session.scalars(
            select(Membership)
            .where(Membership.user_id == user.id, Membership.status == SeatStatus.ACTIVE)
            .options(whole.joinedload(Membership.user, innerjoin=True))
            .order_by(Membership.id)
        )
    )


def asking(session: Session, actor: Actor, number: int) -> Organisation:
    """Return an organisation in which the actor is asked to take a seat; raises NotFound."""
    found = [seat.organisation for seat in asked(session, actor) if seat.organisation_id == number]
    if not found:
        raise NotFound
    return found[0]


def one(session: Session, actor: Actor, action: Action, number: int) -> Organisation:
    """Return an organisation on which the actor may do the action, with its members; raises NotFound."""
    require(actor, action, Facts(organisation_id=number))
    found = session.scalar(_whole().where(Organisation.id == number))
    if found is None:
        raise NotFound
    return found


def page(session: Session, actor: Actor, asked: Asked = FIRST) -> Page[Organisation]:
    """Return a page of the organisations in which the actor has a seat."""
    seats = [seat.organisation_id for seat in actor.seats]
    return pages.page(session, select(Organisation).where(Organisation.id.in_(seats)), (By(Organisation.id),), asked)


def sites(session: Session, organisation_ids: list[int], at: datetime) -> list[SiteParty]:
    """Return the parts that organisations have in sites at a moment, each with its site and region."""
    return list(session.scalars(_parts(organisation_ids, at).order_by(SiteParty.id)))


def sites_page(
    session: Session,
    organisation_ids: list[int],
    at: datetime,
    text: str = "",
    asked: Asked = FIRST,
    *,
    size: int = pages.SIZE,
) -> Page[SiteParty]:
    """Return a page of the parts that organisations have in sites at a moment, of the sites that hold the words."""
    query = _parts(organisation_ids, at).where(finding.holds(text, Site.name, Site.name_en, Site.permit_number))
    return pages.page(session, query, (By(SiteParty.id),), asked, size=size)


def first_sites(session: Session, organisation_ids: list[int], at: datetime) -> dict[int, tuple[int, list[Site]]]:
    """Return in how many sites organisations have a part at a moment, and the first of these sites."""
    place = func.row_number().over(partition_by=SiteParty.organisation_id, order_by=SiteParty.id)
    count = func.count().over(partition_by=SiteParty.organisation_id)
    parts = _parts(organisation_ids, at).with_only_columns(
        SiteParty.id, place.label("place"), count.label("count"), maintain_column_froms=True
    )
    numbered = parts.subquery()
    found: dict[int, tuple[int, list[Site]]] = {}
    rows = session.execute(
        select(SiteParty, numbered.c.count)
        .join(numbered, numbered.c.id == SiteParty.id)
        .where(numbered.c.place <= NAMED)
        .options(joinedload(SiteParty.site, innerjoin=True))
        .order_by(SiteParty.id)
    )
    for part, many in rows:
        found.setdefault(part.organisation_id, (many, []))[1].append(part.site)
    return found


def _parts(organisation_ids: list[int], at: datetime) -> Select[SiteParty]:
    return (
        select(SiteParty)
        .join(SiteParty.site)
        .where(
            SiteParty.organisation_id.in_(organisation_ids),
            or_(SiteParty.until.is_(None), SiteParty.until >= at.astimezone(SHANGHAI).date()),
            Site.merged_into_id.is_(None),
        )
        .options(
            joinedload(SiteParty.site, innerjoin=True).joinedload(Site.region, innerjoin=True),
            joinedload(SiteParty.organisation, innerjoin=True),
        )
    )


def site(session: Session, organisation: Organisation, number: int, at: datetime) -> Site:
    """Return a site in which an organisation has a part at a moment, with its region; raises NotFound."""
    for part in sites(session, [organisation.id], at):
        if part.site_id == number:
            return part.site
    raise NotFound


def signatories(session: Session, organisation_id: int | None) -> list[str]:
    """Return the names of those who sign for an organisation now."""
    if organisation_id is None:
        return []
    return list(
        session.scalars(
            select(User.name)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.organisation_id == organisation_id,
                Membership.status == SeatStatus.ACTIVE,
                Membership.signatory,
                User.status == UserStatus.ACTIVE,
            )
            .order_by(User.id)
        )
    )


def regions(session: Session) -> dict[str, Region]:
    """Return the regions by key, in the order in which a list offers them."""
    return {region.key: region for region in session.scalars(select(Region).order_by(Region.position))}


def unused_demo_code(session: Session) -> str:
    """Return an invented credit code that nobody in the demonstration has claimed."""
    taken = session.scalars(
        select(Organisation.credit_code).where(Organisation.credit_code.startswith(DEMO_PREFIX, autoescape=True))
    )
    serials = [int(code[len(DEMO_PREFIX) : -1]) for code in taken]
    return demo_credit_code(max(serials, default=0) + 1)


def _whole() -> Select[Organisation]:
    return select(Organisation).options(selectinload(Organisation.memberships).joinedload(Membership.user))
