"""Who has a part in applications, as the graph of ties takes them, and what organisations hang together with them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.ties.values import Organisation as Known
from registry.domain.ties.values import Part, Party
from registry.domain.vocabulary import Kind, Level
from registry.models import Application, Issuer, Organisation, Region, RouteStep, Site, SiteParty

# How many values a query names at once.
AT_ONCE = 500
_REGIONS = select(Region.key, Region.parent_key, Region.level, Region.name)
_FIELDS = (
    Organisation.id,
    Organisation.name,
    Organisation.name_en,
    Organisation.credit_code,
    Organisation.region_key,
    Organisation.legal_representative,
    Organisation.parent_id,
)


Numbered = dict[int, list[tuple[int, Part]]]


def parties_of(
    session: Session, application_ids: Sequence[int]
) -> tuple[dict[int, list[Party]], Numbered, list[Known]]:
    """Return who has a part in each application: those known by name or code, those that are rows by number."""
    parties: dict[int, list[Party]] = {number: [] for number in application_ids}
    numbered: Numbered = {number: [] for number in application_ids}
    named: dict[str, Known] = {}
    levels: dict[int, set[Level | None]] = defaultdict(set)
    recommending = select(RouteStep.round_category_id, RouteStep.level).where(RouteStep.kind == Kind.RECOMMENDATION)
    for step in session.execute(recommending):
        levels[step.round_category_id].add(step.level)
    regions = {row.key: row for row in session.execute(_REGIONS)}
    asked: dict[int, list[str]] = {}
    for some in by_portions(application_ids):
        query = (
            select(
                Application.id,
                Application.organisation_id,
                Application.site_id,
                Application.round_category_id,
                Application.evaluator,
                Application.evaluator_code,
                Application.evaluator_representative,
                Site.region_key,
            )
            .join(Site, Site.id == Application.site_id)
            .where(Application.id.in_(some))
        )
        rows = session.execute(query).all()
        for row in rows:
            if row.organisation_id is not None:
                numbered[row.id].append((row.organisation_id, Part.APPLICANT))
            if row.evaluator:
                firm = Known(row.evaluator, row.evaluator_code, representative=row.evaluator_representative)
                named.setdefault(firm.key, firm)
                parties[row.id].append(Party(firm.key, Part.EVALUATOR))
            asked[row.id] = _on_the_way(row.region_key, levels[row.round_category_id], regions)
        sites = {row.site_id for row in rows}
        of_site: dict[int, list[tuple[int, Part]]] = defaultdict(list)
        for party in session.execute(
            select(SiteParty.site_id, SiteParty.organisation_id, SiteParty.role).where(SiteParty.site_id.in_(sites))
        ):
            of_site[party.site_id].append((party.organisation_id, Part(party.role)))
        for row in rows:
            numbered[row.id] += of_site[row.site_id]
    found = bureaus(session, {key for keys in asked.values() for key in keys})
    for number, keys in asked.items():
        for key in keys:
            for bureau in found.get(key, ()):
                named.setdefault(bureau.key, bureau)
                parties[number].append(Party(bureau.key, Part.BUREAU))
    return parties, numbered, list(named.values())


def around(session: Session, numbered: Numbered, codes: Collection[str]) -> list[Any]:
    """Return the organisations with a part, those of some codes, and all that hang together with them by parents.

    Those led by somebody of the same name come in last, with their own parents, which tell one namesake from another.
    """
    known: dict[int, Any] = {}

    def take(condition: Any, values: Iterable[Any]) -> list[Any]:
        new = []
        for some in by_portions(sorted(set(values))):
            for row in session.execute(select(*_FIELDS).where(condition.in_(some)).order_by(Organisation.id)):
                if row.id not in known:
                    known[row.id] = row
                    new.append(row)
        return new

    last = take(Organisation.id, {number for rows in numbered.values() for number, _part in rows})
    last += take(Organisation.credit_code, codes)
    while last:
        above = take(Organisation.id, [row.parent_id for row in last if row.parent_id is not None])
        last = above + take(Organisation.parent_id, [row.id for row in last])
    led = take(Organisation.legal_representative, [row.legal_representative for row in known.values()])
    take(Organisation.id, [row.parent_id for row in led if row.parent_id is not None])
    return list(known.values())


def bureaus(session: Session, region_keys: Collection[str]) -> dict[str, list[Known]]:
    """Return the authorities of regions by the names they go by: those that issue, else the usual name of a bureau."""
    found: dict[str, list[Known]] = defaultdict(list)
    for row in session.execute(select(Issuer.region_key, Issuer.name, Issuer.name_en).order_by(Issuer.id)):
        if row.region_key in region_keys:
            found[row.region_key].append(Known(row.name, name_en=row.name_en))
    for region in session.execute(_REGIONS):
        if region.key in region_keys and region.level is not Level.COUNTRY:
            # A province and an autonomous region have a department, a city, a municipality and a district a bureau.
            high = region.level is Level.PROVINCE and not region.name.endswith("市")
            usual = Known(f"{region.name}生态环境{'厅' if high else '局'}")
            if all(usual.key != one.key for one in found[region.key]):
                found[region.key].append(usual)
    return found


def paths(session: Session) -> dict[str, tuple[str, ...]]:
    """Return of each region the way from the country down to it."""
    above = {row.key: row.parent_key for row in session.execute(_REGIONS)}
    found: dict[str, tuple[str, ...]] = {}
    for key in above:
        path: list[str] = []
        here: str | None = key
        while here is not None:
            path.append(here)
            here = above[here]
        found[key] = tuple(reversed(path))
    return found


def known(row: Any, paths: Mapping[str, tuple[str, ...]]) -> Known:
    return Known(
        row.name,
        row.credit_code,
        name_en=row.name_en,
        region=paths[row.region_key],
        representative=row.legal_representative,
    )


def by_portions(values: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield values, as many at once as a query names."""
    left = iter(values)
    while some := tuple(islice(left, AT_ONCE)):
        yield some


def _on_the_way(region_key: str, levels: Collection[Level | None], regions: Mapping[str, Any]) -> list[str]:
    """Return the regions whose bureaus recommend: those of the levels of the route, from the site's own upwards."""
    found = []
    here: str | None = region_key if levels else None
    while here is not None:
        if regions[here].level in levels or None in levels:
            found.append(here)
        here = regions[here].parent_key
    return found
