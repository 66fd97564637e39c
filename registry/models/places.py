"""Regions, and the sites that are certified."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped

from registry.domain.vocabulary import Level, PartyRole, SiteKind, Standing
from registry.models.base import Base, internal, public, related
from registry.models.people import Organisation

_HELD = text("status = 'confirmed' AND permit_number <> ''")


class Region(Base):
    """A region under its own key; the GB/T 2260 code is there where the standard has one."""

    __tablename__ = "region"

    key: Mapped[str] = public(primary_key=True)
    parent_key: Mapped[str | None] = public(ForeignKey("region.key"))
    level: Mapped[Level] = public()
    code: Mapped[str | None] = public()
    name: Mapped[str] = public()
    name_en: Mapped[str] = public()
    position: Mapped[int] = public()


class Site(Base):
    """The plant, park, farm, city or project that is certified; it lives across rounds and programmes."""

    __tablename__ = "site"

    id: Mapped[int] = internal(primary_key=True)
    kind: Mapped[SiteKind] = public()
    name: Mapped[str] = public()
    name_en: Mapped[str] = public(default="")
    address: Mapped[str] = public(default="")
    permit_number: Mapped[str] = public(default="")
    region_key: Mapped[str] = public(ForeignKey("region.key"), index=True)
    for_region_key: Mapped[str | None] = public(ForeignKey("region.key"))
    parent_id: Mapped[int | None] = internal(ForeignKey("site.id"))
    status: Mapped[Standing] = internal(default=Standing.PENDING)
    decided_by_id: Mapped[int | None] = internal(ForeignKey("user_account.id"))
    merged_into_id: Mapped[int | None] = internal(ForeignKey("site.id"))
    created_at: Mapped[datetime] = internal()

    region: Mapped[Region] = related(foreign_keys=[region_key])
    parties: Mapped[list["SiteParty"]] = related(back_populates="site")

    __table_args__ = (
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="not_into_itself"),
        Index(
            "uq_site_confirmed_permit_number",
            "permit_number",
            unique=True,
            sqlite_where=_HELD,
            postgresql_where=_HELD,
        ),
    )


class SiteParty(Base):
    """An organisation's part in a site, with its time."""

    __tablename__ = "site_party"

    id: Mapped[int] = internal(primary_key=True)
    site_id: Mapped[int] = internal(ForeignKey("site.id"), index=True)
    organisation_id: Mapped[int] = internal(ForeignKey("organisation.id"), index=True)
    role: Mapped[PartyRole] = public()
    since: Mapped[date] = internal()
    until: Mapped[date | None] = internal()

    site: Mapped[Site] = related(back_populates="parties")
    organisation: Mapped[Organisation] = related()
