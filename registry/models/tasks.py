"""Long work that somebody asked for: done by a worker unit by unit, with a result that waits."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped

from registry.domain.vocabulary import TaskKind, TaskState
from registry.models.base import Base, business, internal, related
from registry.models.people import User

_UNFINISHED = text("state IN ('queued', 'running')")


class Task(Base):
    """A piece of long work; `owner` is the worker that has it, and has it until `leased_until` by the machine's clock.

    `key` is what makes two of them the same: of one key one is unfinished at a time. `outcomes` has a line for each
    unit that must never be done twice, written with what the unit did. Nobody asked for what the public may have.
    """

    __tablename__ = "task"

    id: Mapped[int] = internal(primary_key=True)
    kind: Mapped[TaskKind] = internal()
    key: Mapped[str] = internal(index=True)
    language: Mapped[str] = internal()
    programme_id: Mapped[int | None] = internal(ForeignKey("programme.id"))
    subject_id: Mapped[int | None] = internal()
    parameters: Mapped[dict[str, Any]] = business()
    asked_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = internal()
    state: Mapped[TaskState] = internal(default=TaskState.QUEUED)
    done: Mapped[int] = internal(default=0)
    total: Mapped[int] = internal()
    outcomes: Mapped[list[Any]] = internal()
    attempts: Mapped[int] = internal(default=0)
    owner: Mapped[str | None] = internal()
    leased_until: Mapped[datetime | None] = internal()
    failure: Mapped[str | None] = internal()
    failure_values: Mapped[dict[str, Any]] = internal()
    ended_at: Mapped[datetime | None] = internal()
    kept_until: Mapped[datetime | None] = internal(index=True)
    name: Mapped[str] = internal()
    sha256: Mapped[str | None] = internal(index=True)
    size: Mapped[int | None] = internal()
    media_type: Mapped[str | None] = internal()

    asked_by: Mapped[User | None] = related()

    __table_args__ = (
        Index("uq_task_unfinished", "key", unique=True, sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED),
        Index("ix_task_of_person", "asked_by_id", "id"),
        Index("ix_task_queue", "state", "id"),
        CheckConstraint("0 <= done AND done <= total", name="done_within_total"),
        CheckConstraint(
            "(state = 'running') = (owner IS NOT NULL) AND (owner IS NULL) = (leased_until IS NULL)",
            name="running_on_lease",
        ),
        CheckConstraint(
            "(state = 'done') = (sha256 IS NOT NULL) AND (sha256 IS NULL) = (size IS NULL)"
            " AND (sha256 IS NULL) = (media_type IS NULL)",
            name="done_with_file",
        ),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed_for_a_reason"),
        CheckConstraint(
            "(state IN ('queued', 'running')) = (ended_at IS NULL) AND (ended_at IS NULL) = (kept_until IS NULL)",
            name="ended_or_not",
        ),
    )
