"""Visits to sites: what was seen there, and which values were established."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.shapes import Input
from registry.domain.vocabulary import Action
from registry.models import Answer, Application, SiteVisit, User, Verification, VisitPhoto
from registry.queries import filings, visibility


@dataclass(frozen=True, slots=True)
class Finding:
    """One value that a visit established, beside the one that was declared then, with the reason and who found it."""

    entry: Input
    declared: Any
    value: Any
    reason: str
    name: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit with who recorded it, the photographs that stand, and the values it established."""

    row: SiteVisit
    recorder: str
    photos: tuple[VisitPhoto, ...]
    found: tuple[Finding, ...]


def here(session: Session, application: Application) -> SiteVisit | None:
    """Return the visit that was recorded at the stage where an application stands, or None."""
    return session.scalar(
        select(SiteVisit)
        .where(SiteVisit.application_id == application.id, SiteVisit.position == application.position)
        .options(selectinload(SiteVisit.photos))
        .execution_options(populate_existing=True)
    )


def of_application(session: Session, application: Application, *, concluded: bool = False) -> list[Visit]:
    """Return the visits of an application that was loaded whole, in the order of its route."""
    return of_applications(session, [application], concluded=concluded).get(application.id, [])


def of_applications(
    session: Session, applications: Collection[Application], *, concluded: bool = True
) -> dict[int, list[Visit]]:
    """Return, by application, the visits that were concluded, or all of them; the applications are loaded whole."""
    known = {application.id: application for application in applications}
    query = select(SiteVisit).where(SiteVisit.application_id.in_(known))
    if concluded:
        query = query.where(SiteVisit.concluded_at.is_not(None))
    rows = session.scalars(query.options(selectinload(SiteVisit.photos)).order_by(SiteVisit.position)).all()
    if not rows:
        return {}
    found = _verified(session, rows)
    declared = _declared(session, [verification for one in found.values() for verification in one])
    names = _names(session, rows, found)
    visits: dict[int, list[Visit]] = {}
    for row in rows:
        entries = filings.criteria_of(known[row.application_id].round_category).inputs
        visit = Visit(
            row,
            names[row.recorded_by_id],
            tuple(photo for photo in row.photos if photo.removed_at is None),
            tuple(
                Finding(entries[one.key], declared.get(one.id), one.value, one.reason, names[one.verified_by_id])
                for one in found.get(row.id, ())
            ),
        )
        visits.setdefault(row.application_id, []).append(visit)
    return visits


def photo(session: Session, actor: Actor, action: Action, number: int) -> VisitPhoto:
    """Return a photograph of an application on which the actor may act; raises NotFound, too where it was removed."""
    found = session.scalar(
        select(VisitPhoto)
        .join(SiteVisit, SiteVisit.id == VisitPhoto.visit_id)
        .join(Application, Application.id == SiteVisit.application_id)
        .where(VisitPhoto.id == number, VisitPhoto.removed_at.is_(None), visibility.applications(actor, action))
    )
    if found is None:
        raise NotFound
    return found


def _verified(session: Session, visits: Sequence[SiteVisit]) -> dict[int, list[Verification]]:
    """The last value of each key that each visit established."""
    rows = session.scalars(
        select(Verification).where(Verification.visit_id.in_([row.id for row in visits])).order_by(Verification.id)
    )
    latest = {(row.visit_id, row.key): row for row in rows}
    found: dict[int, list[Verification]] = {}
    for (visit_id, _key), row in latest.items():
        found.setdefault(visit_id or 0, []).append(row)
    return found


def _declared(session: Session, verifications: Sequence[Verification]) -> dict[int, Any]:
    """What was declared when each was verified, by the number of the verification."""
    filing_ids = {row.filing_id for row in verifications}
    rows = session.scalars(select(Answer).where(Answer.filing_id.in_(filing_ids))).all()
    values = {(row.filing_id, row.key, row.revision): row.value for row in rows}
    return {row.id: values.get((row.filing_id, row.key, row.answer_revision)) for row in verifications}


def _names(session: Session, visits: Sequence[SiteVisit], found: Mapping[int, list[Verification]]) -> dict[int, str]:
    numbers = {row.recorded_by_id for row in visits} | {row.verified_by_id for one in found.values() for row in one}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(numbers)))}
