"""Routes as data: the stages of a round category, what each may be told, and the routes that are offered.

A parameter is a whole number within its range. `working_days` at the screening is the time for a correction, at the
notice the time for objections; `count_start` says of both whether the day they start on counts (1) or not (0);
`anonymous` at the notice says whether objections without a name are taken (1) or not (0), `answer_days` within how many
working days each is answered, from the day after it was raised;
`minimum_reviewers` at the review is the fewest that must have finished, `blind` says whether reviewers are not told who
applies (1) or are (0), `working_days` the time for each review from the day after it was assigned, `mark_changes`
whether a finished mark may be changed for a reason (1) or stays (0), and `disagreement` what follows where marks are
further apart than the set allows: it is pointed out (0), one more review is needed (1), or a meeting speaks of it (2);
`months` at a later filing is the time until it is due, 0 for no date; at the deliberation `meeting` says whether a
decision needs the record of one (1) or not (0), and `reserve_months` how long a place in reserve holds; at the
publication `feedback` says what applicants are told of how they were judged: nothing (0), the score and where the line
was (1), or the reviewers' reasons too (2), and `feedback_from` from when: with the letter of the outcome (0), or when
the list is published as well (1).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from registry.domain.errors import Invalid
from registry.domain.vocabulary import FilingKind, Kind, Level, Track
from registry.domain.workflow import filing_before


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a route: the level of whoever acts there, what is filed at a filing, and its parameters."""

    kind: Kind
    level: Level | None = None
    parameters: Mapping[str, int] = field(default_factory=dict)
    filing: FilingKind | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A whole number that a stage needs: what it is unless somebody says otherwise, and its range."""

    default: int
    least: int
    most: int


_COUNT_START = Parameter(0, 0, 1)

PARAMETERS: Mapping[Kind, Mapping[str, Parameter]] = {
    Kind.FILING: {"months": Parameter(0, 0, 60)},
    Kind.SCREENING: {"working_days": Parameter(10, 1, 60), "count_start": _COUNT_START},
    # No document names a time for a review: ten working days are a default of ours.
    Kind.REVIEW: {
        "minimum_reviewers": Parameter(3, 1, 15),
        "blind": Parameter(0, 0, 1),
        "working_days": Parameter(10, 1, 60),
        "mark_changes": Parameter(0, 0, 1),
        "disagreement": Parameter(0, 0, 2),
    },
    Kind.DELIBERATION: {"meeting": Parameter(0, 0, 1), "reserve_months": Parameter(12, 1, 60)},
    # No document names a time for the answer: five days are a default of ours, as long as objections are usually taken.
    # Announcements that say how to object (as of Shenzhen's green funds of 2019) take none without a name.
    Kind.NOTICE: {
        "working_days": Parameter(5, 1, 60),
        "count_start": _COUNT_START,
        "anonymous": Parameter(0, 0, 1),
        "answer_days": Parameter(5, 1, 60),
    },
    Kind.PUBLICATION: {"feedback": Parameter(2, 0, 2), "feedback_from": Parameter(1, 0, 1)},
}
# What a round tells that was fixed before it could be chosen: its reviewers did not know that they are quoted.
FEEDBACK_BEFORE = 1

DECIDING = (Kind.DELIBERATION, Kind.NOTICE, Kind.PUBLICATION, Kind.CERTIFICATE)
_ORDER = (Level.DISTRICT, Level.CITY, Level.PROVINCE, Level.COUNTRY)
_FILINGS = tuple(FilingKind)


_TO_SCORING = ("screening", "scoring")
_TO_THE_END = tuple(DECIDING)

# The routes that are offered, each line a stage as `read` takes it.
PRESETS: Mapping[str, tuple[str, ...]] = {
    "full": ("filing", "recommendation province", *_TO_SCORING, "review", *_TO_THE_END),
    "in_turn": (
        *("filing", "recommendation district", "recommendation city", "recommendation province"),
        *(*_TO_SCORING, "review", *_TO_THE_END),
    ),
    "screening_first": ("filing", "screening", "recommendation province", "scoring", "review", *_TO_THE_END),
    "without_recommendation": ("filing", *_TO_SCORING, "review", *_TO_THE_END),
    "without_review": ("filing", "recommendation province", *_TO_SCORING, *_TO_THE_END),
    "figures_only": ("filing", *_TO_SCORING, *_TO_THE_END),
    "with_visit": (
        *("filing", "recommendation province", *_TO_SCORING, "review", "site_visit"),
        *("deliberation meeting=1", "notice", "publication", "certificate"),
    ),
    "two_notices": (
        *("filing", "recommendation province", *_TO_SCORING, "review"),
        *("deliberation", "notice", "notice", "publication", "certificate"),
    ),
    "library_first": ("filing", "recommendation province", "screening", "library", "scoring", "review", *_TO_THE_END),
    "built_then_accepted": (
        *("filing", "recommendation province", "screening", "library", "filing acceptance"),
        *(*_TO_SCORING, "review", "site_visit", "deliberation meeting=1", "notice", "publication", "certificate"),
    ),
    "named_pilot": (
        *("filing registration", "screening", "filing mid_term months=12", "screening"),
        *("filing acceptance months=24", *_TO_SCORING, "review", "site_visit"),
        *("deliberation meeting=1", "notice", "publication", "certificate"),
    ),
}


def preset(name: str, *, level: Level | None = None, **told: int | None) -> tuple[Step, ...]:
    """Return one of the offered routes, checked.

    `level` is that of the bureau where one alone recommends; `told` gives parameters by the name of their stage and
    their own, as in `notice_working_days=7`, and leaves what is None as it is. Raises Invalid for a name that is not
    offered.
    """
    if name not in PRESETS:
        raise Invalid("route_unknown", field="route", name=name)
    steps = read(PRESETS[name])
    alone = sum(step.kind is Kind.RECOMMENDATION for step in steps) == 1
    return check(_retold(step, level if alone else None, told) for step in steps)


def read(lines: Iterable[str]) -> tuple[Step, ...]:
    """Return the stages of a route written line by line: the stage, a level or what is filed, and its parameters.

    `recommendation city`, `filing mid_term months=12`, `notice working_days=7 count_start=1`. Empty lines count for
    nothing. Raises Invalid for the first line that cannot be read; `check` says whether the route can be walked.
    """
    written = [(number, line.split()) for number, line in enumerate(lines, start=1) if line.strip()]
    return tuple(_step(number, words) for number, words in written)


def write(steps: Iterable[Step]) -> list[str]:
    """Return a route line by line, as `read` takes it; a parameter that has its usual value is left out."""
    return [" ".join(_words(step)) for step in steps]


def _step(number: int, words: Sequence[str]) -> Step:
    try:
        kind = Kind(words[0])
        level, filing, parameters = None, None, {}
        for word in words[1:]:
            name, equals, value = word.partition("=")
            if equals and name not in parameters:
                parameters[name] = int(value)
            elif kind is Kind.FILING and filing is None:
                filing = FilingKind(word)
            elif kind is Kind.RECOMMENDATION and level is None:
                level = Level(word)
            else:
                raise ValueError(word)
    except ValueError:
        raise Invalid("route_line_unreadable", field="route", number=number, line=" ".join(words)[:120]) from None
    return Step(kind, level, parameters, filing)


def _words(step: Step) -> list[str]:
    usual = {name: known.default for name, known in PARAMETERS.get(step.kind, {}).items()}
    filing = step.filing if step.filing is not FilingKind.APPLICATION else None
    return [
        str(step.kind),
        *(str(word) for word in (step.level, filing) if word),
        *(f"{name}={value}" for name, value in step.parameters.items() if usual.get(name) != value),
    ]


def _retold(step: Step, level: Level | None, told: Mapping[str, int | None]) -> Step:
    names = {name: told.get(f"{step.kind}_{name}") for name in PARAMETERS.get(step.kind, {})}
    parameters = {**step.parameters, **{name: value for name, value in names.items() if value is not None}}
    return replace(step, level=(level or step.level) if step.level else None, parameters=parameters)


def parameter(kind: Kind, parameters: Mapping[str, int], name: str) -> int:
    """Return what a stage was told, or what it is unless somebody says otherwise."""
    return int(parameters.get(name, PARAMETERS[kind][name].default))


def feedback(parameters: Mapping[str, int]) -> int:
    """Return what applicants are told by a publication: nothing, the score and the line, or the reasons too."""
    return int(parameters.get("feedback", FEEDBACK_BEFORE))


def check(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the route with all parameters in place.

    Raises Invalid where it cannot be walked, with the number of the stage wherever one stage is at fault.

    A route begins with a filing and ends with deliberation, one or two notices, publication and certificate, which
    stand nowhere else. Every filing is screened before the next, and the last one is scored, once, after its screening;
    review and visit come after the scoring, from where a filing may still be returned and declared anew. Bureaus
    recommend in turn from the lowest level upwards.
    """
    route = tuple(steps)
    kinds = tuple(step.kind for step in route)
    _check_ends(kinds)
    _check_filings(route)
    _check_judging(kinds)
    _check_recommendations(route)
    return tuple(_checked(number, step) for number, step in enumerate(route, start=1))


def check_track(track: Track, steps: Iterable[Step]) -> None:
    """Raise Invalid where track and route contradict each other: a library has its stage, and named pilots register."""
    route = tuple(steps)
    if track is Track.LIBRARY and all(step.kind is not Kind.LIBRARY for step in route):
        raise Invalid("library_track_needs_stage", field="route")
    if track is not Track.NAMED and any(step.filing is FilingKind.REGISTRATION for step in route):
        raise Invalid("registration_needs_named_track", field="track")


def in_batches(kinds: Sequence[Kind]) -> bool:
    """Tell whether a route holds applications back until they are ready, so that a decision leaves those standing."""
    return Kind.LIBRARY in kinds or kinds.count(Kind.FILING) > 1


def _check_ends(kinds: tuple[Kind, ...]) -> None:
    if not kinds or kinds[0] is not Kind.FILING:
        raise Invalid("route_begins_with_filing", field="route")
    for kind in DECIDING:
        if kind not in kinds:
            raise Invalid("route_lacks_a_stage", field="route", kind=kind)
    deciding = kinds[kinds.index(Kind.DELIBERATION) :]
    if deciding not in (DECIDING, (Kind.DELIBERATION, Kind.NOTICE, *DECIDING[1:])):
        raise Invalid("route_ends_wrongly", field="route")
    for kind in (Kind.NOTICE, Kind.PUBLICATION, Kind.CERTIFICATE):
        if kind in kinds[: kinds.index(Kind.DELIBERATION)]:
            raise Invalid("route_ends_wrongly", field="route")


def _check_filings(route: tuple[Step, ...]) -> None:
    """Each filing is another one than those before, in their order, and is screened before the next is asked for."""
    positions = [position for position, step in enumerate(route) if step.kind is Kind.FILING]
    filed = [route[position].filing or FilingKind.APPLICATION for position in positions]
    for place, (position, filing) in enumerate(zip(positions, filed, strict=True)):
        begins = filing in (FilingKind.APPLICATION, FilingKind.REGISTRATION)
        later = place > 0 and _FILINGS.index(filing) > _FILINGS.index(filed[place - 1])
        if not (later if place else begins):
            raise Invalid("route_filings_out_of_order", field="route", number=position + 1, filing=filing)
    for here, after in pairwise((*positions, len(route))):
        between = [step.kind for step in route[here:after]]
        _once(Kind.SCREENING, between, here, "route_screens_twice")
        if after < len(route) and Kind.SCREENING not in between:
            filing = route[here].filing or FilingKind.APPLICATION
            raise Invalid("route_filing_unscreened", field="route", number=here + 1, filing=filing)


def _once(kind: Kind, kinds: Sequence[Kind], begin: int, key: str) -> None:
    """Refuse the second of a kind among the stages from `begin` on."""
    if kinds.count(kind) > 1:
        second = kinds.index(kind, kinds.index(kind) + 1)
        raise Invalid(key, field="route", number=begin + second + 1, kind=kind)


def _check_judging(kinds: tuple[Kind, ...]) -> None:
    """Scored once, after the last filing was screened; review and visit once at most, after the scoring."""
    for kind in (Kind.LIBRARY, Kind.SCORING, Kind.REVIEW, Kind.SITE_VISIT):
        _once(kind, kinds, 0, "route_repeats_a_stage")
    if Kind.SCORING not in kinds:
        raise Invalid("route_lacks_a_stage", field="route", kind=Kind.SCORING)
    scoring = kinds.index(Kind.SCORING)
    last_filing = max(position for position, kind in enumerate(kinds) if kind is Kind.FILING)
    if Kind.SCREENING not in kinds[last_filing:scoring]:
        raise Invalid("route_scores_before_screening", field="route", number=scoring + 1)
    for kind, key in ((Kind.REVIEW, "route_reviews_before_scoring"), (Kind.SITE_VISIT, "route_visits_before_scoring")):
        if kind in kinds[:scoring]:
            raise Invalid(key, field="route", number=kinds.index(kind) + 1)
    if Kind.LIBRARY in kinds:
        library = kinds.index(Kind.LIBRARY)
        if Kind.SCREENING not in kinds[filing_before(kinds, library) : library]:
            raise Invalid("route_keeps_unscreened", field="route", number=library + 1)
        if library > scoring:
            raise Invalid("route_keeps_what_is_scored", field="route", number=library + 1)


def _check_recommendations(route: tuple[Step, ...]) -> None:
    levels: list[Level] = []
    for number, step in enumerate(route, start=1):
        if step.kind is Kind.FILING:
            levels = []
        if step.kind is not Kind.RECOMMENDATION:
            continue
        if step.level is None:
            raise Invalid("route_recommendation_needs_level", field="route", number=number)
        if levels and _ORDER.index(step.level) <= _ORDER.index(levels[-1]):
            levels_here = {"level": step.level, "before": levels[-1]}
            raise Invalid("route_recommends_downwards", field="route", number=number, **levels_here)
        levels.append(step.level)
    kinds = [step.kind for step in route]
    scoring = kinds.index(Kind.SCORING)
    if Kind.RECOMMENDATION in kinds[scoring:]:
        late = kinds.index(Kind.RECOMMENDATION, scoring)
        raise Invalid("route_recommends_after_scoring", field="route", number=late + 1)


def _checked(number: int, step: Step) -> Step:
    known = PARAMETERS.get(step.kind, {})
    for name in step.parameters:
        if name not in known:
            raise Invalid("route_parameter_unknown", field="route", number=number, kind=step.kind, name=name[:60])
    values = {name: parameter(step.kind, step.parameters, name) for name in known}
    for name, value in values.items():
        if not known[name].least <= value <= known[name].most:
            raise Invalid(
                "route_parameter_range",
                field="route",
                number=number,
                kind=step.kind,
                name=name,
                least=known[name].least,
                most=known[name].most,
                value=value,
            )
    filing = (step.filing or FilingKind.APPLICATION) if step.kind is Kind.FILING else None
    level = step.level if step.kind is Kind.RECOMMENDATION else None
    return Step(step.kind, level, values, filing)
