"""What happened to an application, read from the record."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import Session

from registry.domain.policy import POLICY
from registry.domain.vocabulary import Action, FilingKind, Level, Role, SeatStatus
from registry.domain.workflow import MOVES
from registry.models import Answer, Application, Event, Filing, Membership, User

_MOVES = frozenset(str(action) for _kind, _status, action in MOVES)
_ACTIONS = {str(action): action for action in Action}
_EVIDENCE = ("attach", "remove_evidence")
# What only the applicant's own people do; they alone stand there by name.
_APPLICANTS = ("start", Action.SUBMIT, Action.WITHDRAW, *_EVIDENCE)
SITTING = timedelta(hours=1)
_SAID = ("label", "note", "reason", "opinion")


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a history.

    Where something was handed in, `digest` is that of the content and `filing` says what it was; `passed` are the
    levels at which no bureau was there to recommend, so that the application went past.
    """

    at: datetime
    action: str
    name: str
    role: Role | None
    said: str
    digest: str
    clock_moved: bool
    filing: FilingKind | None = None
    passed: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class Sitting:
    """Answers that one person saved in one go: when the last of them, and how many."""

    at: datetime
    name: str
    count: int


def of_application(session: Session, application: Application, *, names: bool, drafts: bool = False) -> list[Happening]:
    """Return the history of an application, newest first.

    With `names` it is the office's: all that happened, by whom. Without, it is that of the applicant and its bureau:
    where the application went and what evidence came and went, with the names of the applicant's own people alone.
    Who acts for an authority stands there by role: who screened or reviewed is no business of the applicant.

    Only the applicant reads with `drafts` what evidence came and went since something was handed in last: until it is
    handed in too, that is nobody else's business.
    """
    query = (
        select(Event, User.name)
        # A history tells of acts; each single save stands in the record, for the auditor.
        .where(Event.application_id == application.id, Event.action != "save")
        .order_by(Event.seq.desc())
    )
    if not drafts:
        query = query.where(or_(Event.action.not_in(_EVIDENCE), Event.seq < _handed_in_last(application)))
    if names:
        query = query.outerjoin(User, User.id == Event.actor_id)
    else:
        members = select(Membership.user_id).where(
            Membership.organisation_id == application.organisation_id,
            Membership.status.in_((SeatStatus.ACTIVE, SeatStatus.ENDED)),
        )
        moved = or_(Event.before.is_distinct_from(Event.after), Event.action.in_((*_MOVES, *_EVIDENCE)))
        query = query.outerjoin(
            User, and_(User.id == Event.actor_id, User.id.in_(members), Event.action.in_(_APPLICANTS))
        ).where(Event.subject == "application", moved)
    return [
        Happening(
            event.at,
            event.action,
            name or "",
            role_of(event.action) if event.actor_id is not None else None,
            _said(event, application),
            event.payload.get("digest", ""),
            event.clock_moved,
            FilingKind(event.payload["filing"]) if event.payload.get("filing") else None,
            tuple(Level(level) for level in event.payload.get("passed", ())),
        )
        for event, name in session.execute(query)
    ]


def sittings(session: Session, application: Application) -> list[Sitting]:
    """Return when answers of an application were saved, newest first: saves of one person without an hour between."""
    query = (
        select(Answer.saved_at, Answer.saved_by_id, User.name, func.count())
        .join(Filing, Filing.id == Answer.filing_id)
        .join(User, User.id == Answer.saved_by_id)
        .where(Filing.application_id == application.id)
        .group_by(Answer.saved_at, Answer.saved_by_id, User.name)
        .order_by(Answer.saved_at)
    )
    found: list[Sitting] = []
    last = None
    for at, person, name, count in session.execute(query):
        if last == person and at - found[-1].at < SITTING:
            found[-1] = Sitting(at, name, found[-1].count + count)
        else:
            found.append(Sitting(at, name, count))
        last = person
    return found[::-1]


def _handed_in_last(application: Application) -> ScalarSelect[int]:
    """The number of the event with which something was handed in last; 0 where nothing was."""
    return (
        select(func.coalesce(func.max(Event.seq), 0))
        .where(Event.application_id == application.id, Event.action == Action.SUBMIT)
        .scalar_subquery()
    )


def _said(event: Event, application: Application) -> str:
    """What was said with an event. Why somebody withdrew is personal: the application keeps it, not the event."""
    if event.action == Action.WITHDRAW:
        return application.withdrawal_reason
    return " · ".join(str(event.payload[key]) for key in _SAID if event.payload.get(key))


def role_of(action: str) -> Role | None:
    """Return the role that an action belongs to, or None where it is not one of the policy's."""
    return POLICY[_ACTIONS[action]][-1].role if action in _ACTIONS else None
