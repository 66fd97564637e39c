"""How an application is judged: recommendation, screening, assignments, marks and evaluations."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from registry.domain.vocabulary import ConflictState, Kind, Level, ReviewStatus
from registry.models.applications import Application
from registry.models.base import Base, business, internal, personal, related
from registry.models.people import User
from registry.models.records import Message


class Recommendation(Base):
    """A bureau's signed opinion on an application."""

    __tablename__ = "recommendation"

    id: Mapped[int] = internal(primary_key=True)
    application_id: Mapped[int] = internal(ForeignKey("application.id"))
    position: Mapped[int] = internal()
    region_key: Mapped[str] = internal(ForeignKey("region.key"))
    level: Mapped[Level] = internal()
    in_favour: Mapped[bool] = internal()
    opinion: Mapped[str] = internal()
    rank: Mapped[int | None] = internal()
    recommended_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    recommended_at: Mapped[datetime] = internal()

    __table_args__ = (UniqueConstraint("application_id", "position"),)


class ScreeningItem(Base):
    """One line of a formal check, at its stage of the route: a gate or a point of form, held or not, with a note.

    Where `held` is None the point does not apply to the application, and the note says why.
    """

    __tablename__ = "screening_item"

    id: Mapped[int] = internal(primary_key=True)
    application_id: Mapped[int] = internal(ForeignKey("application.id"))
    position: Mapped[int] = internal()
    key: Mapped[str] = internal()
    held: Mapped[bool | None] = internal()
    note: Mapped[str] = internal(default="")
    checked_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    checked_at: Mapped[datetime] = internal()

    __table_args__ = (
        UniqueConstraint("application_id", "position", "key"),
        CheckConstraint("held IS NOT NULL OR note <> ''", name="does_not_apply_for_a_reason"),
    )


class ReviewerProfile(Base):
    """What is known of an expert for assignment; where they work and worked stands in `employment`.

    `fields` are the criteria sets, by key, that the expert can judge, `most` how many applications at a time, and
    `confirmed_at` is when the expert last said that employments and ties are complete.
    """

    __tablename__ = "reviewer_profile"

    user_id: Mapped[int] = internal(ForeignKey("user_account.id"), primary_key=True)
    expertise: Mapped[str] = personal(default="")
    fields: Mapped[list[Any]] = internal(default=list)
    most: Mapped[int | None] = internal()
    region_key: Mapped[str | None] = personal(ForeignKey("region.key"))
    confirmed_at: Mapped[datetime | None] = internal()

    __table_args__ = (CheckConstraint("most > 0", name="most_is_positive"),)


class Assignment(Base):
    """A reviewer for an application; a conflict blocks it until it is cleared with a reason.

    `message_id` is the last message about it, the invitation or a reminder; `bounced_at` is when the office noted that
    this message came back. `promised_on` is the day by which the reviewer said to be done.
    """

    __tablename__ = "assignment"

    id: Mapped[int] = internal(primary_key=True)
    application_id: Mapped[int] = internal(ForeignKey("application.id"), index=True)
    reviewer_id: Mapped[int] = internal(ForeignKey("user_account.id"), index=True)
    label: Mapped[str] = internal()
    why: Mapped[str] = internal(default="")
    conflict: Mapped[ConflictState] = internal(default=ConflictState.NONE)
    conflict_reason: Mapped[str] = internal(default="")
    assigned_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    assigned_at: Mapped[datetime] = internal()
    ended_at: Mapped[datetime | None] = internal()
    ended_reason: Mapped[str] = personal(default="")
    due_at: Mapped[datetime | None] = internal()
    message_id: Mapped[int | None] = internal(ForeignKey("message.id"))
    bounced_at: Mapped[datetime | None] = internal()
    opened_at: Mapped[datetime | None] = internal()
    acknowledged_at: Mapped[datetime | None] = internal()
    promised_on: Mapped[date | None] = internal()
    declined_at: Mapped[datetime | None] = internal()
    reminded_at: Mapped[datetime | None] = internal()

    application: Mapped[Application] = related()
    reviewer: Mapped[User] = related(foreign_keys=[reviewer_id])
    message: Mapped[Message | None] = related()
    review: Mapped["Review | None"] = related(back_populates="assignment", uselist=False)

    __table_args__ = (
        Index(
            "uq_assignment_once",
            "application_id",
            "reviewer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("conflict = 'none' OR conflict_reason <> ''", name="conflict_has_reason"),
        CheckConstraint("declined_at IS NULL OR ended_at IS NOT NULL", name="declined_is_ended"),
        CheckConstraint("(acknowledged_at IS NULL) = (promised_on IS NULL)", name="acknowledged_with_a_day"),
    )


class Review(Base):
    """One reviewer's work on one application.

    `draft` holds what is not a mark yet, by question: points and justification as they were typed. It stands before the
    mark of the same question, and a finished review has none.
    """

    __tablename__ = "review"

    id: Mapped[int] = internal(primary_key=True)
    assignment_id: Mapped[int] = internal(ForeignKey("assignment.id"), unique=True)
    status: Mapped[ReviewStatus] = internal()
    started_at: Mapped[datetime] = internal()
    finished_at: Mapped[datetime | None] = internal()
    draft: Mapped[dict[str, Any]] = internal(default=dict)
    version: Mapped[int] = internal()

    assignment: Mapped[Assignment] = related(back_populates="review")
    marks: Mapped[list["Mark"]] = related(order_by="Mark.id")

    __table_args__ = (CheckConstraint("(status = 'finished') = (finished_at IS NOT NULL)", name="finished_at"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Mark(Base):
    """A mark on one panel indicator; a correction is a new row, the latest counts.

    One with a `reason` was given after the review was finished, where the round allows it.
    """

    __tablename__ = "mark"

    id: Mapped[int] = internal(primary_key=True)
    review_id: Mapped[int] = internal(ForeignKey("review.id"), index=True)
    indicator: Mapped[str] = internal()
    points: Mapped[Decimal] = internal()
    justification: Mapped[str] = internal()
    reason: Mapped[str] = internal(default="")
    marked_at: Mapped[datetime] = internal()


class ReviewRemark(Base):
    """What a reviewer who has finished, or the office where no assignment is named, says in the discussion."""

    __tablename__ = "review_remark"

    id: Mapped[int] = internal(primary_key=True)
    application_id: Mapped[int] = internal(ForeignKey("application.id"), index=True)
    assignment_id: Mapped[int | None] = internal(ForeignKey("assignment.id"), index=True)
    made_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = internal()
    words: Mapped[str] = internal()

    assignment: Mapped[Assignment | None] = related()

    __table_args__ = (CheckConstraint("words <> ''", name="says_something"),)


class Evaluation(Base):
    """Figures frozen at a stage, with the digests of all that went into them."""

    __tablename__ = "evaluation"

    id: Mapped[int] = internal(primary_key=True)
    filing_id: Mapped[int] = internal(ForeignKey("filing.id"), index=True)
    stage: Mapped[Kind] = internal()
    criteria_digest: Mapped[str] = internal()
    factors: Mapped[dict[str, Any]] = internal()
    input_digest: Mapped[str] = internal()
    inputs: Mapped[dict[str, Any]] = business()
    marks: Mapped[dict[str, Any]] = internal()
    result: Mapped[dict[str, Any]] = internal()
    total: Mapped[Decimal | None] = internal()
    grade: Mapped[str | None] = internal()
    evaluated_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    evaluated_at: Mapped[datetime] = internal()
