"""How many a round awards and bureaus recommend: set while it is prepared, and checked as a whole when it opens."""

from typing import Any

from sqlalchemy.orm import Session

from registry.domain.errors import Invalid
from registry.domain.policy import Actor
from registry.domain.vocabulary import Kind, Level, QuotaPurpose
from registry.models import Quota, Region, Round
from registry.services import preparing


def set_totals(session: Session, actor: Actor, round_: Round, *, total: int | None, pool: int | None) -> None:
    """Set how many a prepared round awards in all, and how many of them its document leaves unallocated.

    None takes a number away. Whether categories, pool and total agree is checked when the round opens.
    """
    preparing.require(actor, round_)
    for purpose, number in ((QuotaPurpose.TOTAL, total), (QuotaPurpose.POOL, pool)):
        if number is not None and number < 0:
            raise Invalid("quota_negative", field=purpose)
        _put(session, round_, number, purpose=purpose)
    session.flush()
    preparing.record(session, actor, "set_totals", round_, {"total": total, "pool": pool})


def set_recommendations(
    session: Session,
    actor: Actor,
    round_: Round,
    *,
    number: int | None,
    level: Level | None = None,
    region_key: str | None = None,
    category_id: int | None = None,
) -> None:
    """Set how many a bureau may recommend in a prepared round: every bureau of a level, or that of one region.

    With a category it holds there alone. None takes the limit away. Raises Invalid where neither or both of level and
    region are given, or the round has no such category.
    """
    preparing.require(actor, round_)
    if (level is None) == (region_key is None):
        raise Invalid("limit_of_level_or_region", field="level")
    if region_key is not None and session.get(Region, region_key) is None:
        raise Invalid("region_not_listed", field="region_key")
    if category_id is not None and all(entry.category_id != category_id for entry in round_.categories):
        raise Invalid("category_not_in_round", field="category")
    if number is not None and number < 1:
        raise Invalid("quota_negative", field="number")
    whose = {"level": level, "region_key": region_key, "category_id": category_id}
    _put(session, round_, number, purpose=QuotaPurpose.RECOMMEND, **whose)
    session.flush()
    payload = {"number": number, "level": level, "region": region_key, "category": category_id}
    preparing.record(session, actor, "set_recommendations", round_, payload)


def check(session: Session, round_: Round) -> None:
    """Raise Invalid where the numbers of a round contradict each other.

    A pool needs a total, a total needs a number in every category, and categories and pool come to the total; who
    recommends within a limit is asked to do so by some route.
    """
    numbers = {quota.purpose: quota.number for quota in round_.quotas if quota.category_id is None}
    total, pool = numbers.get(QuotaPurpose.TOTAL), numbers.get(QuotaPurpose.POOL)
    if pool is not None and total is None:
        raise Invalid("pool_needs_total", field="total")
    awards = [quota.number for quota in round_.quotas if quota.purpose is QuotaPurpose.AWARD]
    if total is not None:
        if None in awards:
            raise Invalid("total_needs_numbers", field="total")
        added = sum(number for number in awards if number is not None)
        if added + (pool or 0) != total:
            raise Invalid("limits_do_not_add_up", field="total", total=total, added=added, pool=pool or 0)
    for quota in round_.quotas:
        if quota.purpose is QuotaPurpose.RECOMMEND:
            region = session.get(Region, quota.region_key) if quota.region_key else None
            level = region.level if region else quota.level
            if level not in _asked(round_, quota.category_id):
                raise Invalid("limit_of_nobody", field="level", level=level)


def _asked(round_: Round, category_id: int | None) -> set[Level | None]:
    """The levels whose bureaus some route asks: in one category, or in any."""
    entries = [entry for entry in round_.categories if category_id in (None, entry.category_id)]
    return {step.level for entry in entries for step in entry.steps if step.kind is Kind.RECOMMENDATION}


def _put(session: Session, round_: Round, number: int | None, **whose: Any) -> None:
    """Set the number of the row that is described, make one where there is none, and take it away for None."""
    row = next((one for one in round_.quotas if all(getattr(one, key) == whose[key] for key in whose)), None)
    if row is None and number is not None:
        round_.quotas.append(Quota(**whose, number=number))
    elif row is not None and number is not None:
        row.number = number
    elif row is not None:
        session.delete(row)
        round_.quotas.remove(row)
