"""Proposals: what one person prepares, kept with its digest until another decides."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.chain import digest_of
from registry.domain.errors import Conflict
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, DecisionKind, DecisionStatus
from registry.models import Decision
from registry.queries import facts
from registry.services import archiving, events


def propose(
    session: Session,
    actor: Actor,
    kind: DecisionKind,
    content: Mapping[str, Any],
    *,
    programme_id: int,
    reason: str,
    round_category_id: int | None = None,
    award_id: int | None = None,
) -> Decision:
    """Put a content before the approver.

    Raises Conflict where another proposal of the same kind on the same subject waits already, Forbidden for who has a
    seat in an organisation that it is about, WrongState where it is of a round that is archived: of that only a list
    is still corrected and an award revoked.
    """
    archiving.refuse(session, kind, content, round_category_id)
    for known in facts.of_matter(session, programme_id, content):
        policy.require(actor, Action.PROPOSE, known)
    decision = Decision(
        kind=kind,
        programme_id=programme_id,
        round_category_id=round_category_id,
        award_id=award_id,
        content=dict(content),
        digest=digest_of(content),
        reason=reason,
        status=DecisionStatus.PROPOSED,
        proposed_by_id=actor.user_id,
        proposed_at=actor.at,
    )
    try:
        with session.begin_nested():
            session.add(decision)
            session.flush()
    except IntegrityError:
        raise Conflict("proposal_waits_already") from None
    events.record(
        session,
        actor,
        "propose",
        "decision",
        decision.id,
        programme_id=programme_id,
        after=DecisionStatus.PROPOSED,
        payload={"kind": kind, "digest": decision.digest, "reason": reason},
    )
    return decision
