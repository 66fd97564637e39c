"""Who somebody is: the person, the roles granted and the seats in organisations."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.policy import Actor, Holding, Seat, still_interested
from registry.domain.vocabulary import SeatStatus, UserStatus
from registry.models import Grant, Membership, Region, User


def load(session: Session, user: User | None, at: datetime, *, clock_moved: bool = False) -> Actor:
    """Return the actor for a person at a moment; for nobody, or a disabled person, an anonymous one.

    Roles count once the address is confirmed. Seats that ended give nothing, but stand against judging for a while.
    """
    if user is None or user.status is not UserStatus.ACTIVE:
        return Actor(at, clock_moved=clock_moved)
    grants = _grants(session, user) if user.confirmed_at is not None else []
    below = _regions_below(session) if any(grant.region_key for grant in grants) else {}
    memberships = session.scalars(select(Membership).where(Membership.user_id == user.id)).all()
    return Actor(
        at,
        user_id=user.id,
        name=user.name,
        confirmed=user.confirmed_at is not None,
        holdings=tuple(_holding(grant, below) for grant in grants),
        seats=tuple(
            Seat(row.organisation_id, row.drafter, row.signatory)
            for row in memberships
            if row.status is SeatStatus.ACTIVE
        ),
        clock_moved=clock_moved,
        past_organisation_ids=frozenset(
            row.organisation_id
            for row in memberships
            if row.ended_at is not None and still_interested(row.ended_at, at)
        ),
    )


def _grants(session: Session, user: User) -> Sequence[Grant]:
    return session.scalars(select(Grant).where(Grant.user_id == user.id, Grant.ended_at.is_(None))).all()


def _holding(grant: Grant, below: dict[str, tuple[str, frozenset[str]]]) -> Holding:
    if grant.region_key is None:
        return Holding(grant.role, grant.programme_id)
    level, keys = below[grant.region_key]
    return Holding(grant.role, grant.programme_id, grant.region_key, level, keys)


def _regions_below(session: Session) -> dict[str, tuple[str, frozenset[str]]]:
    """Each region's level, and its key with those of all regions within it."""
    rows = session.execute(select(Region.key, Region.parent_key, Region.level)).all()
    parents = {row.key: row.parent_key for row in rows}
    within: dict[str, set[str]] = {row.key: {row.key} for row in rows}
    for key in parents:
        above = parents[key]
        while above is not None:
            within[above].add(key)
            above = parents[above]
    return {row.key: (row.level, frozenset(within[row.key])) for row in rows}
