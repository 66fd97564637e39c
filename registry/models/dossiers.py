"""Dossiers: what a round category rests on, filed when its round is archived."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped

from registry.models.base import Base, internal, related
from registry.models.programmes import RoundCategory


class Dossier(Base):
    """The dossier of a round category: its digest, and the same content as JSON, as a workbook and as a paper.

    `code` is the version of the portal that wrote it.
    """

    __tablename__ = "dossier"

    id: Mapped[int] = internal(primary_key=True)
    round_category_id: Mapped[int] = internal(ForeignKey("round_category.id"))
    digest: Mapped[str] = internal()
    code: Mapped[str] = internal()
    evaluations: Mapped[int] = internal()
    selections: Mapped[int] = internal()
    written_at: Mapped[datetime] = internal()
    json_sha256: Mapped[str] = internal(index=True)
    json_size: Mapped[int] = internal()
    xlsx_sha256: Mapped[str] = internal(index=True)
    xlsx_size: Mapped[int] = internal()
    pdf_sha256: Mapped[str] = internal(index=True)
    pdf_size: Mapped[int] = internal()

    round_category: Mapped[RoundCategory] = related()

    __table_args__ = (
        UniqueConstraint("round_category_id"),
        CheckConstraint("json_size > 0 AND xlsx_size > 0 AND pdf_size > 0", name="not_empty"),
    )
