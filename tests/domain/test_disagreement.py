"""Reviewers who disagree: deviations worked out by hand, and when one more review is needed."""

from decimal import Decimal

import pytest

from registry.domain import disagreement
from registry.domain.criteria import load_set
from registry.domain.disagreement import Follows
from tests.factories import CONTENT

# Fifteen in a hundred of forty points are six.
SPREAD = CONTENT.replace("panel: {rule: mean, reviewers: 1}", "panel: {rule: mean, reviewers: 2, spread: 15%}")
ALLOWED = {"novelty": Decimal(6)}


def test_the_limit_is_a_share_of_the_points():
    assert disagreement.limits(load_set(SPREAD, source="tiny")) == ALLOWED
    assert disagreement.limits(load_set(CONTENT, source="tiny")) == {}


@pytest.mark.parametrize(
    ("marks", "deviation"),
    [
        # Around 20: the mean of 10² and 10² is 100, its root 10.
        (["10", "30"], "10"),
        # Around 20: 6² twice is 36 on the average, which is the limit and not beyond it.
        (["14", "26"], None),
        # Around 20: 7² + 0 + 7² = 98, a third of it 32.67, its root 5.72, though the ends are 14 apart.
        (["13", "20", "27"], None),
        # Around 18: 14² + 4² + 10² = 312, a third of it 104, its root 10.198.
        (["4", "22", "28"], "10.198039027"),
        (["40"], None),
        ([], None),
    ],
)
def test_marks_are_too_far_apart_beyond_the_limit(marks, deviation):
    found = disagreement.apart(ALLOWED, {"novelty": [Decimal(one) for one in marks]})
    assert [(one.panel, one.limit) for one in found] == ([("novelty", Decimal(6))] if deviation else [])
    assert [str(one.deviation)[:12] for one in found] == ([deviation] if deviation else [])


def reviews(*points):
    return [{"novelty": Decimal(one)} for one in points]


@pytest.mark.parametrize(
    ("finished", "asked"),
    [
        # One of two is there: nobody can tell yet.
        (["10"], False),
        (["10", "30"], True),
        (["20", "30"], False),
        # The third is there: it was asked for because of the first two, whatever it says, and it is the only one.
        (["10", "30", "20"], True),
        # The first two agreed, so that a third who thinks otherwise asks for nothing.
        (["20", "22", "40"], False),
    ],
)
def test_one_more_review_is_needed_where_the_first_disagree(finished, asked):
    assert bool(disagreement.further(ALLOWED, 2, reviews(*finished))) is asked


def test_a_question_that_has_no_points_is_not_disputed():
    marks = {"novelty": {"A": "10", "B": "30"}}
    scored = [{"key": "novelty", "state": "scored"}]
    assert disagreement.of_figures(ALLOWED, marks, scored) == ("novelty",)
    assert disagreement.of_figures(ALLOWED, marks, [{"key": "novelty", "state": "not_applicable"}]) == ()


def test_nothing_follows_unless_the_stage_is_told():
    assert disagreement.follows({}) is Follows.POINTED_OUT
    assert disagreement.follows({"disagreement": 2}) is Follows.DELIBERATION
    assert disagreement.apart({}, {"novelty": [Decimal(0), Decimal(40)]}) == ()
