"""Blind review: whether an application is reviewed so, whose names are hidden, and what its reviewers see instead."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import ColumnElement, inspect, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from registry.domain.blinding import MARK, Veil, spellings
from registry.domain.errors import NotFound
from registry.domain.policy import Actor, permits
from registry.domain.shapes import Input
from registry.domain.vocabulary import Action, ConflictState, Kind, Level, Status, Variant
from registry.models import (
    Application,
    Assignment,
    Base,
    BlindRuling,
    Evidence,
    Filing,
    Membership,
    Organisation,
    Region,
    Round,
    RoundCategory,
    Site,
    SiteParty,
    User,
)
from registry.queries import actors, facts, filings, visibility

BARE = Veil()
# Of a place so small its name tells who applies; a province has many of everything.
_TELLING = (Level.DISTRICT, Level.CITY)
_RANKS = ("自治州", "地区", "新区", "市", "区", "县")
_AROUND = ("round_category", "filing", "filings", "corrections")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reviewer sees of an application: as it is, or with its names out of sight.

    `withheld` counts the files that are not open to the reviewer, `hidden` are the questions whose answers are not.
    """

    application: Application
    sheet: filings.Sheet
    blind: bool = False
    veil: Veil = BARE
    withheld: int = 0
    hidden: tuple[Input, ...] = ()


@dataclass(frozen=True, slots=True)
class Ruled:
    """An officer's word on a file, with who said so."""

    ruling: BlindRuling
    name: str


def is_blind(session: Session, application: Application) -> bool:
    """Tell whether the reviewers of an application are not told who applies."""
    return bool(among(session, [application.id]))


def among(session: Session, numbers: Iterable[int]) -> frozenset[int]:
    """Return those of some applications whose reviewers are not told who applies."""
    return frozenset(session.scalars(select(Application.id).where(Application.id.in_(list(numbers)), _blind())))


def names_of(application: Application) -> dict[str, str]:
    """Return what an application is called in a blind review, in both languages, as values of a message."""
    return {"site": f"申报 {application.id} 号", "site_en": f"Application {application.id}"}


def numbered(text: str) -> int | None:
    """Return the number of an application that somebody looks for by what it is called in a blind review."""
    digits = "".join(sign for sign in text if sign.isdecimal())
    return int(digits) if 0 < len(digits) < 10 else None


def found_by(text: str, by_name: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a reviewer finds an application: by its names, in a blind review by its number."""
    if not text.strip():
        return by_name
    return or_(by_name & ~_blind(), (Application.id == numbered(text)) & _blind())


def unnamed(application: Application) -> Application:
    """Return an application that was loaded with all around it without its names: a copy that is never kept."""
    called, site = names_of(application), application.site
    names = ("organisation_id", "site_id", "applicant", "receipt", "content_digest", "started_by_id", "submitted_by_id")
    copy: Application = _copy(application, *names)
    copy.evaluator = copy.evaluator_code = copy.evaluator_representative = copy.withdrawal_reason = ""
    nowhere = Region(key=site.region_key, name="不公开", name_en="not shown", level=site.region.level)
    stand_in = Site(
        kind=site.kind,
        name=called["site"],
        name_en=called["site_en"],
        address="",
        permit_number="",
        region_key=site.region_key,
        for_region_key=site.for_region_key,
        status=site.status,
    )
    set_committed_value(stand_in, "region", nowhere)
    set_committed_value(copy, "site", stand_in)
    set_committed_value(copy, "organisation", None)
    unloaded = inspect(application).unloaded
    for name in _AROUND:
        if name not in unloaded:
            set_committed_value(copy, name, getattr(application, name))
    return copy


def seen(session: Session, application: Application, sheet: filings.Sheet, *, material: str) -> Seen:
    """Return what a reviewer sees of an application and its sheet; `material` is the word by which files are called."""
    if not is_blind(session, application):
        return Seen(application, sheet)
    hidden, open_ = veil(session, application), readable(session, sheet.evidence)
    copy = unnamed(application)
    identifying = {key: entry for key, entry in sheet.criteria.inputs.items() if entry.identifying}
    files = tuple(
        _renamed(file, called(material, number, file.name), hidden)
        for number, file in enumerate(sheet.evidence, 1)
        if file.id in open_
    )
    told = replace(
        sheet,
        application=copy,
        declared={
            key: replace(one, value=_veiled(sheet, key, one.value, hidden))
            for key, one in sheet.declared.items()
            if key not in identifying or sheet.criteria.inputs[key].kind == "text"
        },
        verified={
            key: replace(one, value=_veiled(sheet, key, one.value, hidden), reason=hidden.text(one.reason), name="")
            for key, one in sheet.verified.items()
            if key not in identifying
        },
        not_applicable={key: hidden.text(reason) for key, reason in sheet.not_applicable.items()},
        evidence=files,
    )
    titles = tuple(entry for key, entry in identifying.items() if key in sheet.declared or key in sheet.verified)
    return Seen(copy, told, True, hidden, len(sheet.evidence) - len(files), titles)


def hide(seen: Seen, thing: Any) -> Any:
    """Return what others wrote of an application, rows and all that holds them, as its reviewer may read it."""
    return _hidden(thing, seen.veil) if seen.blind else thing


def called(material: str, number: int, name: str) -> str:
    """Return the name of a file that tells nothing but its place among the files and its type."""
    return f"{material} {number}{PurePosixPath(name).suffix.lower()}"


def handed(session: Session, actor: Actor, evidence: Evidence, *, material: str) -> str | None:
    """Return under what name a file is handed to a reviewer who must not know the applicant; None to everybody else.

    Raises NotFound where the file is not open to such a reviewer.
    """
    application = session.scalars(
        select(Application).join(Filing, Filing.application_id == Application.id).where(Filing.id == evidence.filing_id)
    ).one()
    if not _reviews(session, actor, application) or not is_blind(session, application):
        return None
    if evidence.id not in readable(session, [evidence]):
        raise NotFound("evidence_withheld")
    numbers = session.scalars(
        select(Evidence.id)
        .where(Evidence.filing_id == evidence.filing_id, Evidence.removed_at.is_(None))
        .order_by(Evidence.id)
    ).all()
    return called(material, numbers.index(evidence.id) + 1 if evidence.id in numbers else evidence.id, evidence.name)


def readable(session: Session, files: Iterable[Evidence]) -> frozenset[int]:
    """Return the files that are open in a blind review: copies without names and those an officer opened."""
    by_id = {file.id: file for file in files}
    ruled = {row.evidence_id: row.readable for row in session.scalars(_rulings(by_id))}
    return frozenset(number for number, file in by_id.items() if ruled.get(number, file.variant is Variant.BLIND))


def rulings(session: Session, files: Iterable[Evidence]) -> dict[int, list[Ruled]]:
    """Return what officers said of files, by file, the latest first."""
    found: dict[int, list[Ruled]] = {}
    query = _rulings([file.id for file in files]).join(User, User.id == BlindRuling.ruled_by_id)
    for row, name in session.execute(query.add_columns(User.name)):
        found.setdefault(row.evidence_id, []).insert(0, Ruled(row, name))
    return found


def veil(session: Session, application: Application) -> Veil:
    """Return the names that could tell who makes an application: of organisations, sites, people and small places."""
    organisations, sites = _organisations(session, application), _sites(session, application)
    places = _places(session, [*(site.region_key for site in sites), *(one.region_key for one in organisations)])
    short = {spelling for place in places for spelling in _of_place(place)}
    heads = sorted(short, key=len, reverse=True)
    people = session.execute(
        select(User.name, User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id.in_([one.id for one in organisations]))
    ).all()
    snapshot = application.applicant or {}
    named = [
        *(name for one in organisations for name in (one.name, one.name_en)),
        *(name for site in sites for name in (site.name, site.name_en)),
        *_texts(snapshot, "name", "name_en"),
        application.evaluator,
    ]
    numbers = [
        *(one.credit_code for one in organisations),
        *(text for site in sites for text in (site.address, site.permit_number)),
        *_texts(snapshot, "credit_code", "address", "permit_number"),
        application.evaluator_code,
        application.receipt or "",
        *(row.email for row in people),
    ]
    persons = [
        *(row.name for row in people),
        *(one.legal_representative for one in organisations),
        *_texts(snapshot, "legal_representative"),
        application.evaluator_representative,
    ]
    return Veil(
        frozenset(filter(None, (*(one for name in named if name for one in spellings(name, heads)), *numbers))),
        frozenset(filter(None, (*persons, *short))),
    )


def reviews(session: Session, reviewer: User, programme_id: int | None) -> bool:
    """Tell whether somebody reviews something in a programme, or in any without one, and is not told who applies."""
    query = (
        select(Assignment.id)
        .join(Application, Application.id == Assignment.application_id)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .where(
            Assignment.reviewer_id == reviewer.id,
            Assignment.ended_at.is_(None),
            Application.kind == Kind.REVIEW,
            Application.status == Status.WAITING,
            _blind(),
        )
    )
    if programme_id is not None:
        query = query.where(Round.programme_id == programme_id)
    return session.scalar(query.limit(1)) is not None


def knows(session: Session, application: Application, reviewer: User, at: datetime) -> bool:
    """Tell whether a reviewer could see who makes an application in another role, so that the review were not blind."""
    person = actors.load(session, reviewer, at)
    known = facts.of_application(session, application)
    return any(permits(person, action, known) for action in (Action.VIEW_CASE, Action.VIEW_RECOMMENDATIONS))


def _veiled(sheet: filings.Sheet, key: str, value: Any, hidden: Veil) -> Any:
    """A value as it is shown: names stand in texts; of choices it is a key, of a series figures and dates."""
    entry = sheet.criteria.inputs[key]
    if entry.kind != "text" or value is None:
        return value
    return MARK if entry.identifying else hidden.value(value)


def _organisations(session: Session, application: Application) -> list[Organisation]:
    """The applicant with the organisation over it, those under it, and all that have a part in the site."""
    direct = select(SiteParty.organisation_id).where(SiteParty.site_id == application.site_id)
    own = select(Organisation.id).where(
        or_(Organisation.id == application.organisation_id, Organisation.id.in_(direct))
    )
    above = select(Organisation.parent_id).where(Organisation.id.in_(own), Organisation.parent_id.is_not(None))
    query = select(Organisation).where(
        or_(Organisation.id.in_(own), Organisation.id.in_(above), Organisation.parent_id.in_(own))
    )
    return list(session.scalars(query.order_by(Organisation.id)))


def _sites(session: Session, application: Application) -> list[Site]:
    """The site with those around it and those that were found to be the same: under their former names too."""
    number = application.site_id
    above = select(Site.parent_id).where(Site.id == number, Site.parent_id.is_not(None))
    query = select(Site).where(
        or_(Site.id == number, Site.id.in_(above), Site.parent_id == number, Site.merged_into_id == number)
    )
    return list(session.scalars(query.order_by(Site.id)))


def _places(session: Session, keys: Iterable[str]) -> list[Region]:
    """The districts and cities in which regions lie, themselves included, and the region that a site stands for."""
    here = select(Region.key, Region.parent_key).where(Region.key.in_(set(keys))).cte("here", recursive=True)
    here = here.union(select(Region.key, Region.parent_key).where(Region.key == here.c.parent_key))
    query = select(Region).where(Region.key.in_(select(here.c.key)), Region.level.in_(_TELLING))
    return list(session.scalars(query.order_by(Region.key)))


def _of_place(place: Region) -> Iterator[str]:
    yield from (place.name, place.name_en)
    # Without its rank 市中区 would be a part of many words, 杭州市 is not.
    bare = place.name.removesuffix(next((rank for rank in _RANKS if place.name.endswith(rank)), ""))
    if len(bare) >= (2 if place.level is Level.CITY else 3):
        yield bare


def _texts(snapshot: Any, *names: str) -> Iterator[str]:
    """What a snapshot of the applicant says under some names, however deep."""
    for key, value in snapshot.items() if isinstance(snapshot, dict) else ():
        if key in names and isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _texts(value, *names)


def _reviews(session: Session, actor: Actor, application: Application) -> bool:
    return application.kind is Kind.REVIEW and (
        session.scalar(
            select(Assignment.id).where(
                Assignment.application_id == application.id,
                Assignment.reviewer_id == actor.user_id,
                Assignment.ended_at.is_(None),
                Assignment.conflict.in_((ConflictState.NONE, ConflictState.CLEARED)),
            )
        )
        is not None
    )


def _rulings(numbers: Iterable[int]) -> Any:
    return select(BlindRuling).where(BlindRuling.evidence_id.in_(list(numbers))).order_by(BlindRuling.id)


def _hidden(thing: Any, hidden: Veil) -> Any:
    if type(thing) is str:
        return hidden.text(thing)
    if isinstance(thing, dict):
        return {key: _hidden(one, hidden) for key, one in thing.items()}
    if isinstance(thing, list | tuple):
        return [_hidden(one, hidden) for one in thing]
    if isinstance(thing, Base):
        copy = _copy(thing)
        for name, value in copy.__dict__.items():
            if type(value) is str:
                set_committed_value(copy, name, hidden.text(value))
        for relation in inspect(type(thing)).relationships:
            if relation.key not in inspect(thing).unloaded:
                set_committed_value(copy, relation.key, getattr(thing, relation.key))
        return copy
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{one.name: _hidden(getattr(thing, one.name), hidden) for one in fields(thing)})
    return thing


def _renamed(file: Evidence, name: str, hidden: Veil) -> Evidence:
    copy: Evidence = _copy(file, "uploaded_by_id", "replaces_id", "sha256")
    copy.name = name
    links = [_copy(link) for link in file.links]
    for link in links:
        link.page = hidden.text(link.page)
    set_committed_value(copy, "links", links)
    return copy


def _copy(row: Any, *without: str) -> Any:
    """Return a row as one that belongs to no session, without some columns."""
    kind = type(row)
    copy = kind()
    for column in inspect(kind).column_attrs:
        if column.key not in without:
            set_committed_value(copy, column.key, getattr(row, column.key))
    return copy


def _blind() -> ColumnElement[bool]:
    return visibility.blind_stage(Application.round_category_id).correlate(Application).exists()
