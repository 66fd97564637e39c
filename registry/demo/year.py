"""A year of all programmes: the demonstration shows it as it stands at a moment, and it can be played to its end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from registry.demo import country
from registry.demo.applicants import Fate
from registry.demo.country import Applicants
from registry.demo.decisions import decided_on
from registry.demo.plays import DAY, YEAR, Play, Run, filed, judged, merged, opened, set_up
from registry.demo.stage import HOUR, Stage
from registry.domain.programmes import ProgrammeFile
from registry.domain.vocabulary import Action, Kind
from registry.models import CriteriaVersion


@dataclass(frozen=True, slots=True)
class Plan:
    """When a round of a programme begins, how many days before the moment that is shown, and who applies.

    The rest is as in `Run`. Where a later filing may be of the year after, the figures begin a year earlier.
    """

    programme: str
    round: str
    days_before: int
    applicants: Applicants
    fates: Mapping[str, Fate] = field(default_factory=dict)
    pool: tuple[tuple[str, int], ...] = ()
    objected: frozenset[str] = frozenset()
    doubted: frozenset[str] = frozenset()
    aired: bool = False
    figures_year: int = YEAR


KEPT, BARRED = Fate(Kind.LIBRARY), Fate(Kind.SCREENING, Action.BAR)

PLANS = (
    Plan("shandong-cities", "named", 300, country.SHANDONG_CITIES),
    Plan("national-plants", "built", 150, country.BUILT_PLANTS, fates={"hanjiang": KEPT}, figures_year=2024),
    Plan("shenzhen-zones", "named", 100, country.SHENZHEN_ZONES),
    Plan("zhejiang-farms", "selection", 110, country.ZHEJIANG_FARMS),
    Plan("zhejiang-parks", "library", 44, country.PARKS, fates={"yunshan": KEPT, "hengxi": KEPT}),
    Plan("near-zero", "selection", 45, country.NEAR_ZERO, aired=True),
    Plan("shenzhen-projects", "selection", 34, country.SHENZHEN_PROJECTS, pool=(("SZ-02", 1),)),
    Plan("shandong-parks", "selection", 38, country.SHANDONG_PARKS, objected=frozenset({"luyuan"})),
    Plan("zhejiang-cities", "selection", 35, country.ZHEJIANG_CITIES),
    Plan("zhejiang-sewage-works", "selection", 33, country.ZHEJIANG_SEWAGE),
    Plan("zhejiang-projects", "selection", 32, country.ZHEJIANG_PROJECTS),
    Plan("shandong-enterprises", "selection", 60, country.SHANDONG_ENTERPRISES, fates={"wuling": BARRED}),
    Plan("shenzhen-near-zero", "selection", 12, country.SHENZHEN_NEAR_ZERO),
)


def year(
    stage: Stage,
    outlines: Mapping[str, ProgrammeFile],
    criteria: Mapping[str, CriteriaVersion],
    plans: Iterable[Plan],
    *,
    at: datetime,
    base_url: str,
) -> Play:
    """All plans at the same time; a programme that has a plan is set up before its first round, unless it is there."""
    return merged(
        at, *(played(stage, outlines[plan.programme], criteria, plan, at=at, base_url=base_url) for plan in plans)
    )


def played(
    stage: Stage,
    outline: ProgrammeFile,
    criteria: Mapping[str, CriteriaVersion],
    plan: Plan,
    *,
    at: datetime,
    base_url: str,
) -> Play:
    """A plan from the setting up of its programme, where nobody has, to its certificates."""
    begins = at - plan.days_before * DAY
    if not stage.has(outline.key):
        yield from set_up(stage, outline, begins)
    run = Run(
        outline,
        outline.round_of(plan.round),
        begins + 2 * HOUR,
        plan.applicants,
        fates=plan.fates,
        pool=dict(plan.pool),
        objected=plan.objected,
        doubted=plan.doubted,
        aired=plan.aired,
        figures_year=plan.figures_year,
    )
    return (yield from _run(stage, run, criteria, base_url))


def _run(stage: Stage, run: Run, criteria: Mapping[str, CriteriaVersion], base_url: str) -> Play:
    """A round from its preparation to its certificates."""
    moment = yield from opened(stage, run, criteria)
    everyone = [(key, one) for key, applicants in run.applicants.items() for one in applicants]
    moment = yield from merged(
        moment,
        *(
            filed(stage, run, category, applicant, run.opens + (number + 1) * 6 * HOUR)
            for number, (category, applicant) in enumerate(everyone)
        ),
    )
    moment = (run.closes or moment) + HOUR
    moment = yield from merged(
        moment,
        *(
            judged(stage, run, applicant, moment + number * HOUR)
            for number, (_category, applicant) in enumerate(everyone)
        ),
    )
    return (yield from merged(moment, *(decided_on(stage, run, key, moment, base_url) for key in run.applicants)))
