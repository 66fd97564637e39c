"""Routes in words: their stages as a reader follows them, and how an officer writes them down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Protocol

from registry.domain import routes
from registry.domain.disagreement import Follows
from registry.domain.routes import PARAMETERS, Step, parameter
from registry.domain.vocabulary import FilingKind, Kind, Level
from registry.models import RouteStep
from registry.web.templating import label
from registry.web.templating import said as _


class Staged(Protocol):
    """A stage of a route, as it is kept or as it is about to be."""

    @property
    def kind(self) -> Kind: ...
    @property
    def level(self) -> Level | None: ...
    @property
    def filing(self) -> FilingKind | None: ...
    @property
    def parameters(self) -> Mapping[str, int]: ...


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that a stage may be told: its name, its range, what it is unless told, and what it says."""

    name: str
    least: int
    most: int
    usual: int
    meaning: str


@dataclass(frozen=True, slots=True)
class Notation:
    """How a kind of stage is written: its word, the words one of which may follow, and its settings."""

    word: str
    name: str
    words: tuple[tuple[str, str], ...]
    settings: tuple[Setting, ...]


def steps_of(rows: Iterable[RouteStep]) -> tuple[Step, ...]:
    """Return a route that is kept as the domain reads it."""
    return tuple(Step(row.kind, row.level, row.parameters, row.filing) for row in rows)


def way(route: Iterable[Staged], *, settings: bool = False) -> list[SimpleNamespace]:
    """Return a route for the macro `steps`, reached by nobody yet, with its levels and days, or all its settings."""
    stages = list(route)
    screened = _screened(stages)
    return [
        SimpleNamespace(
            label=name, state="coming", note=" · ".join([*screened.get(number, ()), *_notes(step, number, settings)])
        )
        for number, (step, name) in enumerate(zip(stages, names(stages), strict=True))
    ]


def names(route: Iterable[Staged]) -> list[str]:
    """Return the names of stages: a filing's where there are several, numbered where the same stands more than once."""
    stages = list(route)
    several = sum(step.kind is Kind.FILING for step in stages) > 1
    plain = [label(step.filing) if several and step.filing else label(step.kind) for step in stages]
    same = [(name, step.level) for name, step in zip(plain, stages, strict=True)]
    return [
        f"{name} {same[:place].count(one) + 1}" if same.count(one) > 1 else name
        for place, (name, one) in enumerate(zip(plain, same, strict=True))
    ]


def _screened(stages: list[Staged]) -> dict[int, list[str]]:
    """Say of each screening what is screened there, where there are several: the filing before it."""
    screenings = [place for place, step in enumerate(stages) if step.kind is Kind.SCREENING]
    if len(screenings) < 2:
        return {}
    filed = {
        place: [one.filing for one in stages[:place] if one.kind is Kind.FILING and one.filing] for place in screenings
    }
    return {place: [_("of: %(filing)s", filing=label(found[-1]))] for place, found in filed.items() if found}


def offered(name: str) -> str:
    """Return what an offered route is called."""
    return {
        "full": _("one bureau, screening, scoring, expert review"),
        "in_turn": _("bureaus of district, city and province in turn"),
        "screening_first": _("screening before the recommendation"),
        "without_recommendation": _("without a recommendation"),
        "without_review": _("without an expert review"),
        "figures_only": _("figures alone: no recommendation, no review"),
        "with_visit": _("with a site visit and a meeting"),
        "two_notices": _("two public notices"),
        "library_first": _("a library, from which sites are called"),
        "built_then_accepted": _("a library, then built and accepted"),
        "named_pilot": _("named pilots: registration, mid-term report, acceptance"),
    }[name]


def notation() -> list[Notation]:
    """Return how each kind of stage is written in a route, made from what a route may hold."""
    settings = {kind: tuple(_setting(kind, name) for name in PARAMETERS.get(kind, {})) for kind in Kind}
    return [Notation(kind.value, label(kind), _words(kind), settings[kind]) for kind in Kind]


def _notes(step: Staged, number: int, settings: bool) -> list[str]:
    """What is particular to a stage; with `settings` all that it was told."""
    notes = [label(step.level)] if step.level else []
    told = {name: parameter(step.kind, step.parameters, name) for name in PARAMETERS.get(step.kind, {})}
    if step.kind is Kind.FILING and number and told["months"]:
        notes.append(_("within %(months)s months", months=told["months"]))
    if step.kind is Kind.NOTICE:
        notes.append(_("%(count)s working days", count=told["working_days"]))
    if step.kind is Kind.NOTICE and settings:
        notes.append(_("each objection is answered within %(count)s working days", count=told["answer_days"]))
        notes.append(_("also without a name") if told["anonymous"] else _("objections in name only"))
    if step.kind is Kind.SCREENING and settings:
        notes.append(_("%(count)s working days to correct", count=told["working_days"]))
    if step.kind is Kind.REVIEW:
        notes.append(_("at least %(count)s reviewers", count=told["minimum_reviewers"]))
        notes += [_("blind: they are not told who applies")] if told["blind"] else []
        notes += _disagreement(told["disagreement"])
    if step.kind is Kind.REVIEW and settings:
        notes.append(_("%(count)s working days for each review", count=told["working_days"]))
        changes = _("finished marks may be changed for a reason"), _("finished marks stay")
        notes.append(changes[0] if told["mark_changes"] else changes[1])
    if step.kind is Kind.DELIBERATION and told["meeting"]:
        notes.append(_("with the record of a meeting"))
    if step.kind is Kind.DELIBERATION and settings:
        notes.append(_("a reserve holds %(count)s months", count=told["reserve_months"]))
    if step.kind is Kind.PUBLICATION and settings:
        notes += _feedback(routes.feedback(step.parameters), told["feedback_from"])
    if "count_start" in told and settings:
        notes.append(_("the first day counts") if told["count_start"] else _("counted from the day after"))
    return notes


def _disagreement(follows: int) -> list[str]:
    """What follows where reviewers disagree beyond what the criteria state, if more than that it is pointed out."""
    return {
        Follows.POINTED_OUT: [],
        Follows.FURTHER_REVIEW: [_("where the reviewers disagree, one more reviews it")],
        Follows.DELIBERATION: [_("where the reviewers disagree, a meeting speaks of it")],
    }[Follows(follows)]


def _feedback(level: int, since: int) -> list[str]:
    """What applicants are told of how they were judged, and from when."""
    if not level:
        return [_("no feedback to applicants")]
    what = _("feedback: score, line and the reviewers' reasons") if level > 1 else _("feedback: score and line")
    return [what, _("from the publication on") if since else _("from the letter on")]


def _words(kind: Kind) -> tuple[tuple[str, str], ...]:
    """The words that may follow a kind of stage: a level, or what is filed."""
    words: tuple[Level | FilingKind, ...] = ()
    if kind is Kind.RECOMMENDATION:
        words = (Level.DISTRICT, Level.CITY, Level.PROVINCE, Level.COUNTRY)
    elif kind is Kind.FILING:
        words = tuple(FilingKind)
    return tuple((word.value, label(word)) for word in words)


def _setting(kind: Kind, name: str) -> Setting:
    known = PARAMETERS[kind][name]
    return Setting(name, known.least, known.most, known.default, _meaning(kind, name))


def _meaning(kind: Kind, name: str) -> str:
    return {
        (Kind.FILING, "months"): _("months until a later filing is due; 0 sets no date"),
        (Kind.SCREENING, "working_days"): _("working days for a correction"),
        (Kind.SCREENING, "count_start"): _("1 if the day on which it is returned counts"),
        (Kind.REVIEW, "minimum_reviewers"): _("fewest reviewers that must have finished"),
        (Kind.REVIEW, "blind"): _("1 if reviewers are not told who applies"),
        (Kind.REVIEW, "working_days"): _("working days for each review"),
        (Kind.REVIEW, "mark_changes"): _("1 if a finished mark may be changed for a reason"),
        (Kind.REVIEW, "disagreement"): _(
            "where marks are further apart than the criteria state: 0 it is pointed out, 1 one more review is needed, "
            "2 a meeting speaks of it"
        ),
        (Kind.DELIBERATION, "meeting"): _("1 if a decision needs the record of a meeting"),
        (Kind.DELIBERATION, "reserve_months"): _("months for which a place in reserve holds"),
        (Kind.NOTICE, "working_days"): _("working days for objections"),
        (Kind.NOTICE, "count_start"): _("1 if the day of the notice counts"),
        (Kind.NOTICE, "anonymous"): _("1 if objections without a name are taken"),
        (Kind.NOTICE, "answer_days"): _("working days to answer each objection"),
        (Kind.PUBLICATION, "feedback"): _(
            "what applicants are told of their assessment: 0 nothing, 1 score and line, 2 the reviewers' reasons too"
        ),
        (Kind.PUBLICATION, "feedback_from"): _("0 from the letter on, 1 from the publication on"),
    }[kind, name]
