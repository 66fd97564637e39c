"""Plans of who reviews what: the one of a round that waits, those before it, and their pairs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from registry.domain.assigning.values import For, Match, Placed, Reason
from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, PlanState
from registry.models import (
    Application,
    AssignmentPlan,
    CriteriaVersion,
    PlannedPair,
    RoundCategory,
    Site,
    User,
)
from registry.queries import visibility

# How many plans of a round that are over are listed.
MOST_OVER = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A pair of a plan as it stands in a file."""

    pair: PlannedPair
    receipt: str | None
    site: str
    field: str
    name: str
    email: str


def drafted(session: Session, round_id: int, *, lock: bool = False) -> AssignmentPlan | None:
    """Return the plan of a round that waits to be put into effect, or None."""
    query = select(AssignmentPlan).where(AssignmentPlan.round_id == round_id, AssignmentPlan.state == PlanState.DRAFTED)
    return session.scalar(_held(query) if lock else query.options(*_SHOWN))


def one(session: Session, round_id: int, number: int, *, lock: bool = False) -> AssignmentPlan:
    """Return a plan of a round; raises NotFound."""
    query = select(AssignmentPlan).where(AssignmentPlan.id == number, AssignmentPlan.round_id == round_id)
    found = session.scalar(_held(query) if lock else query.options(*_SHOWN))
    if found is None:
        raise NotFound
    return found


def over(session: Session, round_id: int) -> Sequence[AssignmentPlan]:
    """Return the latest plans of a round that are in effect or were given up."""
    query = select(AssignmentPlan).where(AssignmentPlan.round_id == round_id, AssignmentPlan.state != PlanState.DRAFTED)
    return session.scalars(query.options(*_SHOWN).order_by(AssignmentPlan.id.desc()).limit(MOST_OVER)).all()


def pairs(session: Session, plan: AssignmentPlan, only: Collection[int] | None = None) -> Sequence[PlannedPair]:
    """Return the pairs of a plan, those of one application together; with `only` those of these applications."""
    query = select(PlannedPair).where(PlannedPair.plan_id == plan.id)
    if only is not None:
        query = query.where(PlannedPair.application_id.in_(only))
    return session.scalars(query.order_by(PlannedPair.application_id, PlannedPair.reviewer_id)).all()


def whole(session: Session, actor: Actor, plan: AssignmentPlan) -> list[Line]:
    """Return the pairs of a plan that the actor may read as they stand in a file, those of one application together."""
    query = (
        select(PlannedPair, Application.receipt, Site.name, CriteriaVersion.key, User.name, User.email)
        .join(Application, Application.id == PlannedPair.application_id)
        .join(Site, Site.id == Application.site_id)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(CriteriaVersion, CriteriaVersion.id == RoundCategory.criteria_version_id)
        .join(User, User.id == PlannedPair.reviewer_id)
        .where(PlannedPair.plan_id == plan.id, visibility.applications(actor, Action.ASSIGN))
        .order_by(PlannedPair.application_id, PlannedPair.reviewer_id)
    )
    return [Line(*row) for row in session.execute(query)]


def sites(session: Session, actor: Actor, numbers: Collection[int]) -> dict[int, str]:
    """Return the names of the sites of those applications whose reviewers the actor may assign, by application."""
    query = select(Application.id, Site.name).join(Site, Site.id == Application.site_id)
    mine = query.where(Application.id.in_(numbers), visibility.applications(actor, Action.ASSIGN))
    return {row[0]: row[1] for row in session.execute(mine)}


def limits(plan: AssignmentPlan) -> dict[int, int]:
    """Return the limit of the load of each reviewer in a plan."""
    return {number: most for number, _before, _after, most in plan.content["loads"]}


def placed(pair: PlannedPair, field: str, most: int) -> Placed:
    """Return a pair of a plan with what speaks for it; the application has this field."""
    match = Match(pair.match)
    fits = (
        Reason(For.MAIN_FIELD, {"field": field})
        if match is not Match.NONE
        else Reason(For.LAST_RESORT, {"wanted": (field,)})
    )
    return Placed(
        pair.application_id,
        pair.reviewer_id,
        match,
        (fits, Reason(For.LOAD, {"load": pair.load, "most": most})),
    )


def names(session: Session, numbers: Collection[int]) -> dict[int, User]:
    """Return people by number."""
    return {row.id: row for row in session.scalars(select(User).where(User.id.in_(numbers)))}


_SHOWN = (
    joinedload(AssignmentPlan.drawn_up_by, innerjoin=True),
    joinedload(AssignmentPlan.ended_by),
)


def _held(query: Any) -> Any:
    return query.with_for_update(of=AssignmentPlan).execution_options(populate_existing=True)
