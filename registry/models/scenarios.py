"""Scenarios: settings of the what-if bench that were kept, with what they came to."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped

from registry.models.base import Base, internal


class Scenario(Base):
    """What a setting changes, of which frozen figures, and the digest of who was in: it is never changed afterwards.

    `selected`, `entering` and `leaving` are numbers of applications, the last two beside the round as it is set.
    """

    __tablename__ = "scenario"

    id: Mapped[int] = internal(primary_key=True)
    round_category_id: Mapped[int] = internal(ForeignKey("round_category.id"))
    title: Mapped[str] = internal()
    setting: Mapped[dict[str, Any]] = internal()
    selected: Mapped[list[Any]] = internal()
    entering: Mapped[list[Any]] = internal()
    leaving: Mapped[list[Any]] = internal()
    frozen_digest: Mapped[str] = internal()
    result_digest: Mapped[str] = internal()
    saved_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    saved_at: Mapped[datetime] = internal()

    __table_args__ = (UniqueConstraint("round_category_id", "title"),)
