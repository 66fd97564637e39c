"""Settings of the bench as data: what is moved, under a key by which a page or a dossier can name it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from registry.domain.quota_rules import Rule
from registry.domain.shapes import PanelRule
from registry.domain.whatif.frozen import Frame

RULES: tuple[PanelRule, ...] = ("mean", "median", "trimmed_mean")
MORE, LESS = Decimal("1.1"), Decimal("0.9")
# With fewer sections than this it is the indicators whose weights are moved.
FEW_SECTIONS = 3


@dataclass(frozen=True, slots=True)
class Left:
    """A reviewer whose marks are left out: of one application, or of all."""

    reviewer: str
    application: int | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """The total of one application moved by the marks' own uncertainty: so many of its standard errors."""

    application: int
    errors: int


@dataclass(frozen=True, slots=True)
class Setting:
    """One way to come from the frozen marks to who is in; what is None is as in the set.

    `weights` are factors by which the points and maxima of sections or indicators count in the total, named by their
    keys; where both are named they are multiplied. `lowest` is the least total, `minima` the least points or share of
    a section, `ties` the tie sums that are compared, in this order. `places` are those of the round category and
    `pool` those that it is given from the unallocated pool; `rules` are limits and reserved places of groups. With
    `by_given`, adjusted totals decide the order alone: who reaches what is asked, and what parts equal totals, goes by
    the marks as they were given, all of them and joined as in the set.
    """

    key: str = "base"
    adjusted: bool = False
    by_given: bool = False
    aggregation: PanelRule | None = None
    weights: tuple[tuple[str, Decimal], ...] = ()
    without: tuple[Left, ...] = ()
    lowest: Decimal | None = None
    minima: tuple[tuple[str, str], ...] = ()
    ties: tuple[str, ...] | None = None
    places: int | None = None
    pool: int = 0
    rules: tuple[Rule, ...] = ()
    shift: Shift | None = None


def common(base: Setting, frame: Frame, *, calibrated: bool) -> tuple[Setting, ...]:
    """Return the plausible settings that are the same for every application.

    Each of raw and adjusted marks (adjusted only where there are severities) with each way of joining marks, with the
    weights as they are and with each section, or in a set of few sections each indicator, counting a tenth more or
    less. Places, rules and minima stay as in the base. Without panels there is one way to join marks.
    """
    return tuple(
        replace(base, key=f"{data}.{rule}.{name}", adjusted=data == "adjusted", aggregation=rule, weights=weights)
        for data in _data(frame, calibrated=calibrated)
        for rule in (RULES if frame.panels else RULES[:1])
        for name, weights in _weights(base, frame)
    )


def without_each(base: Setting, application: int, reviewers: tuple[str, ...]) -> tuple[Setting, ...]:
    """Return the settings in which one reviewer of an application is left out and all else is as in the base."""
    return tuple(
        replace(base, key=f"without.{reviewer}", without=(*base.without, Left(reviewer, application)))
        for reviewer in reviewers
    )


def uncertain(base: Setting, frame: Frame, application: int, *, calibrated: bool) -> tuple[Setting, ...]:
    """Return the settings in which an application's total is two standard errors higher or lower than its marks say.

    The marks are joined by their mean, which has a standard error; they are raw or, where there are severities,
    adjusted.
    """
    return tuple(
        replace(one, key=f"{one.key}.{name}", shift=Shift(application, errors))
        for one in uncertain_bases(base, frame, calibrated=calibrated)
        for name, errors in (("higher", ERRORS), ("lower", -ERRORS))
    )


# How many standard errors a total is moved up and down: some 95 in 100 true values lie within two of them.
ERRORS = 2


def uncertain_bases(base: Setting, frame: Frame, *, calibrated: bool) -> tuple[Setting, ...]:
    """Return the settings whose totals are moved by their uncertainty."""
    return tuple(
        replace(base, key=f"uncertain.{data}", adjusted=data == "adjusted", aggregation="mean")
        for data in _data(frame, calibrated=calibrated)
    )


def _data(frame: Frame, *, calibrated: bool) -> tuple[str, ...]:
    return ("raw", "adjusted") if calibrated and frame.panels else ("raw",)


def weighed(frame: Frame) -> tuple[str, ...]:
    """Return what weights are moved of: the sections, or in a set of few sections the indicators."""
    sections = frame.sections
    return sections if len(sections) >= FEW_SECTIONS else tuple(column.key for column in frame.columns)


def _weights(base: Setting, frame: Frame) -> Iterator[tuple[str, tuple[tuple[str, Decimal], ...]]]:
    yield "weights", base.weights
    for key in weighed(frame):
        yield f"more.{key}", (*base.weights, (key, MORE))
        yield f"less.{key}", (*base.weights, (key, LESS))
