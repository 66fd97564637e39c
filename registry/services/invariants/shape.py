"""An invariant, and what several of their queries read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """What must hold, and the query for the numbers of the rows where it does not."""

    key: str
    says: str
    query: str


# Each site with the regions in which it lies, that of a city or zone being the region it stands for.
_LIES_IN = (
    "WITH RECURSIVE line (site_id, region_key, level, above) AS (SELECT s.id, g.key, g.level, g.parent_key FROM site s"
    " JOIN region g ON g.key = coalesce(s.for_region_key, s.region_key) UNION ALL"
    " SELECT l.site_id, g.key, g.level, g.parent_key FROM line l JOIN region g ON g.key = l.above) "
)


def by_region(query: str) -> str:
    """Return a query that may read `line`."""
    return _LIES_IN + query
