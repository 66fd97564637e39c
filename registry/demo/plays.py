"""How a programme is played, act by act: a play yields the moment of its next act, and acts when it is resumed.

Plays that run at the same time are merged into one, so that the record runs forward; whoever stops resuming leaves
everything as it stands at that moment.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush

from registry.demo.applicants import Applicant, Fate
from registry.demo.stage import HOUR, Stage
from registry.domain.programmes import ProgrammeFile, RoundEntry
from registry.domain.texts import Names
from registry.domain.vocabulary import Action, ConflictState, Kind, Role
from registry.domain.workdays import SHANGHAI
from registry.domain.workflow import ENDED
from registry.models import Application, CriteriaVersion, RoundCategory
from registry.queries import visits as recorded
from registry.services import libraries, outlines, reviews, rounds, visits

DAY = timedelta(days=1)
# The hour of Beijing at which rounds close, as offices do.
CLOSING = 17
# The rounds of the demonstration judge the year before; its factors are those of 2023, the last that are in the tables.
YEAR, BASE_YEAR = 2025, 2020
# The moments of the acts to come; the moment of the last one is what is left in the end.
Play = Generator[datetime, None, datetime]


@dataclass
class Run:
    """A round as it is played: when it opens, who applies in which category, and how long things take.

    `library_days` is how long an application waits in a library, `filing_days` how long a later filing takes; `fates`
    says whose application goes another way. `pool` is how many places of the pool its issuer assigns to a category,
    `objected` to whom somebody objects with good reason, `doubted` to whom without; where it is `aired`, objections
    come in every form and stand in every state while a notice runs. `filed` fills while it is played.
    """

    outline: ProgrammeFile
    entry: RoundEntry
    opens: datetime
    applicants: Mapping[str, Sequence[Applicant]]
    open_days: int = 30
    library_days: int = 40
    filing_days: int = 60
    fates: Mapping[str, Fate] = field(default_factory=dict)
    pool: Mapping[str, int] = field(default_factory=dict)
    objected: frozenset[str] = frozenset()
    doubted: frozenset[str] = frozenset()
    aired: bool = False
    figures_year: int = YEAR
    filed: dict[str, int] = field(default_factory=dict)
    categories: dict[str, RoundCategory] = field(default_factory=dict)

    @property
    def closes(self) -> datetime | None:
        """When the round closes, None for a library."""
        return closing(self.opens + self.open_days * DAY) if self.entry.ends else None


def closing(moment: datetime) -> datetime:
    """Return when the office closes on the day of a moment."""
    return moment.astimezone(SHANGHAI).replace(hour=CLOSING, minute=0, second=0, microsecond=0).astimezone(UTC)


def merged(start: datetime, *plays: Play) -> Play:
    """Play several plays at the same time, from a moment: yield the moments of all their acts in order."""
    waiting: list[tuple[datetime, int]] = []
    last = start

    def resume(number: int) -> None:
        nonlocal last
        try:
            heappush(waiting, (next(plays[number]), number))
        except StopIteration as end:
            last = max(last, end.value)

    for number in range(len(plays)):
        resume(number)
    while waiting:
        moment, number = heappop(waiting)
        yield moment
        last = max(last, moment)
        resume(number)
    return last


def set_up(stage: Stage, outline: ProgrammeFile, moment: datetime) -> Play:
    """The administrator sets a programme up from its file, and its people get their roles."""
    yield moment
    programme = outlines.set_up(stage.session, stage.cast.at("admin", moment), outline)
    stage.cast.empower(moment, programme)
    return moment


def opened(stage: Stage, run: Run, criteria: Mapping[str, CriteriaVersion]) -> Play:
    """The officer prepares a round from the file of its programme and opens it."""
    yield run.opens
    programme = stage.programme(run.outline.key)
    title = _title(run)
    officer = stage.cast.at(stage.cast.staff(Role.OFFICER, programme.key)[0], run.opens)
    round_ = outlines.prepare(
        stage.session,
        officer,
        programme,
        run.entry,
        criteria=criteria,
        title=title.zh,
        title_en=title.en,
        year=run.opens.year,
        opens_at=run.opens,
        closes_at=run.closes,
        figures_year=run.figures_year,
        base_year=BASE_YEAR,
        factors={"grid": "national"},
    )
    if run.aired:
        for entry in round_.categories:
            for step in entry.steps:
                if step.kind is Kind.NOTICE:
                    step.parameters = {**step.parameters, "anonymous": 1, "answer_days": 1}
    rounds.open_(stage.session, officer, round_)
    run.categories = {
        category.key: entry
        for entry in round_.categories
        for category in programme.categories
        if category.id == entry.category_id
    }
    return run.opens


def filed(stage: Stage, run: Run, category: str, applicant: Applicant, moment: datetime) -> Play:
    """Somebody applies, from nothing to the receipt or, where that is the fate, to a draft."""
    yield moment
    where, fate = run.categories[category], run.fates.get(applicant.key)
    if fate is not None and fate.at is Kind.FILING:
        application = stage.draft(applicant, where, moment, begun=fate.act is Action.EDIT)
    else:
        application = stage.file(applicant, where, moment)
    run.filed[applicant.key] = application.id
    return moment


def judged(stage: Stage, run: Run, applicant: Applicant, moment: datetime) -> Play:
    """An application goes its way until it is deliberated, whatever its route asks for, or until its fate."""
    application = stage.whole(run.filed[applicant.key])
    fate = run.fates.get(applicant.key)
    while True:
        kind = application.kind
        here = fate is not None and fate.at is kind
        if kind is Kind.DELIBERATION or application.status in ENDED:
            return moment
        if fate is not None and here and (fate.act is None or kind is Kind.FILING):
            return moment
        moment += {Kind.LIBRARY: run.library_days * DAY, Kind.FILING: run.filing_days * DAY}.get(kind, 12 * HOUR)
        yield moment
        if fate is not None and fate.act is not None and here:
            OTHERWISE[fate.act](stage, application, applicant, moment)
            return moment
        ACTS[kind](stage, application, applicant, moment)


def _recommend(stage: Stage, application: Application, _applicant: Applicant, moment: datetime) -> None:
    stage.recommend(application, moment)


def _screen(stage: Stage, application: Application, _applicant: Applicant, moment: datetime) -> None:
    stage.screen(application, moment)


def _call(stage: Stage, application: Application, _applicant: Applicant, moment: datetime) -> None:
    reason = "库内培育期满，条件成熟，同意进入遴选。"
    libraries.call(stage.session, stage.officer(application, moment), application, reason=reason)


def _hand_in(stage: Stage, application: Application, applicant: Applicant, moment: datetime) -> None:
    stage.hand_in(application, applicant, moment)


def _score(stage: Stage, application: Application, _applicant: Applicant, moment: datetime) -> None:
    stage.score(application, moment)


def _review(stage: Stage, application: Application, applicant: Applicant, moment: datetime) -> None:
    experts = stage.cast.staff(Role.REVIEWER, application.round_category.round.programme.key)[: len(applicant.below)]
    for assignment, below in zip(stage.assign(application, moment, tuple(experts)), applicant.below, strict=True):
        stage.review(application, assignment, below, moment + HOUR)


def _conclude(stage: Stage, application: Application, applicant: Applicant, moment: datetime) -> None:
    _review(stage, application, applicant, moment)
    reviews.conclude(stage.session, stage.officer(application, moment + 2 * HOUR), application)


def _begin_review(stage: Stage, application: Application, applicant: Applicant, moment: datetime) -> None:
    """The last has finished, the one before has a draft, the first has promised; one more gave the assignment back."""
    experts = stage.cast.staff(Role.REVIEWER, application.round_category.round.programme.key)
    more = len(applicant.below)
    *others, drafting, finished = stage.assign(application, moment, tuple(experts[:more]))
    beside = stage.assign(application, moment, tuple(experts[more : more + 1]))
    # One in three is left lying, so that there is somebody to follow up.
    for assignment in others[:1] if application.id % 3 else ():
        stage.promise(assignment, moment + HOUR, days=5)
    for assignment in beside:
        if assignment.conflict is ConflictState.NONE:
            stage.give_back(assignment, moment + HOUR)
    stage.review(application, finished, applicant.below[-1], moment + HOUR)
    stage.review(application, drafting, applicant.below[-2], moment + 2 * HOUR, finish=False)


def _decline(stage: Stage, application: Application, _applicant: Applicant, moment: datetime) -> None:
    stage.decline(application, moment)


def _refuse(stage: Stage, application: Application, _applicant: Applicant, moment: datetime) -> None:
    stage.refuse(application, moment)


def _bar(stage: Stage, application: Application, _applicant: Applicant, moment: datetime) -> None:
    stage.bar(application, moment)


def _send_back(stage: Stage, application: Application, _applicant: Applicant, moment: datetime) -> None:
    stage.send_back(application, moment)


def _withdraw(stage: Stage, application: Application, applicant: Applicant, moment: datetime) -> None:
    stage.withdraw(application, applicant, moment)


def _visit(stage: Stage, application: Application, _applicant: Applicant, moment: datetime) -> None:
    """One act records the visit, the next concludes it."""
    if recorded.here(stage.session, application) is None:
        stage.visit(application, moment)
    else:
        visits.conclude(stage.session, stage.officer(application, moment), application)


ACTS: Mapping[Kind, Callable[[Stage, Application, Applicant, datetime], None]] = {
    Kind.FILING: _hand_in,
    Kind.RECOMMENDATION: _recommend,
    Kind.SCREENING: _screen,
    Kind.LIBRARY: _call,
    Kind.SCORING: _score,
    Kind.REVIEW: _conclude,
    Kind.SITE_VISIT: _visit,
}
OTHERWISE: Mapping[Action, Callable[[Stage, Application, Applicant, datetime], None]] = {
    Action.DECLINE: _decline,
    Action.REFUSE: _refuse,
    Action.BAR: _bar,
    Action.RETURN: _send_back,
    Action.WITHDRAW: _withdraw,
    Action.ASSIGN: _begin_review,
    Action.REVIEW: _review,
}


def _title(run: Run) -> Names:
    title, year = run.entry.title, run.opens.year
    zh = f"{year}年{run.outline.title.zh}{title.zh}"
    return Names(zh, f"{run.outline.title.en}, {title.en} of {year}")
