"""How many places there are, how many are taken, and what the pool of a round still holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from registry.domain.policy import Holding
from registry.domain.vocabulary import QuotaPurpose, Status
from registry.models import Application, PoolGrant, Quota, Recommendation, RoundCategory

# Who holds a place: whoever is selected, until something takes the place away.
STANDING = (Status.SELECTED, Status.CERTIFIED)


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a category or of a whole round: how many there are, None for no limit, and how many are taken.

    `assigned` is how many of them came from the pool.
    """

    number: int | None
    taken: int
    assigned: int = 0

    @property
    def left(self) -> int | None:
        """How many are free, None for no limit."""
        return None if self.number is None else max(0, self.number - self.taken)


def of_category(session: Session, round_id: int, category_id: int, *, lock: bool = False) -> Places:
    """Return the places of a category in a round, those assigned to it from the pool among them."""
    row = session.scalar(_rows(round_id, QuotaPurpose.AWARD, lock).where(Quota.category_id == category_id))
    number = row.number if row else None
    assigned = granted(session, round_id).get(category_id, 0)
    taken = _standing(session, round_id, category_id)
    return Places(None if number is None else number + assigned, taken, assigned)


def of_round(session: Session, round_id: int, *, lock: bool = False) -> Places:
    """Return the places of a round as a whole."""
    row = session.scalar(_rows(round_id, QuotaPurpose.TOTAL, lock))
    return Places(row.number if row else None, _standing(session, round_id, None))


def in_reserve(session: Session, round_id: int) -> Mapping[int, int]:
    """Return how many wait in reserve in each category of a round, by its number; they hold no place."""
    rows = session.execute(
        select(RoundCategory.category_id, func.count())
        .join(Application, Application.round_category_id == RoundCategory.id)
        .where(RoundCategory.round_id == round_id, Application.status == Status.RESERVED)
        .group_by(RoundCategory.category_id)
    )
    return {row[0]: row[1] for row in rows}


def free_places(session: Session, round_category: RoundCategory, *, lock: bool = False) -> int | None:
    """Return how many more may be selected in a category: no more than it and the round have left; None is no limit.

    Both are looked at by themselves: a category that has places left has none once the total is reached.
    """
    places = (
        of_category(session, round_category.round_id, round_category.category_id, lock=lock),
        of_round(session, round_category.round_id, lock=lock),
    )
    left = [one.left for one in places if one.left is not None]
    return min(left) if left else None


def pool(session: Session, round_id: int, *, lock: bool = False) -> Places | None:
    """Return the pool of a round, of which what was assigned counts as taken; None where it has none."""
    row = session.scalar(_rows(round_id, QuotaPurpose.POOL, lock))
    return Places(row.number, sum(granted(session, round_id).values())) if row else None


def granted(session: Session, round_id: int) -> Mapping[int, int]:
    """Return how many places of the pool were assigned to each category, by its number."""
    rows = session.execute(
        select(PoolGrant.category_id, func.sum(PoolGrant.number))
        .join(Quota, Quota.id == PoolGrant.quota_id)
        .where(Quota.round_id == round_id)
        .group_by(PoolGrant.category_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def recommending(
    session: Session, round_category: RoundCategory, holding: Holding, *, lock: bool = False
) -> tuple[Places, ...]:
    """Return the limits that a bureau has here: of the category and of the round as a whole, where each is set."""
    found = recommending_by(session, round_category, holding, lock=lock)
    return tuple(places for places in found if places is not None)


def recommending_by(
    session: Session, round_category: RoundCategory, holding: Holding, *, lock: bool = False
) -> tuple[Places | None, Places | None]:
    """Return what a bureau may recommend of a category, and of its round as a whole; None where nothing is set.

    A number set for the bureau's own region stands before one set for every bureau of its level. An application that
    its applicant withdrew counts no more.
    """

    def limit(category_id: int | None) -> Places | None:
        rows = session.scalars(
            _rows(round_category.round_id, QuotaPurpose.RECOMMEND, lock).where(
                Quota.category_id == category_id if category_id else Quota.category_id.is_(None),
                or_(Quota.region_key == holding.region_key, Quota.level == holding.region_level),
            )
        ).all()
        own = next((row for row in rows if row.region_key), None) or next(iter(rows), None)
        if own is None:
            return None
        return Places(own.number, _recommended(session, round_category.round_id, category_id, holding))

    return limit(round_category.category_id), limit(None)


def _rows(round_id: int, purpose: QuotaPurpose, lock: bool) -> Select[Quota]:
    query = select(Quota).where(Quota.round_id == round_id, Quota.purpose == purpose).order_by(Quota.id)
    return query.with_for_update() if lock else query


def _standing(session: Session, round_id: int, category_id: int | None) -> int:
    """Count who holds a place in a round, in one category or in all."""
    query = (
        select(func.count())
        .select_from(Application)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .where(RoundCategory.round_id == round_id, Application.status.in_(STANDING))
    )
    return session.scalar(query if category_id is None else query.where(RoundCategory.category_id == category_id)) or 0


def _recommended(session: Session, round_id: int, category_id: int | None, holding: Holding) -> int:
    # Who is recommended again with a later filing takes one place.
    query = (
        select(func.count(Application.id.distinct()))
        .select_from(Recommendation)
        .join(Application, Application.id == Recommendation.application_id)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .where(
            RoundCategory.round_id == round_id,
            Recommendation.in_favour,
            Recommendation.region_key == holding.region_key,
            Application.status != Status.WITHDRAWN,
        )
    )
    return session.scalar(query if category_id is None else query.where(RoundCategory.category_id == category_id)) or 0
