"""The way of an application, as one table of moves.

A route is a tuple of stages; an application stands at a position of its route with a status. A move never names
the next stage: it says whether the application stays, goes on, goes back to the applicant, resumes or ends, and
the route says where that is.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from registry.domain.errors import WrongState
from registry.domain.vocabulary import Action, Kind, Status


class Course(StrEnum):
    """What a move does to the position on the route."""

    STAY = "stay"
    ONWARD = "onward"
    BACK = "back"
    RESUME = "resume"
    END = "end"


@dataclass(frozen=True, slots=True)
class Move:
    """The course of a move and the status it leads to."""

    course: Course
    status: Status


@dataclass(frozen=True, slots=True)
class Place:
    """A position on a route and the status there."""

    position: int
    status: Status


ENDED = frozenset(
    {
        Status.CERTIFIED,
        Status.WITHDRAWN,
        Status.LAPSED,
        Status.DECLINED,
        Status.REFUSED,
        Status.BARRED,
        Status.FAILED,
        Status.UNSELECTED,
        Status.EXCLUDED,
        Status.REMOVED,
        Status.TERMINATED,
    }
)
# The applicant has the filing and may write in it.
WITH_APPLICANT = (Status.DRAFTED, Status.DUE, Status.RETURNED)

_ONWARD = Move(Course.ONWARD, Status.WAITING)


def _end(status: Status) -> Move:
    return Move(Course.END, status)


_BEFORE_DECISION = (
    Kind.RECOMMENDATION,
    Kind.SCREENING,
    Kind.LIBRARY,
    Kind.SCORING,
    Kind.REVIEW,
    Kind.SITE_VISIT,
    Kind.DELIBERATION,
)
_BEFORE_PUBLICATION = (Kind.NOTICE, Kind.PUBLICATION)

MOVES: Mapping[tuple[Kind, Status, Action], Move] = {
    (Kind.FILING, Status.DRAFTED, Action.SUBMIT): _ONWARD,
    (Kind.FILING, Status.DRAFTED, Action.WITHDRAW): _end(Status.WITHDRAWN),
    (Kind.FILING, Status.DUE, Action.SUBMIT): _ONWARD,
    (Kind.FILING, Status.RETURNED, Action.SUBMIT): Move(Course.RESUME, Status.WAITING),
    **{
        (Kind.FILING, status, action): _end(end)
        for status in (Status.DUE, Status.RETURNED)
        for action, end in (
            (Action.WITHDRAW, Status.WITHDRAWN),
            (Action.LAPSE, Status.LAPSED),
            (Action.TERMINATE, Status.TERMINATED),
        )
    },
    (Kind.FILING, Status.RETURNED, Action.EXCLUDE): _end(Status.EXCLUDED),
    (Kind.RECOMMENDATION, Status.WAITING, Action.RECOMMEND): _ONWARD,
    (Kind.RECOMMENDATION, Status.WAITING, Action.DECLINE): _end(Status.DECLINED),
    (Kind.SCREENING, Status.WAITING, Action.ACCEPT): _ONWARD,
    (Kind.SCREENING, Status.WAITING, Action.RETURN): Move(Course.BACK, Status.RETURNED),
    (Kind.SCREENING, Status.WAITING, Action.REFUSE): _end(Status.REFUSED),
    (Kind.SCREENING, Status.WAITING, Action.BAR): _end(Status.BARRED),
    (Kind.LIBRARY, Status.WAITING, Action.CALL): _ONWARD,
    (Kind.SCORING, Status.WAITING, Action.SCORE): _ONWARD,
    (Kind.SCORING, Status.WAITING, Action.FAIL): _end(Status.FAILED),
    (Kind.SCORING, Status.WAITING, Action.RETURN): Move(Course.BACK, Status.RETURNED),
    (Kind.REVIEW, Status.WAITING, Action.CONCLUDE_REVIEW): _ONWARD,
    (Kind.REVIEW, Status.WAITING, Action.FAIL): _end(Status.FAILED),
    (Kind.SITE_VISIT, Status.WAITING, Action.CONCLUDE_VISIT): _ONWARD,
    (Kind.SITE_VISIT, Status.WAITING, Action.FAIL): _end(Status.FAILED),
    (Kind.DELIBERATION, Status.WAITING, Action.SELECT): Move(Course.ONWARD, Status.SELECTED),
    (Kind.DELIBERATION, Status.WAITING, Action.RESERVE): Move(Course.STAY, Status.RESERVED),
    (Kind.DELIBERATION, Status.WAITING, Action.PASS_OVER): _end(Status.UNSELECTED),
    (Kind.DELIBERATION, Status.RESERVED, Action.SELECT): Move(Course.ONWARD, Status.SELECTED),
    (Kind.DELIBERATION, Status.RESERVED, Action.PASS_OVER): _end(Status.UNSELECTED),
    (Kind.DELIBERATION, Status.RESERVED, Action.EXPIRE): _end(Status.UNSELECTED),
    (Kind.DELIBERATION, Status.RESERVED, Action.WITHDRAW): _end(Status.WITHDRAWN),
    (Kind.DELIBERATION, Status.RESERVED, Action.TERMINATE): _end(Status.TERMINATED),
    (Kind.NOTICE, Status.SELECTED, Action.CLEAR): Move(Course.ONWARD, Status.SELECTED),
    (Kind.NOTICE, Status.SELECTED, Action.REMOVE): _end(Status.REMOVED),
    (Kind.PUBLICATION, Status.SELECTED, Action.PUBLISH): Move(Course.ONWARD, Status.SELECTED),
    (Kind.CERTIFICATE, Status.SELECTED, Action.ISSUE): _end(Status.CERTIFIED),
    **{
        (kind, Status.WAITING, action): _end(end)
        for kind in _BEFORE_DECISION
        for action, end in ((Action.WITHDRAW, Status.WITHDRAWN), (Action.TERMINATE, Status.TERMINATED))
    },
    **{
        (kind, Status.SELECTED, action): _end(end)
        for kind in _BEFORE_PUBLICATION
        for action, end in ((Action.WITHDRAW, Status.WITHDRAWN), (Action.TERMINATE, Status.TERMINATED))
    },
    # A selection leaves those standing that wait in a library or for another filing.
    **{
        (kind, Status.WAITING, Action.EXCLUDE): _end(Status.EXCLUDED)
        for kind in _BEFORE_DECISION
        if kind not in (Kind.LIBRARY, Kind.DELIBERATION)
    },
}


def moves_at(kind: Kind, status: Status) -> tuple[Action, ...]:
    """Return the actions that the table knows at this kind of stage and status, in the table's order."""
    return tuple(action for (k, s, action) in MOVES if k is kind and s is status)


def advance(
    route: tuple[Kind, ...],
    place: Place,
    action: Action,
    resume_at: int | None = None,
    *,
    passed: Collection[int] = (),
) -> Place:
    """Return the place after the action.

    `resume_at` is the position from which the filing was returned; `passed` are positions at which nobody is to act on
    this application, which it goes past. Raises WrongState where the table has no such move here.
    """
    move = MOVES.get((route[place.position], place.status, action))
    if move is None:
        raise WrongState("moved_on", action=action, kind=route[place.position], status=place.status)
    match move.course:
        case Course.ONWARD:
            position = next(at for at in range(place.position + 1, len(route)) if at not in passed)
            return Place(position, Status.DUE if route[position] is Kind.FILING else move.status)
        case Course.BACK:
            return Place(filing_before(route, place.position), move.status)
        case Course.RESUME:
            if resume_at is None:
                raise WrongState("moved_on", action=action, kind=route[place.position], status=place.status)
            return Place(resume_at, move.status)
        case Course.STAY | Course.END:
            return Place(place.position, move.status)


def filing_before(route: tuple[Kind, ...], position: int) -> int:
    """Return the position of the last filing at or before a position."""
    return max(at for at in range(position + 1) if route[at] is Kind.FILING)


def diagram() -> str:
    """Return the life of an application as a Mermaid state diagram, drawn from the table of moves.

    The stages stand in the order of the longest route; a resumed application goes to the stage that returned it, and
    where a route asks for another filing the application goes from its library or its screening to one that is due.
    """
    lines = ["stateDiagram-v2", "    [*] --> filing_drafted"]
    for (kind, status, action), move in MOVES.items():
        lines += [f"    {kind}_{status} --> {there}: {action}" for there in _targets(kind, action, move)]
    lines += [f"    {status} --> [*]" for status in Status if status in ENDED]
    return "\n".join(lines)


def _targets(kind: Kind, action: Action, move: Move) -> list[str]:
    order = list(Kind)
    match move.course:
        case Course.ONWARD:
            onward = [f"{order[order.index(kind) + 1]}_{move.status}"]
            return [*onward, f"{Kind.FILING}_{Status.DUE}"] if action in (Action.ACCEPT, Action.CALL) else onward
        case Course.BACK:
            return [f"{Kind.FILING}_{move.status}"]
        case Course.RESUME:
            return [f"{source}_{move.status}" for source, _status, name in MOVES if name is Action.RETURN]
        case Course.STAY:
            return [f"{kind}_{move.status}"]
        case Course.END:
            return [str(move.status)]
