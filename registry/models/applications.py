"""What is filed: applications, their filings with answers and evidence, corrections and verified values."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from registry.domain.vocabulary import Binding, FilingKind, Kind, ScanState, Status, Variant
from registry.models.base import Base, business, internal, personal, related, sensitive
from registry.models.people import Organisation
from registry.models.places import Site
from registry.models.programmes import RoundCategory

_LIVE = text(
    "status NOT IN ('withdrawn', 'lapsed', 'declined', 'refused', 'barred', 'failed', 'excluded', 'unselected')"
)
_CURRENT = text("current")


class Application(Base):
    """One site in one round category, at a position of its route and with a status there.

    The third party that evaluated for the applicant is named by its columns; they are empty where none did.
    """

    __tablename__ = "application"

    id: Mapped[int] = internal(primary_key=True)
    round_category_id: Mapped[int] = internal(ForeignKey("round_category.id"))
    site_id: Mapped[int] = internal(ForeignKey("site.id"), index=True)
    organisation_id: Mapped[int | None] = internal(ForeignKey("organisation.id"), index=True)
    position: Mapped[int] = internal(default=0)
    kind: Mapped[Kind] = internal(default=Kind.FILING)
    status: Mapped[Status] = internal(default=Status.DRAFTED)
    applicant: Mapped[dict[str, Any] | None] = business()
    evaluator: Mapped[str] = business(default="")
    evaluator_code: Mapped[str] = business(default="")
    evaluator_representative: Mapped[str] = personal(default="")
    started_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    started_at: Mapped[datetime] = internal()
    submitted_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None] = internal()
    receipt: Mapped[str | None] = internal(unique=True)
    content_digest: Mapped[str | None] = internal()
    withdrawal_reason: Mapped[str] = personal(default="")
    barred_until: Mapped[date | None] = internal()
    version: Mapped[int] = internal()

    round_category: Mapped[RoundCategory] = related()
    site: Mapped[Site] = related()
    organisation: Mapped[Organisation | None] = related()
    filing: Mapped["Filing"] = related(
        primaryjoin="and_(Filing.application_id == Application.id, Filing.current)", uselist=False, viewonly=True
    )
    filings: Mapped[list["Filing"]] = related(back_populates="application", order_by="Filing.position")
    corrections: Mapped[list["Correction"]] = related(order_by="Correction.id")

    __table_args__ = (
        Index(
            "uq_application_one_per_site",
            "round_category_id",
            "site_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_application_queue", "round_category_id", "kind", "status"),
        CheckConstraint(
            "kind = 'filing' OR (submitted_at IS NOT NULL AND receipt IS NOT NULL AND content_digest IS NOT NULL)",
            name="submitted_before_it_goes_on",
        ),
        CheckConstraint("status <> 'drafted' OR submitted_at IS NULL", name="drafted_is_not_submitted"),
        CheckConstraint("(status = 'barred') = (barred_until IS NOT NULL)", name="barred_until_a_day"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Filing(Base):
    """One filled set; its revision counts every save, so that no save overwrites another unseen.

    What was submitted last is kept beside it: others than the applicant read that while a correction is being made.
    `filled_by` are the people who saved, attached or took away since then. An application has a filing for each stage
    of its route that asks for one; the latest is the current one.
    """

    __tablename__ = "filing"

    id: Mapped[int] = internal(primary_key=True)
    application_id: Mapped[int] = internal(ForeignKey("application.id"))
    site_id: Mapped[int] = internal(ForeignKey("site.id"))
    position: Mapped[int] = internal(default=0)
    current: Mapped[bool] = internal(default=True)
    kind: Mapped[FilingKind] = internal(default=FilingKind.APPLICATION)
    due_at: Mapped[datetime | None] = internal()
    submitted_at: Mapped[datetime | None] = internal()
    period_from: Mapped[date | None] = internal()
    period_to: Mapped[date | None] = internal()
    revision: Mapped[int] = internal(default=0)
    saved_at: Mapped[datetime | None] = internal()
    saved_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    filled_by: Mapped[list[Any]] = internal(default=list)
    submitted_revision: Mapped[int | None] = internal()
    submitted_claims: Mapped[dict[str, Any]] = business(default=dict)

    application: Mapped[Application] = related(back_populates="filings")

    __table_args__ = (
        UniqueConstraint("application_id", "position"),
        Index(
            "uq_filing_one_current",
            "application_id",
            unique=True,
            sqlite_where=_CURRENT,
            postgresql_where=_CURRENT,
        ),
    )


class Answer(Base):
    """A declared value at a revision; every revision is kept, null means taken back."""

    __tablename__ = "answer"

    id: Mapped[int] = internal(primary_key=True)
    filing_id: Mapped[int] = internal(ForeignKey("filing.id"))
    key: Mapped[str] = internal()
    revision: Mapped[int] = internal()
    value: Mapped[Any] = business(type_=Base.type_annotation_map[dict[str, Any]], nullable=True)
    saved_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    saved_at: Mapped[datetime] = internal()

    __table_args__ = (UniqueConstraint("filing_id", "key", "revision"),)


class NotApplicable(Base):
    """The applicant's claim that an indicator does not apply."""

    __tablename__ = "not_applicable"

    id: Mapped[int] = internal(primary_key=True)
    filing_id: Mapped[int] = internal(ForeignKey("filing.id"))
    indicator: Mapped[str] = internal()
    reason: Mapped[str] = business()
    accepted_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))

    __table_args__ = (UniqueConstraint("filing_id", "indicator"),)


class Evidence(Base):
    """An uploaded file, kept under its digest; a removed one stays on record.

    `submitted` says that it was part of what was submitted last.
    """

    __tablename__ = "evidence"

    id: Mapped[int] = internal(primary_key=True)
    filing_id: Mapped[int] = internal(ForeignKey("filing.id"), index=True)
    name: Mapped[str] = business()
    sha256: Mapped[str] = internal()
    size: Mapped[int] = internal()
    media_type: Mapped[str] = internal()
    scan_state: Mapped[ScanState] = internal()
    variant: Mapped[Variant] = internal(default=Variant.ORIGINAL)
    replaces_id: Mapped[int | None] = internal(ForeignKey("evidence.id"))
    uploaded_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime] = internal()
    removed_at: Mapped[datetime | None] = internal()
    submitted: Mapped[bool] = internal(default=False)

    links: Mapped[list["EvidenceLink"]] = related(order_by="EvidenceLink.id")

    __table_args__ = (CheckConstraint("length(sha256) = 64 AND size > 0", name="is_a_file"),)


class BlindRuling(Base):
    """An officer's word on whether reviewers who must not know the applicant may read a file; the latest counts."""

    __tablename__ = "blind_ruling"

    id: Mapped[int] = internal(primary_key=True)
    evidence_id: Mapped[int] = internal(ForeignKey("evidence.id"), index=True)
    readable: Mapped[bool] = internal()
    ruled_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    ruled_at: Mapped[datetime] = internal()


class EvidenceLink(Base):
    """What a piece of evidence supports, with the page where the reader should look."""

    __tablename__ = "evidence_link"

    id: Mapped[int] = internal(primary_key=True)
    evidence_id: Mapped[int] = internal(ForeignKey("evidence.id"))
    binding: Mapped[Binding] = internal()
    key: Mapped[str] = internal()
    page: Mapped[str] = internal(default="")

    __table_args__ = (UniqueConstraint("evidence_id", "binding", "key"),)


class Verification(Base):
    """A value established by the office beside the declared one; the latest counts, a newly declared value voids it."""

    __tablename__ = "verification"

    id: Mapped[int] = internal(primary_key=True)
    filing_id: Mapped[int] = internal(ForeignKey("filing.id"), index=True)
    key: Mapped[str] = internal()
    answer_revision: Mapped[int] = internal()
    stage: Mapped[Kind] = internal()
    value: Mapped[Any] = business(type_=Base.type_annotation_map[dict[str, Any]])
    reason: Mapped[str] = internal()
    visit_id: Mapped[int | None] = internal(ForeignKey("site_visit.id"))
    verified_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    verified_at: Mapped[datetime] = internal()


class Correction(Base):
    """A return to the applicant, with its clock; null fields mean the whole application."""

    __tablename__ = "correction"

    id: Mapped[int] = internal(primary_key=True)
    application_id: Mapped[int] = internal(ForeignKey("application.id"), index=True)
    from_position: Mapped[int] = internal()
    note: Mapped[str] = internal()
    fields: Mapped[list[Any] | None] = internal()
    due_at: Mapped[datetime] = internal()
    returned_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    returned_at: Mapped[datetime] = internal()
    closed_at: Mapped[datetime | None] = internal()

    __table_args__ = (
        Index(
            "uq_correction_one_open",
            "application_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class IdempotencyKey(Base):
    """A form that was sent: the same key gives the same answer, with another body it is a conflict."""

    __tablename__ = "idempotency_key"

    actor: Mapped[str] = internal(primary_key=True)
    key: Mapped[str] = sensitive(primary_key=True)
    request_digest: Mapped[str] = internal()
    location: Mapped[str | None] = internal()
    at: Mapped[datetime] = internal()
