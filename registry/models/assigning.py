"""Plans of who reviews what in a round: drawn up or read from a file, then put into effect whole or given up."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped

from registry.domain.vocabulary import PlanKind, PlanState
from registry.models.base import Base, internal, related
from registry.models.people import User

_DRAFTED = text("state = 'drafted'")


class AssignmentPlan(Base):
    """A plan of who reviews what; of a round one at a time waits to be put into effect.

    `digest` is that of all that it was drawn up from. `content` has the loads, gaps and figures, `weighed` the
    reviewers who were weighed for an application where not all could be, and `faults` the rows that do not hold: of a
    file as it was read, of any plan as it was found when it was to be put into effect.
    """

    __tablename__ = "assignment_plan"

    id: Mapped[int] = internal(primary_key=True)
    round_id: Mapped[int] = internal(ForeignKey("round.id"), index=True)
    kind: Mapped[PlanKind] = internal()
    state: Mapped[PlanState] = internal(default=PlanState.DRAFTED)
    seed: Mapped[str] = internal()
    settings: Mapped[dict[str, Any]] = internal()
    digest: Mapped[str] = internal()
    content: Mapped[dict[str, Any]] = internal()
    weighed: Mapped[dict[str, Any]] = internal(deferred=True)
    faults: Mapped[list[Any]] = internal()
    drawn_up_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    drawn_up_at: Mapped[datetime] = internal()
    ended_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None] = internal()

    drawn_up_by: Mapped[User] = related(foreign_keys=[drawn_up_by_id])
    ended_by: Mapped[User | None] = related(foreign_keys=[ended_by_id])

    __table_args__ = (
        Index(
            "uq_assignment_plan_drafted",
            "round_id",
            unique=True,
            sqlite_where=_DRAFTED,
            postgresql_where=_DRAFTED,
        ),
        CheckConstraint("seed <> ''", name="has_a_seed"),
        CheckConstraint(
            "(state = 'drafted') = (ended_at IS NULL) AND (ended_at IS NULL) = (ended_by_id IS NULL)",
            name="ended_by_somebody",
        ),
    )


class PlannedPair(Base):
    """A reviewer whom a plan gives to an application: how well the fields match, and the load carried with it."""

    __tablename__ = "planned_pair"

    plan_id: Mapped[int] = internal(ForeignKey("assignment_plan.id"), primary_key=True)
    application_id: Mapped[int] = internal(ForeignKey("application.id"), primary_key=True, index=True)
    reviewer_id: Mapped[int] = internal(ForeignKey("user_account.id"), primary_key=True)
    match: Mapped[int] = internal()
    load: Mapped[int] = internal()
