"""Which category fits: what each takes and asks, held against what a reader says of a site."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, load_only, selectinload

from registry.domain import eligibility
from registry.domain.answers import holds
from registry.domain.criteria import CriteriaSet
from registry.domain.eligibility import Place, Taking
from registry.domain.shapes import Gate
from registry.domain.values import Values
from registry.domain.vocabulary import Intake, Level, RoundStatus, SiteKind
from registry.models import Category, CriteriaVersion, Region, Round, RoundCategory, RouteStep
from registry.queries import criteria_versions, places, public

_ORDER = (Intake.OPEN, Intake.AHEAD, Intake.OVER, None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader says of a site: its kind, the region it lies in, and what it is about by the key of a set."""

    kind: SiteKind | None = None
    region: str | None = None
    field: str | None = None

    @property
    def answered(self) -> tuple[str, ...]:
        """The questions that were answered."""
        return tuple(name for name in ("kind", "region", "field") if getattr(self, name))

    def without(self, question: str) -> "Wanted":
        """The same without one of the answers."""
        return replace(self, **{question: None})


@dataclass(frozen=True, slots=True)
class Offer:
    """A category as it stands: in a round, or in none yet; what it takes, and the set by which it is judged."""

    category: Category
    round_category: RoundCategory | None
    intake: Intake | None
    taking: Taking
    field: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """An offer that fits, and the regions to which it is narrower than what was said; empty where it takes all."""

    offer: Offer
    only_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """All that is looked through: the offers, the regions also as places, and the names of the fields by key."""

    offers: tuple[Offer, ...]
    regions: Mapping[str, Region]
    places: Mapping[str, Place]
    fields: Mapping[str, CriteriaVersion]

    def matching(self, wanted: Wanted) -> list[Match]:
        """Return what fits: what is open, that which closes first before the rest; then what opens, then all others."""
        region = wanted.region
        candidates = [place for place in self.places.values() if region is None or region in place.line]
        found = [
            Match(offer, _narrower(taken, candidates))
            for offer in self.offers
            if (not wanted.field or offer.field == wanted.field)
            and (taken := eligibility.taken_at(offer.taking, _kinds(offer, wanted), candidates))
        ]
        return sorted(found, key=lambda match: _turn(match.offer))

    def kinds(self) -> list[SiteKind]:
        """Return the kinds of site that some category takes."""
        return [kind for kind in SiteKind if any(kind in (offer.taking.kinds or SiteKind) for offer in self.offers)]

    def fields_left(self, wanted: Wanted) -> list[CriteriaVersion]:
        """Return what a site of this kind there can be about; the answer given stays among them."""
        keys = {match.offer.field for match in self.matching(wanted.without("field"))} | {wanted.field}
        return [version for key, version in self.fields.items() if key in keys]


def guide(session: Session, at: datetime) -> Guide:
    """Return what is looked through at a moment."""
    regions = {row.key: row for row in session.scalars(select(Region).order_by(Region.position, Region.key))}
    offers: list[Offer] = []
    settled: set[int] = set()
    for row in _in_rounds(session, at):
        intake = public.intake(row.round, at)
        if intake is not Intake.OVER or row.category_id not in settled:
            region = regions[row.category.programme.region_key]
            taken = taking(row.category, region, (step.level for step in row.steps))
            offers.append(Offer(row.category, row, intake, taken, row.criteria_version.key))
            settled.add(row.category_id)
    bare = _without_round(session, settled)
    fields = _named_by_sets(session) if bare else {}
    for category in bare:
        taken = taking(category, regions[category.programme.region_key], ())
        offers.append(Offer(category, None, None, taken, fields.get(category.key)))
    return Guide(tuple(offers), regions, places.every(regions.values()), _fields(session, offers))


def taking(category: Category, region: Region, levels: Iterable[Level | None]) -> Taking:
    """Return what a category takes, its programme running in a region and bureaus of these levels recommending."""
    return Taking(
        None if region.level is Level.COUNTRY else region.key,
        frozenset(SiteKind(kind) for kind in category.site_kinds),
        frozenset(Level(level) for level in category.levels),
        frozenset(category.named_regions),
        frozenset(level for level in levels if level is not None),
    )


def required(session: Session, offers: Iterable[Offer]) -> dict[int, list[Gate]]:
    """Return, by category of a round, the requirements that certainly count there, in the order of the criteria."""
    numbers = [offer.round_category.id for offer in offers if offer.round_category]
    rows = session.scalars(
        select(RoundCategory)
        .where(RoundCategory.id.in_(numbers))
        .options(
            joinedload(RoundCategory.round, innerjoin=True),
            joinedload(RoundCategory.category, innerjoin=True).joinedload(Category.programme, innerjoin=True),
            joinedload(RoundCategory.criteria_version, innerjoin=True),
        )
        # They were read without their criteria, which are long and needed of those alone that fit.
        .execution_options(populate_existing=True)
    )
    return {row.id: _counting(row, criteria_versions.of_round_category(session, row)) for row in rows}


def _counting(row: RoundCategory, criteria: CriteriaSet) -> list[Gate]:
    """The gates that are switched on and whose condition, if they have one, holds by category and track alone."""
    known = Values({"category": row.category.key, "track": str(row.track)}, derived=criteria.derived_runs)
    switched = row.settings.get("gates", {})
    return [
        gate
        for gate in criteria.gates
        if switched.get(gate.key, gate.default == "on") and (gate.when is None or holds(criteria, gate.when, known))
    ]


def _in_rounds(session: Session, at: datetime) -> list[RoundCategory]:
    """The categories of rounds that are open or will be, then the latest in which each was that is over."""
    opened = Round.status == RoundStatus.OPENED
    latest = (
        select(func.max(RoundCategory.id))
        .join(Round, Round.id == RoundCategory.round_id)
        .where(opened)
        .group_by(RoundCategory.category_id)
    )
    current = or_(Round.closes_at.is_(None), Round.closes_at > at)
    rows = session.scalars(
        select(RoundCategory)
        .join(RoundCategory.round)
        .where(opened, or_(current, RoundCategory.id.in_(latest)))
        .options(
            load_only(RoundCategory.round_id, RoundCategory.category_id, RoundCategory.track),
            joinedload(RoundCategory.round, innerjoin=True),
            joinedload(RoundCategory.category, innerjoin=True).joinedload(Category.programme, innerjoin=True),
            joinedload(RoundCategory.criteria_version, innerjoin=True).load_only(
                CriteriaVersion.key, CriteriaVersion.number
            ),
            selectinload(RoundCategory.steps).load_only(RouteStep.round_category_id, RouteStep.level),
        )
    ).all()
    return sorted(rows, key=lambda row: (public.intake(row.round, at) is Intake.OVER, row.id))


def _without_round(session: Session, settled: Collection[int]) -> list[Category]:
    query = select(Category).where(Category.id.not_in(settled)).order_by(Category.id)
    return list(session.scalars(query.options(joinedload(Category.programme, innerjoin=True))))


def _fields(session: Session, offers: Iterable[Offer]) -> dict[str, CriteriaVersion]:
    """The newest version of every set by which something is judged, by its key."""
    rows = session.scalars(
        select(CriteriaVersion)
        .where(CriteriaVersion.key.in_({offer.field for offer in offers if offer.field}))
        .options(
            load_only(CriteriaVersion.key, CriteriaVersion.number, CriteriaVersion.title, CriteriaVersion.title_en)
        )
        .order_by(CriteriaVersion.key, CriteriaVersion.number)
    )
    return {row.key: row for row in rows}


def _named_by_sets(session: Session) -> dict[str, str]:
    """The set in force that names each category, the first where there are several."""
    found: dict[str, str] = {}
    for version, criteria in criteria_versions.parsed_each(session, public.criteria_in_force(session)):
        for key in criteria.shape.categories:
            found.setdefault(key, version.key)
    return found


def _kinds(offer: Offer, wanted: Wanted) -> Collection[SiteKind]:
    return (wanted.kind,) if wanted.kind else offer.taking.kinds or tuple(SiteKind)


def _narrower(taken: list[Place], candidates: list[Place]) -> tuple[str, ...]:
    """The widest regions in which something is taken; none where these are all that was named."""
    widest = _widest(taken)
    return () if widest == _widest(candidates) else widest


def _widest(some: list[Place]) -> tuple[str, ...]:
    keys = {place.key for place in some}
    return tuple(place.key for place in some if not keys & (place.line - {place.key}))


def _turn(offer: Offer) -> tuple[int, bool, float, int]:
    """What is open stands first, what closes first before the rest; of what is over, the latest."""
    closes_at = offer.round_category.round.closes_at if offer.round_category else None
    moment = closes_at.timestamp() if closes_at else 0.0
    turn = -moment if offer.intake is Intake.OVER else moment
    return _ORDER.index(offer.intake), closes_at is None, turn, offer.category.id
