"""Regions as they contain one another, and what lies in them."""

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from registry.domain.vocabulary import Level
from registry.models import Region, Site


def line_of(session: Session, region_key: str) -> list[Region]:
    """Return a region and all that it lies in, itself first and the country last."""
    line = select(Region.key, Region.parent_key).where(Region.key == region_key).cte("line", recursive=True)
    above = aliased(Region)
    line = line.union_all(select(above.key, above.parent_key).join(line, above.key == line.c.parent_key))
    rows = {row.key: row for row in session.scalars(select(Region).where(Region.key.in_(select(line.c.key))))}
    found: list[Region] = []
    here = rows.get(region_key)
    while here is not None:
        found.append(here)
        here = rows.get(here.parent_key or "")
    return found


def levels_above(session: Session, site_id: int) -> frozenset[Level]:
    """Return the levels of the regions in which a site lies: where its region is a city there is no district."""
    site = session.get_one(Site, site_id)
    return frozenset(region.level for region in line_of(session, site.region_key))


def within(session: Session, region_key: str) -> list[Region]:
    """Return a region and all that lie in it, in the order of the standard."""
    found = select(Region.key).where(Region.key == region_key).cte("found", recursive=True)
    below = aliased(Region)
    found = found.union_all(select(below.key).join(found, below.parent_key == found.c.key))
    query = select(Region).where(Region.key.in_(select(found.c.key))).order_by(Region.position, Region.key)
    return list(session.scalars(query))


def lies_in(session: Session, region_key: str, within: str) -> bool:
    """Tell whether a region is another or lies in it; everything lies in the country."""
    whole = session.get(Region, within)
    if whole is not None and whole.level is Level.COUNTRY:
        return True
    return within in {region.key for region in line_of(session, region_key)}
