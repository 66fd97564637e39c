"""Who may apply: the sites that a category takes, as its document says."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import eligibility
from registry.domain.eligibility import Exclusion
from registry.domain.errors import Invalid
from registry.domain.texts import Names
from registry.domain.vocabulary import Level, Once, SiteKind
from registry.models import Category, Organisation, Programme, Region, RoundCategory, RouteStep, Site
from registry.queries import fitting, holdings, places


def require(session: Session, round_category: RoundCategory, site: Site) -> None:
    """Raise Invalid where a site is none that the category takes: its region, its kind, the level, the named places."""
    category = session.get_one(Category, round_category.category_id)
    programme = session.get_one(Programme, category.programme_id)
    region = session.get_one(Region, programme.region_key)
    taking = fitting.taking(category, region, _levels(session, round_category))
    place = places.place(session, site.for_region_key or site.region_key)
    match eligibility.exclusion(taking, site.kind, place, whole=site.for_region_key is not None):
        case Exclusion.OUTSIDE:
            raise Invalid("site_outside_programme", field="site", region=_names(region))
        case Exclusion.TOO_WIDE:
            raise Invalid("site_region_too_wide", field="site", level=eligibility.passed_over(taking, place)[-1])
        case Exclusion.KIND:
            kinds = tuple(SiteKind(kind) for kind in category.site_kinds)
            raise Invalid("site_kind_not_taken", field="site", kinds=kinds)
        case Exclusion.LEVEL:
            raise Invalid("site_level_not_taken", field="site", levels=tuple(Level(level) for level in category.levels))
        case Exclusion.NOT_NAMED:
            named = tuple(_names(session.get_one(Region, key)) for key in category.named_regions)
            raise Invalid("site_not_named", field="site", regions=named)


def require_awards(
    session: Session, round_category: RoundCategory, site: Site, organisation: Organisation | None, on: date
) -> None:
    """Raise Invalid where a site may not apply by what it and its applicant hold on a day.

    That is where it has no valid award that the category asks for first, or has one already that it gives once.
    Without an organisation the awards of the site alone count.
    """
    asked = holdings.prior(session, session.get_one(Category, round_category.category_id))
    if asked is None:
        return
    code = organisation.credit_code if organisation else ""
    held = holdings.valid(session, asked, on, site_id=site.id, credit_code=code)
    match held.exclusion(asked, site.id, code):
        case Exclusion.NOT_LISTED:
            wanted = holdings.categories(session, asked.after)
            names = tuple(Names(row.name, row.name_en) for _name, row in sorted(wanted.items()))
            raise Invalid("site_not_listed", field="site", categories=names)
        case Exclusion.HELD_ALREADY:
            raise Invalid("award_held_already", field="site", once=asked.once or Once.SITE)


def _levels(session: Session, round_category: RoundCategory) -> Iterable[Level | None]:
    return session.scalars(select(RouteStep.level).where(RouteStep.round_category_id == round_category.id))


def _names(region: Region) -> Names:
    return Names(region.name, region.name_en)
