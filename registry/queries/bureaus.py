"""How many the bureaus of a person may still recommend, in several categories of rounds at once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.domain.policy import Actor, Holding
from registry.domain.vocabulary import QuotaPurpose, Role, Status
from registry.models import Application, Quota, Recommendation, Round, RoundCategory


@dataclass(frozen=True, slots=True)
class _Asked:
    """A category of a round, and its programme."""

    id: int
    round_id: int
    category_id: int
    programme_id: int


@dataclass(frozen=True, slots=True)
class _Given:
    """How many of a category the bureau of a region has recommended."""

    round_id: int
    category_id: int
    region_key: str
    number: int


def left(session: Session, actor: Actor, numbers: Collection[int]) -> dict[int, int]:
    """Return how many more may be recommended in each category of a round, all of the actor's bureaus together.

    Of the limits of a category and of its round the narrower counts. Where a bureau has neither, the category is left
    out.
    """
    rows = _asked(session, numbers)
    limits, given = _limits(session, rows), _given(session, rows)
    found = {}
    for row in rows:
        bureaus = [one for one in actor.held(Role.RECOMMENDER) if one.programme_id in (None, row.programme_id)]
        free = [_free(row, bureau, limits, given) for bureau in bureaus]
        if free and None not in free:
            found[row.id] = sum(number for number in free if number is not None)
    return found


def _free(row: _Asked, bureau: Holding, limits: Sequence[Quota], given: Sequence[_Given]) -> int | None:
    """What a bureau has left in a category; None is no limit."""
    done = [one for one in given if (one.round_id, one.region_key) == (row.round_id, bureau.region_key)]
    here = [one for one in limits if one.round_id == row.round_id]
    category = _limit((one for one in here if one.category_id == row.category_id), bureau)
    whole = _limit((one for one in here if one.category_id is None), bureau)
    free = []
    if category is not None:
        free.append(category - sum(one.number for one in done if one.category_id == row.category_id))
    if whole is not None:
        free.append(whole - sum(one.number for one in done))
    return max(0, min(free)) if free else None


def _limit(rows: Iterable[Quota], bureau: Holding) -> int | None:
    """The number set for a bureau's own region, else the one for every bureau of its level."""
    fitting = [row for row in rows if row.region_key == bureau.region_key or row.level == bureau.region_level]
    own = next((row for row in fitting if row.region_key), None) or next(iter(fitting), None)
    return own.number if own else None


def _asked(session: Session, numbers: Collection[int]) -> list[_Asked]:
    rows = session.execute(
        select(RoundCategory.id, RoundCategory.round_id, RoundCategory.category_id, Round.programme_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(RoundCategory.id.in_(numbers))
    )
    return [_Asked(*row) for row in rows]


def _limits(session: Session, rows: Iterable[_Asked]) -> Sequence[Quota]:
    rounds = {row.round_id for row in rows}
    of_bureaus = Quota.purpose == QuotaPurpose.RECOMMEND
    return session.scalars(select(Quota).where(Quota.round_id.in_(rounds), of_bureaus).order_by(Quota.id)).all()


def _given(session: Session, rows: Iterable[_Asked]) -> list[_Given]:
    """What was recommended and not withdrawn; who is recommended again with a later filing takes one place."""
    number = func.count(Application.id.distinct())
    by = (RoundCategory.round_id, RoundCategory.category_id, Recommendation.region_key)
    found = session.execute(
        select(*by, number)
        .select_from(Recommendation)
        .join(Application, Application.id == Recommendation.application_id)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .where(
            RoundCategory.round_id.in_({row.round_id for row in rows}),
            Recommendation.in_favour,
            Application.status != Status.WITHDRAWN,
        )
        .group_by(*by)
    )
    return [_Given(*row) for row in found]
