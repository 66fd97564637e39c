"""Decisions by two people: one proposes, another approves or rejects what was proposed and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.chain import digest_of
from registry.domain.errors import Forbidden, Invalid, WrongState
from registry.domain.policy import Actor, Facts
from registry.domain.reasons import reasoned, stated
from registry.domain.vocabulary import Action, DecisionKind, DecisionStatus
from registry.models import Decision, Round, RoundCategory, Scenario
from registry.queries import benches, decisions, facts
from registry.services import (
    awards,
    events,
    notices,
    objections,
    pools,
    proposals,
    publications,
    scenarios,
    selections,
    terminations,
)


@dataclass(frozen=True, slots=True)
class Matter:
    """What is particular to a kind of decision: how its content reads now, and what follows from approval.

    `preview` reads the same as `content_now` and keeps nothing locked; a page asks it. `turn_down` is what follows from
    rejection where something does.
    """

    content_now: Callable[[Session, Decision], dict[str, Any]]
    carry_out: Callable[[Session, Actor, Decision], None]
    preview: Callable[[Session, Decision], dict[str, Any]] | None = None
    turn_down: Callable[[Session, Actor, Decision], None] | None = None


MATTERS: Mapping[DecisionKind, Matter] = {
    DecisionKind.POOL: Matter(pools.content_now, pools.carry_out, partial(pools.content_now, lock=False)),
    DecisionKind.SELECTION: Matter(
        selections.content_now, selections.carry_out, partial(selections.content_now, lock=False)
    ),
    DecisionKind.NOTICE: Matter(notices.content_now, notices.carry_out, partial(notices.content_now, lock=False)),
    DecisionKind.PUBLICATION: Matter(
        publications.content_now, publications.carry_out, partial(publications.content_now, lock=False)
    ),
    DecisionKind.CORRECTION: Matter(
        publications.correction_now, publications.carry_out_correction, publications.correction_now
    ),
    DecisionKind.REVOCATION: Matter(awards.content_now, awards.carry_out),
    DecisionKind.TERMINATION: Matter(
        terminations.content_now, terminations.carry_out, partial(terminations.content_now, lock=False)
    ),
    DecisionKind.REMOVAL: Matter(
        objections.content_now,
        objections.carry_out,
        partial(objections.content_now, lock=False),
        objections.turn_down,
    ),
}


def propose_selection(
    session: Session,
    actor: Actor,
    round_category: RoundCategory,
    *,
    exclusions: Mapping[int, str],
    reason: str,
    places: int | None = None,
    reserve: int = decisions.RESERVE,
    overrides: Mapping[int, tuple[bool, str]] = selections.NOTHING_APART.overrides,
    scenario: Scenario | None = None,
) -> Decision:
    """Propose whom to select, in the order of the ranking; every unfinished application is excluded with its reason.

    Without a number of places all that the quota leaves free are filled, or those of the scenario that is adopted.
    `overrides` say of single applications, with a reason, whether they are in whatever their place. Raises WrongState
    while the round is open: whoever applies on its last day must have the same chance.
    """
    round_ = session.get_one(Round, round_category.round_id)
    programme_id = round_.programme_id
    policy.require(actor, Action.PROPOSE, Facts(programme_id=programme_id))
    if (places is not None and places < 0) or reserve < 0:
        raise Invalid("number_negative", field="reserve" if reserve < 0 else "places")
    if round_.closes_at is not None and actor.at < round_.closes_at:
        raise WrongState("round_still_open")
    words = stated(reason, "reason")
    apart = selections.Apart(overrides, _adopted(session, actor, round_category, scenario))
    if scenario is not None:
        places = scenario.setting.get("places")
    ranking = decisions.ranking(
        session,
        round_category,
        places=places,
        reserve=reserve,
        least=apart.least,
        overrides=apart.results,
        at=actor.at,
        lock=True,
    )
    content = selections.proposed(ranking, exclusions, apart)
    return proposals.propose(
        session,
        actor,
        DecisionKind.SELECTION,
        content,
        programme_id=programme_id,
        reason=words,
        round_category_id=round_category.id,
    )


def _adopted(
    session: Session, actor: Actor, round_category: RoundCategory, scenario: Scenario | None
) -> dict[str, Any] | None:
    """Return a scenario as the content of a selection names it; raises Invalid where no selection can follow it."""
    if scenario is None:
        return None
    scenarios.check_adoptable(scenario, benches.of(session, round_category, at=actor.at))
    return {
        "id": scenario.id,
        "title": scenario.title,
        "setting": scenario.setting,
        "digest": scenario.result_digest,
    }


def approve(
    session: Session, actor: Actor, decision: Decision, *, digest: str, reason: str, overrides_seen: bool = False
) -> None:
    """Approve what was read: the digest is that of the page, and the content still holds.

    Raises Forbidden for the one who proposed it, WrongState where it was decided or its grounds have changed, Invalid
    where results are overridden and the approver did not say that they were looked at.
    """
    _ready(session, actor, decision)
    if decision.content.get("overrides") and not overrides_seen:
        raise Invalid("overrides_unseen", field="overrides_seen")
    matter = MATTERS[decision.kind]
    if digest != decision.digest or digest_of(matter.content_now(session, decision)) != digest:
        raise WrongState("changed_since_proposed")
    _decide(session, actor, decision, DecisionStatus.APPROVED, reason.strip())
    matter.carry_out(session, actor, decision)


def reads_now(session: Session, decision: Decision) -> dict[str, Any]:
    """Return how the content of a proposal would read if it were drawn up now; of a decided one, what was decided."""
    preview = MATTERS[decision.kind].preview
    if preview is None or decision.status is not DecisionStatus.PROPOSED:
        return decision.content
    return preview(session, decision)


def reject(session: Session, actor: Actor, decision: Decision, *, reason: str) -> None:
    """Reject a proposal with a reason; everything stays as it was, and an objection is to be answered anew."""
    _ready(session, actor, decision)
    _decide(session, actor, decision, DecisionStatus.REJECTED, reasoned(reason, "reason"))
    turn_down = MATTERS[decision.kind].turn_down
    if turn_down is not None:
        turn_down(session, actor, decision)


def _ready(session: Session, actor: Actor, decision: Decision) -> None:
    session.refresh(decision, ["status", "version"], with_for_update=True)
    for known in facts.of_matter(session, decision.programme_id, decision.content):
        policy.require(actor, Action.APPROVE, known)
    if decision.status is not DecisionStatus.PROPOSED:
        raise WrongState("decided_already", status=decision.status)
    if decision.proposed_by_id == actor.user_id:
        raise Forbidden("another_person_decides")


def _decide(session: Session, actor: Actor, decision: Decision, status: DecisionStatus, reason: str) -> None:
    decision.status, decision.decided_by_id, decision.decided_at = status, actor.user_id, actor.at
    decision.decided_digest, decision.decided_reason = decision.digest, reason
    session.flush()
    events.record(
        session,
        actor,
        "approve" if status is DecisionStatus.APPROVED else "reject",
        "decision",
        decision.id,
        programme_id=decision.programme_id,
        before=DecisionStatus.PROPOSED,
        after=status,
        payload={"kind": decision.kind, "digest": decision.digest, "reason": reason},
    )
