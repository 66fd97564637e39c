"""What was decided, for those who ask later why: of a category, and of one application from its place to its award."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from registry.domain.vocabulary import DecisionKind, DecisionStatus, Ground, Result
from registry.models import Application, Award, Decision, Entry, Notice, Outcome, Publication
from registry.queries import decisions, notices

# How many decided selections of a category are shown: one, and one more for each place that became vacant.
MOST = 10


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one application: the decision with its line of it, the line of the last one in, what followed.

    `outcome` is None while the decision is only proposed.
    """

    decision: Decision
    line: Mapping[str, Any]
    outcome: Outcome | None
    ranked: int
    last_in: Mapping[str, Any] | None
    notices: tuple[Notice, ...]
    publication: Publication | None
    award: Award | None


def of_category(session: Session, round_category_id: int) -> list[Decision]:
    """Return the approved selections of a category, the latest first."""
    rows = session.scalars(
        select(Decision)
        .where(
            Decision.round_category_id == round_category_id,
            Decision.kind == DecisionKind.SELECTION,
            Decision.status == DecisionStatus.APPROVED,
        )
        .options(*decisions.around())
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
        .limit(MOST)
    )
    return [row for row in rows if _lines(row)]


def of_application(session: Session, application: Application) -> Settled | None:
    """Return what the selection that waits, else the latest approved one, says of an application; None for none."""
    waiting = decisions.waiting_for(session, application.round_category)
    line = _line(waiting, application) if waiting else None
    if waiting is not None and line is not None:
        return Settled(waiting, line, None, _ranked(waiting), _last_in(waiting), (), None, None)
    outcome = session.scalar(
        select(Outcome)
        .where(Outcome.application_id == application.id)
        .options(joinedload(Outcome.decision, innerjoin=True))
        .order_by(Outcome.id.desc())
        .limit(1)
    )
    line = _line(outcome.decision, application) if outcome else None
    if outcome is None or line is None:
        return None
    decision = outcome.decision
    given = notices.of_selection(session, decision) if outcome.result is Result.SELECTED else []
    return Settled(
        decision,
        line,
        outcome,
        _ranked(decision),
        _last_in(decision),
        tuple(given),
        _publication(session, application),
        session.scalar(select(Award).where(Award.application_id == application.id)),
    )


def _lines(decision: Decision) -> list[dict[str, Any]]:
    return list(decision.content.get("applications", ()))


def _line(decision: Decision, application: Application) -> Mapping[str, Any] | None:
    return next((line for line in _lines(decision) if line["application"] == application.id), None)


def _ranked(decision: Decision) -> int:
    return sum(line["rank"] is not None for line in _lines(decision))


def _last_in(decision: Decision) -> Mapping[str, Any] | None:
    selected = [
        line for line in _lines(decision) if line["result"] == Result.SELECTED and line["ground"] != Ground.OVERRIDDEN
    ]
    return selected[-1] if selected else None


def _publication(session: Session, application: Application) -> Publication | None:
    """The latest list on which the application stands."""
    return session.scalar(
        select(Publication)
        .join(Entry, Entry.publication_id == Publication.id)
        .where(Entry.application_id == application.id)
        .order_by(Publication.id.desc())
        .limit(1)
    )
