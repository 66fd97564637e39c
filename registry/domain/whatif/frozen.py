"""A frozen round: what totals, order and places are computed from, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext

from registry.domain.calibration import Mark
from registry.domain.criteria import CriteriaSet
from registry.domain.plans import plan_of
from registry.domain.quota_rules import Groups
from registry.domain.results import Score, State
from registry.domain.shapes import PanelRule
from registry.domain.values import CONTEXT, ZERO
from registry.domain.vocabulary import Ground

Marks = Mapping[str, Mapping[str, Decimal]]


@dataclass(frozen=True, slots=True)
class Column:
    """An indicator of a section, the most it earns, and for a panel the rule that joins its marks."""

    key: str
    section: str
    maximum: Decimal
    rule: PanelRule | None = None


@dataclass(frozen=True, slots=True)
class TieSum:
    """Points to compare where totals are equal: those of these indicators and of these sections."""

    key: str
    items: tuple[str, ...]
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """What all applications of a round share, from their set: indicators, minima of sections, rounding, cap, ties.

    `lowest` is the total of the lowest grade, None where the set has no grades and nobody can fall below one; the
    minima of sections count with the grades, as in the scoring.
    """

    columns: tuple[Column, ...]
    minima: Mapping[str, str]
    places: int
    total_places: int
    cap: Decimal
    ties: tuple[TieSum, ...]
    lowest: Decimal | None

    @property
    def sections(self) -> tuple[str, ...]:
        """Return the keys of the sections in order."""
        return tuple(dict.fromkeys(column.section for column in self.columns))

    @property
    def panels(self) -> tuple[Column, ...]:
        """Return the indicators that reviewers mark."""
        return tuple(column for column in self.columns if column.rule is not None)


@dataclass(frozen=True, slots=True)
class Item:
    """What one application has in one indicator: points, or the marks of a panel that had enough of them."""

    applies: bool
    points: Decimal = ZERO
    marks: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Application:
    """One application as it was frozen; `items` stand in the order of the frame's columns.

    `figure` says that it has a total at all, `eligible` that no gate keeps it out. `tie_points` are the part of each
    tie sum that comes from bonuses and deductions. The rest is what the ranking asks (`selection.Candidate`).
    """

    key: int
    items: tuple[Item, ...]
    bonus: Decimal = ZERO
    deduction: Decimal = ZERO
    tie_points: tuple[Decimal, ...] = ()
    figure: bool = True
    eligible: bool = True
    waits: bool = False
    supported: bool = True
    barred: Ground | None = None
    turn: int | None = None
    groups: Groups = field(default_factory=dict)

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Return who marked it and counts, in order."""
        return tuple(sorted({reviewer for item in self.items for reviewer, _ in item.marks}))


@dataclass(frozen=True, slots=True)
class FrozenRound:
    """All applications of a round category, and the severity of reviewers as shares of the maximum.

    Without severities there are no adjusted marks; a reviewer who is not named has none.
    """

    frame: Frame
    applications: tuple[Application, ...]
    severities: Mapping[str, Decimal] = field(default_factory=dict)


def frame_of(criteria: CriteriaSet) -> Frame:
    """Return what the applications under a set share."""
    plan, rules = plan_of(criteria), criteria.rules
    panels = {item.key: item.panel for item in plan.items}
    columns = []
    for section in criteria.sections:
        for entry in section.indicators:
            panel = panels[entry.key]
            columns.append(Column(entry.key, section.key, entry.points, panel.rule if panel else None))
    return Frame(
        columns=tuple(columns),
        minima={one.key: one.minimum for one in criteria.sections if one.minimum is not None},
        places=rules.places,
        total_places=rules.places if rules.total_places is None else rules.total_places,
        cap=rules.cap,
        ties=tuple(TieSum(tie.key, tie.items, tie.sections) for tie in plan.ties),
        lowest=plan.grades[-1].points if plan.grades else None,
    )


def freeze(key: int, frame: Frame, score: Score, marks: Marks) -> Application:
    """Return an application as its score and the marks behind it say, nothing else said of it.

    The marks are those that were scored, by indicator and reviewer. What the score could not judge stays without
    points, whatever marks there are.
    """
    items = {item.key: item for item in score.items}
    found = []
    for column in frame.columns:
        item = items[column.key]
        counted = marks.get(column.key, {}) if column.rule is not None and item.state is State.SCORED else {}
        found.append(Item(item.state is not State.NOT_APPLICABLE, item.points, tuple(sorted(counted.items()))))
    own = {column.key for column in frame.columns}
    with localcontext(CONTEXT):
        ties = tuple(sum((items[one].points for one in tie.items if one not in own), ZERO) for tie in frame.ties)
    return Application(
        key=key,
        items=tuple(found),
        bonus=score.bonus,
        deduction=score.deduction,
        tie_points=ties,
        figure=score.eligible is not False and score.withheld is None and score.base is not None,
        eligible=score.eligible is True,
    )


def marks_of(frozen: FrozenRound) -> tuple[Mark, ...]:
    """Return what each reviewer gave each application in all, as the calibration asks for it.

    The share is that of the panels the reviewer marked. Panels whose marks do not count are left out.
    """
    found = []
    with localcontext(CONTEXT):
        for one in frozen.applications:
            given: dict[str, Decimal] = {}
            most: dict[str, Decimal] = {}
            for column, item in zip(frozen.frame.columns, one.items, strict=True):
                for reviewer, mark in item.marks:
                    given[reviewer] = given.get(reviewer, ZERO) + mark
                    most[reviewer] = most.get(reviewer, ZERO) + column.maximum
            found += [Mark(one.key, reviewer, given[reviewer] / most[reviewer]) for reviewer in sorted(given)]
    return tuple(found)
