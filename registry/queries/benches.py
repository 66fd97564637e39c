"""The what-if bench of a round category: its frozen evaluations and marks as arrays, its reviewers calibrated.

What is worked out of frozen figures is kept in memory by the digest of what went in, for whoever asks next.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from registry.domain.calibration import Calibration, calibrate
from registry.domain.chain import digest_of
from registry.domain.criteria import CriteriaSet
from registry.domain.selection import Ranked, rank
from registry.domain.vocabulary import CalibrationUse, Status
from registry.domain.whatif.adjusting import told
from registry.domain.whatif.bench import Bench, Outcome
from registry.domain.whatif.frozen import Application as Frozen
from registry.domain.whatif.frozen import Frame, FrozenRound, Item, marks_of
from registry.domain.whatif.settings import Setting
from registry.domain.whatif.stability import Stability, stability
from registry.models import Application, RoundCategory
from registry.queries import deliberating, filings, frozen_rounds, quotas

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
    def raw(self) -> Setting:
        """The setting as the round has it, with the marks as they were given."""
        return replace(self.base, key="raw", adjusted=False)

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


def of(session: Session, where: RoundCategory, *, at: datetime | None = None) -> Workbench:
    """Return the bench of a round category as it stands, with the same facts as `decisions.ranking` at a moment."""
    known = deliberating.standing(session, where, at=at)
    newest = frozen_rounds.newest(session, where)
    criteria = filings.criteria_of(where)
    free = quotas.free_places(session, where)
    facts = {
        key: [
            known.opinions[key].supported if key in known.opinions else True,
            known.barred.get(key),
            known.turns.get(key),
            str(row.status),
            {by: list(values) for by, values in known.groups[key].items()},
        ]
        for key, row in known.decidable.items()
    }
    digest = digest_of(
        {
            "criteria": where.pinned_digest,
            "calibration": str(frozen_rounds.calibration_use(where)),
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
    applied = bool(frozen.severities) and frozen_rounds.calibration_use(where) is CalibrationUse.APPLIED
    base = Setting(places=free, rules=known.in_force, adjusted=applied, by_given=applied)
    return Workbench(where, criteria, known.decidable, base, free, digest, frozen, bench, calibration)


def _figures(
    session: Session,
    where: RoundCategory,
    criteria: CriteriaSet,
    newest: Mapping[int, int],
    known: deliberating.Standing,
) -> _Figures:
    frozen = frozen_rounds.of(session, where, criteria, newest)
    frame, applications = frozen.frame, {one.key: one for one in frozen.applications}
    nothing = Frozen(0, tuple(Item(applies=False) for _ in frame.columns), figure=False)
    for key, application in known.decidable.items():
        applications[key] = replace(
            applications.get(key, nothing),
            key=key,
            waits=application.status is Status.RESERVED,
            supported=key not in known.opinions or known.opinions[key].supported,
            barred=known.barred.get(key),
            turn=known.turns.get(key),
            groups=known.groups[key],
        )
    frozen = FrozenRound(frame, tuple(applications.values()))
    if frozen_rounds.calibration_use(where) is CalibrationUse.OFF:
        return frozen, None
    calibration = calibrate(marks_of(frozen))
    return replace(frozen, severities=told(calibration)), calibration


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
