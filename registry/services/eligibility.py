"""Who may apply: the sites that a category takes, as its document says."""

from sqlalchemy.orm import Session

from registry.domain.errors import Invalid
from registry.domain.texts import Names
from registry.domain.vocabulary import Level, SiteKind
from registry.models import Category, Programme, Region, RoundCategory, Site
from registry.queries import places


def require(session: Session, round_category: RoundCategory, site: Site) -> None:
    """Raise Invalid where a site is none that the category takes: its region, its kind, the level, the named places."""
    category = session.get_one(Category, round_category.category_id)
    programme = session.get_one(Programme, category.programme_id)
    where = site.for_region_key or site.region_key
    if not places.lies_in(session, where, programme.region_key):
        region = session.get_one(Region, programme.region_key)
        raise Invalid("site_outside_programme", field="site", region=_names(region))
    if category.site_kinds and site.kind not in category.site_kinds:
        raise Invalid("site_kind_not_taken", field="site", kinds=tuple(SiteKind(kind) for kind in category.site_kinds))
    if category.levels and session.get_one(Region, where).level not in category.levels:
        raise Invalid("site_level_not_taken", field="site", levels=tuple(Level(level) for level in category.levels))
    if category.named_regions and where not in category.named_regions:
        named = tuple(_names(session.get_one(Region, key)) for key in category.named_regions)
        raise Invalid("site_not_named", field="site", regions=named)


def _names(region: Region) -> Names:
    return Names(region.name, region.name_en)
