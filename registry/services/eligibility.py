"""Who may apply: the sites that a category takes, as its document says."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid
from registry.domain.texts import Names
from registry.domain.vocabulary import Level, SiteKind
from registry.models import Category, Programme, Region, RoundCategory, RouteStep, Site
from registry.queries import places


def require(session: Session, round_category: RoundCategory, site: Site) -> None:
    """Raise Invalid where a site is none that the category takes: its region, its kind, the level, the named places."""
    category = session.get_one(Category, round_category.category_id)
    programme = session.get_one(Programme, category.programme_id)
    where = site.for_region_key or site.region_key
    if not places.lies_in(session, where, programme.region_key):
        region = session.get_one(Region, programme.region_key)
        raise Invalid("site_outside_programme", field="site", region=_names(region))
    _refuse_evading(session, round_category, site)
    if category.site_kinds and site.kind not in category.site_kinds:
        raise Invalid("site_kind_not_taken", field="site", kinds=tuple(SiteKind(kind) for kind in category.site_kinds))
    if category.levels and session.get_one(Region, where).level not in category.levels:
        raise Invalid("site_level_not_taken", field="site", levels=tuple(Level(level) for level in category.levels))
    if category.named_regions and where not in category.named_regions:
        named = tuple(_names(session.get_one(Region, key)) for key in category.named_regions)
        raise Invalid("site_not_named", field="site", regions=named)


def _refuse_evading(session: Session, round_category: RoundCategory, site: Site) -> None:
    """Raise Invalid where a site gives a region so wide that the bureau below it would be passed over.

    A city that stands for itself has no district above it, and where a region has none below it nobody is passed over;
    a plant lies in one.
    """
    if site.for_region_key is not None:
        return
    steps = session.scalars(
        select(RouteStep.level).where(RouteStep.round_category_id == round_category.id, RouteStep.level.is_not(None))
    )
    above, below = places.levels_above(session, site.id), places.within(session, site.region_key)
    for level in steps:
        if level not in above and any(region.level is level for region in below):
            raise Invalid("site_region_too_wide", field="site", level=level)


def _names(region: Region) -> Names:
    return Names(region.name, region.name_en)
