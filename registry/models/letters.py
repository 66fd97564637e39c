"""Letters: what an applicant is told officially, and the words that a programme has for it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped

from registry.domain.vocabulary import LetterKind
from registry.models.base import Base, internal, personal


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
    """A letter as it was written, in both languages."""

    __tablename__ = "letter"

    id: Mapped[int] = internal(primary_key=True)
    application_id: Mapped[int] = internal(ForeignKey("application.id"), index=True)
    kind: Mapped[LetterKind] = internal()
    subject: Mapped[str] = personal()
    body: Mapped[str] = personal()
    subject_en: Mapped[str] = personal()
    body_en: Mapped[str] = personal()
    written_at: Mapped[datetime] = internal()
