"""Rounds: prepared step by step, then opened; from then on nothing of a round changes."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from registry.domain import policy, routes
from registry.domain.criteria import CriteriaSet, factor_years
from registry.domain.errors import Invalid, NotFound
from registry.domain.policy import Actor, Facts
from registry.domain.routes import Step
from registry.domain.texts import Names
from registry.domain.vocabulary import (
    Action,
    CalibrationUse,
    CriteriaStatus,
    Kind,
    QuotaPurpose,
    RoundStatus,
    Track,
)
from registry.models import Category, CriteriaVersion, Programme, Quota, Round, RoundCategory, RouteStep
from registry.queries import catalogue, criteria_versions
from registry.services import limits, preparing, quota_rules

OFFICE_TIME = ZoneInfo("Asia/Shanghai")


def create(
    session: Session,
    actor: Actor,
    programme: Programme,
    *,
    title: str,
    title_en: str,
    year: int,
    opens_at: datetime,
    closes_at: datetime | None,
    one_person_may_sign: bool,
) -> Round:
    """Prepare a round; a round without an end is a library."""
    policy.require(actor, Action.SET_UP_ROUND, Facts(programme_id=programme.id))
    _check_dates(year, opens_at, closes_at)
    round_ = Round(
        programme_id=programme.id,
        title=title,
        title_en=title_en,
        year=year,
        opens_at=opens_at,
        closes_at=closes_at,
        status=RoundStatus.PREPARED,
        one_person_may_sign=one_person_may_sign,
        prepared_by_id=actor.user_id,
        categories=[],
        quotas=[],
        quota_rules=[],
    )
    session.add(round_)
    session.flush()
    preparing.record(session, actor, "create_round", round_, {"title": title, "year": year, **_dates(round_)})
    return round_


def edit(
    session: Session,
    actor: Actor,
    round_: Round,
    *,
    title: str,
    title_en: str,
    year: int,
    opens_at: datetime,
    closes_at: datetime | None,
    one_person_may_sign: bool,
) -> Round:
    """Change what a prepared round says of itself. Raises WrongState where it was opened."""
    preparing.require(actor, round_)
    _check_dates(year, opens_at, closes_at)
    round_.title, round_.title_en, round_.year = title, title_en, year
    round_.opens_at, round_.closes_at = opens_at, closes_at
    round_.one_person_may_sign = one_person_may_sign
    preparing.record(session, actor, "edit_round", round_, {"title": title, "year": year, **_dates(round_)})
    return round_


def add_category(
    session: Session,
    actor: Actor,
    round_: Round,
    category: Category,
    *,
    criteria_version: CriteriaVersion,
    track: Track,
    quota: int | None,
    route: Iterable[Step],
    gates: Mapping[str, bool],
    factors: Mapping[str, str] | None = None,
    year: int | None = None,
    factor_year: int | None = None,
    base_year: int | None = None,
    calibration: CalibrationUse = CalibrationUse.SHOWN,
) -> RoundCategory:
    """Add a category on a track to a prepared round, with criteria, quota, route and settings.

    `quota` None means no limit; `gates` switches those gates of the set that a round may switch; `factors` chooses a
    version of a table where not its default is meant. `year` is that of the figures, by default the round's;
    `factor_year` that of the factors, by default the year of the figures or, where the tables do not go so far, their
    last; improvements are counted from `base_year`, where the set asks for them. `calibration` says what is made of the
    severity of reviewers.
    """
    preparing.require(actor, round_)
    if category.programme_id != round_.programme_id:
        raise Invalid("category_of_other_programme", field="category")
    if any(entry.category_id == category.id and entry.track is track for entry in round_.categories):
        raise Invalid("category_in_round", field="category")
    _check_approved(criteria_version)
    route_ = routes.check(route)
    routes.check_track(track, route_)
    if calibration is CalibrationUse.APPLIED and all(step.kind is not Kind.REVIEW for step in route_):
        raise Invalid("calibration_without_review", field="calibration")
    criteria = criteria_versions.parsed(session, criteria_version)
    settings = {
        "gates": _gates(criteria, gates),
        "factors": _factors(criteria, factors or {}),
        "year": year or round_.year,
        "factor_year": factor_year,
        "base_year": base_year,
        "calibration": str(calibration),
    }
    row = RoundCategory(
        category_id=category.id,
        criteria_version=criteria_version,
        track=track,
        settings=settings,
        steps=[
            RouteStep(
                position=position,
                kind=step.kind,
                level=step.level,
                filing=step.filing,
                parameters=dict(step.parameters),
            )
            for position, step in enumerate(route_)
        ],
    )
    _set_quota(round_, category, quota)
    round_.categories.append(row)
    session.flush()
    payload = {
        "category": category.key,
        "track": track,
        "criteria": criteria_version.digest,
        "quota": quota,
        "route": routes.write(route_),
        **settings,
    }
    preparing.record(session, actor, "add_round_category", round_, payload)
    return row


def known_factors(session: Session, version: CriteriaVersion, factors: Mapping[str, str]) -> dict[str, str]:
    """Return of the chosen versions of tables those that a set reads, for a choice that is made for several sets."""
    criteria = criteria_versions.parsed(session, version)
    return {key: value for key, value in factors.items() if key in criteria.tables}


def remove_category(session: Session, actor: Actor, round_: Round, entry_id: int) -> None:
    """Take a category out of a prepared round, and what is set for it alone where no other track has it."""
    preparing.require(actor, round_)
    entry = _entry(round_, entry_id)
    _take_out(session, actor, round_, entry)
    _drop_quotas(session, round_, entry.category_id, QuotaPurpose.AWARD, QuotaPurpose.RECOMMEND)
    if all(other.category_id != entry.category_id for other in round_.categories):
        for rule in [rule for rule in round_.quota_rules if rule.category_id == entry.category_id]:
            quota_rules.remove(session, actor, round_, rule.id)


def change_category(
    session: Session,
    actor: Actor,
    round_: Round,
    entry_id: int,
    *,
    criteria_version: CriteriaVersion,
    track: Track,
    quota: int | None,
    route: Iterable[Step],
    gates: Mapping[str, bool],
    factors: Mapping[str, str] | None = None,
    year: int | None = None,
    factor_year: int | None = None,
    base_year: int | None = None,
    calibration: CalibrationUse = CalibrationUse.SHOWN,
) -> RoundCategory:
    """Set a category of a prepared round anew, as `add_category` does; what may be recommended in it stays."""
    preparing.require(actor, round_)
    entry = _entry(round_, entry_id)
    category = entry.category
    _take_out(session, actor, round_, entry)
    _drop_quotas(session, round_, category.id, QuotaPurpose.AWARD)
    return add_category(
        session,
        actor,
        round_,
        category,
        criteria_version=criteria_version,
        track=track,
        quota=quota,
        route=route,
        gates=gates,
        factors=factors,
        year=year,
        factor_year=factor_year,
        base_year=base_year,
        calibration=calibration,
    )


def open_(session: Session, actor: Actor, round_: Round) -> Round:
    """Open a prepared round: its criteria and factors are pinned, nothing of it changes any more.

    A round whose opening is set for earlier the same day opens now. Raises Invalid with what is not ready.
    """
    preparing.require(actor, round_)
    if not round_.categories:
        raise Invalid("round_without_category")
    if round_.opens_at < actor.at:
        if _day(round_.opens_at) < _day(actor.at):
            raise Invalid("round_opens_in_past", field="opens_at")
        round_.opens_at = actor.at
    if round_.closes_at is not None and round_.closes_at <= actor.at:
        raise Invalid("round_closes_in_past", field="closes_at")
    limits.check(session, round_)
    quota_rules.check(session, round_)
    texts = catalogue.factor_texts(session)
    for entry in round_.categories:
        _pin(session, entry, texts)
    round_.status = RoundStatus.OPENED
    payload = {**_dates(round_), "criteria": [entry.pinned_digest for entry in round_.categories]}
    preparing.record(
        session, actor, "open_round", round_, payload, before=RoundStatus.PREPARED, after=RoundStatus.OPENED
    )
    return round_


def _entry(round_: Round, entry_id: int) -> RoundCategory:
    entry = next((entry for entry in round_.categories if entry.id == entry_id), None)
    if entry is None:
        raise NotFound
    return entry


def _take_out(session: Session, actor: Actor, round_: Round, entry: RoundCategory) -> None:
    for step in entry.steps:
        session.delete(step)
    session.flush()
    payload = {"category": entry.category.key, "track": entry.track}
    preparing.record(session, actor, "remove_round_category", round_, payload)
    session.delete(entry)
    round_.categories.remove(entry)
    session.flush()


def _drop_quotas(session: Session, round_: Round, category_id: int, *purposes: QuotaPurpose) -> None:
    """Delete what is set for a category alone, unless another track of the round has the category too."""
    if any(entry.category_id == category_id for entry in round_.categories):
        return
    for quota in list(round_.quotas):
        if quota.category_id == category_id and quota.purpose in purposes:
            session.delete(quota)
            round_.quotas.remove(quota)
    session.flush()


def _pin(session: Session, entry: RoundCategory, texts: Mapping[str, str]) -> None:
    """Check a round category as it stands now and keep its own copy of what it is scored by."""
    version = entry.criteria_version
    _check_approved(version)
    routes.check(Step(step.kind, step.level, step.parameters, step.filing) for step in entry.steps)
    criteria = criteria_versions.read(session, version.content, source=version.key, factors=texts)
    _gates(criteria, entry.settings["gates"])
    chosen = _factors(criteria, entry.settings["factors"])
    own = {table.key for table in criteria.shape.factors}
    entry.settings = {**entry.settings, "factors": chosen, "factor_year": _factor_year(criteria, entry, chosen)}
    entry.pinned_content, entry.pinned_digest = version.content, version.digest
    entry.pinned_factors = {key: texts[key] for key in criteria.tables if key not in own}


def _check_approved(version: CriteriaVersion) -> None:
    if version.status is not CriteriaStatus.APPROVED:
        name = Names(version.title, version.title_en)
        raise Invalid("criteria_not_approved", field="criteria_version", name=name)


def _check_dates(year: int, opens_at: datetime, closes_at: datetime | None) -> None:
    if not 2000 <= year <= 2100:
        raise Invalid("round_year", field="year")
    if closes_at is not None and closes_at <= opens_at:
        raise Invalid("round_closes_before_it_opens", field="closes_at")


def _gates(criteria: CriteriaSet, gates: Mapping[str, bool]) -> dict[str, bool]:
    """Return how every gate stands that a round may switch."""
    switchable = {gate.key: gate.default == "on" for gate in criteria.gates if gate.may_switch}
    for key in gates:
        if key not in switchable:
            raise Invalid("gate_always_holds", field="gates", gate=key)
    return {**switchable, **gates}


def _factors(criteria: CriteriaSet, factors: Mapping[str, str]) -> dict[str, str]:
    """Return the version of every table that the set reads."""
    for key, version in factors.items():
        if key not in criteria.tables or version not in criteria.factor_values[key]:
            raise Invalid("factor_version_unknown", field="factors", table=key, version=version)
    return {key: factors.get(key, table.default) for key, table in criteria.tables.items()}


def _factor_year(criteria: CriteriaSet, entry: RoundCategory, factors: Mapping[str, str]) -> int:
    """Return the year of the factors as it is pinned: the one chosen, or the last one up to the year of the figures.

    Raises Invalid for one that was chosen though no table has it. Figures from before the first table are judged
    without factors: what rests on them is missing, and named so.
    """
    known = factor_years(criteria, factors)
    chosen: int | None = entry.settings.get("factor_year")
    if chosen is not None:
        if known and chosen not in known:
            raise Invalid("factor_year_unknown", field="factor_year", year=chosen, first=min(known), last=max(known))
        return chosen
    figures: int = entry.settings.get("year", entry.round.year)
    return min(figures, max(known, default=figures))


def _set_quota(round_: Round, category: Category, number: int | None) -> None:
    """Set the category's quota; all its tracks in the round share it."""
    if number is not None and number < 0:
        raise Invalid("quota_negative", field="quota")
    for quota in round_.quotas:
        if quota.category_id == category.id and quota.purpose is QuotaPurpose.AWARD:
            if quota.number != number:
                raise Invalid("quota_differs", field="quota", number="–" if quota.number is None else quota.number)
            return
    round_.quotas.append(Quota(category_id=category.id, purpose=QuotaPurpose.AWARD, number=number))


def _day(at: datetime) -> date:
    return at.astimezone(OFFICE_TIME).date()


def _dates(round_: Round) -> dict[str, str | None]:
    closes_at = round_.closes_at.isoformat() if round_.closes_at else None
    return {"opens_at": round_.opens_at.isoformat(), "closes_at": closes_at}
