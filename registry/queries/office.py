"""What waits for a person of the office."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from registry.domain.policy import Actor
from registry.domain.vocabulary import (
    Action,
    CriteriaStatus,
    DecisionStatus,
    Kind,
    ObjectionStatus,
    Role,
    RoundStatus,
    Status,
)
from registry.models import Application, CriteriaVersion, Decision, Notice, Objection, Round, RoundCategory
from registry.queries import visibility

_WAITING = (Status.WAITING, Status.SELECTED, Status.RESERVED)
_BEFORE_OFFICE = (Kind.FILING, Kind.RECOMMENDATION)


@dataclass(frozen=True, slots=True)
class Desk:
    """How much waits, by what it waits for; `cases` counts the applications at each stage in the order of routes."""

    cases: tuple[tuple[Kind, int], ...]
    decisions: int
    criteria: int
    rounds: int
    objections: int


def desk(session: Session, actor: Actor) -> Desk:
    """Return what waits for this person; nothing is counted for roles that the person does not have."""
    return Desk(
        cases=_cases(session, actor) if Role.OFFICER in actor.roles else (),
        decisions=_decisions(session, actor) if Role.APPROVER in actor.roles else 0,
        criteria=_criteria(session, actor) if Role.APPROVER in actor.roles else 0,
        rounds=_rounds(session, actor) if Role.OFFICER in actor.roles else 0,
        objections=_objections(session, actor) if Role.OFFICER in actor.roles else 0,
    )


def _cases(session: Session, actor: Actor) -> tuple[tuple[Kind, int], ...]:
    rows = session.execute(
        select(Application.kind, func.count().label("number"))
        .where(
            visibility.applications(actor, Action.ACCEPT),
            Application.status.in_(_WAITING),
            Application.kind.not_in(_BEFORE_OFFICE),
        )
        .group_by(Application.kind)
    )
    counts: dict[Kind, int] = {row.kind: row.number for row in rows}
    return tuple((kind, counts[kind]) for kind in Kind if kind in counts)


def _decisions(session: Session, actor: Actor) -> int:
    """Decisions that this person may approve: those proposed by others."""
    return _count(
        session,
        select(func.count(Decision.id)).where(
            visibility.of_programmes(Decision.programme_id, actor, Action.APPROVE),
            Decision.status == DecisionStatus.PROPOSED,
            Decision.proposed_by_id != actor.user_id,
        ),
    )


def _criteria(session: Session, actor: Actor) -> int:
    """Criteria that this person may approve: those loaded by others."""
    waiting = CriteriaVersion.status == CriteriaStatus.DRAFT
    query = select(func.count(CriteriaVersion.id)).where(waiting, CriteriaVersion.prepared_by_id != actor.user_id)
    return _count(session, query)


def _rounds(session: Session, actor: Actor) -> int:
    mine = visibility.of_programmes(Round.programme_id, actor, Action.SET_UP_ROUND)
    return _count(session, select(func.count(Round.id)).where(mine, Round.status == RoundStatus.PREPARED))


def _objections(session: Session, actor: Actor) -> int:
    query = (
        select(func.count(Objection.id))
        .join(Notice, Notice.id == Objection.notice_id)
        .join(RoundCategory, RoundCategory.id == Notice.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(
            Objection.status == ObjectionStatus.OPEN,
            visibility.of_programmes(Round.programme_id, actor, Action.ANSWER_OBJECTION),
        )
    )
    return _count(session, query)


def _count(session: Session, query: Select[int]) -> int:
    return session.scalar(query) or 0
