"""The table of moves and the routes that are walked by it."""

import pytest

from registry.domain.errors import Invalid, WrongState
from registry.domain.vocabulary import Action, Kind, Status
from registry.domain.workflow import ENDED, Place, advance, check_route, moves_at

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


def walk(*actions: Action) -> Place:
    place = Place(0, Status.DRAFTED)
    for action in actions:
        place = advance(WHOLE, place, action)
    return place


def test_the_straight_way_ends_with_a_certificate():
    assert walk(
        Action.SUBMIT,
        Action.RECOMMEND,
        Action.ACCEPT,
        Action.SCORE,
        Action.CONCLUDE_REVIEW,
        Action.SELECT,
        Action.CLEAR,
        Action.PUBLISH,
        Action.ISSUE,
    ) == Place(8, Status.CERTIFIED)


def test_a_returned_application_resumes_where_it_was_returned():
    returned = advance(WHOLE, walk(Action.SUBMIT, Action.RECOMMEND), Action.RETURN)
    assert returned == Place(0, Status.RETURNED)
    assert advance(WHOLE, returned, Action.SUBMIT, resume_at=2) == Place(2, Status.WAITING)


def test_a_returned_application_cannot_resume_without_a_return():
    with pytest.raises(WrongState):
        advance(WHOLE, Place(0, Status.RETURNED), Action.SUBMIT)


def test_screening_may_come_before_the_recommendation():
    route = (Kind.FILING, Kind.SCREENING, Kind.RECOMMENDATION, *WHOLE[3:])
    check_route(route)
    assert advance(route, Place(1, Status.WAITING), Action.ACCEPT) == Place(2, Status.WAITING)


@pytest.mark.parametrize("status", sorted(ENDED))
@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_moves_after_the_end(kind, status):
    assert moves_at(kind, status) == ()


AT_THE_BUREAU = {Action.RECOMMEND, Action.DECLINE, Action.WITHDRAW, Action.EXCLUDE}


@pytest.mark.parametrize("action", sorted(set(Action) - AT_THE_BUREAU))
def test_at_the_bureau_only_its_own_moves_are_possible(action):
    with pytest.raises(WrongState):
        advance(WHOLE, Place(1, Status.WAITING), action)


@pytest.mark.parametrize(
    ("route", "key"),
    [
        ((), "route_begins_with_filing"),
        (WHOLE[1:], "route_begins_with_filing"),
        ((*WHOLE, Kind.SCREENING), "route_repeats_a_stage"),
        (tuple(kind for kind in WHOLE if kind is not Kind.SCORING), "route_lacks_a_stage"),
        (tuple(kind for kind in WHOLE if kind is not Kind.NOTICE), "route_lacks_a_stage"),
        ((*WHOLE[:5], Kind.NOTICE, Kind.DELIBERATION, *WHOLE[7:]), "route_ends_wrongly"),
        ((*WHOLE[:3], Kind.REVIEW, Kind.SCORING, *WHOLE[5:]), "route_reviews_before_scoring"),
    ],
)
def test_a_route_that_cannot_be_walked_is_named(route, key):
    with pytest.raises(Invalid) as refusal:
        check_route(route)
    assert refusal.value.key == key
