"""People, their sign-ins, their organisations and the roles granted to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from registry.domain.vocabulary import (
    Level,
    OrganisationKind,
    Role,
    SeatStatus,
    Standing,
    TokenPurpose,
    UserStatus,
)
from registry.models.base import Base, internal, personal, public, related, sensitive


class User(Base):
    """A person; the address is confirmed once a link sent to it was opened."""

    __tablename__ = "user_account"

    id: Mapped[int] = internal(primary_key=True)
    email: Mapped[str] = personal(unique=True)
    name: Mapped[str] = personal()
    password_hash: Mapped[str | None] = sensitive()
    language: Mapped[str] = internal(default="zh")
    status: Mapped[UserStatus] = internal()
    failures: Mapped[int] = internal(default=0)
    locked_until: Mapped[datetime | None] = internal()
    created_at: Mapped[datetime] = internal()
    confirmed_at: Mapped[datetime | None] = internal()

    grants: Mapped[list["Grant"]] = related(back_populates="user", foreign_keys="Grant.user_id")
    memberships: Mapped[list["Membership"]] = related(back_populates="user")

    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_is_lower"),
        CheckConstraint("status <> 'active' OR password_hash IS NOT NULL", name="active_has_password"),
    )


class SignIn(Base):
    """One signed-in session; only the digest of its key is kept."""

    __tablename__ = "sign_in"

    id: Mapped[int] = internal(primary_key=True)
    digest: Mapped[str] = sensitive(unique=True)
    user_id: Mapped[int] = internal(ForeignKey("user_account.id"), index=True)
    started_at: Mapped[datetime] = internal()
    seen_at: Mapped[datetime] = internal()
    ended_at: Mapped[datetime | None] = internal()

    user: Mapped[User] = related()


class Token(Base):
    """A link sent to a person, good for one purpose and once; only its digest is kept.

    `address` is the one that a link confirms where it is not the person's own yet.
    """

    __tablename__ = "token"

    id: Mapped[int] = internal(primary_key=True)
    digest: Mapped[str] = sensitive(unique=True)
    user_id: Mapped[int] = internal(ForeignKey("user_account.id"), index=True)
    purpose: Mapped[TokenPurpose] = internal()
    address: Mapped[str | None] = personal()
    expires_at: Mapped[datetime] = internal()
    used_at: Mapped[datetime | None] = internal()

    user: Mapped[User] = related()


class Organisation(Base):
    """An organisation; several may claim a credit code while pending, one holds it once confirmed."""

    __tablename__ = "organisation"

    id: Mapped[int] = internal(primary_key=True)
    name: Mapped[str] = public()
    name_en: Mapped[str] = public(default="")
    credit_code: Mapped[str] = public()
    legal_representative: Mapped[str] = personal()
    kind: Mapped[OrganisationKind] = public()
    industry: Mapped[str] = public(default="")
    region_key: Mapped[str] = public(ForeignKey("region.key"))
    parent_id: Mapped[int | None] = internal(ForeignKey("organisation.id"))
    status: Mapped[Standing] = internal(default=Standing.PENDING)
    decided_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = internal()
    version: Mapped[int] = internal()

    memberships: Mapped[list["Membership"]] = related(back_populates="organisation")

    __table_args__ = (
        CheckConstraint("length(credit_code) = 18", name="credit_code_has_18"),
        Index(
            "uq_organisation_confirmed_credit_code",
            "credit_code",
            unique=True,
            sqlite_where=text("status = 'confirmed'"),
            postgresql_where=text("status = 'confirmed'"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Membership(Base):
    """A person's place in an organisation; `ended_at` is when a seat that was taken ended, until it is taken again."""

    __tablename__ = "membership"

    id: Mapped[int] = internal(primary_key=True)
    organisation_id: Mapped[int] = internal(ForeignKey("organisation.id"))
    user_id: Mapped[int] = internal(ForeignKey("user_account.id"), index=True)
    drafter: Mapped[bool] = internal()
    signatory: Mapped[bool] = internal()
    status: Mapped[SeatStatus] = internal()
    created_at: Mapped[datetime] = internal()
    ended_at: Mapped[datetime | None] = internal()

    organisation: Mapped[Organisation] = related(back_populates="memberships")
    user: Mapped[User] = related(back_populates="memberships")

    __table_args__ = (
        UniqueConstraint("organisation_id", "user_id"),
        CheckConstraint("drafter OR signatory", name="has_a_part"),
    )


class Grant(Base):
    """A role granted to a person; for one programme or the installation, and for a region where the role has one."""

    __tablename__ = "role_grant"

    id: Mapped[int] = internal(primary_key=True)
    user_id: Mapped[int] = internal(ForeignKey("user_account.id"), index=True)
    role: Mapped[Role] = internal()
    programme_id: Mapped[int | None] = internal(ForeignKey("programme.id"))
    region_key: Mapped[str | None] = internal(ForeignKey("region.key"))
    granted_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    granted_at: Mapped[datetime] = internal()
    ended_at: Mapped[datetime | None] = internal()

    user: Mapped[User] = related(back_populates="grants", foreign_keys=[user_id])

    __table_args__ = (
        CheckConstraint("(role = 'recommender') = (region_key IS NOT NULL)", name="recommender_has_region"),
        CheckConstraint("granted_by_id IS NULL OR granted_by_id <> user_id", name="not_by_oneself"),
    )


class Issuer(Base):
    """An authority in whose name certificates are issued."""

    __tablename__ = "issuer"

    id: Mapped[int] = internal(primary_key=True)
    key: Mapped[str] = public(unique=True)
    name: Mapped[str] = public()
    name_en: Mapped[str] = public()
    level: Mapped[Level] = public()
    region_key: Mapped[str] = public(ForeignKey("region.key"))
    entitled_words: Mapped[str] = public(default="")
