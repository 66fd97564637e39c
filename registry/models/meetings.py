"""What people saw and said before a decision: visits to sites, and meetings that deliberate."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped

from registry.domain.vocabulary import MeetingMethod
from registry.models.applications import Application
from registry.models.base import Base, internal, personal, related
from registry.models.programmes import RoundCategory


class SiteVisit(Base):
    """A visit to the site of an application, at its stage of the route; concluded, nothing of it changes.

    `team` and `met` are lists of `{"name", "unit"}`: who went, and whom they met.
    """

    __tablename__ = "site_visit"

    id: Mapped[int] = internal(primary_key=True)
    application_id: Mapped[int] = internal(ForeignKey("application.id"))
    position: Mapped[int] = internal()
    visited_on: Mapped[date] = internal()
    team: Mapped[list[Any]] = personal()
    met: Mapped[list[Any]] = personal()
    findings: Mapped[str] = internal()
    recorded_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = internal()
    concluded_at: Mapped[datetime | None] = internal()
    version: Mapped[int] = internal()

    application: Mapped[Application] = related()
    photos: Mapped[list["VisitPhoto"]] = related(order_by="VisitPhoto.id")

    __table_args__ = (UniqueConstraint("application_id", "position"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class VisitPhoto(Base):
    """A photograph taken at a visit; a removed one stays on record."""

    __tablename__ = "visit_photo"

    id: Mapped[int] = internal(primary_key=True)
    visit_id: Mapped[int] = internal(ForeignKey("site_visit.id"), index=True)
    name: Mapped[str] = internal()
    caption: Mapped[str] = internal(default="")
    sha256: Mapped[str] = internal()
    size: Mapped[int] = internal()
    media_type: Mapped[str] = internal()
    added_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = internal()
    removed_at: Mapped[datetime | None] = internal()


class Meeting(Base):
    """A recorded deliberation on a round category; a later record replaces the one before, which stays readable.

    `present` is a list of `{"name", "unit", "part"}`, `recusals` of `{"name", "application", "reason"}`.
    """

    __tablename__ = "meeting"

    id: Mapped[int] = internal(primary_key=True)
    round_category_id: Mapped[int] = internal(ForeignKey("round_category.id"), index=True)
    replaces_id: Mapped[int | None] = internal(ForeignKey("meeting.id"), unique=True)
    held_on: Mapped[date] = internal()
    place: Mapped[str] = internal()
    chair: Mapped[str] = personal()
    present: Mapped[list[Any]] = personal()
    recusals: Mapped[list[Any]] = personal()
    method: Mapped[MeetingMethod] = internal()
    conclusion: Mapped[str] = internal()
    digest: Mapped[str] = internal()
    recorded_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = internal()

    round_category: Mapped[RoundCategory] = related()
    opinions: Mapped[list["MeetingOpinion"]] = related(order_by="MeetingOpinion.id")


class MeetingOpinion(Base):
    """What a meeting says of one application, with the votes where it voted."""

    __tablename__ = "meeting_opinion"

    id: Mapped[int] = internal(primary_key=True)
    meeting_id: Mapped[int] = internal(ForeignKey("meeting.id"))
    application_id: Mapped[int] = internal(ForeignKey("application.id"), index=True)
    supported: Mapped[bool] = internal()
    in_favour: Mapped[int | None] = internal()
    against: Mapped[int | None] = internal()
    abstained: Mapped[int | None] = internal()
    reason: Mapped[str] = internal(default="")

    application: Mapped[Application] = related()

    __table_args__ = (
        UniqueConstraint("meeting_id", "application_id"),
        CheckConstraint("supported OR reason <> ''", name="not_supported_with_reason"),
        CheckConstraint("in_favour >= 0 AND against >= 0 AND abstained >= 0", name="votes_not_negative"),
    )
