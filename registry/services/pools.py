"""The pool: places of a round that its document leaves unallocated, until the issuer assigns them to a category."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, WrongState
from registry.domain.policy import Actor
from registry.domain.reasons import reasoned, stated
from registry.domain.vocabulary import DecisionKind, QuotaPurpose, RoundStatus
from registry.models import Category, Decision, PoolGrant, Quota, Round
from registry.queries import quotas
from registry.services import events, proposals


def propose(
    session: Session, actor: Actor, round_: Round, *, places: Mapping[int, int], basis: str, reason: str
) -> Decision:
    """Propose to assign places of the pool to categories of the round, by their numbers.

    `basis` names the paper by which the issuer assigned them. Raises WrongState where the round is not open or has no
    pool, Invalid where nothing or more than the pool holds is assigned, or a category has no number to add to.
    """
    if round_.status is not RoundStatus.OPENED:
        raise WrongState("pool_of_open_round")
    pool = quotas.pool(session, round_.id, lock=True)
    if pool is None:
        raise WrongState("round_without_pool")
    wanted = {number: many for number, many in places.items() if many}
    if not wanted or any(many < 0 for many in wanted.values()):
        raise Invalid("pool_assigns_nothing", field="places")
    if pool.left is not None and sum(wanted.values()) > pool.left:
        raise Invalid("pool_too_small", field="places", left=pool.left)
    for number in wanted:
        if quotas.of_category(session, round_.id, number).number is None:
            raise Invalid("pool_for_unlimited", field="places")
    content = {**_content(session, round_.id, wanted), "basis": stated(basis, "basis")}
    return proposals.propose(
        session,
        actor,
        DecisionKind.POOL,
        content,
        programme_id=round_.programme_id,
        reason=reasoned(reason, "reason"),
    )


def content_now(session: Session, decision: Decision, *, lock: bool = True) -> dict[str, Any]:
    """Return the content that a proposed assignment would have if it were drawn up now; `lock` keeps the pool so."""
    content = decision.content
    wanted = {line["category"]: line["number"] for line in content["places"]}
    return {**_content(session, content["round"], wanted, lock=lock), "basis": content["basis"]}


def carry_out(session: Session, actor: Actor, decision: Decision) -> None:
    """Assign the places as they were approved."""
    pool = session.scalars(
        select(Quota).where(Quota.round_id == decision.content["round"], Quota.purpose == QuotaPurpose.POOL)
    ).one()
    for line in decision.content["places"]:
        session.add(
            PoolGrant(quota_id=pool.id, category_id=line["category"], decision_id=decision.id, number=line["number"])
        )
    session.flush()
    events.record(
        session,
        actor,
        "assign_pool",
        "round",
        decision.content["round"],
        programme_id=decision.programme_id,
        payload={
            "decision": decision.id,
            "places": {str(line["category"]): line["number"] for line in decision.content["places"]},
            "basis": decision.content["basis"],
        },
    )


def _content(session: Session, round_id: int, wanted: Mapping[int, int], *, lock: bool = True) -> dict[str, Any]:
    """What is assigned, with what each category and the pool have before: either may change until it is approved."""
    pool, round_ = quotas.pool(session, round_id, lock=lock), session.get_one(Round, round_id)
    return {
        "round": round_id,
        "title": {"zh": round_.title, "en": round_.title_en},
        "left": pool.left if pool else None,
        "places": [_line(session, round_id, number, many) for number, many in sorted(wanted.items())],
    }


def _line(session: Session, round_id: int, number: int, many: int) -> dict[str, Any]:
    category = session.get_one(Category, number)
    return {
        "category": number,
        "name": {"zh": category.name, "en": category.name_en},
        "number": many,
        "before": quotas.of_category(session, round_id, number).number,
    }
