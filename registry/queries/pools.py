"""The pool of a round: what each category has, and what was proposed of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import DecisionKind
from registry.models import Category, Decision, Round
from registry.queries import quotas
from registry.queries.quotas import Places


@dataclass(frozen=True, slots=True)
class Line:
    """A category of a round with its places."""

    category: Category
    places: Places

    @property
    def own(self) -> int | None:
        """The places that the category has without the pool, None for no limit."""
        return None if self.places.number is None else self.places.number - self.places.assigned


def lines(session: Session, round_: Round) -> tuple[Line, ...]:
    """Return the categories of a round, each once whatever its tracks, with their places."""
    categories = {entry.category_id: entry.category for entry in round_.categories}
    return tuple(Line(row, quotas.of_category(session, round_.id, key)) for key, row in categories.items())


def proposals(session: Session, round_: Round) -> Sequence[Decision]:
    """Return what was proposed to be assigned from the pool of a round, the newest first."""
    query = select(Decision).where(Decision.kind == DecisionKind.POOL, Decision.programme_id == round_.programme_id)
    rows = session.scalars(query.order_by(Decision.id.desc())).all()
    return [row for row in rows if row.content["round"] == round_.id]
