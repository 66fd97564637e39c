"""What every verb on a round in preparation needs: that it is one, and its line in the record."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.errors import WrongState
from registry.domain.policy import Actor, Facts
from registry.domain.vocabulary import Action, RoundStatus
from registry.models import Round
from registry.services import events


def require(actor: Actor, round_: Round) -> None:
    """Raise NotFound where the round is not the actor's to prepare, WrongState where it was opened."""
    policy.require(actor, Action.SET_UP_ROUND, Facts(programme_id=round_.programme_id))
    if round_.status is not RoundStatus.PREPARED:
        raise WrongState("round_is_open")


def record(
    session: Session,
    actor: Actor,
    action: str,
    round_: Round,
    payload: Mapping[str, object],
    *,
    before: str | None = None,
    after: str | None = None,
) -> None:
    """Add what was done to a round to the record."""
    events.record(
        session,
        actor,
        action,
        "round",
        round_.id,
        programme_id=round_.programme_id,
        before=before,
        after=after,
        payload=payload,
    )
