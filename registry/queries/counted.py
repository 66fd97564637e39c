"""What the portal counts itself and answers for the applicant: the inputs of a set that are `filled_by: portal`."""

from collections.abc import Callable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.domain.criteria import CriteriaSet
from registry.domain.vocabulary import AwardStatus
from registry.models import Application, Award, Site
from registry.queries import places


def figures(session: Session, application: Application, criteria: CriteriaSet) -> dict[str, str]:
    """Return the counted figures that a set asks for, as answers; those that nobody counts are left out."""
    asked = [key for key, entry in criteria.inputs.items() if entry.filled_by == "portal"]
    return {key: str(COUNTS[key](session, application)) for key in asked if key in COUNTS}


def _projects_certified(session: Session, application: Application) -> int:
    """Count the awards in good standing whose sites lie in the region that applies, or in which the site lies."""
    site = session.get_one(Site, application.site_id)
    inside = [region.key for region in places.within(session, site.for_region_key or site.region_key)]
    query = (
        select(func.count(Award.id))
        .join(Site, Site.id == Award.site_id)
        .where(
            Award.status == AwardStatus.VALID,
            Site.region_key.in_(inside),
            Site.for_region_key.is_(None),
        )
    )
    return session.scalar(query) or 0


COUNTS: Mapping[str, Callable[[Session, Application], int]] = {"projects_certified": _projects_certified}
