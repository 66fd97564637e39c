"""What ties people to applications, what makes applications alike, and what was decided about either."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped

from registry.domain.ties.values import Decision
from registry.domain.vocabulary import LikenessKind
from registry.models.base import Base, business, internal, personal, related
from registry.models.people import User


class Employment(Base):
    """Where a reviewer works or worked; one that was entered wrongly is taken away and stays on record."""

    __tablename__ = "employment"

    id: Mapped[int] = internal(primary_key=True)
    user_id: Mapped[int] = internal(ForeignKey("user_account.id"), index=True)
    employer: Mapped[str] = personal()
    credit_code: Mapped[str] = personal(default="")
    since: Mapped[date | None] = personal()
    until: Mapped[date | None] = personal()
    entered_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime] = internal()
    removed_at: Mapped[datetime | None] = internal()

    __table_args__ = (
        CheckConstraint("employer <> ''", name="names_an_employer"),
        CheckConstraint("until >= since", name="ends_after_it_began"),
    )


class DeclaredTie(Base):
    """What a reviewer says of a tie to an organisation, in words; it counts until it is taken back."""

    __tablename__ = "declared_tie"

    id: Mapped[int] = internal(primary_key=True)
    user_id: Mapped[int] = internal(ForeignKey("user_account.id"), index=True)
    organisation: Mapped[str] = personal()
    credit_code: Mapped[str] = personal(default="")
    words: Mapped[str] = personal()
    since: Mapped[date | None] = personal()
    until: Mapped[date | None] = personal()
    entered_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime] = internal()
    removed_at: Mapped[datetime | None] = internal()

    __table_args__ = (
        CheckConstraint("organisation <> '' AND words <> ''", name="says_what_it_is"),
        CheckConstraint("until >= since", name="ends_after_it_began"),
    )


class TieVerdict(Base):
    """What was decided about a tie that was found: of one person, or of what lies between two organisations.

    It is known again by its fingerprint, in whatever application of the programme it is found; the latest counts. `way`
    are the names along the way that was judged.
    """

    __tablename__ = "tie_verdict"

    id: Mapped[int] = internal(primary_key=True)
    fingerprint: Mapped[str] = internal(index=True)
    of_organisations: Mapped[bool] = internal()
    programme_id: Mapped[int] = internal(ForeignKey("programme.id"))
    application_id: Mapped[int] = internal(ForeignKey("application.id"), index=True)
    user_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    way: Mapped[list[Any]] = personal()
    decision: Mapped[Decision] = internal()
    reason: Mapped[str] = personal()
    judged_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    judged_at: Mapped[datetime] = internal()

    judged_by: Mapped[User] = related(foreign_keys=[judged_by_id])

    __table_args__ = (CheckConstraint("reason <> ''", name="has_a_reason"),)


class LikenessFinding(Base):
    """Things that are alike in several applications, as a comparison of a round found them.

    `content` is what was compared, with the passages that are the same; `measure` how far it is alike.
    """

    __tablename__ = "likeness_finding"

    id: Mapped[int] = internal(primary_key=True)
    round_id: Mapped[int] = internal(ForeignKey("round.id"), index=True)
    fingerprint: Mapped[str] = internal(index=True)
    kind: Mapped[LikenessKind] = internal()
    why: Mapped[list[Any]] = internal()
    measure: Mapped[dict[str, Any]] = internal()
    content: Mapped[dict[str, Any]] = business()
    found_at: Mapped[datetime] = internal()

    parties: Mapped[list["LikenessParty"]] = related(order_by="LikenessParty.application_id")

    __table_args__ = (UniqueConstraint("round_id", "fingerprint"),)


class LikenessParty(Base):
    """An application in which something was found that is alike."""

    __tablename__ = "likeness_party"

    finding_id: Mapped[int] = internal(ForeignKey("likeness_finding.id"), primary_key=True)
    application_id: Mapped[int] = internal(ForeignKey("application.id"), primary_key=True, index=True)


class LikenessVerdict(Base):
    """What was decided about a likeness, wherever it is found again; the latest counts."""

    __tablename__ = "likeness_verdict"

    id: Mapped[int] = internal(primary_key=True)
    fingerprint: Mapped[str] = internal(index=True)
    finding_id: Mapped[int] = internal(ForeignKey("likeness_finding.id"))
    decision: Mapped[Decision] = internal()
    reason: Mapped[str] = internal()
    judged_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    judged_at: Mapped[datetime] = internal()

    judged_by: Mapped[User] = related(foreign_keys=[judged_by_id])

    __table_args__ = (CheckConstraint("reason <> ''", name="has_a_reason"),)
