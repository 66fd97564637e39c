"""The frozen figures of a round category: each application as it was last evaluated, with marks under their reviewers.

Evaluations never change, so that what is worked out of them is kept in memory for whoever asks next.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.domain.chain import digest_of
from registry.domain.criteria import CriteriaSet
from registry.domain.results import Score
from registry.domain.vocabulary import CalibrationUse
from registry.domain.whatif.adjusting import Adjusted, adjust
from registry.domain.whatif.frozen import Application as Frozen
from registry.domain.whatif.frozen import FrozenRound, Marks, frame_of, freeze
from registry.models import Application, Assignment, Evaluation, Filing, RoundCategory
from registry.queries import filings

KEPT = 6
_LOCK = Lock()
_ADJUSTED: OrderedDict[str, Adjusted] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Applied:
    """The adjusted totals by which a round category is decided, and the evaluations that they are worked out of."""

    adjusted: Adjusted
    evaluations: tuple[int, ...]


def calibration_use(where: RoundCategory) -> CalibrationUse:
    """Return what the round fixed of calibration; rounds that were prepared before there was a choice show it."""
    return CalibrationUse(where.settings.get("calibration", CalibrationUse.SHOWN))


def newest(session: Session, where: RoundCategory) -> dict[int, int]:
    """Return the number of the last evaluation of each application that was handed in."""
    rows = session.execute(
        select(Filing.application_id, func.max(Evaluation.id).label("evaluation"))
        .join(Filing, Filing.id == Evaluation.filing_id)
        .join(Application, Application.id == Filing.application_id)
        .where(Application.round_category_id == where.id, Application.submitted_at.is_not(None))
        .group_by(Filing.application_id)
    )
    return {row.application_id: row.evaluation for row in rows}


def of(session: Session, where: RoundCategory, criteria: CriteriaSet, evaluations: Mapping[int, int]) -> FrozenRound:
    """Return the applications of a round category with some of their evaluations, nothing else said of them."""
    frame, reviewers = frame_of(criteria), _reviewers(session, where)
    rows = session.execute(
        select(Filing.application_id, Evaluation.result, Evaluation.marks)
        .join(Filing, Filing.id == Evaluation.filing_id)
        .where(Evaluation.id.in_(evaluations.values()))
        .order_by(Filing.application_id)
    )
    found: list[Frozen] = []
    for row in rows:
        marks: Marks = {
            indicator: {
                reviewers.get((row.application_id, label), label): Decimal(points) for label, points in given.items()
            }
            for indicator, given in row.marks.items()
        }
        found.append(freeze(row.application_id, frame, Score.from_dict(row.result), marks))
    return FrozenRound(frame, tuple(found))


def applied(session: Session, where: RoundCategory) -> Applied | None:
    """Return the adjusted totals by which a round category is decided; None where the marks decide as given."""
    if calibration_use(where) is not CalibrationUse.APPLIED:
        return None
    latest = newest(session, where)
    evaluations = tuple(sorted(latest.values()))
    inputs = session.execute(
        select(Evaluation.id, Evaluation.input_digest).where(Evaluation.id.in_(evaluations)).order_by(Evaluation.id)
    )
    reviewers = sorted((*key, person) for key, person in _reviewers(session, where).items())
    key = digest_of([where.id, where.pinned_digest, sorted(latest.items()), [[*row] for row in inputs], reviewers])
    with _LOCK:
        found = _ADJUSTED.get(key)
    if found is None:
        found = adjust(of(session, where, filings.criteria_of(where), latest))
        with _LOCK:
            _ADJUSTED[key] = found
            while len(_ADJUSTED) > KEPT:
                _ADJUSTED.popitem(last=False)
    return Applied(found, evaluations)


def _reviewers(session: Session, where: RoundCategory) -> dict[tuple[int, str], str]:
    """Return who marked under a label, by application and label."""
    rows = session.execute(
        select(Assignment.application_id, Assignment.label, Assignment.reviewer_id)
        .join(Application, Application.id == Assignment.application_id)
        .where(Application.round_category_id == where.id)
        .order_by(Assignment.id)
    )
    return {(row.application_id, row.label): str(row.reviewer_id) for row in rows}
