"""Terminations that wait for a second person."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import DecisionKind, DecisionStatus
from registry.models import Application, Decision, Round, RoundCategory


def waiting(session: Session, application: Application) -> Decision | None:
    """Return the proposal to terminate an application that waits for approval, or None."""
    proposed = session.scalars(
        select(Decision)
        .join(Round, Round.programme_id == Decision.programme_id)
        .join(RoundCategory, RoundCategory.round_id == Round.id)
        .where(
            RoundCategory.id == application.round_category_id,
            Decision.kind == DecisionKind.TERMINATION,
            Decision.status == DecisionStatus.PROPOSED,
        )
    )
    return next((row for row in proposed if row.content["application"] == application.id), None)
