"""What of the working is the same for every filing, put together once for each set.

These are the whole lines about clauses, sources and ticked items, and for each input, factor table and derived value
the writer of its line.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from registry.domain.criteria import CriteriaSet, formulas_of
from registry.domain.formula import Formula
from registry.domain.parts import Name, Type, plain, shows, write
from registry.domain.plans import EntryPlan, ItemPlan, plan_of
from registry.domain.results import Line, Sheet
from registry.domain.series import Coverage
from registry.domain.shapes import Case, Derived, FactorTable, Gate, Indicator, Input, Sources
from registry.domain.values import written

# The line of one premise, None where nothing was answered.
Premise = Callable[[Sheet], Line | None]


@dataclass(frozen=True, slots=True)
class GateNotes:
    """The notes of a gate: each formula that may open it with the figures of its line."""

    gate: Gate
    premises: tuple[Premise, ...]
    tests: tuple[tuple[Formula, Mapping[str, Any]], ...]
    grounds: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class EntryNotes:
    """The notes of an item of a checklist: its line by what became of it, as far as nothing is to be computed."""

    plan: EntryPlan
    formula: Formula | None
    worth: str
    lines: Mapping[str, Line]


@dataclass(frozen=True, slots=True)
class CaseNotes:
    """The notes of one of several curves: when it counts, and the figures of the line that says so."""

    formula: Formula | None
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ItemNotes:
    """The notes of an indicator; those of its curves where it matters which one counts."""

    plan: ItemPlan
    premises: tuple[Premise, ...]
    formula: Formula | None
    unit: str
    suffix: str
    places: int | None
    cases: tuple[CaseNotes, ...]
    entries: tuple[EntryNotes, ...]
    most: str
    grounds: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of a set, by the keys of its gates and indicators."""

    gates: Mapping[str, GateNotes]
    items: Mapping[str, ItemNotes]


def notes_of(criteria: CriteriaSet) -> Notes:
    """Return the notes of a set, made when they are first asked for."""
    notes: Notes | None = criteria.prepared.get("notes")
    if notes is None:
        notes = criteria.prepared["notes"] = _notes(criteria)
    return notes


def equation(left: str, right: str, unit: str) -> str:
    """Write a formula with its result, once only where both read the same."""
    return (right if left == right else f"{left} = {right}") + unit


def _notes(criteria: CriteriaSet) -> Notes:
    inputs = {key: _input(key, entry) for key, entry in criteria.inputs.items()}
    tables = {key: _table(key, table) for key, table in criteria.tables.items()}
    derived = {one.key: _derived(one, criteria.formulas[one.formula]) for one in criteria.derived}

    def premises(key: str) -> tuple[Premise, ...]:
        rests_on = criteria.premises[key]
        return (
            *(inputs[one] for one in rests_on.inputs),
            *(tables[one] for one in rests_on.tables),
            *(derived[one] for one in rests_on.derived),
        )

    return Notes(
        gates={gate.key: _gate(criteria, gate, premises(gate.key)) for gate in criteria.gates},
        items={plan.key: _item(criteria, plan, premises(plan.key)) for plan in plan_of(criteria).items},
    )


def _gate(criteria: CriteriaSet, gate: Gate, premises: tuple[Premise, ...]) -> GateNotes:
    tests = [(one.key, one.formula) for one in gate.alternatives] if gate.formula is None else [("", gate.formula)]
    return GateNotes(
        gate,
        premises,
        tuple((criteria.formulas[text], {"formula": text, "alternative": key}) for key, text in tests),
        _grounds(gate.clauses, gate.source, ("formula",)),
    )


def _item(criteria: CriteriaSet, plan: ItemPlan, premises: tuple[Premise, ...]) -> ItemNotes:
    indicator = plan.entry
    several = len(indicator.curve) > 1 or any(case.when is not None for case in indicator.curve)
    return ItemNotes(
        plan=plan,
        premises=premises,
        formula=None if indicator.formula is None else criteria.formulas[indicator.formula],
        unit=indicator.unit or "",
        suffix=f" {indicator.unit}" if indicator.unit else "",
        places=indicator.places,
        cases=tuple(_case(criteria, case) for case in indicator.curve) if several else (),
        entries=tuple(_entry(criteria, entry) for entry in plan.items),
        most=written(indicator.points),
        grounds=_grounds(indicator.clauses, indicator.source, _numbers(indicator)),
    )


def _case(criteria: CriteriaSet, case: Case) -> CaseNotes:
    title = case.title
    about = {"when": case.when or "", "zh": title.zh if title else "", "en": title.en if title else ""}
    return CaseNotes(criteria.formulas[case.when] if case.when else None, about)


def _numbers(indicator: Indicator) -> list[str]:
    """Return which numbers of an indicator have a source."""
    numbers = ["points", *(["curve"] if indicator.curve else [])]
    if any(character.isdigit() for text in formulas_of(indicator) for character in text):
        numbers.append("formula")
    return numbers


def _entry(criteria: CriteriaSet, plan: EntryPlan) -> EntryNotes:
    worth = written(plan.points)
    texts = {"counted": f"+{worth}", "not_counted": "0", "not_offered": "0", "not_claimed": "0"}
    lines = {state: entry_line(plan, worth, state, text) for state, text in texts.items()}
    formula = plan.entry.formula
    return EntryNotes(plan, None if formula is None else criteria.formulas[formula], worth, lines)


def entry_line(plan: EntryPlan, worth: str, state: str, text: str) -> Line:
    """Return the line of an item of a checklist."""
    about = {"key": plan.key, "points": worth, "state": state, "clauses": list(plan.entry.clauses)}
    return Line("entry", about, text)


def _input(key: str, entry: Input) -> Premise:
    unit, filled_by = entry.unit or "", entry.filled_by
    # Yes and no read the same in every filing; a number reads as it does in formulas, unless it may be a series.
    few = entry.kind == "yes_no"
    known: dict[Any, Line] = {}
    number = shows(key, Name(Type.NUMBER)) if entry.kind in {"number", "whole"} and entry.series is None else None

    def line(sheet: Sheet) -> Line | None:
        reading = sheet.reading
        value = reading.values.get(key)
        if value is None:
            return None
        if few and value in known:
            return known[value]
        covered = reading.covered.get(key)
        figure = number(reading.values) if number is not None else plain(value, computed=covered is not None)
        about = {"key": key, "value": figure, "unit": unit, "filled_by": filled_by}
        if covered is not None:
            about |= _covered(entry, covered)
        text = write(value) if few else figure
        found = Line("input", about, f"{text} {unit}".strip())
        if few:
            known[value] = found
        return found

    return line


def _covered(entry: Input, covered: Coverage) -> dict[str, str]:
    """Say by which rule a figure comes from a series, and how much of the year the series covers."""
    return {
        "reduce": entry.series.reduce if entry.series else "",
        "period": "month" if covered.monthly else "day",
        "recorded": str(covered.recorded),
        "expected": str(covered.expected),
    }


def _table(key: str, table: FactorTable) -> Premise:
    lines = {
        one.version: Line(
            "factors",
            {"table": key, "version": one.version, "unit": table.unit or "", "source": one.source.points or ""},
            f"{key} {one.version}",
        )
        for one in table.versions
    }
    return lambda sheet: lines[sheet.reading.versions[key]]


def _derived(one: Derived, formula: Formula) -> Premise:
    about = {"key": one.key, "formula": one.formula, "unit": one.unit or ""}
    unit = f" {one.unit}" if one.unit else ""
    # The result reads as it does in the formulas that rest on it, "?" where there is none.
    result = shows(one.key, Name(formula.type, computed=True, places=one.places))

    def line(sheet: Sheet) -> Line:
        values = sheet.reading.values
        left, right = formula.show(values), result(values)
        return Line("derived", about, f"{left} = ?" if right == "?" else equation(left, right, unit))

    return line


def _grounds(clauses: tuple[str, ...], source: Sources | None, numbers: Iterable[str]) -> tuple[Line, ...]:
    """Return the lines of the clauses, and of where each of the numbers that there are comes from."""
    cited = Line("clauses", {"clauses": list(clauses)}, "; ".join(clauses))
    if source is None:
        return (cited,)
    kinds = {name: kind for name in numbers if (kind := getattr(source, name)) is not None}
    about: dict[str, object] = dict(kinds)
    if source.note is not None:
        about |= {"zh": source.note.zh, "en": source.note.en}
    return cited, Line("source", about, ", ".join(sorted(set(kinds.values()))))
