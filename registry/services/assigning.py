"""Plans of who reviews what: kept as they were drawn up or read, put into effect whole or not at all, or given up.

Nothing is assigned before a plan is put into effect, and what it rests on is looked at again then: the same rules, the
same ties, as things stand at that moment.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from registry.domain import policy
from registry.domain.assigning.checking import checked
from registry.domain.assigning.settings import Settings, settings_of, written, written_reason
from registry.domain.assigning.values import Duo, Fault, Placed, Plan, Shortage
from registry.domain.errors import WrongState
from registry.domain.policy import Actor, Facts
from registry.domain.vocabulary import Action, PlanKind, PlanState
from registry.models import Application, Assignment, AssignmentPlan, PlannedPair, Round, User
from registry.queries import assigning, assignment_plans, rounds
from registry.queries.parties import by_portions
from registry.services import archiving, events, reviews

Why = Callable[[Placed], str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A plan with what is wanting, and the rows of a file that do not hold, each with its line."""

    plan: Plan
    applications: int
    shortage: Shortage | None = None
    faults: Sequence[tuple[int, Fault]] = ()


def keep(
    session: Session, actor: Actor, round_: Round, *, kind: PlanKind, settings: Settings, drawn: Drawn
) -> AssignmentPlan:
    """Keep a plan; one of the round that still waits is given up for it."""
    policy.require(actor, Action.ASSIGN, Facts(programme_id=round_.programme_id))
    archiving.hold(session, round_.id)
    waiting = assignment_plans.drafted(session, round_.id, lock=True)
    if waiting is not None:
        _end(session, actor, round_, waiting, PlanState.DISCARDED)
    plan = drawn.plan
    row = AssignmentPlan(
        round_id=round_.id,
        kind=kind,
        state=PlanState.DRAFTED,
        seed=settings.seed,
        settings=written(settings),
        digest=plan.digest,
        content=_content(drawn),
        weighed=_weighed(plan, settings.rules.candidates),
        faults=[_fault(line, one) for line, one in drawn.faults],
        drawn_up_by_id=actor.user_id,
        drawn_up_at=actor.at,
    )
    session.add(row)
    session.flush()
    load = {one.reviewer: one.after for one in plan.loads}
    session.add_all(
        PlannedPair(
            plan_id=row.id,
            application_id=one.case,
            reviewer_id=one.reviewer,
            match=int(one.match),
            load=load[one.reviewer],
        )
        for one in plan.placed
    )
    payload = {"kind": kind, "pairs": len(plan.placed), "facts": plan.digest, "settings": row.settings}
    _record(session, actor, round_, "draw_up_assignment", row, **payload)
    return row


def commit(session: Session, actor: Actor, plan: AssignmentPlan, why: Why) -> int:
    """Put a plan into effect as a whole and return how many were assigned, 0 where something of it does not hold.

    Then nobody is assigned, and the plan names what does not hold. `why` puts into words what speaks for a pair. Raises
    WrongState for a plan that is over, is empty or has faults of its file, and where the round is archived.
    """
    round_ = rounds.one(session, actor, Action.ASSIGN, plan.round_id)
    archiving.hold(session, round_.id)
    _still_waiting(session, plan)
    if plan.kind is PlanKind.CSV and plan.faults:
        raise WrongState("plan_file_faulty", count=len(plan.faults))
    pairs = assignment_plans.pairs(session, plan)
    if not pairs:
        raise WrongState("plan_empty")
    numbers = sorted({pair.application_id for pair in pairs})
    for some in by_portions(numbers):
        # Whoever assigns one of them by hand waits, and then sees these.
        session.execute(
            select(Application.id).where(Application.id.in_(some)).order_by(Application.id).with_for_update()
        )
    now = assigning.problem(session, actor, round_, settings_of(plan.settings), numbers)
    faults = checked(now, [Duo(pair.application_id, pair.reviewer_id) for pair in pairs])
    if faults:
        plan.faults = [_fault(0, one) for one in faults]
        session.flush()
        return 0
    _assign(session, actor, round_, plan, pairs, why)
    _end(session, actor, round_, plan, PlanState.COMMITTED)
    return len(pairs)


def discard(session: Session, actor: Actor, plan: AssignmentPlan) -> None:
    """Give up a plan that waits. Raises WrongState where it is over."""
    round_ = rounds.one(session, actor, Action.ASSIGN, plan.round_id)
    _still_waiting(session, plan)
    _end(session, actor, round_, plan, PlanState.DISCARDED)


def _assign(
    session: Session, actor: Actor, round_: Round, plan: AssignmentPlan, pairs: Sequence[PlannedPair], why: Why
) -> None:
    """Assign as by hand: letter, date, record and invitation of each."""
    numbers = {pair.application_id for pair in pairs}
    found: dict[int, Application] = {}
    before: Counter[int] = Counter()
    for some in by_portions(sorted(numbers)):
        rows = select(Application).where(Application.id.in_(some)).options(joinedload(Application.site))
        found |= {row.id: row for row in session.scalars(rows)}
        counts = select(Assignment.application_id, func.count()).where(Assignment.application_id.in_(some))
        before.update({row[0]: row[1] for row in session.execute(counts.group_by(Assignment.application_id))})
    people: dict[int, User] = {}
    for some in by_portions(sorted({pair.reviewer_id for pair in pairs})):
        people |= {row.id: row for row in session.scalars(select(User).where(User.id.in_(some)))}
    due = {
        (entry.id, step.position): reviews.due(session, actor, step)
        for entry in round_.categories
        for step in entry.steps
        if (entry.id, step.position) in {(row.round_category_id, row.position) for row in found.values()}
    }
    fields = {entry.id: entry.criteria_version.key for entry in round_.categories}
    limits = assignment_plans.limits(plan)
    for pair in pairs:
        application = found[pair.application_id]
        placed = assignment_plans.placed(pair, fields[application.round_category_id], limits[pair.reviewer_id])
        reviews.enter(
            session,
            actor,
            application,
            people[pair.reviewer_id],
            before=before[application.id],
            why=why(placed),
            due_at=due[application.round_category_id, application.position],
        )
        before[application.id] += 1


def _still_waiting(session: Session, plan: AssignmentPlan) -> None:
    session.refresh(plan, ["state", "faults"], with_for_update=True)
    if plan.state is not PlanState.DRAFTED:
        raise WrongState("plan_over")


def _end(session: Session, actor: Actor, round_: Round, plan: AssignmentPlan, state: PlanState) -> None:
    plan.state, plan.ended_by_id, plan.ended_at = state, actor.user_id, actor.at
    session.flush()
    action = "commit_assignment" if state is PlanState.COMMITTED else "discard_assignment"
    _record(session, actor, round_, action, plan, facts=plan.digest)


def _record(
    session: Session, actor: Actor, round_: Round, action: str, plan: AssignmentPlan, **payload: object
) -> None:
    payload = {"round": round_.id, **payload}
    events.record(session, actor, action, "assignment_plan", plan.id, programme_id=round_.programme_id, payload=payload)


def _content(drawn: Drawn) -> dict[str, Any]:
    plan, wanting = drawn.plan, drawn.shortage
    return {
        "applications": drawn.applications,
        "places": plan.figures.places,
        "filled": plan.figures.filled,
        "matches": {str(int(match)): count for match, count in plan.figures.matches.items()},
        "loads": [[one.reviewer, one.before, one.after, one.most] for one in plan.loads],
        "gaps": [[one.case, one.needed, one.missing] for one in plan.gaps],
        "widened": len(plan.widened),
        "wanting": wanting
        and {
            "reviewers": dict(wanting.reviewers),
            "fills": dict(wanting.fills),
            "open": wanting.open_places,
            "beyond": sum(wanting.beyond.values()),
        },
    }


def _weighed(plan: Plan, limit: int) -> dict[str, list[int]]:
    """Return who was weighed for the applications for which not everybody was."""
    candidates: Mapping[int, frozenset[int]] = plan.candidates or {}
    return {str(case): sorted(some) for case, some in candidates.items() if len(some) >= limit}


def _fault(line: int, fault: Fault) -> dict[str, Any]:
    return {
        "line": line,
        "application": fault.duo.case,
        "reviewer": fault.duo.reviewer,
        "reasons": [written_reason(one) for one in fault.reasons],
    }
