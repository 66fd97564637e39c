"""Rounds as the office sees them, in preparation or opened."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, QuotaPurpose, RoundStatus
from registry.models import Programme, Quota, Round, RoundCategory
from registry.queries import finding, pages, visibility
from registry.queries.pages import FIRST, Asked, By, Page


def index(
    session: Session,
    actor: Actor,
    text: str = "",
    programme_id: int | None = None,
    status: RoundStatus | None = None,
    asked: Asked = FIRST,
) -> Page[Round]:
    """Return a page of the rounds of the actor's programmes that match, newest first."""
    query = _whole().where(visibility.of_programmes(Round.programme_id, actor, Action.VIEW_ROUNDS))
    query = query.where(finding.holds(text, Round.title, Round.title_en))
    if programme_id:
        query = query.where(Round.programme_id == programme_id)
    if status:
        query = query.where(Round.status == status)
    order = (By(Round.opens_at, descending=True), By(Round.id, descending=True))
    return pages.page(session, query, order, asked)


def one(session: Session, actor: Actor, action: Action, number: int, *, lock: bool = False) -> Round:
    """Return a round with its categories, routes, criteria and quotas.

    `lock` keeps its row until the unit of work ends. Raises NotFound where there is none for this actor.
    """
    mine = visibility.of_programmes(Round.programme_id, actor, action)
    query = _whole().where(Round.id == number, mine)
    if lock:
        query = query.with_for_update(of=Round).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound
    return found


def award_quota(round_: Round, category_id: int) -> Quota | None:
    """Return the row that says how many of a category may be awarded in a round."""
    rows = (quota for quota in round_.quotas if quota.purpose is QuotaPurpose.AWARD)
    return next((quota for quota in rows if quota.category_id == category_id), None)


def _whole() -> Select[Round]:
    return select(Round).options(
        joinedload(Round.programme, innerjoin=True).selectinload(Programme.categories),
        selectinload(Round.quotas),
        selectinload(Round.quota_rules),
        selectinload(Round.categories).options(
            joinedload(RoundCategory.category, innerjoin=True),
            joinedload(RoundCategory.criteria_version, innerjoin=True),
            selectinload(RoundCategory.steps),
        ),
    )
