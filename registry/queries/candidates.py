"""Who may review an application: the reviewers of its programme, with what they have open and what ties them to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import Session

from registry.domain.policy import Actor, still_interested
from registry.domain.ties.values import Judged
from registry.domain.vocabulary import Action, Kind, ReviewStatus, Role, SeatStatus, Status, UserStatus
from registry.models import (
    Application,
    Assignment,
    Grant,
    Membership,
    Programme,
    Region,
    Review,
    ReviewerProfile,
    Round,
    RoundCategory,
    User,
)
from registry.queries import backgrounds, ties, visibility
from registry.queries.reviews import OPEN


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reviewer of the programme: employer and region as known, open reviews, and what ties them to the applicants."""

    user: User
    employer: str
    region: Region | None
    load: int
    ties: Judged


def of_application(session: Session, application: Application, at: datetime) -> list[Candidate]:
    """Return the reviewers of the application's programme, those with the fewest open reviews first."""
    rows = session.execute(
        select(User, Region)
        .outerjoin(ReviewerProfile, ReviewerProfile.user_id == User.id)
        .outerjoin(Region, Region.key == ReviewerProfile.region_key)
        .where(User.id.in_(_granted(_programme(application))), User.status == UserStatus.ACTIVE)
        .order_by(User.id)
    ).all()
    carried = loads(session)
    employers = backgrounds.employers(session, [user.id for user, _region in rows])
    found = ties.of_application(session, application, [user for user, _region in rows], at)
    listed = [
        Candidate(user, employers.get(user.id, ""), region, carried.get(user.id, 0), found[user.id])
        for user, region in rows
    ]
    return sorted(listed, key=lambda candidate: (candidate.load, candidate.user.id))


def people_of_office(session: Session, actor: Actor) -> list[User]:
    """Return the reviewers of the programmes in which the actor assigns, by name."""
    programmes = select(Programme.id).where(visibility.of_programmes(Programme.id, actor, Action.ASSIGN))
    granted = select(Grant.user_id).where(
        Grant.role == Role.REVIEWER,
        Grant.ended_at.is_(None),
        or_(Grant.programme_id.is_(None), Grant.programme_id.in_(programmes)),
    )
    query = select(User).where(User.id.in_(granted), User.status != UserStatus.DISABLED)
    return list(session.scalars(query.order_by(User.name, User.id)))


def reviewers_of(programme_id: int) -> Select[User]:
    """Return the query for those who have the role of a reviewer in a programme, and an open account."""
    return select(User).where(User.id.in_(_granted(programme_id)), User.status == UserStatus.ACTIVE)


def in_office(session: Session, programme_id: int) -> frozenset[int]:
    """Return the people who have another role than that of a reviewer in a programme: they see who applies there."""
    rows = session.scalars(
        select(Grant.user_id).where(
            Grant.role != Role.REVIEWER,
            Grant.ended_at.is_(None),
            or_(Grant.programme_id.is_(None), Grant.programme_id == programme_id),
        )
    )
    return frozenset(rows)


def may_be_assigned(session: Session, application: Application, reviewer: User) -> bool:
    """Tell whether somebody has the role of a reviewer in the application's programme, and an open account."""
    granted = select(User.id).where(
        User.id == reviewer.id, User.id.in_(_granted(_programme(application))), User.status == UserStatus.ACTIVE
    )
    return session.scalar(granted) is not None


def is_member(session: Session, application: Application, user_id: int, at: datetime) -> bool:
    """Tell whether somebody has a seat in the organisation that makes an application, or had one not long ago."""
    seat = session.scalar(
        select(Membership).where(
            Membership.organisation_id == application.organisation_id, Membership.user_id == user_id
        )
    )
    if seat is None:
        return False
    past = seat.ended_at is not None and still_interested(seat.ended_at, at)
    return past or seat.status is SeatStatus.ACTIVE


def _programme(application: Application) -> ScalarSelect[int]:
    """The programme of an application, as part of a statement."""
    return (
        select(Round.programme_id)
        .join(RoundCategory, RoundCategory.round_id == Round.id)
        .where(RoundCategory.id == application.round_category_id)
        .scalar_subquery()
    )


def _granted(programme: int | ScalarSelect[int]) -> Select[int]:
    """The people to whom the role is granted in a programme."""
    return select(Grant.user_id).where(
        Grant.role == Role.REVIEWER,
        Grant.ended_at.is_(None),
        or_(Grant.programme_id.is_(None), Grant.programme_id == programme),
    )


def loads(session: Session) -> dict[int, int]:
    """Return how many reviews each reviewer has that are not finished, over all programmes."""
    rows = session.execute(
        select(Assignment.reviewer_id, func.count().label("load"))
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .join(Application, Application.id == Assignment.application_id)
        .where(
            Assignment.ended_at.is_(None),
            Assignment.conflict.in_(OPEN),
            Application.kind == Kind.REVIEW,
            Application.status == Status.WAITING,
            or_(Review.id.is_(None), Review.status != ReviewStatus.FINISHED),
        )
        .group_by(Assignment.reviewer_id)
    )
    return {row.reviewer_id: row.load for row in rows}
