"""What comes of it: awards with gapless numbers, and the certificates that show them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped

from registry.domain.vocabulary import AwardStatus
from registry.models.applications import Application
from registry.models.base import Base, internal, public, related, sensitive, words
from registry.models.people import Organisation
from registry.models.places import Site
from registry.models.programmes import Category, Programme


class NumberSeries(Base):
    """The last serial given in a programme and year; its row is locked by whoever takes the next."""

    __tablename__ = "number_series"

    programme_id: Mapped[int] = internal(ForeignKey("programme.id"), primary_key=True)
    year: Mapped[int] = internal(primary_key=True, autoincrement=False)
    last: Mapped[int] = internal()

    __table_args__ = (CheckConstraint("last >= 0", name="not_negative"),)


class Award(Base):
    """The standing of a site."""

    __tablename__ = "award"

    id: Mapped[int] = internal(primary_key=True)
    number: Mapped[str] = public(unique=True)
    programme_id: Mapped[int] = public(ForeignKey("programme.id"))
    year: Mapped[int] = public()
    serial: Mapped[int] = public()
    application_id: Mapped[int] = internal(ForeignKey("application.id"), unique=True)
    site_id: Mapped[int] = public(ForeignKey("site.id"), index=True)
    organisation_id: Mapped[int | None] = public(ForeignKey("organisation.id"))
    category_id: Mapped[int] = public(ForeignKey("category.id"))
    status: Mapped[AwardStatus] = public()
    valid_from: Mapped[date] = public()
    valid_until: Mapped[date] = public()
    version: Mapped[int] = internal()

    programme: Mapped[Programme] = related()
    application: Mapped[Application] = related()
    site: Mapped[Site] = related()
    organisation: Mapped[Organisation | None] = related()
    category: Mapped[Category] = related()
    certificates: Mapped[list["Certificate"]] = related(back_populates="award", order_by="Certificate.edition")
    events: Mapped[list["AwardEvent"]] = related(order_by="AwardEvent.id")

    __table_args__ = (
        UniqueConstraint("programme_id", "year", "serial"),
        CheckConstraint("valid_from < valid_until", name="valid_for_a_time"),
        CheckConstraint("serial > 0", name="serial_from_one"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Certificate(Base):
    """One edition of the paper; its bytes are kept and never drawn again."""

    __tablename__ = "certificate"

    id: Mapped[int] = internal(primary_key=True)
    award_id: Mapped[int] = public(ForeignKey("award.id"))
    edition: Mapped[int] = public()
    code: Mapped[str] = sensitive(unique=True)
    status_index: Mapped[int] = public(unique=True)
    sha256: Mapped[str] = public()
    content: Mapped[bytes] = internal(deferred=True)
    issued_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime] = public()

    award: Mapped[Award] = related(back_populates="certificates")

    __table_args__ = (UniqueConstraint("award_id", "edition"),)


class AwardEvent(Base):
    """A change in the standing of an award, with its decision and reason."""

    __tablename__ = "award_event"

    id: Mapped[int] = internal(primary_key=True)
    award_id: Mapped[int] = internal(ForeignKey("award.id"), index=True)
    before: Mapped[AwardStatus | None] = public(words(AwardStatus, "before"))
    after: Mapped[AwardStatus] = public()
    decision_id: Mapped[int | None] = internal(ForeignKey("decision.id"))
    reason: Mapped[str] = public()
    at: Mapped[datetime] = public()
