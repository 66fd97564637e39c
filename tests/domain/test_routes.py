"""The routes that are offered, and what a route must hold."""

import pytest

from registry.domain import routes
from registry.domain.errors import Invalid
from registry.domain.routes import Step
from registry.domain.vocabulary import Kind, Level


@pytest.mark.parametrize("name", list(routes.PRESETS))
def test_every_offered_route_can_be_walked(name):
    assert [step.kind for step in routes.check(routes.preset(name))] == list(routes.PRESETS[name])


def test_a_preset_carries_what_its_stages_need():
    by_kind = {step.kind: step for step in routes.preset("full", level=Level.CITY, notice_days=7)}
    assert by_kind[Kind.RECOMMENDATION] == Step(Kind.RECOMMENDATION, Level.CITY, {})
    assert by_kind[Kind.SCREENING].parameters == {"working_days": 10, "count_start": 0}
    assert by_kind[Kind.REVIEW].parameters == {"minimum_reviewers": 3}
    assert by_kind[Kind.NOTICE].parameters == {"working_days": 7, "count_start": 0}
    assert by_kind[Kind.SCORING].parameters == {}


def test_whether_the_first_day_counts_is_told_for_each_stage():
    steps = routes.preset("full", correction_days=5, correction_counts_start=True, notice_days=6)
    by_kind = {step.kind: step.parameters for step in routes.check(steps)}
    assert by_kind[Kind.SCREENING] == {"working_days": 5, "count_start": 1}
    assert by_kind[Kind.NOTICE] == {"working_days": 6, "count_start": 0}
    counting = {step.kind: step.parameters for step in routes.preset("full", notice_counts_start=True)}
    assert counting[Kind.NOTICE] == {"working_days": 5, "count_start": 1}


def test_a_stage_that_was_told_nothing_has_its_defaults():
    assert routes.parameter(Kind.NOTICE, {}, "working_days") == 5
    assert routes.parameter(Kind.NOTICE, {"count_start": 1}, "count_start") == 1
    assert routes.parameter(Kind.SCREENING, {"working_days": 7}, "count_start") == 0


def test_an_unknown_preset_is_refused():
    with pytest.raises(Invalid) as refused:
        routes.preset("shortcut")
    assert (refused.value.key, refused.value.field) == ("route_unknown", "route")


def test_missing_parameters_take_their_defaults():
    bare = [Step(step.kind, step.level) for step in routes.preset("full")]
    assert routes.check(bare) == routes.preset("full")


@pytest.mark.parametrize(
    ("kind", "step", "key"),
    [
        (Kind.NOTICE, Step(Kind.NOTICE, None, {"working_days": 0}), "route_parameter_range"),
        (Kind.NOTICE, Step(Kind.NOTICE, None, {"working_days": 61}), "route_parameter_range"),
        (Kind.NOTICE, Step(Kind.NOTICE, None, {"count_start": 2}), "route_parameter_range"),
        (Kind.REVIEW, Step(Kind.REVIEW, None, {"minimum_reviewers": 16}), "route_parameter_range"),
        (Kind.SCORING, Step(Kind.SCORING, None, {"working_days": 5}), "route_parameter_unknown"),
        (Kind.RECOMMENDATION, Step(Kind.RECOMMENDATION), "route_recommendation_needs_level"),
    ],
)
def test_a_stage_that_cannot_run_is_named(kind, step, key):
    route = [step if other.kind is kind else other for other in routes.preset("full")]
    with pytest.raises(Invalid) as refused:
        routes.check(route)
    assert refused.value.key == key


def test_a_route_without_notice_is_refused():
    route = [step for step in routes.preset("full") if step.kind is not Kind.NOTICE]
    with pytest.raises(Invalid) as refused:
        routes.check(route)
    assert (refused.value.key, refused.value.values["kind"]) == ("route_lacks_a_stage", Kind.NOTICE)
