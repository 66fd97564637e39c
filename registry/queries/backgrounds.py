"""What links people to organisations: where they work and worked, their seats and bureaus, and what they declared."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from registry.domain.ties.values import Link, LinkKind
from registry.domain.ties.values import Organisation as Known
from registry.domain.vocabulary import Role, SeatStatus
from registry.domain.workdays import SHANGHAI, months_later
from registry.models import (
    CriteriaVersion,
    DeclaredTie,
    Employment,
    Grant,
    Membership,
    Organisation,
    ReviewerProfile,
)
from registry.queries.parties import bureaus, known, paths

# How long what a reviewer said of employments and ties is taken to be complete.
CONFIRMED_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Background:
    """What links a person to organisations, as rows to be shown: where they work and worked, and what they declared."""

    employments: list[Employment] = field(default_factory=list)
    declared: list[DeclaredTie] = field(default_factory=list)


def background(session: Session, user_id: int) -> Background:
    """Return what a reviewer has entered, or others for them, the latest first."""
    employments = session.scalars(
        select(Employment)
        .where(Employment.user_id == user_id, Employment.removed_at.is_(None))
        .order_by(Employment.until.is_not(None), Employment.until.desc(), Employment.id.desc())
    )
    declared = session.scalars(
        select(DeclaredTie)
        .where(DeclaredTie.user_id == user_id, DeclaredTie.removed_at.is_(None))
        .order_by(DeclaredTie.id.desc())
    )
    return Background(list(employments), list(declared))


def profile(session: Session, user_id: int) -> ReviewerProfile | None:
    """Return what is known of a reviewer for assignment, or None where nothing is."""
    return session.get(ReviewerProfile, user_id)


def confirmation_due(session: Session, user_id: int, at: datetime) -> bool:
    """Tell whether a reviewer is to say again that employments and ties are complete: once a year."""
    known = profile(session, user_id)
    if known is None or known.confirmed_at is None:
        return True
    said, today = (moment.astimezone(SHANGHAI).date() for moment in (known.confirmed_at, at))
    return today >= months_later(said, CONFIRMED_MONTHS)


def sets(session: Session) -> dict[str, CriteriaVersion]:
    """Return of each criteria set the newest version, by its key: an expert's fields are criteria sets."""
    rows = session.scalars(select(CriteriaVersion).order_by(CriteriaVersion.key, CriteriaVersion.number))
    return {row.key: row for row in rows}


def employers(session: Session, user_ids: Collection[int]) -> dict[int, str]:
    """Return where people work at present, as they say."""
    query = select(Employment.user_id, Employment.employer).where(
        Employment.user_id.in_(user_ids), Employment.removed_at.is_(None), Employment.until.is_(None)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(query.order_by(Employment.id)):
        found[row.user_id].append(row.employer)
    return {number: " / ".join(names) for number, names in found.items()}


def links_of(session: Session, user_ids: Collection[int]) -> dict[int, list[Link]]:
    """Return what links each of some people to organisations: employments, seats, bureaus, and what they declared."""
    found: dict[int, list[Link]] = {number: [] for number in user_ids}
    worked = select(Employment).where(Employment.user_id.in_(user_ids), Employment.removed_at.is_(None))
    for row in session.scalars(worked.order_by(Employment.id)):
        to = Known(row.employer, row.credit_code)
        found[row.user_id].append(Link(LinkKind.EMPLOYER, to, since=row.since, until=row.until))
    declared = select(DeclaredTie).where(DeclaredTie.user_id.in_(user_ids), DeclaredTie.removed_at.is_(None))
    for tie in session.scalars(declared.order_by(DeclaredTie.id)):
        to = Known(tie.organisation, tie.credit_code)
        link = Link(LinkKind.DECLARED, to, since=tie.since, until=tie.until, words=tie.words)
        found[tie.user_id].append(link)
    _add_seats(session, found)
    _add_bureaus(session, found)
    return found


def _add_seats(session: Session, found: Mapping[int, list[Link]]) -> None:
    """Add the seats that were taken: to be asked ties nobody, nor does it to decline, it is the other side's doing.

    A seat that was taken once ties whatever its holder was asked since.
    """
    lying = paths(session)
    query = (
        select(Membership, Organisation)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(
            Membership.user_id.in_(list(found)),
            or_(Membership.status.in_((SeatStatus.ACTIVE, SeatStatus.ENDED)), Membership.ended_at.is_not(None)),
        )
    )
    for seat, organisation in session.execute(query):
        active = seat.status is SeatStatus.ACTIVE
        # Of a seat that ended before ends were noted nobody knows when.
        ended = seat.ended_at or seat.created_at
        until = None if active else ended.astimezone(SHANGHAI).date()
        found[seat.user_id].append(Link(LinkKind.SEAT, known(organisation, lying), until=until))


def _add_bureaus(session: Session, found: Mapping[int, list[Link]]) -> None:
    """Add the bureaus for which people recommend: whoever belongs to one on the route has had a say already."""
    rows = session.execute(
        select(Grant.user_id, Grant.region_key, Grant.granted_at, Grant.ended_at).where(
            Grant.user_id.in_(list(found)), Grant.role == Role.RECOMMENDER
        )
    ).all()
    authorities = bureaus(session, {row.region_key for row in rows})
    for row in rows:
        until = row.ended_at.astimezone(SHANGHAI).date() if row.ended_at else None
        since = row.granted_at.astimezone(SHANGHAI).date()
        for bureau in authorities.get(row.region_key, ()):
            found[row.user_id].append(Link(LinkKind.SEAT, bureau, since=since, until=until))
