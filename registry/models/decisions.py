"""How it is decided and made known: decisions by two people, notices with objections, publications."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from registry.domain.vocabulary import DecisionKind, DecisionStatus, ObjectionStatus, Result
from registry.models.applications import Application
from registry.models.base import Base, internal, personal, public, related
from registry.models.programmes import RoundCategory


class Decision(Base):
    """What one person proposes and another approves or rejects, bound to the digest of its content."""

    __tablename__ = "decision"

    id: Mapped[int] = internal(primary_key=True)
    kind: Mapped[DecisionKind] = internal()
    programme_id: Mapped[int] = internal(ForeignKey("programme.id"))
    round_category_id: Mapped[int | None] = internal(ForeignKey("round_category.id"), index=True)
    award_id: Mapped[int | None] = internal(ForeignKey("award.id"), index=True)
    content: Mapped[dict[str, Any]] = internal()
    digest: Mapped[str] = internal()
    reason: Mapped[str] = internal()
    status: Mapped[DecisionStatus] = internal()
    proposed_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime] = internal()
    decided_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = internal()
    decided_digest: Mapped[str | None] = internal()
    decided_reason: Mapped[str] = internal(default="")
    version: Mapped[int] = internal()

    round_category: Mapped[RoundCategory | None] = related()
    outcomes: Mapped[list["Outcome"]] = related(back_populates="decision", order_by="Outcome.id")

    __table_args__ = (
        CheckConstraint("decided_by_id <> proposed_by_id", name="four_eyes"),
        CheckConstraint("(status = 'proposed') = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint("status <> 'approved' OR decided_digest = digest", name="bound_to_its_content"),
        CheckConstraint("(kind = 'revocation') = (award_id IS NOT NULL)", name="revocation_names_an_award"),
        Index(
            "uq_decision_one_proposed_per_round_category",
            "round_category_id",
            "kind",
            unique=True,
            sqlite_where=text("status = 'proposed' AND kind <> 'removal'"),
            postgresql_where=text("status = 'proposed' AND kind <> 'removal'"),
        ),
        Index(
            "uq_decision_one_proposed_per_award",
            "award_id",
            unique=True,
            sqlite_where=text("status = 'proposed'"),
            postgresql_where=text("status = 'proposed'"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Outcome(Base):
    """What a selection says of one application."""

    __tablename__ = "outcome"

    id: Mapped[int] = internal(primary_key=True)
    decision_id: Mapped[int] = internal(ForeignKey("decision.id"))
    application_id: Mapped[int] = internal(ForeignKey("application.id"), index=True)
    result: Mapped[Result] = internal()
    rank: Mapped[int | None] = internal()
    reserve_order: Mapped[int | None] = internal()
    reserve_until: Mapped[date | None] = internal()
    total: Mapped[Decimal | None] = internal()
    reason: Mapped[str] = internal(default="")

    decision: Mapped[Decision] = related(back_populates="outcomes")
    application: Mapped[Application] = related()

    __table_args__ = (
        UniqueConstraint("decision_id", "application_id"),
        CheckConstraint("result <> 'excluded' OR reason <> ''", name="excluded_with_reason"),
        CheckConstraint(
            "(result = 'reserved') = (reserve_order IS NOT NULL) AND (reserve_order IS NULL) = (reserve_until IS NULL)",
            name="reserved_in_order_for_a_time",
        ),
    )


class Notice(Base):
    """A public notice of a selection, open for objections until its last working day ends.

    `decision` is the selection it announces, `approval` the decision by which it was approved; where a route has two
    notices, each stands at its position.
    """

    __tablename__ = "notice"

    id: Mapped[int] = internal(primary_key=True)
    round_category_id: Mapped[int] = public(ForeignKey("round_category.id"), index=True)
    decision_id: Mapped[int] = public(ForeignKey("decision.id"))
    approval_id: Mapped[int | None] = internal(ForeignKey("decision.id"), unique=True)
    position: Mapped[int] = public()
    opens_at: Mapped[datetime] = public()
    closes_at: Mapped[datetime] = public()
    working_days: Mapped[int] = public()
    entries: Mapped[list[Any]] = public()
    digest: Mapped[str] = public()
    opened_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    cleared_at: Mapped[datetime | None] = internal()

    round_category: Mapped[RoundCategory] = related()
    objections: Mapped[list["Objection"]] = related(back_populates="notice", order_by="Objection.id")

    __table_args__ = (
        UniqueConstraint("decision_id", "position"),
        CheckConstraint("opens_at < closes_at", name="opens_before_it_closes"),
        CheckConstraint("cleared_at IS NULL OR cleared_at >= closes_at", name="not_cleared_before_its_end"),
    )


class Objection(Base):
    """An objection to one entry of a notice, in name or anonymous, to be answered before a moment of its own.

    Name and contact are confidential, and empty where it is anonymous; whoever has the receipt reads the answer.
    """

    __tablename__ = "objection"

    id: Mapped[int] = internal(primary_key=True)
    notice_id: Mapped[int] = internal(ForeignKey("notice.id"), index=True)
    application_id: Mapped[int] = internal(ForeignKey("application.id"))
    name: Mapped[str] = personal()
    contact: Mapped[str] = personal()
    statement: Mapped[str] = internal()
    receipt: Mapped[str] = personal(unique=True)
    status: Mapped[ObjectionStatus] = internal()
    raised_at: Mapped[datetime] = internal()
    anonymous: Mapped[bool] = internal()
    answer_due_at: Mapped[datetime] = internal(index=True)

    notice: Mapped[Notice] = related(back_populates="objections")
    application: Mapped[Application] = related()
    files: Mapped[list["ObjectionFile"]] = related(order_by="ObjectionFile.id")
    reply: Mapped["Reply | None"] = related(uselist=False)

    __table_args__ = (
        CheckConstraint("NOT anonymous OR (name = '' AND contact = '')", name="anonymous_without_a_name"),
        CheckConstraint("raised_at < answer_due_at", name="due_after_it_was_raised"),
    )


class ObjectionFile(Base):
    __tablename__ = "objection_file"

    id: Mapped[int] = internal(primary_key=True)
    objection_id: Mapped[int] = internal(ForeignKey("objection.id"), index=True)
    name: Mapped[str] = personal()
    sha256: Mapped[str] = internal()
    size: Mapped[int] = internal()
    media_type: Mapped[str] = internal()


class Reply(Base):
    """The answer to an objection; there is one. One that upholds it was approved by a second person.

    `decision` is that approval; only replies from before it was asked for uphold an objection without one.
    """

    __tablename__ = "reply"

    id: Mapped[int] = internal(primary_key=True)
    objection_id: Mapped[int] = internal(ForeignKey("objection.id"), unique=True)
    upheld: Mapped[bool] = internal()
    text: Mapped[str] = internal()
    replied_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    replied_at: Mapped[datetime] = internal()
    decision_id: Mapped[int | None] = internal(ForeignKey("decision.id"), unique=True)

    decision: Mapped[Decision | None] = related()

    __table_args__ = (CheckConstraint("decision_id IS NULL OR upheld", name="approved_where_upheld"),)


class Publication(Base):
    """A published list, frozen; a correction is a new list that names the one it replaces and why."""

    __tablename__ = "publication"

    id: Mapped[int] = internal(primary_key=True)
    round_category_id: Mapped[int] = public(ForeignKey("round_category.id"), index=True)
    decision_id: Mapped[int] = public(ForeignKey("decision.id"), unique=True)
    title: Mapped[str] = public()
    title_en: Mapped[str] = public()
    replaces_id: Mapped[int | None] = public(ForeignKey("publication.id"), unique=True)
    reason: Mapped[str] = public(default="")
    published_at: Mapped[datetime] = public()
    digest: Mapped[str] = public()

    round_category: Mapped[RoundCategory] = related()
    entries: Mapped[list["Entry"]] = related(back_populates="publication", order_by="Entry.position")

    __table_args__ = (CheckConstraint("replaces_id IS NULL OR reason <> ''", name="replaced_with_reason"),)


class Entry(Base):
    """A line of a published list, as it was published."""

    __tablename__ = "entry"

    id: Mapped[int] = internal(primary_key=True)
    publication_id: Mapped[int] = public(ForeignKey("publication.id"))
    position: Mapped[int] = public()
    application_id: Mapped[int | None] = internal(ForeignKey("application.id"), index=True)
    content: Mapped[dict[str, Any]] = public()

    publication: Mapped[Publication] = related(back_populates="entries")
    application: Mapped[Application | None] = related()

    __table_args__ = (
        UniqueConstraint("publication_id", "position"),
        UniqueConstraint("publication_id", "application_id"),
    )
