"""What of a scoring does not depend on the answers, put together once for each set."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from registry.domain.criteria import CriteriaSet
from registry.domain.curves import Curve
from registry.domain.expressions import Run
from registry.domain.judging import panel_rule
from registry.domain.shapes import Entry, Gate, Grade, Indicator, Panel, Section, Tie
from registry.domain.values import ZERO, UncomputableError, Values


@dataclass(frozen=True, slots=True)
class GatePlan:
    """A gate with its formulas: the one that must hold, or several of which one is enough."""

    entry: Gate
    key: str
    when: Run | None
    run: Run | None
    alternatives: tuple[tuple[str, Run], ...]


@dataclass(frozen=True, slots=True)
class EntryPlan:
    """An item of a checklist with its formulas; without one of its own it is ticked by hand."""

    entry: Entry
    key: str
    points: Decimal
    when: Run | None
    run: Run | None

    def counts(self, checklist: str, values: Values) -> bool | None:
        """Return whether the item counts, or None where it is not offered."""
        if self.when is not None and not self.when(values):
            return None
        if self.run is not None:
            return bool(self.run(values))
        return self.key in values[checklist]


@dataclass(frozen=True, slots=True)
class CasePlan:
    """One of the curves of an indicator, by its number among them, and when it counts."""

    number: int
    when: Run | None
    curve: Curve


@dataclass(frozen=True, slots=True)
class ItemPlan:
    """An indicator with its formulas, its curves and the rule of its panel."""

    entry: Indicator
    key: str
    kind: str
    points: Decimal
    when: Run | None
    run: Run | None
    cases: tuple[CasePlan, ...]
    items: tuple[EntryPlan, ...]
    panel: Panel | None
    # The one curve that there is for every value, and what each tick is worth where there are only ticks.
    curve: Curve | None
    worth: Mapping[str, Decimal] | None

    def case(self, values: Values) -> CasePlan:
        """Return the curve that counts for these values."""
        for case in self.cases:
            if case.when is None or case.when(values):
                return case
        raise UncomputableError("no_number")


@dataclass(frozen=True, slots=True)
class TiePlan:
    """Points to compare: those of these indicators and these sections."""

    key: str
    items: tuple[str, ...]
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """One set, ready to score with; the grades from the highest down."""

    gates: tuple[GatePlan, ...]
    items: tuple[ItemPlan, ...]
    sections: tuple[tuple[Section, tuple[str, ...]], ...]
    points: Decimal
    bonuses: tuple[str, ...]
    deductions: tuple[str, ...]
    grades: tuple[Grade, ...]
    ties: tuple[TiePlan, ...]


def plan_of(criteria: CriteriaSet) -> Plan:
    """Return the plan of a set, made when it is first asked for."""
    plan: Plan | None = criteria.prepared.get("plan")
    if plan is None:
        plan = criteria.prepared["plan"] = _plan(criteria)
    return plan


def _plan(criteria: CriteriaSet) -> Plan:
    sections = tuple((section, tuple(entry.key for entry in section.indicators)) for section in criteria.sections)
    scored = [entry for section in criteria.sections for entry in section.indicators]
    return Plan(
        gates=tuple(_gate(criteria, gate) for gate in criteria.gates),
        items=tuple(_item(criteria, indicator) for indicator in criteria.indicators.values()),
        sections=sections,
        points=sum((entry.points for entry in scored), ZERO),
        bonuses=tuple(entry.key for entry in criteria.bonuses),
        deductions=tuple(entry.key for entry in criteria.deductions),
        grades=tuple(sorted(criteria.grades, key=lambda grade: grade.points, reverse=True)),
        ties=tuple(_tie(criteria, tie) for tie in criteria.ties),
    )


def _gate(criteria: CriteriaSet, gate: Gate) -> GatePlan:
    alternatives = tuple((one.key, criteria.formulas[one.formula].run) for one in gate.alternatives)
    return GatePlan(gate, gate.key, _run(criteria, gate.when), _run(criteria, gate.formula), alternatives)


def _item(criteria: CriteriaSet, indicator: Indicator) -> ItemPlan:
    cases = tuple(
        CasePlan(number, _run(criteria, case.when), case.curve) for number, case in enumerate(indicator.curve)
    )
    ticks = indicator.kind == "checklist" and all(one.when is None and one.formula is None for one in indicator.items)
    return ItemPlan(
        entry=indicator,
        key=indicator.key,
        kind=indicator.kind,
        points=indicator.points,
        when=_run(criteria, indicator.when),
        run=_run(criteria, indicator.formula),
        cases=cases,
        items=tuple(
            EntryPlan(entry, entry.key, entry.points, _run(criteria, entry.when), _run(criteria, entry.formula))
            for entry in indicator.items
        ),
        panel=panel_rule(criteria, indicator) if indicator.kind == "panel" else None,
        curve=cases[0].curve if cases and cases[0].when is None else None,
        worth={one.key: one.points for one in indicator.items} if ticks else None,
    )


def _run(criteria: CriteriaSet, formula: str | None) -> Run | None:
    return None if formula is None else criteria.formulas[formula].run


def _tie(criteria: CriteriaSet, tie: Tie) -> TiePlan:
    """Sort out what is added up: an indicator, else a section, else all indicators of a kind."""
    items: list[str] = []
    sections: list[str] = []
    for key in tie.sum:
        if key in criteria.indicators:
            items.append(key)
        elif any(section.key == key for section in criteria.sections):
            sections.append(key)
        else:
            items += [entry.key for entry in criteria.indicators.values() if entry.kind == key]
    return TiePlan(tie.key, tuple(items), tuple(sections))
