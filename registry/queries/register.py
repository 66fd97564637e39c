"""What was decided, as everyone may read it: awards, published lists, notices, certificates. Nothing about persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain.errors import NotFound
from registry.domain.vocabulary import AwardStatus, ObjectionStatus, Status, Validity
from registry.domain.workdays import SHANGHAI
from registry.models import (
    Application,
    Award,
    Category,
    Certificate,
    Entry,
    Notice,
    Objection,
    Organisation,
    Programme,
    ProgrammeIssuer,
    Publication,
    Round,
    RoundCategory,
    Site,
)
from registry.queries import finding, pages
from registry.queries import publications as lists
from registry.queries.notices import LEFT
from registry.queries.pages import FIRST, Asked, By, Page

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for in the register; an empty field means any."""

    text: str = ""
    programme: str = ""
    region: str = ""
    validity: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """Which notices are looked for; an empty field means any."""

    text: str = ""
    programme: str = ""
    open: bool | None = None


def validity(award: Award, at: datetime) -> Validity:
    """Tell how an award stands at a moment; it is valid to the end of its last day in China."""
    if award.status is AwardStatus.REVOKED:
        return Validity.REVOKED
    return Validity.VALID if _today(at) <= award.valid_until else Validity.EXPIRED


def search(session: Session, wanted: Search, at: datetime, asked: Asked = FIRST) -> Page[Award]:
    """Return a page of the awards that match, newest first."""
    query = matching(select(Award), wanted, at).options(
        joinedload(Award.site, innerjoin=True).joinedload(Site.region, innerjoin=True),
        joinedload(Award.organisation),
        joinedload(Award.category, innerjoin=True),
        joinedload(Award.programme, innerjoin=True),
    )
    order = (By(Award.year, descending=True), By(Award.programme_id), By(Award.serial))
    return pages.page(session, query, order, asked)


def years(session: Session) -> Sequence[int]:
    """Return the years in which awards were given, the latest first."""
    return session.scalars(select(Award.year).distinct().order_by(Award.year.desc())).all()


def count_valid(session: Session, at: datetime) -> int:
    """Return how many awards are valid at a moment."""
    return session.scalar(select(func.count(Award.id)).where(_stands(Validity.VALID, _today(at)))) or 0


def award(session: Session, number: str) -> Award:
    """Return an award with all that its public page shows; raises NotFound where there is none."""
    found = find_award(session, number)
    if found is None:
        raise NotFound
    return found


def find_award(session: Session, number: str) -> Award | None:
    """Return an award by its number, or None."""
    return session.scalar(select(Award).where(Award.number == number).options(*_around_award()))


def find_certificate(session: Session, code: str) -> Certificate | None:
    """Return the edition of a certificate that carries a verification code, with its award, or None."""
    return session.scalar(
        select(Certificate)
        .where(Certificate.code == code)
        .options(joinedload(Certificate.award, innerjoin=True).options(*_around_award()))
    )


def entry_of(session: Session, award: Award) -> Entry | None:
    """Return the line of the published list that an award rests on, as it stands corrected, with the list."""
    return session.scalar(
        select(Entry)
        .join(Entry.publication)
        .where(Entry.application_id == award.application_id, lists.stands())
        .options(joinedload(Entry.publication, innerjoin=True))
    )


def awards_of(session: Session, entries: Sequence[Entry]) -> dict[int, Award]:
    """Return the awards that were given on entries of a list, by the application of the entry."""
    rows = session.scalars(select(Award).where(Award.application_id.in_([entry.application_id for entry in entries])))
    return {row.application_id: row for row in rows}


def publications(session: Session, limit: int) -> list[Publication]:
    """Return the latest published lists, as they stand corrected, with their rounds."""
    return list(
        session.scalars(
            select(Publication)
            .where(lists.stands())
            .options(_round_category(Publication.round_category), selectinload(Publication.entries))
            .order_by(Publication.published_at.desc(), Publication.id.desc())
            .limit(limit)
        )
    )


def publication(session: Session, number: int, *, whole: bool = True) -> Publication:
    """Return a published list with its issuers, and its entries where the whole of it is wanted; raises NotFound."""
    query = select(Publication).where(Publication.id == number).options(_round_category(Publication.round_category))
    found = session.scalar(query.options(selectinload(Publication.entries)) if whole else query)
    if found is None:
        raise NotFound
    return found


def announced(session: Session, wanted: Announced, at: datetime, asked: Asked = FIRST) -> Page[Notice]:
    """Return a page of the notices that have begun and match, newest first."""
    query = (
        select(Notice)
        .join(Notice.round_category)
        .join(RoundCategory.round)
        .join(RoundCategory.category)
        .join(Round.programme)
        .where(Notice.opens_at <= at)
        .where(finding.holds(wanted.text, Category.name, Category.name_en, Round.title, Round.title_en))
        .options(_round_category(Notice.round_category))
    )
    if wanted.programme:
        query = query.where(Programme.key == wanted.programme)
    if wanted.open is not None:
        query = query.where(Notice.closes_at > at if wanted.open else Notice.closes_at <= at)
    order = (By(Notice.opens_at, descending=True), By(Notice.id, descending=True))
    return pages.page(session, query, order, asked)


def entries(session: Session, publication: Publication, text: str = "", asked: Asked = FIRST) -> Page[Entry]:
    """Return a page of a published list, of the entries that match the words."""
    return lists.entries(session, publication, text, asked)


def notices(session: Session, at: datetime, limit: int) -> list[Notice]:
    """Return the latest notices that have begun, newest first."""
    return list(
        session.scalars(
            select(Notice)
            .where(Notice.opens_at <= at)
            .options(_round_category(Notice.round_category))
            .order_by(Notice.opens_at.desc(), Notice.id.desc())
            .limit(limit)
        )
    )


def notice(session: Session, number: int, at: datetime) -> Notice:
    """Return a notice that has begun; raises NotFound where there is none."""
    found = session.scalar(
        select(Notice).where(Notice.id == number, Notice.opens_at <= at).options(_round_category(Notice.round_category))
    )
    if found is None:
        raise NotFound
    return found


def gone_from(session: Session, notice: Notice) -> dict[int, Status]:
    """Return the applications that were announced and do not stand any more, with what became of them."""
    numbers = [entry["application_id"] for entry in notice.entries]
    rows = session.execute(
        select(Application.id, Application.status).where(Application.id.in_(numbers), Application.status.in_(LEFT))
    )
    upheld = session.scalars(
        select(Objection.application_id).where(
            Objection.notice_id == notice.id, Objection.status == ObjectionStatus.UPHELD
        )
    )
    return {row.id: row.status for row in rows} | dict.fromkeys(upheld, Status.REMOVED)


def publication_after(session: Session, notice: Notice) -> Publication | None:
    """Return the list that was published after a notice, as it stands corrected, or None."""
    return lists.of_notice(session, notice.id)


def find_objection(session: Session, receipt: str) -> Objection | None:
    """Return an objection by its receipt, with its notice and reply, or None."""
    return session.scalar(
        select(Objection)
        .where(Objection.receipt == receipt)
        .options(
            joinedload(Objection.notice, innerjoin=True).options(_round_category(Notice.round_category)),
            joinedload(Objection.reply),
            selectinload(Objection.files),
        )
    )


def _around_award() -> tuple[Any, ...]:
    return (
        joinedload(Award.site, innerjoin=True).joinedload(Site.region, innerjoin=True),
        joinedload(Award.organisation),
        joinedload(Award.category, innerjoin=True),
        joinedload(Award.programme, innerjoin=True).options(
            joinedload(Programme.document, innerjoin=True),
            selectinload(Programme.issuers).joinedload(ProgrammeIssuer.issuer, innerjoin=True),
        ),
        selectinload(Award.certificates),
        selectinload(Award.events),
    )


def _round_category(path: Any) -> Any:
    return joinedload(path, innerjoin=True).options(
        joinedload(RoundCategory.category, innerjoin=True),
        joinedload(RoundCategory.round, innerjoin=True)
        .joinedload(Round.programme, innerjoin=True)
        .options(
            joinedload(Programme.document, innerjoin=True),
            selectinload(Programme.issuers).joinedload(ProgrammeIssuer.issuer, innerjoin=True),
        ),
    )


def matching(query: Select[Row], wanted: Search, at: datetime) -> Select[Row]:
    """Return a query of awards narrowed to what is looked for."""
    query = query.join(Award.site).outerjoin(Award.organisation)
    names = (Site.name, Site.name_en, Organisation.name, Organisation.name_en, Organisation.credit_code)
    query = query.where(finding.holds(wanted.text, Award.number, *names))
    if wanted.year:
        query = query.where(Award.year == wanted.year)
    if wanted.programme:
        query = query.join(Award.programme).where(Programme.key == wanted.programme)
    if wanted.region:
        query = query.where(Site.region_key.in_(finding.within(wanted.region)))
    if wanted.validity:
        query = query.where(_stands(Validity(wanted.validity), _today(at)))
    return query


def _stands(wanted: Validity, today: date) -> ColumnElement[bool]:
    held = Award.status == AwardStatus.VALID
    return {
        Validity.VALID: and_(held, Award.valid_until >= today),
        Validity.EXPIRED: and_(held, Award.valid_until < today),
        Validity.REVOKED: Award.status == AwardStatus.REVOKED,
        Validity.UNKNOWN: Award.id.is_(None),
    }[wanted]


def _today(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
