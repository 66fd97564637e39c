"""What is asked: documents and their targets, programmes, categories, criteria versions, rounds, routes and quotas."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from registry.domain.vocabulary import (
    CategoryOutcome,
    CriteriaStatus,
    FilingKind,
    GroupBy,
    Kind,
    Level,
    Once,
    QuotaPurpose,
    RoundStatus,
    Track,
)
from registry.models.base import Base, internal, public, related
from registry.models.people import Issuer


class Document(Base):
    """One of the policy texts, with the titles of its chapters in `zh` and `en` by their numbers."""

    __tablename__ = "document"

    key: Mapped[str] = public(primary_key=True)
    title: Mapped[str] = public()
    title_en: Mapped[str] = public()
    issued_by: Mapped[str] = public()
    issued_by_en: Mapped[str] = public()
    number: Mapped[str | None] = public()
    dated: Mapped[date | None] = public()
    chapters: Mapped[dict[str, Any]] = public(default=dict, server_default=text("'{}'"))

    clauses: Mapped[list["Clause"]] = related(back_populates="document", order_by="Clause.position")


class Clause(Base):
    """A clause under its chapter and section, word for word."""

    __tablename__ = "clause"

    id: Mapped[int] = internal(primary_key=True)
    document_key: Mapped[str] = public(ForeignKey("document.key"))
    ref: Mapped[str] = public()
    title: Mapped[str] = public(default="")
    title_en: Mapped[str] = public(default="")
    text: Mapped[str] = public()
    summary_en: Mapped[str] = public(default="")
    position: Mapped[int] = public()

    document: Mapped[Document] = related(back_populates="clauses")

    __table_args__ = (UniqueConstraint("document_key", "ref"),)


class TargetEntry(Base):
    """What a document asks to be selected, built or measured: its content is the entry as its file has it."""

    __tablename__ = "target_entry"

    key: Mapped[str] = public(primary_key=True)
    document_key: Mapped[str] = public(ForeignKey("document.key"))
    kind: Mapped[str] = public()
    title: Mapped[str] = public()
    title_en: Mapped[str] = public()
    position: Mapped[int] = public()
    content: Mapped[dict[str, Any]] = public()


class Factor(Base):
    """A table of factors as its file was loaded; the newest of a key counts, until an opened round pins it."""

    __tablename__ = "factor"

    id: Mapped[int] = internal(primary_key=True)
    key: Mapped[str] = public()
    number: Mapped[int] = public()
    content: Mapped[str] = public()
    digest: Mapped[str] = public()
    loaded_at: Mapped[datetime] = public()

    __table_args__ = (UniqueConstraint("key", "number"),)


class Programme(Base):
    """What a document asks to be selected, within a region."""

    __tablename__ = "programme"

    id: Mapped[int] = internal(primary_key=True)
    key: Mapped[str] = public(unique=True)
    name: Mapped[str] = public()
    name_en: Mapped[str] = public()
    document_key: Mapped[str] = public(ForeignKey("document.key"))
    issuer_prefix: Mapped[str] = public()
    code: Mapped[str] = public()
    region_key: Mapped[str] = public(ForeignKey("region.key"), server_default=text("'cn'"))
    years_valid: Mapped[int] = public()

    document: Mapped[Document] = related()
    categories: Mapped[list["Category"]] = related(back_populates="programme", order_by="Category.id")
    issuers: Mapped[list["ProgrammeIssuer"]] = related(order_by="ProgrammeIssuer.position")

    __table_args__ = (
        UniqueConstraint("issuer_prefix", "code"),
        CheckConstraint("years_valid BETWEEN 1 AND 10", name="years_valid"),
    )


class ProgrammeIssuer(Base):
    __tablename__ = "programme_issuer"

    programme_id: Mapped[int] = public(ForeignKey("programme.id"), primary_key=True)
    position: Mapped[int] = public(primary_key=True)
    issuer_id: Mapped[int] = public(ForeignKey("issuer.id"))

    issuer: Mapped[Issuer] = related()


class Category(Base):
    """What is selected, and who may apply: sites of these kinds, of these regions by name, in regions of these levels.

    An empty list sets no limit. Where `after` names categories, a valid award in one of them is needed first; `once`
    says who is given no second award while one is valid.
    """

    __tablename__ = "category"

    id: Mapped[int] = internal(primary_key=True)
    programme_id: Mapped[int] = public(ForeignKey("programme.id"))
    key: Mapped[str] = public()
    name: Mapped[str] = public()
    name_en: Mapped[str] = public()
    clause_ref: Mapped[str] = public()
    outcome: Mapped[CategoryOutcome] = public()
    site_kinds: Mapped[list[Any]] = public(default=list, server_default=text("'[]'"))
    levels: Mapped[list[Any]] = public(default=list, server_default=text("'[]'"))
    named_regions: Mapped[list[Any]] = public(default=list, server_default=text("'[]'"))
    after: Mapped[list[Any]] = public(default=list, server_default=text("'[]'"))
    once: Mapped[Once | None] = public()

    programme: Mapped[Programme] = related(back_populates="categories")

    __table_args__ = (UniqueConstraint("programme_id", "key"),)


class CriteriaVersion(Base):
    """A criteria set as it was loaded; once approved it never changes, and not by the one who loaded it."""

    __tablename__ = "criteria_version"

    id: Mapped[int] = internal(primary_key=True)
    key: Mapped[str] = public()
    number: Mapped[int] = public()
    title: Mapped[str] = public()
    title_en: Mapped[str] = public()
    content: Mapped[str] = public()
    digest: Mapped[str] = public()
    status: Mapped[CriteriaStatus] = public()
    prepared_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    prepared_at: Mapped[datetime] = internal()
    approved_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None] = internal()

    __table_args__ = (
        UniqueConstraint("key", "number"),
        CheckConstraint("approved_by_id <> prepared_by_id", name="four_eyes"),
        CheckConstraint("status = 'draft' OR approved_by_id IS NOT NULL", name="approved_by_somebody"),
    )


class Round(Base):
    """One intake of a programme. A round without an end is a library.

    `closes_at` is the end of the intake; from `archived_at` on nothing of the round is decided any more.
    """

    __tablename__ = "round"

    id: Mapped[int] = internal(primary_key=True)
    programme_id: Mapped[int] = public(ForeignKey("programme.id"))
    title: Mapped[str] = public()
    title_en: Mapped[str] = public()
    year: Mapped[int] = public()
    opens_at: Mapped[datetime] = public()
    closes_at: Mapped[datetime | None] = public()
    status: Mapped[RoundStatus] = public(default=RoundStatus.PREPARED)
    one_person_may_sign: Mapped[bool] = public()
    prepared_by_id: Mapped[int] = internal(ForeignKey("user_account.id"))
    archived_at: Mapped[datetime | None] = public()
    archived_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    version: Mapped[int] = internal()

    programme: Mapped[Programme] = related()
    categories: Mapped[list["RoundCategory"]] = related(back_populates="round", order_by="RoundCategory.id")
    quotas: Mapped[list["Quota"]] = related(order_by="Quota.id")
    quota_rules: Mapped[list["QuotaRule"]] = related(order_by="QuotaRule.id")

    __table_args__ = (
        CheckConstraint("closes_at IS NULL OR opens_at < closes_at", name="opens_before_it_closes"),
        CheckConstraint("(archived_at IS NULL) = (archived_by_id IS NULL)", name="archived_by_somebody"),
        CheckConstraint("archived_at IS NULL OR status = 'opened'", name="archived_after_it_opened"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class RoundCategory(Base):
    """A category in a round, with its own copy of the criteria and factors from the moment the round opens."""

    __tablename__ = "round_category"

    id: Mapped[int] = internal(primary_key=True)
    round_id: Mapped[int] = public(ForeignKey("round.id"), index=True)
    category_id: Mapped[int] = public(ForeignKey("category.id"))
    track: Mapped[Track] = public()
    criteria_version_id: Mapped[int] = public(ForeignKey("criteria_version.id"))
    pinned_content: Mapped[str | None] = public()
    pinned_digest: Mapped[str | None] = public()
    pinned_factors: Mapped[dict[str, Any] | None] = public()
    settings: Mapped[dict[str, Any]] = public()

    round: Mapped[Round] = related(back_populates="categories")
    category: Mapped[Category] = related()
    criteria_version: Mapped[CriteriaVersion] = related()
    steps: Mapped[list["RouteStep"]] = related(order_by="RouteStep.position")

    __table_args__ = (
        UniqueConstraint("round_id", "category_id", "track"),
        CheckConstraint("(pinned_content IS NULL) = (pinned_digest IS NULL)", name="pinned_with_digest"),
    )


class RouteStep(Base):
    """A stage of the route of a round category; one of filing says what is filed."""

    __tablename__ = "route_step"

    id: Mapped[int] = internal(primary_key=True)
    round_category_id: Mapped[int] = public(ForeignKey("round_category.id"))
    position: Mapped[int] = public()
    kind: Mapped[Kind] = public()
    level: Mapped[Level | None] = public()
    filing: Mapped[FilingKind | None] = public()
    parameters: Mapped[dict[str, Any]] = public()

    __table_args__ = (UniqueConstraint("round_category_id", "position"),)


class Quota(Base):
    """How many may be awarded or recommended; without a number there is no limit.

    The awards of a category, the total and the pool of a round have no region. What each bureau may recommend is set
    for a region, or for every bureau of a level; with a category for that alone, else for the round.
    """

    __tablename__ = "quota"

    id: Mapped[int] = internal(primary_key=True)
    round_id: Mapped[int] = public(ForeignKey("round.id"), index=True)
    category_id: Mapped[int | None] = public(ForeignKey("category.id"))
    region_key: Mapped[str | None] = public(ForeignKey("region.key"))
    level: Mapped[Level | None] = public()
    purpose: Mapped[QuotaPurpose] = public()
    number: Mapped[int | None] = public()

    __table_args__ = (CheckConstraint("number IS NULL OR number >= 0", name="not_negative"),)


class QuotaRule(Base):
    """A limit or reserved places of a group within a round: in one category of it, or in the round as a whole.

    Without a value each group has the number by itself: each region of the level, each applicant. With `since` the
    places count that earlier rounds of the programme gave since that year.
    """

    __tablename__ = "quota_rule"

    id: Mapped[int] = internal(primary_key=True)
    round_id: Mapped[int] = public(ForeignKey("round.id"), index=True)
    category_id: Mapped[int | None] = public(ForeignKey("category.id"))
    group_by: Mapped[GroupBy] = public()
    level: Mapped[Level | None] = public()
    input_key: Mapped[str | None] = public()
    value: Mapped[str | None] = public()
    least: Mapped[int | None] = public()
    most: Mapped[int | None] = public()
    since: Mapped[int | None] = public()

    __table_args__ = (
        CheckConstraint("least >= 0 AND most >= 0", name="not_negative"),
        CheckConstraint("(least IS NULL) <> (most IS NULL)", name="limits_or_reserves"),
        CheckConstraint("(group_by = 'answer') = (input_key IS NOT NULL)", name="names_an_answer"),
        CheckConstraint("(group_by = 'region' AND value IS NULL) = (level IS NOT NULL)", name="names_a_level"),
    )


class PoolGrant(Base):
    """Places that an approved decision assigned from the pool of a round to one of its categories."""

    __tablename__ = "pool_grant"

    id: Mapped[int] = internal(primary_key=True)
    quota_id: Mapped[int] = public(ForeignKey("quota.id"), index=True)
    category_id: Mapped[int] = public(ForeignKey("category.id"))
    decision_id: Mapped[int] = internal(ForeignKey("decision.id"))
    number: Mapped[int] = public()

    __table_args__ = (
        UniqueConstraint("decision_id", "category_id"),
        CheckConstraint("number > 0", name="grants_something"),
    )
