"""What is offered to everyone: programmes, the rounds that were opened, documents, and approved criteria."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain.errors import NotFound
from registry.domain.vocabulary import CriteriaStatus, Intake, Level, RoundStatus
from registry.models import (
    CriteriaVersion,
    Document,
    Programme,
    ProgrammeIssuer,
    Region,
    Round,
    RoundCategory,
)
from registry.queries import finding, pages
from registry.queries.pages import FIRST, Asked, By, Page

_OPENED = Round.status == RoundStatus.OPENED
_SETTLED = CriteriaVersion.status.in_((CriteriaStatus.APPROVED, CriteriaStatus.RETIRED))


def programmes(session: Session) -> list[Programme]:
    """Return all programmes with document, categories and issuers, by level, the country first, and name."""
    query = select(Programme).join(Region, Region.key == Programme.region_key).options(*_with_programme())
    return list(session.scalars(query.order_by(by_level(), Programme.name, Programme.id)))


def programme_names(session: Session) -> list[Programme]:
    """Return all programmes by level and name, without what is around them; for a choice."""
    query = select(Programme).join(Region, Region.key == Programme.region_key)
    return list(session.scalars(query.order_by(by_level(), Programme.name, Programme.id)))


def programmes_page(session: Session, text: str = "", region: str = "", asked: Asked = FIRST) -> Page[Programme]:
    """Return a page of the programmes with document, categories and issuers, by level and name."""
    query = select(Programme).join(Region, Region.key == Programme.region_key).options(*_with_programme())
    query = query.where(finding.holds(text, Programme.name, Programme.name_en))
    if region:
        query = query.where(Programme.region_key.in_(finding.within(region)))
    return pages.page(session, query, (By(by_level()), By(Programme.name), By(Programme.id)), asked)


def homes(session: Session) -> list[Region]:
    """Return the regions that have a programme of their own, in the order of the standard."""
    own = select(Programme.region_key)
    return list(session.scalars(select(Region).where(Region.key.in_(own)).order_by(Region.position, Region.key)))


def by_level() -> ColumnElement[int]:
    """Return the order of regions by their level, the country first."""
    return case({level: place for place, level in enumerate(Level)}, value=Region.level, else_=len(Level))


def programme(session: Session, key: str) -> Programme:
    """Return a programme with document, categories and issuers; raises NotFound where there is none."""
    found = session.scalar(select(Programme).where(Programme.key == key).options(*_with_programme()))
    if found is None:
        raise NotFound
    return found


def rounds_of(session: Session, programme: Programme) -> list[Round]:
    """Return the opened rounds of a programme, newest first."""
    return list(
        session.scalars(
            select(Round)
            .where(_OPENED, Round.programme_id == programme.id)
            .options(*_with_categories())
            .order_by(Round.opens_at.desc(), Round.id.desc())
        )
    )


def current_rounds(session: Session, at: datetime, limit: int | None = None) -> list[Round]:
    """Return the rounds that take applications at a moment, the first to close first, and then those that will."""
    return list(
        session.scalars(
            select(Round)
            .where(_current(at))
            .options(*_with_categories())
            .order_by(Round.opens_at > at, Round.closes_at.is_(None), Round.closes_at, Round.id)
            .limit(limit)
        )
    )


def count_current(session: Session, at: datetime) -> int:
    """Return how many rounds take applications at a moment or will later."""
    return session.scalar(select(func.count(Round.id)).where(_current(at))) or 0


def opened_round(session: Session, number: int) -> Round:
    """Return a round with all that its page shows; raises NotFound where it is unknown or still prepared."""
    found = session.scalar(
        select(Round)
        .where(_OPENED, Round.id == number)
        .options(
            joinedload(Round.programme, innerjoin=True).options(*_with_programme()),
            selectinload(Round.quotas),
            selectinload(Round.quota_rules),
            selectinload(Round.categories).options(
                joinedload(RoundCategory.category, innerjoin=True),
                joinedload(RoundCategory.criteria_version, innerjoin=True),
                selectinload(RoundCategory.steps),
            ),
        )
    )
    if found is None:
        raise NotFound
    return found


def intake(round_: Round, at: datetime) -> Intake:
    """Tell whether a round takes applications at a moment."""
    if at < round_.opens_at:
        return Intake.AHEAD
    return Intake.OPEN if round_.closes_at is None or at < round_.closes_at else Intake.OVER


def document(session: Session, key: str) -> Document:
    """Return a document with its clauses; raises NotFound where there is none."""
    found = session.scalar(select(Document).where(Document.key == key).options(selectinload(Document.clauses)))
    if found is None:
        raise NotFound
    return found


def criteria_version(session: Session, key: str, number: int | None = None) -> CriteriaVersion:
    """Return an approved version of a criteria set, the one in force by default.

    Retired ones can be read too: rounds were run on them. Raises NotFound for a draft.
    """
    query = select(CriteriaVersion).where(CriteriaVersion.key == key, _SETTLED)
    if number is not None:
        query = query.where(CriteriaVersion.number == number)
    retired = CriteriaVersion.status == CriteriaStatus.RETIRED
    found = session.scalar(query.order_by(retired, CriteriaVersion.number.desc()).limit(1))
    if found is None:
        raise NotFound
    return found


def criteria_in_force(session: Session) -> list[CriteriaVersion]:
    """Return the newest approved version of every criteria set."""
    rows = session.scalars(
        select(CriteriaVersion)
        .where(CriteriaVersion.status == CriteriaStatus.APPROVED)
        .order_by(CriteriaVersion.key, CriteriaVersion.number)
    )
    return list({row.key: row for row in rows}.values())


def rounds_on(session: Session, version: CriteriaVersion) -> list[Round]:
    """Return the opened rounds that are run on a version of a criteria set."""
    used = select(RoundCategory.round_id).where(RoundCategory.criteria_version_id == version.id)
    return list(session.scalars(select(Round).where(_OPENED, Round.id.in_(used)).order_by(Round.id)))


def regions_within(session: Session) -> list[Region]:
    """Return all regions within the country in the order of the standard."""
    return list(session.scalars(select(Region).where(Region.parent_key.is_not(None)).order_by(Region.position)))


def _current(at: datetime) -> ColumnElement[bool]:
    return and_(_OPENED, or_(Round.closes_at.is_(None), Round.closes_at > at))


def _with_programme() -> tuple[Any, ...]:
    return (
        joinedload(Programme.document, innerjoin=True),
        selectinload(Programme.categories),
        selectinload(Programme.issuers).joinedload(ProgrammeIssuer.issuer, innerjoin=True),
    )


def _with_categories() -> tuple[Any, ...]:
    return (
        joinedload(Round.programme, innerjoin=True),
        selectinload(Round.categories).joinedload(RoundCategory.category, innerjoin=True),
    )
