"""What the portal keeps of itself: its events in a chain, its outbox, its clock and its calendar."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped

from registry.domain.vocabulary import MessageStatus
from registry.models.base import Base, internal, personal, public, related, sensitive
from registry.models.letters import Letter


class Event(Base):
    """Something that happened; each row carries the digest of the one before, and none is ever changed."""

    __tablename__ = "event"

    seq: Mapped[int] = internal(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = internal(index=True)
    clock_moved: Mapped[bool] = internal()
    actor_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    role: Mapped[str] = internal()
    action: Mapped[str] = internal()
    subject: Mapped[str] = internal()
    subject_id: Mapped[str] = internal()
    programme_id: Mapped[int | None] = internal(ForeignKey("programme.id"), index=True)
    application_id: Mapped[int | None] = internal(ForeignKey("application.id"), index=True)
    before: Mapped[str | None] = internal()
    after: Mapped[str | None] = internal()
    payload: Mapped[dict[str, Any]] = internal()
    payload_digest: Mapped[str] = internal()
    previous: Mapped[str] = internal(unique=True)
    digest: Mapped[str] = internal(unique=True)

    __table_args__ = (CheckConstraint("seq > 0", name="seq_from_one"),)


class ChainHead(Base):
    """The end of the chain of events; its one row is locked by whoever adds an event."""

    __tablename__ = "chain_head"

    id: Mapped[int] = internal(primary_key=True)
    seq: Mapped[int] = internal()
    digest: Mapped[str] = internal()

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)


class Message(Base):
    """A message in the outbox; it is written with the act it tells of and leaves after the commit."""

    __tablename__ = "message"

    id: Mapped[int] = internal(primary_key=True)
    user_id: Mapped[int] = internal(ForeignKey("user_account.id"), index=True)
    address: Mapped[str] = personal()
    language: Mapped[str] = internal()
    key: Mapped[str] = internal()
    values: Mapped[dict[str, Any]] = personal()
    letter_id: Mapped[int | None] = internal(ForeignKey("letter.id"))
    path: Mapped[str] = sensitive(default="")
    status: Mapped[MessageStatus] = internal(index=True)
    queued_at: Mapped[datetime] = internal()
    sent_at: Mapped[datetime | None] = internal()
    attempts: Mapped[int] = internal(default=0)

    letter: Mapped[Letter | None] = related()

    __table_args__ = (
        # A letter goes to each of its readers once.
        Index(
            "uq_message_letter_once",
            "letter_id",
            "user_id",
            unique=True,
            sqlite_where=text("letter_id IS NOT NULL"),
            postgresql_where=text("letter_id IS NOT NULL"),
        ),
    )


class Portal(Base):
    """The one row about this installation: whether it is a demo, and how far a demo's clock was moved ahead."""

    __tablename__ = "portal"

    id: Mapped[int] = internal(primary_key=True)
    demo: Mapped[bool] = public()
    clock_ahead: Mapped[int] = public(default=0)
    salt: Mapped[str] = sensitive()

    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("clock_ahead >= 0 AND (demo OR clock_ahead = 0)", name="only_a_demo_moves_its_clock"),
    )


class CalendarDay(Base):
    """A day on which the library of holidays is wrong or does not know yet, as the file of the calendar has it."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = public("date", primary_key=True)
    worked: Mapped[bool] = public()
    source: Mapped[str] = public()
    note: Mapped[str] = public()
    note_en: Mapped[str] = public()
