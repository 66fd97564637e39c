"""What of the working is the same for every filing, put together once for each set.

These are the texts and figures of lines about clauses, sources and ticked items, and for each input, factor table and
derived value the writer of its line.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from registry.domain.criteria import CriteriaSet, formulas_of
from registry.domain.formula import Formula
from registry.domain.parts import Name, Type, plain, shows, write
from registry.domain.plans import EntryPlan, ItemPlan, plan_of
from registry.domain.results import Sheet, Written
from registry.domain.series import Coverage
from registry.domain.shapes import Case, Derived, FactorTable, Gate, Indicator, Input, Sources
from registry.domain.values import written

# Writes the line of one premise, None where nothing was answered.
Premise = Callable[[Sheet], Written | None]


@dataclass(frozen=True, slots=True)
class Grounds:
    """The clauses that an entry rests on, and the figures and text about where its numbers come from."""

    clauses: tuple[str, ...]
    text: str
    sources: Mapping[str, Any] | None = None
    kinds: str = ""

    def add_to(self, lines: list[Written]) -> None:
        """Add the lines of the clauses and of the sources."""
        lines.append({"line": "clauses", "values": {"clauses": [*self.clauses]}, "text": self.text})
        if self.sources is not None:
            lines.append({"line": "source", "values": {**self.sources}, "text": self.kinds})


@dataclass(frozen=True, slots=True)
class GateNotes:
    """The notes of a gate: each formula that may open it with the figures of its line."""

    gate: Gate
    premises: tuple[Premise, ...]
    tests: tuple[tuple[Formula, Mapping[str, Any]], ...]
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class EntryNotes:
    """The notes of an item of a checklist."""

    plan: EntryPlan
    formula: Formula | None
    worth: str
    clauses: tuple[str, ...]

    def line(self, state: str, text: str) -> Written:
        """Return its line, by what became of it."""
        about = {"key": self.plan.key, "points": self.worth, "state": state, "clauses": [*self.clauses]}
        return {"line": "entry", "values": about, "text": text}


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
    grounds: Grounds


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
    formula = None if plan.entry.formula is None else criteria.formulas[plan.entry.formula]
    return EntryNotes(plan, formula, written(plan.points), tuple(plan.entry.clauses))


def _input(key: str, entry: Input) -> Premise:
    unit, filled_by = entry.unit or "", entry.filled_by
    suffix = f" {unit}" if unit else ""
    yes_no = entry.kind == "yes_no"
    # A number reads as it does in formulas, unless it comes from a series.
    number = shows(key, Name(Type.NUMBER)) if entry.kind in {"number", "whole"} else None

    def line(sheet: Sheet) -> Written | None:
        values = sheet.reading.values
        if key not in values:
            return None
        if number is not None and key not in sheet.reading.covered:
            figure = values[number]
            about = {"key": key, "value": figure, "unit": unit, "filled_by": filled_by}
            return {"line": "input", "values": about, "text": figure + suffix}
        value, covered = values[key], sheet.reading.covered.get(key)
        figure = plain(value, computed=covered is not None)
        about = {"key": key, "value": figure, "unit": unit, "filled_by": filled_by}
        if covered is not None:
            about |= _covered(entry, covered)
        text = write(value) if yes_no else figure
        return {"line": "input", "values": about, "text": f"{text}{suffix}".strip()}

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
    unit = table.unit or ""
    sources = {one.version: one.source.points or "" for one in table.versions}

    def line(sheet: Sheet) -> Written:
        version = sheet.reading.versions[key]
        about = {"table": key, "version": version, "unit": unit, "source": sources[version]}
        return {"line": "factors", "values": about, "text": f"{key} {version}"}

    return line


def _derived(one: Derived, formula: Formula) -> Premise:
    key, text, unit = one.key, one.formula, one.unit or ""
    suffix = f" {unit}" if unit else ""
    # The result reads as it does in the formulas that rest on it, "?" where there is none.
    result = shows(one.key, Name(formula.type, computed=True, places=one.places))

    def line(sheet: Sheet) -> Written:
        values = sheet.reading.values
        left, right = formula.show(values), values[result]
        both = f"{left} = ?" if right == "?" else equation(left, right, suffix)
        return {"line": "derived", "values": {"key": key, "formula": text, "unit": unit}, "text": both}

    return line


def _grounds(clauses: tuple[str, ...], source: Sources | None, numbers: Iterable[str]) -> Grounds:
    """Return the clauses, and where each of the numbers that there are comes from."""
    if source is None:
        return Grounds(clauses, "; ".join(clauses))
    kinds = {name: kind for name in numbers if (kind := getattr(source, name)) is not None}
    about: dict[str, object] = dict(kinds)
    if source.note is not None:
        about |= {"zh": source.note.zh, "en": source.note.en}
    return Grounds(clauses, "; ".join(clauses), about, ", ".join(sorted(set(kinds.values()))))
