"""Letters: what an applicant is told officially, and the words that a programme has for it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped

from registry.domain.vocabulary import LetterKind, LetterState
from registry.models.base import Base, internal, personal

_WAITING = text("state = 'waiting'")


class LetterTemplate(Base):
    """The words of a kind of letter in a programme; a new wording is a new row, and the latest counts."""

    __tablename__ = "letter_template"

    id: Mapped[int] = internal(primary_key=True)
    programme_id: Mapped[int] = internal(ForeignKey("programme.id"))
    kind: Mapped[LetterKind] = internal()
    subject: Mapped[str] = internal()
    body: Mapped[str] = internal()
    subject_en: Mapped[str] = internal()
    body_en: Mapped[str] = internal()
    prepared_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    prepared_at: Mapped[datetime] = internal()

    __table_args__ = (Index("ix_letter_template_latest", "programme_id", "kind", "id"),)


class Letter(Base):
    """A letter as it was written, in both languages, and what became of it.

    One that is held waits until a second person sends it, or until it is withdrawn: with a reason where it is written
    anew, without one where a later letter overtook it. Either is followed by the letter written `instead_of` it. Of an
    application at most one letter waits. `replaces` is the latest letter that was sent before and that this one
    contradicts; its text names it. `told` are the values that it was written with. What was sent with its act was
    settled by nobody.
    """

    __tablename__ = "letter"

    id: Mapped[int] = internal(primary_key=True)
    application_id: Mapped[int] = internal(ForeignKey("application.id"), index=True)
    kind: Mapped[LetterKind] = internal()
    subject: Mapped[str] = personal()
    body: Mapped[str] = personal()
    subject_en: Mapped[str] = personal()
    body_en: Mapped[str] = personal()
    told: Mapped[dict[str, Any]] = personal(default=dict)
    written_at: Mapped[datetime] = internal()
    written_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    decision_id: Mapped[int | None] = internal(ForeignKey("decision.id"))
    replaces_id: Mapped[int | None] = internal(ForeignKey("letter.id"))
    instead_of_id: Mapped[int | None] = internal(ForeignKey("letter.id"), unique=True)
    state: Mapped[LetterState] = internal()
    settled_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None] = internal()
    reason: Mapped[str] = internal(default="")

    __table_args__ = (
        Index(
            "uq_letter_one_waiting",
            "application_id",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled_at_a_time"),
        CheckConstraint("state <> 'sent' OR settled_by_id <> written_by_id", name="sent_by_another"),
        CheckConstraint("state = 'withdrawn' OR reason = ''", name="withdrawn_for_a_reason"),
    )
