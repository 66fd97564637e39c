"""Scenarios of a ranking that were kept."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import RoundCategory, Scenario

# How many scenarios stand beside each other on a page.
MOST = 20


def of_category(session: Session, where: RoundCategory) -> Sequence[Scenario]:
    """Return the scenarios of a ranking, the latest first."""
    query = select(Scenario).where(Scenario.round_category_id == where.id).order_by(Scenario.id.desc()).limit(MOST)
    return session.scalars(query).all()


def one(session: Session, where: RoundCategory, number: int | None) -> Scenario | None:
    """Return a scenario of a ranking by its number, or None."""
    if number is None:
        return None
    return session.scalar(select(Scenario).where(Scenario.id == number, Scenario.round_category_id == where.id))
