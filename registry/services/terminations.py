"""Terminations: an application ends by a decision of two people, for a reason that no stage of its route provides."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import workflow
from registry.domain.errors import Conflict, WrongState
from registry.domain.policy import Actor
from registry.domain.reasons import reasoned
from registry.domain.vocabulary import Action, DecisionKind, LetterKind
from registry.models import Application, Correction, Decision, Site
from registry.queries import facts, terminations
from registry.services import letters, moves, proposals


def propose(session: Session, actor: Actor, application: Application, *, reason: str) -> Decision:
    """Propose to terminate an application, wherever it stands.

    Raises Invalid without a reason, WrongState where it cannot be terminated any more, Conflict where that is proposed
    already, Forbidden for who has a seat in its organisation.
    """
    words = reasoned(reason, "reason")
    held = _held(session, application.id)
    if Action.TERMINATE not in workflow.moves_at(held.kind, held.status):
        raise WrongState("moved_on", action=Action.TERMINATE, kind=held.kind, status=held.status)
    if terminations.waiting(session, held) is not None:
        raise Conflict("proposal_waits_already")
    return proposals.propose(
        session,
        actor,
        DecisionKind.TERMINATION,
        _content(session, held, words),
        programme_id=facts.programme_of(session, held),
        reason=words,
    )


def content_now(session: Session, decision: Decision, *, lock: bool = True) -> dict[str, Any]:
    """Return the content that a proposed termination would have if it were drawn up now."""
    number = decision.content["application"]
    application = _held(session, number) if lock else session.get_one(Application, number)
    return _content(session, application, decision.reason)


def carry_out(session: Session, actor: Actor, decision: Decision) -> None:
    """Terminate an application as it was approved, and tell its applicants."""
    application = _held(session, decision.content["application"])
    payload = {"decision": decision.id, "reason": decision.reason}
    moves.move(session, actor, application, Action.TERMINATE, payload=payload)
    for correction in session.scalars(
        select(Correction).where(Correction.application_id == application.id, Correction.closed_at.is_(None))
    ):
        correction.closed_at = actor.at
    told = {"reason": decision.reason}
    letters.send(session, actor, application, LetterKind.TERMINATED, told, decision=decision)


def _held(session: Session, number: int) -> Application:
    """Return an application as it stands, kept so until the unit of work ends."""
    application = session.get_one(Application, number)
    session.refresh(application, ["kind", "position", "status", "version"], with_for_update=True)
    return application


def _content(session: Session, application: Application, reason: str) -> dict[str, Any]:
    site = session.get_one(Site, application.site_id)
    return {
        "application": application.id,
        "number": application.receipt,
        "site": {"zh": site.name, "en": site.name_en},
        "kind": str(application.kind),
        "status": str(application.status),
        "reason": reason,
    }
