"""Selections: the content of one, drawn from the ranking, and what becomes of each application once it is approved."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, WrongState
from registry.domain.policy import Actor
from registry.domain.reasons import reasoned
from registry.domain.vocabulary import Action, Ground, Result, Status
from registry.models import Application, Decision, Outcome, RoundCategory
from registry.queries import decisions
from registry.queries.decisions import Line, Ranking
from registry.services import messages, moves

MOVES: Mapping[Result, Action] = {
    Result.SELECTED: Action.SELECT,
    Result.RESERVED: Action.RESERVE,
    Result.UNSELECTED: Action.PASS_OVER,
    Result.EXCLUDED: Action.EXCLUDE,
}


def content_of(ranking: Ranking, exclusions: Mapping[int, str]) -> dict[str, Any]:
    """Return what is approved: the criteria, the places, and of every application its figures, place and reason."""
    return {
        "round_category": ranking.round_category.id,
        "criteria": ranking.round_category.pinned_digest,
        "quota": ranking.places,
        "reserve": ranking.reserve,
        "tied_across_the_cut": [row.id for row in ranking.across],
        "applications": [
            *(_ranked(line) for line in ranking.lines),
            *(_excluded(row, exclusions.get(row.id, "")) for row in ranking.unfinished),
        ],
    }


def proposed(ranking: Ranking, exclusions: Mapping[int, str]) -> dict[str, Any]:
    """Return the content of a proposal.

    Raises Invalid where more are to be selected than the quota leaves free, or an unfinished application is left
    without a reason; WrongState where there is nothing to decide.
    """
    if not ranking.lines and not ranking.unfinished:
        raise WrongState("nothing_to_decide")
    if _above_quota(ranking):
        raise Invalid("selection_above_quota", field="places", free=ranking.free)
    unfinished = {row.id for row in ranking.unfinished}
    if exclusions.keys() - unfinished:
        raise Invalid("exclusion_of_finished")
    reasons = {number: reasoned(exclusions.get(number, ""), f"exclude_{number}") for number in sorted(unfinished)}
    return content_of(ranking, reasons)


def carry_out(session: Session, actor: Actor, decision: Decision) -> None:
    """Move every application as the approved selection says, and tell its applicants.

    Raises WrongState where another selection has taken the places in the meantime.
    """
    ranking = ranking_behind(session, decision)
    if _above_quota(ranking):
        raise WrongState("quota_taken_meanwhile", free=ranking.free)
    lines = {line["application"]: line for line in decision.content["applications"]}
    for application in (*(line.application for line in ranking.lines), *ranking.unfinished):
        _apply(session, actor, decision, application, lines[application.id])


def content_now(session: Session, decision: Decision) -> dict[str, Any]:
    """Return the content that a proposed selection would have if it were drawn up now."""
    return content_of(ranking_behind(session, decision), exclusions_in(decision))


def ranking_behind(session: Session, decision: Decision) -> Ranking:
    """Return the ranking as it stands, with the places and the reserve of a proposal; its rows are kept as they are."""
    round_category = session.get_one(RoundCategory, decision.round_category_id)
    content = decision.content
    return decisions.ranking(session, round_category, places=content["quota"], reserve=content["reserve"], lock=True)


def exclusions_in(decision: Decision) -> dict[int, str]:
    """Return the reasons for which a proposal excludes applications, by their numbers."""
    return {
        line["application"]: line["reason"]
        for line in decision.content["applications"]
        if line["result"] == Result.EXCLUDED
    }


def _above_quota(ranking: Ranking) -> bool:
    return ranking.free is not None and ranking.places is not None and ranking.places > ranking.free


def _ranked(line: Line) -> dict[str, Any]:
    evaluation = line.evaluation
    return {
        "application": line.application.id,
        "evaluation": evaluation.id if evaluation else None,
        "input_digest": evaluation.input_digest if evaluation else None,
        "total": _digits(evaluation.total) if evaluation else None,
        "grade": evaluation.grade if evaluation else None,
        "ties": [{"key": key, "points": _digits(points)} for key, points in line.ties],
        "rank": line.row.rank,
        "result": str(line.row.result),
        "ground": str(line.row.ground),
        "parted_by": line.row.parted_by,
        "reason": "",
    }


def _excluded(application: Application, reason: str) -> dict[str, Any]:
    return {
        "application": application.id,
        "evaluation": None,
        "input_digest": None,
        "total": None,
        "grade": None,
        "ties": [],
        "rank": None,
        "result": str(Result.EXCLUDED),
        "ground": str(Ground.UNFINISHED),
        "parted_by": None,
        "reason": reason,
    }


def _digits(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _apply(
    session: Session, actor: Actor, decision: Decision, application: Application, line: Mapping[str, Any]
) -> None:
    result = Result(line["result"])
    session.add(
        Outcome(
            decision_id=decision.id,
            application_id=application.id,
            result=result,
            rank=line["rank"],
            total=None if line["total"] is None else Decimal(line["total"]),
            reason=line["reason"],
        )
    )
    if application.status is Status.RESERVED and result is Result.RESERVED:
        return  # It stood in reserve before and goes on waiting.
    for correction in application.corrections:
        correction.closed_at = correction.closed_at or actor.at
    payload = {"decision": decision.id, "rank": line["rank"], "total": line["total"], "reason": line["reason"]}
    moves.move(session, actor, application, MOVES[result], payload=payload)
    messages.to_applicant(session, actor, application, f"application_{result}", {"reason": line["reason"]})
