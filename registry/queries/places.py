"""Regions as they contain one another, and what lies in them."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, aliased

from registry.domain.eligibility import Place
from registry.domain.vocabulary import Level
from registry.models import Region, Site


def _line_of() -> Select[Region]:
    line = select(Region.key, Region.parent_key).where(Region.key == bindparam("here")).cte("line", recursive=True)
    above = aliased(Region)
    line = line.union_all(select(above.key, above.parent_key).join(line, above.key == line.c.parent_key))
    return select(Region).where(Region.key.in_(select(line.c.key)))


def _within() -> Select[Region]:
    found = select(Region.key).where(Region.key == bindparam("here")).cte("found", recursive=True)
    below = aliased(Region)
    found = found.union_all(select(below.key).join(found, below.parent_key == found.c.key))
    return select(Region).where(Region.key.in_(select(found.c.key))).order_by(Region.position, Region.key)


# Asked with every move, so they are put together once.
_LINE, _INSIDE = _line_of(), _within()


def line_of(session: Session, region_key: str) -> list[Region]:
    """Return a region and all that it lies in, itself first and the country last."""
    rows = {row.key: row for row in session.scalars(_LINE, {"here": region_key})}
    found: list[Region] = []
    here = rows.get(region_key)
    while here is not None:
        found.append(here)
        here = rows.get(here.parent_key or "")
    return found


def place(session: Session, region_key: str) -> Place:
    """Return a region as a place: what it lies in, and the levels above and below it."""
    line, below = line_of(session, region_key), within(session, region_key)
    return Place(
        region_key,
        line[0].level,
        frozenset(region.key for region in line),
        frozenset(region.level for region in line),
        frozenset(region.level for region in below),
    )


def every(regions: Iterable[Region]) -> dict[str, Place]:
    """Return all regions as places, by their keys."""
    known = {region.key: region for region in regions}
    lines = {key: _line(known, key) for key in known}
    below: dict[str, set[Level]] = {key: set() for key in known}
    for key, line in lines.items():
        for above in line:
            below[above].add(known[key].level)
    return {
        key: Place(
            key,
            known[key].level,
            frozenset(line),
            frozenset(known[above].level for above in line),
            frozenset(below[key]),
        )
        for key, line in lines.items()
    }


def _line(known: Mapping[str, Region], key: str) -> list[str]:
    found = []
    here = known.get(key)
    while here is not None:
        found.append(here.key)
        here = known.get(here.parent_key or "")
    return found


def levels_above(session: Session, site_id: int) -> frozenset[Level]:
    """Return the levels of the regions in which a site lies: where its region is a city there is no district."""
    site = session.get_one(Site, site_id)
    return frozenset(region.level for region in line_of(session, site.region_key))


def within(session: Session, region_key: str) -> list[Region]:
    """Return a region and all that lie in it, in the order of the standard."""
    return list(session.scalars(_INSIDE, {"here": region_key}))


def lies_in(session: Session, region_key: str, within: str) -> bool:
    """Tell whether a region is another or lies in it; everything lies in the country."""
    whole = session.get(Region, within)
    if whole is not None and whole.level is Level.COUNTRY:
        return True
    return within in {region.key for region in line_of(session, region_key)}
