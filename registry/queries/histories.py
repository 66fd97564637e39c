"""What happened to an application, read from the record."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.policy import POLICY
from registry.domain.vocabulary import Action, Role
from registry.domain.workflow import MOVES
from registry.models import Application, Event, User

_MOVES = frozenset(str(action) for _kind, _status, action in MOVES)
_ACTIONS = {str(action): action for action in Action}
_SAID = ("label", "note", "reason", "opinion")


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a history. To the applicant the name is empty, only the role is told."""

    at: datetime
    action: str
    name: str
    role: Role | None
    said: str
    clock_moved: bool


def of_application(session: Session, application: Application, *, names: bool) -> list[Happening]:
    """Return the history of an application, newest first.

    With `names` it is the office's: all that happened, by whom. Without, it is the applicant's: the moves, by role.
    """
    query = (
        select(Event, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.application_id == application.id)
        .order_by(Event.seq.desc())
    )
    if not names:
        query = query.where(Event.action.in_(_MOVES))
    return [
        Happening(
            event.at,
            event.action,
            (name or "") if names else "",
            role_of(event.action) if event.actor_id is not None else None,
            " · ".join(str(event.payload[key]) for key in _SAID if event.payload.get(key)),
            event.clock_moved,
        )
        for event, name in session.execute(query)
    ]


def role_of(action: str) -> Role | None:
    """Return the role that an action belongs to, or None where it is not one of the policy's."""
    return POLICY[_ACTIONS[action]][-1].role if action in _ACTIONS else None
