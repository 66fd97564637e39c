"""Where reviewers disagree beyond what the criteria state, and what the round has fixed that follows from it."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import ColumnElement, Float, and_, case, cast, func, select
from sqlalchemy.orm import Session

from registry.domain import disagreement
from registry.domain.disagreement import Apart, Follows, Limits
from registry.domain.vocabulary import Kind, ReviewStatus, Status
from registry.models import Application, Assignment, Evaluation, Mark, Review, RoundCategory, RouteStep
from registry.queries import filings, marks, reviews

# What a comparison of binary fractions may be wrong by; whoever it lets through is looked at with decimals.
NEARLY = 1e-6


def of_review(session: Session, application: Application) -> tuple[Apart, ...]:
    """Return the questions on which the first reviewers of an application disagree, so that one more is needed.

    Nothing where the round asks for no further review, or fewer have finished than are needed.
    """
    where = application.round_category
    step = _where(session, [where], Follows.FURTHER_REVIEW).get(where.id)
    if step is None:
        return ()
    criteria = filings.criteria_of(where)
    rows = [row for row in reviews.assignments(session, application) if row.conflict in reviews.OPEN]
    finished = [(row.review.finished_at, row.id, row) for row in rows if row.review and row.review.finished_at]
    given = [{key: one.points for key, one in marks.own(row).items()} for _at, _id, row in sorted(finished)]
    return disagreement.further(disagreement.limits(criteria), reviews.needed(criteria, step.parameters), given)


def further(session: Session, categories: Collection[RoundCategory]) -> frozenset[int]:
    """Return the applications under review in round categories whose reviewers disagree, so that one more is needed.

    Whether one more is there already makes no difference.
    """
    steps = _where(session, categories, Follows.FURTHER_REVIEW)
    found = [_further(session, where, steps[where.id]) for where in categories if where.id in steps]
    return frozenset[int]().union(*found)


def deliberated(session: Session, where: RoundCategory) -> Limits:
    """Return how far marks may be apart before a meeting has to speak of an application; nothing where none has to."""
    return disagreement.limits(filings.criteria_of(where)) if _where(session, [where], Follows.DELIBERATION) else {}


def of_evaluation(allowed: Limits, evaluation: Evaluation | None) -> tuple[str, ...]:
    """Return the questions whose marks are too far apart in a frozen evaluation; those that were not scored are not."""
    if evaluation is None:
        return ()
    return disagreement.of_figures(allowed, evaluation.marks, evaluation.result.get("items", ()))


def _where(session: Session, categories: Collection[RoundCategory], follows: Follows) -> dict[int, RouteStep]:
    """Return the stages of review of those round categories that have fixed so much, by round category."""
    numbers = [where.id for where in categories]
    steps = session.scalars(
        select(RouteStep).where(RouteStep.round_category_id.in_(numbers), RouteStep.kind == Kind.REVIEW)
    )
    return {step.round_category_id: step for step in steps if disagreement.follows(step.parameters) is follows}


def _further(session: Session, where: RoundCategory, step: RouteStep) -> set[int]:
    criteria = filings.criteria_of(where)
    allowed = disagreement.limits(criteria)
    if not allowed:
        return set()
    needed = reviews.needed(criteria, step.parameters)
    given: dict[int, dict[int, dict[str, Decimal]]] = defaultdict(dict)
    rows = session.execute(
        select(Assignment.application_id, Assignment.id, Mark.indicator, Mark.points)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Mark, Mark.review_id == Review.id)
        .where(_counts(), Assignment.application_id.in_(_candidates(session, where, step, allowed)))
        .order_by(Review.finished_at, Assignment.id, Mark.id)
    )
    for application, assignment, panel, points in rows:
        given[application].setdefault(assignment, {})[panel] = points
    return {key for key, own in given.items() if disagreement.further(allowed, needed, list(own.values()))}


def _candidates(session: Session, where: RoundCategory, step: RouteStep, allowed: Limits) -> set[int]:
    """Return whose marks could be too far apart: on some question the ends are more than two limits away."""
    points = cast(Mark.points, Float)
    limit = case({key: float(one) for key, one in allowed.items()}, value=Mark.indicator)
    rows = session.scalars(
        select(Assignment.application_id)
        .join(Application, Application.id == Assignment.application_id)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Mark, Mark.review_id == Review.id)
        .where(_counts(), Mark.indicator.in_(list(allowed)))
        .where(Application.round_category_id == where.id, Application.position == step.position)
        .where(Application.kind == Kind.REVIEW, Application.status == Status.WAITING)
        .group_by(Assignment.application_id, Mark.indicator)
        .having(func.max(points) - func.min(points) > 2 * func.max(limit) - NEARLY)
    )
    return set(rows)


def _counts() -> ColumnElement[bool]:
    return and_(
        Assignment.ended_at.is_(None),
        Assignment.conflict.in_(reviews.OPEN),
        Review.status == ReviewStatus.FINISHED,
    )
