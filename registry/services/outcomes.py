"""Outcomes: what an approved selection makes of each application, its letter, and the end of a place in reserve."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import WrongState
from registry.domain.letters import Value, day
from registry.domain.policy import Actor
from registry.domain.routes import parameter
from registry.domain.texts import Names
from registry.domain.vocabulary import Action, Ground, Kind, LetterKind, Result, Status
from registry.domain.wordings import GROUNDS
from registry.domain.workdays import SHANGHAI, months_later
from registry.models import Application, Decision, Outcome, RouteStep
from registry.queries import reserves
from registry.services import letters, moves

MOVES: Mapping[Result, Action] = {
    Result.SELECTED: Action.SELECT,
    Result.RESERVED: Action.RESERVE,
    Result.UNSELECTED: Action.PASS_OVER,
    Result.EXCLUDED: Action.EXCLUDE,
}
LETTERS: Mapping[Result, LetterKind] = {
    Result.SELECTED: LetterKind.SELECTED,
    Result.RESERVED: LetterKind.RESERVED,
    Result.UNSELECTED: LetterKind.UNSELECTED,
    Result.EXCLUDED: LetterKind.EXCLUDED,
}


def last_day_in_reserve(session: Session, decision: Decision, approved: date) -> date:
    """Return the last day on which a place in reserve holds that a selection gives on a day, as its route says."""
    parameters = session.scalars(
        select(RouteStep.parameters).where(
            RouteStep.round_category_id == decision.round_category_id, RouteStep.kind == Kind.DELIBERATION
        )
    ).one()
    return months_later(approved, parameter(Kind.DELIBERATION, parameters, "reserve_months"))


def enter(
    session: Session,
    actor: Actor,
    decision: Decision,
    application: Application,
    line: Mapping[str, Any],
    *,
    reserve_until: date,
) -> None:
    """Keep what a line of an approved selection says of an application, move it and send its letter.

    Whoever stood in reserve before and stays there keeps the last day that was promised.
    """
    result = Result(line["result"])
    outcome = Outcome(
        decision_id=decision.id,
        application_id=application.id,
        result=result,
        rank=line["rank"],
        total=None if line["total"] is None else Decimal(line["total"]),
        reason=line["reason"],
    )
    if result is Result.RESERVED:
        outcome.reserve_order, outcome.reserve_until = line["reserve_order"], reserve_until
    session.add(outcome)
    if application.status is Status.RESERVED and result is Result.RESERVED:
        return  # It stood in reserve before and goes on waiting.
    for correction in application.corrections:
        correction.closed_at = correction.closed_at or actor.at
    payload = {"decision": decision.id, "rank": line["rank"], "total": line["total"], "reason": line["reason"]}
    moves.move(session, actor, application, MOVES[result], payload=payload)
    letters.send(session, actor, application, LETTERS[result], _told(line, outcome), decision=decision)


def expire(session: Session, actor: Actor, application: Application) -> None:
    """End a place in reserve whose last day is over. Raises WrongState where it still holds."""
    last = reserves.last_days(session, [application.id]).get(application.id)
    if last is None or actor.at.astimezone(SHANGHAI).date() <= last:
        raise WrongState("reserve_holds")
    moves.move(session, actor, application, Action.EXPIRE, payload={"until": last.isoformat()})
    letters.send(session, actor, application, LetterKind.RESERVE_ENDED, {"until": day(last)})


def _told(line: Mapping[str, Any], outcome: Outcome) -> dict[str, Value]:
    match outcome.result:
        case Result.RESERVED if outcome.reserve_until:
            return {"order": str(outcome.reserve_order), "until": day(outcome.reserve_until)}
        case Result.UNSELECTED:
            ground, said = GROUNDS[Ground(line["ground"])], line["reason"]
            return {"reason": Names(f"{ground.zh}{said}", f"{ground.en} {said}".strip())}
        case Result.EXCLUDED:
            return {"reason": line["reason"]}
        case _:
            return {}
