"""The table of moves, and how an application walks a route by it."""

from itertools import pairwise

import pytest

from registry.domain import routes
from registry.domain.errors import WrongState
from registry.domain.vocabulary import Action, Kind, Status
from registry.domain.workflow import ENDED, MOVES, WITH_APPLICANT, Place, advance, filing_before, moves_at

WHOLE = (
    Kind.FILING,
    Kind.RECOMMENDATION,
    Kind.SCREENING,
    Kind.SCORING,
    Kind.REVIEW,
    Kind.DELIBERATION,
    Kind.NOTICE,
    Kind.PUBLICATION,
    Kind.CERTIFICATE,
)
# Registered, checked, reported at mid-term, checked, accepted: three filings, each with its screening.
PILOT = (
    *(Kind.FILING, Kind.SCREENING, Kind.FILING, Kind.SCREENING, Kind.FILING, Kind.SCREENING, Kind.SCORING),
    *(Kind.DELIBERATION, Kind.NOTICE, Kind.PUBLICATION, Kind.CERTIFICATE),
)
IN_TURN = (Kind.FILING, Kind.RECOMMENDATION, Kind.RECOMMENDATION, Kind.RECOMMENDATION, *WHOLE[2:])
# What takes an application past each kind of stage.
ONWARD = {
    Kind.FILING: Action.SUBMIT,
    Kind.RECOMMENDATION: Action.RECOMMEND,
    Kind.SCREENING: Action.ACCEPT,
    Kind.LIBRARY: Action.CALL,
    Kind.SCORING: Action.SCORE,
    Kind.REVIEW: Action.CONCLUDE_REVIEW,
    Kind.SITE_VISIT: Action.CONCLUDE_VISIT,
    Kind.DELIBERATION: Action.SELECT,
    Kind.NOTICE: Action.CLEAR,
    Kind.PUBLICATION: Action.PUBLISH,
    Kind.CERTIFICATE: Action.ISSUE,
}
# The status in which an application arrives at each kind of stage.
ARRIVING = {
    Kind.FILING: Status.DUE,
    Kind.NOTICE: Status.SELECTED,
    Kind.PUBLICATION: Status.SELECTED,
    Kind.CERTIFICATE: Status.SELECTED,
}


def walk(*actions: Action, route: tuple[Kind, ...] = WHOLE) -> Place:
    place = Place(0, Status.DRAFTED)
    for action in actions:
        place = advance(route, place, action)
    return place


@pytest.mark.parametrize("name", list(routes.PRESETS))
def test_every_offered_route_is_walked_to_its_end(name):
    route = tuple(step.kind for step in routes.preset(name))
    place = Place(0, Status.DRAFTED)
    for position, kind in enumerate(route[:-1]):
        assert place.position == position
        place = advance(route, place, ONWARD[kind])
        assert place.status is ARRIVING.get(route[place.position], Status.WAITING)
    assert advance(route, place, Action.ISSUE) == Place(len(route) - 1, Status.CERTIFIED)


@pytest.mark.parametrize("name", list(routes.PRESETS))
def test_on_every_offered_route_each_stage_can_be_left_by_its_applicant_until_it_is_published(name):
    route = tuple(step.kind for step in routes.preset(name))
    for position, kind in enumerate(route):
        status = ARRIVING.get(kind, Status.WAITING) if position else Status.DRAFTED
        if kind is Kind.CERTIFICATE:
            assert Action.WITHDRAW not in moves_at(kind, status)
        else:
            left = advance(route, Place(position, status), Action.WITHDRAW)
            assert left == Place(position, Status.WITHDRAWN)


def test_a_returned_application_resumes_where_it_was_returned():
    returned = advance(WHOLE, walk(Action.SUBMIT, Action.RECOMMEND), Action.RETURN)
    assert returned == Place(0, Status.RETURNED)
    assert advance(WHOLE, returned, Action.SUBMIT, resume_at=2) == Place(2, Status.WAITING)


def test_a_returned_application_cannot_resume_without_a_return():
    with pytest.raises(WrongState):
        advance(WHOLE, Place(0, Status.RETURNED), Action.SUBMIT)


def test_another_filing_is_due_and_not_a_draft():
    assert walk(Action.SUBMIT, Action.ACCEPT, route=PILOT) == Place(2, Status.DUE)
    assert walk(Action.SUBMIT, Action.ACCEPT, Action.SUBMIT, route=PILOT) == Place(3, Status.WAITING)


@pytest.mark.parametrize(("at", "back"), [(1, 0), (3, 2), (5, 4), (6, 4)])
def test_a_return_goes_back_to_the_last_filing_and_resumes_from_there(at, back):
    returned = advance(PILOT, Place(at, Status.WAITING), Action.RETURN)
    assert returned == Place(back, Status.RETURNED)
    assert filing_before(PILOT, at) == back
    assert advance(PILOT, returned, Action.SUBMIT, resume_at=at) == Place(at, Status.WAITING)


@pytest.mark.parametrize(
    ("passed", "position"), [((), 1), ((1,), 2), ((1, 2), 3), ((1, 2, 3), 4), ((2,), 1), ((5, 6), 1)]
)
def test_who_has_nobody_to_recommend_goes_past(passed, position):
    """A site of a city has no district above it; one of a municipality no city."""
    assert advance(IN_TURN, Place(0, Status.DRAFTED), Action.SUBMIT, passed=passed) == Place(position, Status.WAITING)


def test_from_one_bureau_to_the_one_after_the_next():
    assert advance(IN_TURN, Place(1, Status.WAITING), Action.RECOMMEND, passed={2}) == Place(3, Status.WAITING)


def test_a_due_filing_may_lapse_and_a_first_draft_may_not():
    assert advance(PILOT, Place(2, Status.DUE), Action.LAPSE) == Place(2, Status.LAPSED)
    assert advance(PILOT, Place(2, Status.RETURNED), Action.LAPSE) == Place(2, Status.LAPSED)
    with pytest.raises(WrongState):
        advance(PILOT, Place(0, Status.DRAFTED), Action.LAPSE)


def test_the_library_is_left_by_the_call_alone():
    assert set(moves_at(Kind.LIBRARY, Status.WAITING)) == {
        Action.CALL,
        Action.WITHDRAW,
        Action.TERMINATE,
    }


@pytest.mark.parametrize(("kind", "status"), [(Kind.FILING, Status.DUE), (Kind.LIBRARY, Status.WAITING)])
def test_who_waits_for_another_filing_or_in_a_library_is_never_excluded(kind, status):
    """A selection on a route with either takes who is ready and leaves the others standing."""
    assert Action.EXCLUDE not in moves_at(kind, status)


def test_a_place_in_reserve_is_selected_or_ends():
    stay = advance(WHOLE, Place(5, Status.WAITING), Action.RESERVE)
    assert stay == Place(5, Status.RESERVED)
    assert advance(WHOLE, stay, Action.SELECT) == Place(6, Status.SELECTED)
    assert advance(WHOLE, stay, Action.EXPIRE) == Place(5, Status.UNSELECTED)
    assert advance(WHOLE, stay, Action.TERMINATE) == Place(5, Status.TERMINATED)


def test_a_place_is_told_with_what_was_tried_where_there_is_no_move():
    with pytest.raises(WrongState) as refusal:
        walk(Action.ACCEPT)
    assert refusal.value.key == "moved_on"
    assert refusal.value.values == {"action": Action.ACCEPT, "kind": Kind.FILING, "status": Status.DRAFTED}


@pytest.mark.parametrize("status", sorted(ENDED))
@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_moves_after_the_end(kind, status):
    assert moves_at(kind, status) == ()


def test_who_has_the_filing_is_said_in_one_place():
    assert {status for kind, status, _action in MOVES if kind is Kind.FILING} == set(WITH_APPLICANT)


AT_THE_BUREAU = {Action.RECOMMEND, Action.DECLINE, Action.WITHDRAW, Action.EXCLUDE, Action.TERMINATE}


@pytest.mark.parametrize("action", sorted(set(Action) - AT_THE_BUREAU))
def test_at_the_bureau_only_its_own_moves_are_possible(action):
    with pytest.raises(WrongState):
        advance(WHOLE, Place(1, Status.WAITING), action)


@pytest.mark.parametrize("name", list(routes.PRESETS))
def test_no_offered_route_has_two_filings_without_somebody_between(name):
    kinds = [step.kind for step in routes.preset(name)]
    assert (Kind.FILING, Kind.FILING) not in set(pairwise(kinds))
