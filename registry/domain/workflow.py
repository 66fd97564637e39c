"""The way of an application, as one table of moves.

A route is a tuple of stages; an application stands at a position of its route with a status. A move never names
the next stage: it says whether the application stays, goes on, goes back to the applicant, resumes or ends, and
the route says where that is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from registry.domain.errors import Invalid, WrongState
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
    }
)

_ONWARD = Move(Course.ONWARD, Status.WAITING)


def _end(status: Status) -> Move:
    return Move(Course.END, status)


_BEFORE_DECISION = (Kind.RECOMMENDATION, Kind.SCREENING, Kind.SCORING, Kind.REVIEW, Kind.DELIBERATION)

MOVES: Mapping[tuple[Kind, Status, Action], Move] = {
    (Kind.FILING, Status.DRAFTED, Action.SUBMIT): _ONWARD,
    (Kind.FILING, Status.DRAFTED, Action.WITHDRAW): _end(Status.WITHDRAWN),
    (Kind.FILING, Status.RETURNED, Action.SUBMIT): Move(Course.RESUME, Status.WAITING),
    (Kind.FILING, Status.RETURNED, Action.WITHDRAW): _end(Status.WITHDRAWN),
    (Kind.FILING, Status.RETURNED, Action.LAPSE): _end(Status.LAPSED),
    (Kind.FILING, Status.RETURNED, Action.EXCLUDE): _end(Status.EXCLUDED),
    (Kind.RECOMMENDATION, Status.WAITING, Action.RECOMMEND): _ONWARD,
    (Kind.RECOMMENDATION, Status.WAITING, Action.DECLINE): _end(Status.DECLINED),
    (Kind.SCREENING, Status.WAITING, Action.ACCEPT): _ONWARD,
    (Kind.SCREENING, Status.WAITING, Action.RETURN): Move(Course.BACK, Status.RETURNED),
    (Kind.SCREENING, Status.WAITING, Action.REFUSE): _end(Status.REFUSED),
    (Kind.SCREENING, Status.WAITING, Action.BAR): _end(Status.BARRED),
    (Kind.SCORING, Status.WAITING, Action.SCORE): _ONWARD,
    (Kind.SCORING, Status.WAITING, Action.FAIL): _end(Status.FAILED),
    (Kind.SCORING, Status.WAITING, Action.RETURN): Move(Course.BACK, Status.RETURNED),
    (Kind.REVIEW, Status.WAITING, Action.CONCLUDE_REVIEW): _ONWARD,
    (Kind.REVIEW, Status.WAITING, Action.FAIL): _end(Status.FAILED),
    (Kind.DELIBERATION, Status.WAITING, Action.SELECT): Move(Course.ONWARD, Status.SELECTED),
    (Kind.DELIBERATION, Status.WAITING, Action.RESERVE): Move(Course.STAY, Status.RESERVED),
    (Kind.DELIBERATION, Status.WAITING, Action.PASS_OVER): _end(Status.UNSELECTED),
    (Kind.DELIBERATION, Status.RESERVED, Action.SELECT): Move(Course.ONWARD, Status.SELECTED),
    (Kind.NOTICE, Status.SELECTED, Action.CLEAR): Move(Course.ONWARD, Status.SELECTED),
    (Kind.NOTICE, Status.SELECTED, Action.REMOVE): _end(Status.REMOVED),
    (Kind.PUBLICATION, Status.SELECTED, Action.PUBLISH): Move(Course.ONWARD, Status.SELECTED),
    (Kind.CERTIFICATE, Status.SELECTED, Action.ISSUE): _end(Status.CERTIFIED),
    **{(kind, Status.WAITING, Action.WITHDRAW): _end(Status.WITHDRAWN) for kind in _BEFORE_DECISION},
    **{
        (kind, Status.WAITING, Action.EXCLUDE): _end(Status.EXCLUDED)
        for kind in _BEFORE_DECISION
        if kind is not Kind.DELIBERATION
    },
}


def moves_at(kind: Kind, status: Status) -> tuple[Action, ...]:
    """Return the actions that the table knows at this kind of stage and status, in the table's order."""
    return tuple(action for (k, s, action) in MOVES if k is kind and s is status)


def advance(route: tuple[Kind, ...], place: Place, action: Action, resume_at: int | None = None) -> Place:
    """Return the place after the action; ``resume_at`` is the position from which the filing was returned.

    Raises WrongState where the table has no such move here.
    """
    move = MOVES.get((route[place.position], place.status, action))
    if move is None:
        raise WrongState("moved_on", action=action, kind=route[place.position], status=place.status)
    match move.course:
        case Course.ONWARD:
            return Place(place.position + 1, move.status)
        case Course.BACK:
            return Place(route.index(Kind.FILING), move.status)
        case Course.RESUME:
            if resume_at is None:
                raise WrongState("moved_on", action=action, kind=route[place.position], status=place.status)
            return Place(resume_at, move.status)
        case Course.STAY | Course.END:
            return Place(place.position, move.status)


def check_route(route: tuple[Kind, ...]) -> None:
    """Raise Invalid where a route cannot be walked from its filing to its end.

    A route begins with the filing, names each kind at most once, keeps the order in which the kinds lead to one
    another, and holds what a decision needs: deliberation, notice, publication and certificate.
    """
    if not route or route[0] is not Kind.FILING:
        raise Invalid("route_begins_with_filing", field="route")
    if len(set(route)) != len(route):
        raise Invalid("route_repeats_a_stage", field="route")
    for kind in (Kind.SCORING, Kind.DELIBERATION, Kind.NOTICE, Kind.PUBLICATION, Kind.CERTIFICATE):
        if kind not in route:
            raise Invalid("route_lacks_a_stage", field="route", kind=kind)
    deciding = (Kind.DELIBERATION, Kind.NOTICE, Kind.PUBLICATION, Kind.CERTIFICATE)
    if route[-4:] != deciding:
        raise Invalid("route_ends_wrongly", field="route")
    if Kind.REVIEW in route and route.index(Kind.REVIEW) < route.index(Kind.SCORING):
        raise Invalid("route_reviews_before_scoring", field="route")


def diagram() -> str:
    """Return the life of an application as a Mermaid state diagram, drawn from the table of moves.

    The stages stand in the order of the whole route; a resumed application goes to the stage that returned it.
    """
    lines = ["stateDiagram-v2", "    [*] --> filing_drafted"]
    for (kind, status, action), move in MOVES.items():
        lines += [f"    {kind}_{status} --> {there}: {action}" for there in _targets(kind, move)]
    lines += [f"    {status} --> [*]" for status in Status if status in ENDED]
    return "\n".join(lines)


def _targets(kind: Kind, move: Move) -> list[str]:
    order = list(Kind)
    match move.course:
        case Course.ONWARD:
            return [f"{order[order.index(kind) + 1]}_{move.status}"]
        case Course.BACK:
            return [f"{Kind.FILING}_{move.status}"]
        case Course.RESUME:
            return [f"{source}_{move.status}" for source, _status, action in MOVES if action is Action.RETURN]
        case Course.STAY:
            return [f"{kind}_{move.status}"]
        case Course.END:
            return [str(move.status)]
