"""What waits for people outside the office: applicants, bureaus, reviewers, approvers and the administrator."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from registry.domain.policy import Actor, Seat
from registry.domain.vocabulary import (
    Action,
    ConflictState,
    CriteriaStatus,
    DecisionStatus,
    Duty,
    FilingKind,
    Kind,
    ReviewStatus,
    SeatStatus,
    Standing,
    Status,
    TokenPurpose,
    UserStatus,
)
from registry.domain.workflow import WITH_APPLICANT
from registry.models import (
    Application,
    Assignment,
    Category,
    Correction,
    CriteriaVersion,
    Decision,
    Filing,
    Membership,
    Programme,
    Review,
    Round,
    RoundCategory,
    Token,
    User,
)
from registry.queries import bureaus, recommendations, visibility

# How many of one's own applications stand on the desk by themselves.
MOST = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits: how many of it, until when, and where it belongs.

    `only` is the number of the one thing where there is one; `site_id` and `filing` say which of an applicant's it is,
    `left` how many a bureau may still recommend.
    """

    duty: Duty
    count: int = 1
    due: datetime | None = None
    only: int | None = None
    programme_id: int | None = None
    round_category_id: int | None = None
    site_id: int | None = None
    filing: FilingKind | None = None
    left: int | None = None


def of_applicant(session: Session, actor: Actor) -> list[Waiting]:
    """Return what is with the applicant: what to finish, to sign, to correct or to file next, and seats offered."""
    found = _filings(session, actor) if actor.seats else []
    asked = session.scalars(
        select(Membership.organisation_id).where(
            Membership.user_id == actor.user_id, Membership.status == SeatStatus.ASKED
        )
    ).all()
    if asked:
        found.append(Waiting(Duty.TAKE_SEAT, len(asked), only=_only(len(asked), asked[0])))
    return found


def of_bureau(session: Session, actor: Actor) -> list[Waiting]:
    """Return what waits for the opinion of the actor's bureaus, with the organisations and sites to confirm first."""
    rows = recommendations.turns(session, actor)
    found = []
    for number in dict.fromkeys(row.round_category_id for row in rows):
        here = [row for row in rows if row.round_category_id == number]
        for duty, numbers in (
            (Duty.CONFIRM_ORGANISATION, [row.id for row in here if row.organisation is Standing.PENDING]),
            (Duty.CONFIRM_SITE, [row.id for row in here if row.site is Standing.PENDING]),
            (Duty.RECOMMEND, [row.id for row in here]),
        ):
            if numbers:
                only = _only(len(numbers), numbers[0])
                found.append(Waiting(duty, len(numbers), only=only, round_category_id=number))
    left = bureaus.left(session, actor, {row.round_category_id for row in rows}) if found else {}
    return [
        Waiting(
            row.duty, row.count, None, row.only, None, row.round_category_id, left=left.get(row.round_category_id or 0)
        )
        if row.duty is Duty.RECOMMEND
        else row
        for row in found
    ]


def of_reviewer(session: Session, actor: Actor) -> list[Waiting]:
    """Return the applications that the actor is still to mark."""
    rows = session.execute(
        select(
            Application.round_category_id,
            func.count().label("number"),
            func.min(Assignment.id).label("first"),
            func.min(Assignment.due_at).label("due"),
        )
        .join(Assignment, Assignment.application_id == Application.id)
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .where(
            visibility.applications(actor, Action.REVIEW),
            Assignment.reviewer_id == actor.user_id,
            Assignment.ended_at.is_(None),
            Assignment.conflict.in_((ConflictState.NONE, ConflictState.CLEARED)),
            Application.kind == Kind.REVIEW,
            Application.status == Status.WAITING,
            func.coalesce(Review.status, ReviewStatus.STARTED) != ReviewStatus.FINISHED,
        )
        .group_by(Application.round_category_id)
    )
    return [
        Waiting(
            Duty.MARK,
            row.number,
            row.due,
            only=_only(row.number, row.first),
            round_category_id=row.round_category_id,
        )
        for row in rows
    ]


def of_approver(session: Session, actor: Actor) -> list[Waiting]:
    """Return the decisions that others proposed and the criteria that others loaded."""
    rows = session.execute(
        select(
            Decision.programme_id,
            Decision.round_category_id,
            func.count().label("number"),
            func.min(Decision.id).label("first"),
        )
        .where(
            visibility.of_programmes(Decision.programme_id, actor, Action.APPROVE),
            Decision.status == DecisionStatus.PROPOSED,
            Decision.proposed_by_id != actor.user_id,
        )
        .group_by(Decision.programme_id, Decision.round_category_id)
    )
    found = [
        Waiting(Duty.APPROVE, row.number, None, _only(row.number, row.first), row.programme_id, row.round_category_id)
        for row in rows
    ]
    drafts = select(func.count(), func.min(CriteriaVersion.id)).where(
        CriteriaVersion.status == CriteriaStatus.DRAFT, CriteriaVersion.prepared_by_id != actor.user_id
    )
    return found + _counted(session, drafts, Duty.APPROVE_CRITERIA)


def of_administrator(session: Session) -> list[Waiting]:
    """Return the invitations that nobody has accepted yet, and the programmes that have no category."""
    rows = session.execute(
        select(Token.user_id, func.max(Token.expires_at).label("until"))
        .join(User, User.id == Token.user_id)
        .where(Token.purpose == TokenPurpose.INVITATION, Token.used_at.is_(None), User.status == UserStatus.INVITED)
        .group_by(Token.user_id)
    ).all()
    found = []
    if rows:
        due = min(row.until for row in rows)
        found.append(Waiting(Duty.AWAIT_INVITED, len(rows), due, _only(len(rows), rows[0].user_id)))
    bare = session.execute(
        select(Programme.id).where(Programme.id.not_in(select(Category.programme_id))).order_by(Programme.id)
    )
    return found + [Waiting(Duty.ADD_CATEGORIES, only=row.id, programme_id=row.id) for row in bare]


def _filings(session: Session, actor: Actor) -> list[Waiting]:
    """What an applicant has to do, one line an application, what is due first before the others."""
    correction = and_(Correction.application_id == Application.id, Correction.closed_at.is_(None))
    due = case(
        (Application.status == Status.RETURNED, Correction.due_at),
        (Application.status == Status.DUE, Filing.due_at),
        else_=Round.closes_at,
    ).label("due")
    rows = session.execute(
        select(
            Application.id,
            Application.status,
            Application.organisation_id,
            Application.round_category_id,
            Application.site_id,
            Filing.kind,
            Filing.revision,
            Filing.saved_by_id,
            due,
        )
        .join(Filing, and_(Filing.application_id == Application.id, Filing.current))
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .join(Round, Round.id == RoundCategory.round_id)
        .outerjoin(Correction, correction)
        .where(visibility.applications(actor, Action.VIEW_OWN), Application.status.in_(WITH_APPLICANT))
        .order_by(due.is_(None), due, Application.id)
        .limit(MOST)
    ).all()
    seats = {seat.organisation_id: seat for seat in actor.seats}
    return [
        Waiting(
            _duty(
                row.status, seats[row.organisation_id], by_others=row.revision > 0 and row.saved_by_id != actor.user_id
            ),
            due=row.due,
            only=row.id,
            round_category_id=row.round_category_id,
            site_id=row.site_id,
            filing=row.kind,
        )
        for row in rows
    ]


def _duty(status: Status, seat: Seat, *, by_others: bool) -> Duty:
    if status is Status.RETURNED:
        return Duty.CORRECT
    if seat.signatory and by_others:
        return Duty.SIGN
    return Duty.FILE_NEXT if status is Status.DUE else Duty.FINISH_DRAFT


def _counted(session: Session, query: Select[int, int | None], duty: Duty) -> list[Waiting]:
    number, first = session.execute(query).one()
    return [Waiting(duty, number, only=_only(number, first))] if number else []


def _only(number: int, first: int | None) -> int | None:
    return first if number == 1 else None
