"""The rest of the country in the demonstration: what came before its story, and who else acts in the open batches.

Everybody here is drawn from `SEED`; what becomes of whom stands in the plans, so that it can be counted by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle, islice

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from registry.demo.applicants import Applicant, Fate
from registry.demo.batches import open_batch
from registry.demo.decisions import approved, decided_on, ranking_of, released
from registry.demo.invented import Country
from registry.demo.plays import DAY, Play, Run, closing, filed, judged, merged
from registry.demo.stage import HOUR, Stage
from registry.demo.year import Plan, played
from registry.domain.policy import Actor
from registry.domain.programmes import ProgrammeFile
from registry.domain.vocabulary import Action, Kind, Result, Role, Status
from registry.domain.workdays import end_of
from registry.models import Application, Award, CriteriaVersion, Round, RoundCategory
from registry.queries import reserves
from registry.services import archiving, awards, outcomes

SEED = "synergy"
CATEGORY = "GW-01"
Fated = Sequence[tuple[Applicant, Fate | None]]
# The year before the story: how many days before the moment that is shown its rounds open.
EARLIER = 640
# How many days before that moment they are archived: their reserve has expired, and nothing of them can change.
ARCHIVED = 200
PLACES = 20

# What becomes of those who applied a year before: the first forty are ranked, the others end on the way.
EARLIER_FATES: tuple[Fate | None, ...] = (
    *[None] * 40,
    *[Fate(Kind.RECOMMENDATION, Action.DECLINE)] * 2,
    Fate(Kind.SCREENING, Action.REFUSE),
    Fate(Kind.SCORING, Action.WITHDRAW),
)
# Two more do not meet a requirement, which scoring finds.
FAILING = 2
# Where those of the batch that has closed stand.
CLOSED_FATES: tuple[Fate | None, ...] = (
    *[Fate(Kind.RECOMMENDATION)] * 5,
    *[Fate(Kind.SCREENING)] * 5,
    *[Fate(Kind.SCREENING, Action.RETURN)] * 3,
    *[Fate(Kind.SCORING)] * 3,
    *[Fate(Kind.REVIEW)] * 2,
    *[Fate(Kind.REVIEW, Action.ASSIGN)] * 3,
    *[Fate(Kind.REVIEW, Action.REVIEW)] * 2,
    *[None] * 2,
)
# Who is at it in the batch that is open: nobody has handed in yet, so that a visitor can lead one application through.
OPEN_FATES: tuple[Fate | None, ...] = (
    *[Fate(Kind.FILING)] * 4,
    *[Fate(Kind.FILING, Action.EDIT)] * 8,
)
FARMS, FACTORIES = 8, 5

# The provinces and cities from which plants come, the populous ones more than once.
REGIONS = (
    *("hangzhou", "jiangsu", "guangdong", "jinan", "henan", "sichuan", "ningbo", "hubei", "hebei", "qingdao"),
    *("hunan", "anhui", "fujian", "shaanxi", "wenzhou", "liaoning", "jiangsu", "yunnan", "guangxi", "shanghai"),
    *("chongqing", "jiangxi", "yantai", "beijing", "guizhou", "shanxi", "jilin", "gansu", "tianjin", "heilongjiang"),
    *("guangdong", "xinjiang", "hainan", "inner-mongolia", "ningxia", "qinghai", "weifang", "jiaxing", "xpcc", "tibet"),
)
FARM_REGIONS = ("lishui", "jinhua", "quzhou", "huzhou", "jiaxing", "taizhou", "shaoxing", "zhoushan")
FACTORY_REGIONS = ("zibo", "linyi", "dongying", "weifang", "jining")


class Crowd:
    """The plans of everybody in the crowd, the same every time."""

    def __init__(self, seed: str = SEED) -> None:
        country = Country(seed)
        regions = cycle(REGIONS)

        def plants(number: int) -> list[Applicant]:
            return [country.plant(region) for region in islice(regions, number)]

        failing = [replace(one, figures={**one.figures, "disclosure_made": False}) for one in plants(FAILING)]
        self.earlier = [*_fated(plants(len(EARLIER_FATES)), EARLIER_FATES), *_fated(failing, [None] * FAILING)]
        self.closed = _fated(plants(len(CLOSED_FATES)), CLOSED_FATES)
        self.open = _fated(plants(len(OPEN_FATES)), OPEN_FATES)
        self.farms = [country.farm(region) for region in islice(cycle(FARM_REGIONS), FARMS)]
        self.factories = [country.factory(region) for region in islice(cycle(FACTORY_REGIONS), FACTORIES)]


def before(
    stage: Stage,
    crowd: Crowd,
    outlines: Mapping[str, ProgrammeFile],
    criteria: Mapping[str, CriteriaVersion],
    *,
    at: datetime,
    base_url: str,
) -> Play:
    """The year before the story: a batch of plants under a quota, farms and factories, all to their certificates."""
    farms = Plan(
        "zhejiang-farms", "selection", EARLIER, {"ZJ-09": crowd.farms}, objected=frozenset({crowd.farms[-1].key})
    )
    factories = Plan("shandong-enterprises", "selection", EARLIER - 4, {"SD-01": crowd.factories})
    return merged(
        at - EARLIER * DAY,
        _plants_before(stage, crowd, outlines["national-plants"], criteria["wwtp"], at - EARLIER * DAY, base_url),
        *(
            played(stage, outlines[plan.programme], criteria, plan, at=at, base_url=base_url)
            for plan in (farms, factories)
        ),
    )


def beside(
    stage: Stage,
    crowd: Crowd,
    outline: ProgrammeFile,
    *,
    closed: RoundCategory,
    open_: RoundCategory,
    at: datetime,
) -> Play:
    """The story's own year: who else applied in the batch that has closed, and who is at it in the one that is open."""
    in_closed = _run(outline, closed, crowd.closed, at - 60 * DAY)
    in_open = _run(outline, open_, crowd.open, at - 2 * DAY)
    return merged(
        at - 250 * DAY,
        _expired(stage),
        _archived(stage, at - (EARLIER - 30) * DAY, at - ARCHIVED * DAY),
        _all(stage, in_closed, at - 55 * DAY, 30 * HOUR, at - 11 * DAY),
        _all(stage, in_open, at - 44 * HOUR, 3 * HOUR, at - 3 * HOUR),
    )


def _plants_before(
    stage: Stage, crowd: Crowd, outline: ProgrammeFile, version: CriteriaVersion, opens: datetime, base_url: str
) -> Play:
    yield opens
    (category,), year = stage.programme(outline.key).categories, opens.year
    title, title_en, closes = f"{year}年第一批", f"First batch of {year}", closing(opens + 40 * DAY)
    entry = open_batch(stage.cast, category, version, title, title_en, opens, closes, quota=PLACES)
    run = _run(outline, entry, crowd.earlier, opens)
    moment = yield from _all(stage, run, opens + DAY, 18 * HOUR, closes + DAY)
    selected = _selected(stage, run, moment)
    run.objected, run.doubted = frozenset(selected[-1:]), frozenset(selected[4:6])
    moment = yield from decided_on(stage, run, CATEGORY, moment, base_url)
    return (yield from _revoked(stage, run, selected[2], moment + 120 * DAY))


def _fated(applicants: Sequence[Applicant], fates: Sequence[Fate | None]) -> Fated:
    return list(zip(applicants, fates, strict=True))


def _run(outline: ProgrammeFile, where: RoundCategory, everyone: Fated, opens: datetime) -> Run:
    """The run of a batch that is open already."""
    return Run(
        outline,
        outline.round_of("selected"),
        opens,
        {CATEGORY: [one for one, _fate in everyone]},
        fates={one.key: fate for one, fate in everyone if fate is not None},
        categories={CATEGORY: where},
    )


def _all(stage: Stage, run: Run, first: datetime, apart: timedelta, judging: datetime) -> Play:
    """Everybody applies, one some time after the other, and from a moment on each goes its way."""
    everyone = run.applicants[CATEGORY]
    yield from merged(
        first, *(filed(stage, run, CATEGORY, one, first + number * apart) for number, one in enumerate(everyone))
    )
    return (
        yield from merged(
            judging, *(judged(stage, run, one, judging + number * HOUR) for number, one in enumerate(everyone))
        )
    )


def _selected(stage: Stage, run: Run, moment: datetime) -> list[str]:
    """Return the keys of those who are about to be selected, the first first."""
    keys = {number: key for key, number in run.filed.items()}
    lines = ranking_of(stage, run, CATEGORY, moment).lines
    return [keys[line.application.id] for line in lines if line.row.result is Result.SELECTED]


def _revoked(stage: Stage, run: Run, key: str, moment: datetime) -> Play:
    """An award is taken back by two people."""
    yield moment
    session, programme = stage.session, run.outline.key
    award = session.scalars(select(Award).where(Award.application_id == run.filed[key])).one()
    officer = stage.cast.at(stage.cast.staff(Role.OFFICER, programme)[0], moment)
    reason = "年度检查发现再生水计量数据失实，限期整改后仍不达标。"
    proposal = awards.propose_revocation(session, officer, award, reason=reason)
    moment = yield from approved(stage, run, proposal, moment + 2 * DAY)
    moment += HOUR
    yield moment
    released(session, replace(officer, at=moment), run.categories[CATEGORY].id)
    return moment


def _archived(stage: Stage, opened: datetime, moment: datetime) -> Play:
    """The rounds that had opened by then come to their end, and a worker is to write their dossiers."""
    yield moment
    session = stage.session
    for round_ in session.scalars(select(Round).where(Round.opens_at <= opened).options(joinedload(Round.programme))):
        officer = stage.cast.staff(Role.OFFICER, round_.programme.key)[0]
        archiving.archive(session, stage.cast.at(officer, moment), round_, language="zh")
    return moment


def _expired(stage: Stage) -> Play:
    """Who is left in reserve from the year before loses the place once its time is over."""
    session = stage.session
    standing = session.scalars(select(Application.id).where(Application.status == Status.RESERVED)).all()
    moments = {number: end_of(last) + HOUR for number, last in reserves.last_days(session, standing).items()}
    moment = min(moments.values())
    for number, moment in sorted(moments.items(), key=lambda item: item[1]):
        yield moment
        application = stage.whole(number)
        outcomes.expire(session, Actor(moment, worker=True), application)
        released(session, stage.cast.at("officer", moment), application.round_category_id)
    return moment
