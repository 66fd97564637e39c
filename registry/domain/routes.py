"""Routes as data: the stages of a round category, what each may be told, and the routes that are offered.

A parameter is a whole number within its range: `working_days` at the screening is the time for a correction, at the
notice the time for objections; `count_start` says of both whether the day they start on counts (1) or not (0);
`minimum_reviewers` at the review is the fewest that must have finished.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from registry.domain import workflow
from registry.domain.errors import Invalid
from registry.domain.vocabulary import Kind, Level


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a route, with the level of whoever acts there and its parameters."""

    kind: Kind
    level: Level | None = None
    parameters: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A whole number that a stage needs: what it is unless somebody says otherwise, and its range."""

    default: int
    least: int
    most: int


_COUNT_START = Parameter(0, 0, 1)

PARAMETERS: Mapping[Kind, Mapping[str, Parameter]] = {
    Kind.SCREENING: {"working_days": Parameter(10, 1, 60), "count_start": _COUNT_START},
    Kind.REVIEW: {"minimum_reviewers": Parameter(3, 1, 15)},
    Kind.NOTICE: {"working_days": Parameter(5, 1, 60), "count_start": _COUNT_START},
}

_TO_SCORING = (Kind.SCREENING, Kind.SCORING)
_TO_THE_END = (Kind.DELIBERATION, Kind.NOTICE, Kind.PUBLICATION, Kind.CERTIFICATE)

PRESETS: Mapping[str, tuple[Kind, ...]] = {
    "full": (Kind.FILING, Kind.RECOMMENDATION, *_TO_SCORING, Kind.REVIEW, *_TO_THE_END),
    "screening_first": (
        Kind.FILING,
        Kind.SCREENING,
        Kind.RECOMMENDATION,
        Kind.SCORING,
        Kind.REVIEW,
        *_TO_THE_END,
    ),
    "without_recommendation": (Kind.FILING, *_TO_SCORING, Kind.REVIEW, *_TO_THE_END),
    "without_review": (Kind.FILING, Kind.RECOMMENDATION, *_TO_SCORING, *_TO_THE_END),
    "figures_only": (Kind.FILING, *_TO_SCORING, *_TO_THE_END),
}


def preset(
    name: str = "full",
    *,
    level: Level = Level.PROVINCE,
    correction_days: int | None = None,
    notice_days: int | None = None,
    reviewers: int | None = None,
    correction_counts_start: bool = False,
    notice_counts_start: bool = False,
) -> tuple[Step, ...]:
    """Return one of the offered routes; the level is that of the bureau that recommends."""
    if name not in PRESETS:
        raise Invalid("route_unknown", field="route", name=name)
    told: Mapping[Kind, Mapping[str, int | None]] = {
        Kind.SCREENING: {"working_days": correction_days, "count_start": int(correction_counts_start)},
        Kind.NOTICE: {"working_days": notice_days, "count_start": int(notice_counts_start)},
        Kind.REVIEW: {"minimum_reviewers": reviewers},
    }
    return tuple(
        Step(kind, level if kind is Kind.RECOMMENDATION else None, _parameters(kind, told.get(kind, {})))
        for kind in PRESETS[name]
    )


def parameter(kind: Kind, parameters: Mapping[str, int], name: str) -> int:
    """Return what a stage was told, or what it is unless somebody says otherwise."""
    return int(parameters.get(name, PARAMETERS[kind][name].default))


def check(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the route with all parameters in place; raises Invalid where it cannot be walked or run."""
    route = tuple(steps)
    workflow.check_route(tuple(step.kind for step in route))
    return tuple(_checked(step) for step in route)


def _parameters(kind: Kind, told: Mapping[str, int | None]) -> dict[str, int]:
    return {name: parameter(kind, _told(told), name) for name in PARAMETERS.get(kind, {})}


def _told(parameters: Mapping[str, int | None]) -> dict[str, int]:
    return {name: value for name, value in parameters.items() if value is not None}


def _checked(step: Step) -> Step:
    known = PARAMETERS.get(step.kind, {})
    for name in step.parameters:
        if name not in known:
            raise Invalid("route_parameter_unknown", field="route", kind=step.kind, name=name)
    if step.kind is Kind.RECOMMENDATION and step.level is None:
        raise Invalid("route_recommendation_needs_level", field="route")
    values = {name: parameter(step.kind, step.parameters, name) for name in known}
    for name, value in values.items():
        if not known[name].least <= value <= known[name].most:
            raise Invalid(
                "route_parameter_range",
                field="route",
                kind=step.kind,
                least=known[name].least,
                most=known[name].most,
                value=value,
            )
    return Step(step.kind, step.level, values)
