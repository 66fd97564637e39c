"""Reviewers who disagree: when marks are too far apart, and what the round has fixed that follows from it.

The threshold is that of the set: the share of a question's points beyond which the standard deviation of its marks is
pointed out. A question without one is never pointed out.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import IntEnum
from typing import Any

from registry.domain import routes
from registry.domain.criteria import CriteriaSet
from registry.domain.judging import deviation, panel_rule
from registry.domain.results import State
from registry.domain.values import CONTEXT
from registry.domain.vocabulary import Kind

Limits = Mapping[str, Decimal]


class Follows(IntEnum):
    """What follows from marks that are too far apart, by the number that the stage of review is told."""

    POINTED_OUT = 0
    FURTHER_REVIEW = 1
    DELIBERATION = 2


@dataclass(frozen=True, slots=True)
class Apart:
    """A question whose marks are too far apart: their standard deviation, and the most it may be."""

    panel: str
    deviation: Decimal
    limit: Decimal


def follows(parameters: Mapping[str, int]) -> Follows:
    """Return what a stage of review was told to make of marks that are too far apart."""
    return Follows(routes.parameter(Kind.REVIEW, parameters, "disagreement"))


def needed(criteria: CriteriaSet, parameters: Mapping[str, int]) -> int:
    """Return how many finished reviews a stage of review and the set's own rules ask for, before anybody disagrees."""
    by_rule = [panel_rule(criteria, one).reviewers for one in criteria.indicators.values() if one.kind == "panel"]
    return max([routes.parameter(Kind.REVIEW, parameters, "minimum_reviewers"), *by_rule])


def limits(criteria: CriteriaSet) -> Limits:
    """Return how far the marks of each question may be apart, by key; questions without a threshold are left out."""
    found = {}
    with localcontext(CONTEXT):
        for key, entry in criteria.indicators.items():
            spread = panel_rule(criteria, entry).spread if entry.kind == "panel" else None
            if spread is not None:
                found[key] = spread * entry.points
    return found


def apart(allowed: Limits, marks: Mapping[str, Collection[Decimal]]) -> tuple[Apart, ...]:
    """Return the questions whose marks are further apart than is allowed, in the order of the set."""
    found = []
    with localcontext(CONTEXT):
        for key, limit in allowed.items():
            given = tuple(sorted(marks.get(key, ())))
            # A deviation is at most half of what lies between the ends.
            if len(given) > 1 and given[-1] - given[0] > 2 * limit and (far := deviation(given)) > limit:
                found.append(Apart(key, far, limit))
    return tuple(found)


def further(allowed: Limits, needed: int, reviews: Sequence[Mapping[str, Decimal]]) -> tuple[Apart, ...]:
    """Return the questions on which those reviews that were needed disagree, so that one more is needed.

    `reviews` are the marks of the finished reviews by question, in the order in which they were finished; before as
    many as are needed have finished nothing follows. Later reviews change nothing: one more is needed, and only one.
    """
    if len(reviews) < needed:
        return ()
    return apart(allowed, by_panel(reviews[:needed]))


def of_figures(
    allowed: Limits, marks: Mapping[str, Mapping[str, str]], items: Iterable[Mapping[str, Any]]
) -> tuple[str, ...]:
    """Return the questions of a frozen evaluation whose marks are too far apart, of those that have points."""
    scored = {item["key"] for item in items if item["state"] == State.SCORED}
    given = {key: [Decimal(points) for points in own.values()] for key, own in marks.items() if key in scored}
    return tuple(one.panel for one in apart(allowed, given))


def by_panel(reviews: Iterable[Mapping[str, Decimal]]) -> dict[str, list[Decimal]]:
    """Return the marks of reviews by question."""
    found: dict[str, list[Decimal]] = {}
    for marks in reviews:
        for key, points in marks.items():
            found.setdefault(key, []).append(points)
    return found
