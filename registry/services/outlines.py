"""Programmes and rounds set up from the file of a programme: all that the file says, by the verbs that forms use."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from registry.domain.eligibility import full_name
from registry.domain.errors import Invalid
from registry.domain.policy import Actor
from registry.domain.programmes import Intake, ProgrammeFile, RoundEntry, route_of
from registry.domain.vocabulary import CategoryOutcome, GroupBy, Level, Once, SiteKind, Track
from registry.models import CriteriaVersion, Programme, Round
from registry.services import limits, programmes, quota_rules, rounds
from registry.services.programmes import Authority


def set_up(session: Session, actor: Actor, outline: ProgrammeFile) -> Programme:
    """Set up the programme of a file with its categories. Raises Invalid where there is one under its key."""
    programme = programmes.create(
        session,
        actor,
        key=outline.key,
        name=outline.title.zh,
        name_en=outline.title.en,
        document_key=outline.document,
        issuer_prefix=outline.number.prefix,
        code=outline.number.code,
        years_valid=outline.years_valid,
        issuers=[Authority(row.zh, row.en, Level(row.level), row.region) for row in outline.issuers],
        region_key=outline.region,
    )
    for entry in outline.categories:
        category = programmes.add_category(
            session,
            actor,
            programme,
            key=entry.key,
            name=entry.title.zh,
            name_en=entry.title.en,
            clause_ref=entry.clause,
            outcome=CategoryOutcome.CERTIFICATE,
            site_kinds=[SiteKind(kind) for kind in entry.sites],
            levels=[Level(level) for level in entry.levels],
            named_regions=entry.regions,
            after=[name if "/" in name else full_name(outline.key, name) for name in entry.after],
            once=Once(entry.once) if entry.once else None,
        )
        programme.categories.append(category)
    return programme


def prepare(
    session: Session,
    actor: Actor,
    programme: Programme,
    entry: RoundEntry,
    *,
    criteria: Mapping[str, CriteriaVersion],
    title: str,
    title_en: str,
    year: int,
    opens_at: datetime,
    closes_at: datetime | None,
    figures_year: int | None = None,
    factor_year: int | None = None,
    base_year: int | None = None,
    factors: Mapping[str, str] | None = None,
) -> Round:
    """Prepare a round as the file of its programme says: categories with criteria, quotas and routes, and the limits.

    `criteria` are the approved versions by the key of their set. Raises Invalid where one is missing, where a round
    that ends has no end, and where the programme has no such category as the file.
    """
    if entry.ends and closes_at is None:
        raise Invalid("round_needs_end", field="closes_at")
    round_ = rounds.create(
        session,
        actor,
        programme,
        title=title,
        title_en=title_en,
        year=year,
        opens_at=opens_at,
        closes_at=closes_at if entry.ends else None,
        one_person_may_sign=entry.one_person_may_sign,
    )
    categories = {category.key: category for category in programme.categories}
    for intake in entry.categories:
        if intake.category not in categories:
            raise Invalid("category_of_other_programme", field="category")
        version = _version(criteria, intake)
        rounds.add_category(
            session,
            actor,
            round_,
            categories[intake.category],
            criteria_version=version,
            track=Track(intake.track),
            quota=intake.quota,
            route=route_of(intake),
            gates={},
            factors=rounds.known_factors(session, version, factors or {}),
            year=figures_year,
            factor_year=factor_year,
            base_year=base_year,
        )
    if entry.total is not None or entry.pool is not None:
        limits.set_totals(session, actor, round_, total=entry.total, pool=entry.pool)
    for limit in entry.recommend:
        limits.set_recommendations(
            session,
            actor,
            round_,
            number=limit.number,
            level=Level(limit.level) if limit.level else None,
            region_key=limit.region,
            category_id=categories[limit.category].id if limit.category else None,
        )
    for rule in entry.rules:
        quota_rules.add(
            session,
            actor,
            round_,
            group_by=GroupBy(rule.by),
            most=rule.most,
            least=rule.least,
            category_id=categories[rule.category].id if rule.category else None,
            level=Level(rule.level) if rule.level else None,
            input_key=rule.answer,
            value=rule.value if rule.answer else rule.region,
            since=rule.since,
        )
    return round_


def _version(criteria: Mapping[str, CriteriaVersion], intake: Intake) -> CriteriaVersion:
    if intake.criteria not in criteria:
        raise Invalid("criteria_set_not_approved", field="criteria", name=intake.criteria)
    return criteria[intake.criteria]
