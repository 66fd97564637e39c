"""The what-if bench of a round category: its frozen evaluations and marks as arrays, its reviewers calibrated.

What is worked out of frozen figures is kept in memory by the digest of what went in, for whoever asks next.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from registry.domain.calibration import Calibration, calibrate
from registry.domain.chain import digest_of
from registry.domain.criteria import CriteriaSet
from registry.domain.results import Score
from registry.domain.selection import Ranked, rank
from registry.domain.vocabulary import CalibrationUse, Status
from registry.domain.whatif.bench import Bench, Outcome
from registry.domain.whatif.frozen import Application as Frozen
from registry.domain.whatif.frozen import Frame, FrozenRound, Item, Marks, frame_of, freeze, marks_of
from registry.domain.whatif.settings import Setting
from registry.domain.whatif.stability import Stability, stability
from registry.models import Application, Assignment, Evaluation, Filing, RoundCategory
from registry.queries import deliberating, filings, quotas

# From this many applications on the stability is worked out as a task: it would keep its reader waiting.
LONG = 1500
KEPT = 6
_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class Workbench:
    """A round category on the bench: who stands for decision, the setting as the round has it, and what it rests on.

    `digest` stands for all that a result rests on: figures, marks, what is known of each, free places, rules of groups
    with what they hold already. `frozen` are all applications of the category that were evaluated, the undecided ones
    with what a ranking asks; `bench` has the latter alone. `calibration` is None where the round does not use it.
    """

    where: RoundCategory
    criteria: CriteriaSet
    rows: Mapping[int, Application]
    base: Setting
    free: int | None
    digest: str
    frozen: FrozenRound
    bench: Bench
    calibration: Calibration | None

    @property
    def frame(self) -> Frame:
        """What the applications share."""
        return self.frozen.frame

    @property
    def adjusted(self) -> Setting:
        """The setting as the round has it, with adjusted marks."""
        return replace(self.base, key="adjusted", adjusted=True)

    def outcome(self, setting: Setting) -> Outcome:
        """Return the ranking under a setting; raises ValueError where it names what there is not."""
        with _LOCK:
            return self.bench.outcome(setting)

    def ranked(self, setting: Setting) -> Ranked:
        """Return all rows under a setting with ranks and grounds, as a ranking has them, nobody put in reserve anew."""
        with _LOCK:
            candidates = self.bench.candidates(setting)
        places = None if setting.places is None else setting.places + setting.pool
        return rank(candidates, places, 0, setting.rules)

    def stability(self, setting: Setting) -> Stability:
        """Return how firmly each application is in or out around a setting."""
        key = (self.digest, digest_of(repr(setting)))
        return _kept(_STABILITIES, key, lambda: self._stability(setting))

    def _stability(self, setting: Setting) -> Stability:
        with _LOCK:
            return stability(self.bench, setting)


_Figures = tuple[FrozenRound, Calibration | None]
_FIGURES: OrderedDict[Any, tuple[_Figures, Bench]] = OrderedDict()
_STABILITIES: OrderedDict[Any, Stability] = OrderedDict()


def calibration_use(where: RoundCategory) -> CalibrationUse:
    """Return what the round fixed of calibration; rounds that were prepared before there was a choice show it."""
    return CalibrationUse(where.settings.get("calibration", CalibrationUse.SHOWN))


def of(session: Session, where: RoundCategory, *, at: datetime | None = None) -> Workbench:
    """Return the bench of a round category as it stands, with the same facts as `decisions.ranking` at a moment."""
    known = deliberating.standing(session, where, at=at)
    newest = _newest(session, where)
    criteria = filings.criteria_of(where)
    free = quotas.free_places(session, where)
    facts = {
        key: [
            known.opinions[key].supported if key in known.opinions else True,
            key in known.barred,
            known.turns.get(key),
            str(row.status),
            {by: list(values) for by, values in known.groups[key].items()},
        ]
        for key, row in known.decidable.items()
    }
    digest = digest_of(
        {
            "criteria": where.pinned_digest,
            "calibration": str(calibration_use(where)),
            "evaluations": sorted(newest.items()),
            "standing": sorted(facts.items()),
            "free": free,
            "rules": [
                [rule.key, rule.by, rule.value, rule.least, rule.most, sorted(rule.taken.items())]
                for rule in known.in_force
            ],
        }
    )

    def figures() -> tuple[_Figures, Bench]:
        found = _figures(session, where, criteria, newest, known)
        own = tuple(one for one in found[0].applications if one.key in known.decidable)
        return found, Bench(replace(found[0], applications=own))

    (frozen, calibration), bench = _kept(_FIGURES, (where.id, digest), figures)
    base = Setting(places=free, rules=known.in_force)
    return Workbench(where, criteria, known.decidable, base, free, digest, frozen, bench, calibration)


def _figures(
    session: Session,
    where: RoundCategory,
    criteria: CriteriaSet,
    newest: Mapping[int, int],
    known: deliberating.Standing,
) -> _Figures:
    frame = frame_of(criteria)
    reviewers = {(row.application_id, row.label): str(row.reviewer_id) for row in _assignments(session, where)}
    rows = session.execute(
        select(Filing.application_id, Evaluation.result, Evaluation.marks)
        .join(Filing, Filing.id == Evaluation.filing_id)
        .where(Evaluation.id.in_(newest.values()))
        .order_by(Filing.application_id)
    )
    applications = {}
    for row in rows:
        score = Score.from_dict(row.result)
        marks: Marks = {
            indicator: {
                reviewers.get((row.application_id, label), label): Decimal(points) for label, points in given.items()
            }
            for indicator, given in row.marks.items()
        }
        applications[row.application_id] = freeze(row.application_id, frame, score, marks)
    nothing = Frozen(0, tuple(Item(applies=False) for _ in frame.columns), figure=False)
    for key, application in known.decidable.items():
        applications[key] = replace(
            applications.get(key, nothing),
            key=key,
            waits=application.status is Status.RESERVED,
            supported=key not in known.opinions or known.opinions[key].supported,
            barred=key in known.barred,
            turn=known.turns.get(key),
            groups=known.groups[key],
        )
    frozen = FrozenRound(frame, tuple(applications.values()))
    if calibration_use(where) is CalibrationUse.OFF:
        return frozen, None
    calibration = calibrate(marks_of(frozen))
    # Where no mark says more than is needed, severities cannot be told, and there is nothing to adjust by.
    told = calibration.between is not None and calibration.between > 0
    return replace(frozen, severities=calibration.severities if told else {}), calibration


def _newest(session: Session, where: RoundCategory) -> dict[int, int]:
    """Return the number of the last evaluation of each application that was handed in."""
    rows = session.execute(
        select(Filing.application_id, func.max(Evaluation.id).label("evaluation"))
        .join(Filing, Filing.id == Evaluation.filing_id)
        .join(Application, Application.id == Filing.application_id)
        .where(Application.round_category_id == where.id, Application.submitted_at.is_not(None))
        .group_by(Filing.application_id)
    )
    return {row.application_id: row.evaluation for row in rows}


def _assignments(session: Session, where: RoundCategory) -> Sequence[Row[int, str, int]]:
    return session.execute(
        select(Assignment.application_id, Assignment.label, Assignment.reviewer_id)
        .join(Application, Application.id == Assignment.application_id)
        .where(Application.round_category_id == where.id)
        .order_by(Assignment.id)
    ).all()


_Made = TypeVar("_Made")


def _kept(store: OrderedDict[Any, _Made], key: Any, make: Callable[[], _Made]) -> _Made:
    """Return what is kept under a key, made where it is not; the one that was asked for longest ago goes."""
    with _LOCK:
        if key in store:
            store.move_to_end(key)
            return store[key]
    made = make()
    with _LOCK:
        store[key] = made
        while len(store) > KEPT:
            store.popitem(last=False)
    return made
