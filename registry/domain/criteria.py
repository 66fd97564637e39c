"""A criteria set: read from its file, checked as a whole with all faults at once, and frozen.

``load_set`` is the only way in. Faults of shape come from ``shapes``, those between entries from ``checking``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from pydantic import BaseModel

from registry.domain import plainyaml
from registry.domain.checking import Checker, shaped
from registry.domain.faults import CriteriaFaulty, Fault
from registry.domain.formula import Formula
from registry.domain.shapes import (
    Check,
    Derived,
    Document,
    FactorTable,
    Gate,
    Grade,
    Indicator,
    Input,
    Listing,
    Rules,
    Section,
    SetShape,
    Texts,
    Tie,
)
from registry.domain.values import Table

Model = TypeVar("Model", bound=BaseModel)
Regions = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Premises:
    """What an entry rests on, each in the order of the file: inputs, factor tables, derived values."""

    inputs: tuple[str, ...]
    tables: tuple[str, ...]
    derived: tuple[str, ...]


@dataclass(frozen=True)
class CriteriaSet:
    """A checked criteria set with its formulas ready to run; ``text`` is the file it came from, unchanged."""

    shape: SetShape
    source: str
    text: str
    formulas: Mapping[str, Formula]
    tables: Mapping[str, FactorTable]
    documents: Mapping[str, Document] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.shape.key

    @property
    def version(self) -> str:
        return self.shape.version

    @property
    def title(self) -> Texts:
        return self.shape.title

    @property
    def rules(self) -> Rules:
        return self.shape.rules

    @property
    def grades(self) -> tuple[Grade, ...]:
        return self.shape.grades

    @property
    def ties(self) -> tuple[Tie, ...]:
        return self.shape.ties

    @property
    def derived(self) -> tuple[Derived, ...]:
        return self.shape.derived

    @property
    def checks(self) -> tuple[Check, ...]:
        return self.shape.checks

    @property
    def lists(self) -> tuple[Listing, ...]:
        return self.shape.lists

    @property
    def gates(self) -> tuple[Gate, ...]:
        return self.shape.gates

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.shape.sections

    @property
    def bonuses(self) -> tuple[Indicator, ...]:
        return self.shape.bonuses

    @property
    def deductions(self) -> tuple[Indicator, ...]:
        return self.shape.deductions

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        """All indicators by key: those of the sections, then bonuses, then deductions."""
        return {indicator.key: indicator for indicator in _indicators(self.shape)}

    @cached_property
    def inputs(self) -> Mapping[str, Input]:
        """All inputs by key in order, the ticks of checklists after those that are asked for by name."""
        ticks = (ticks_of(indicator) for indicator in self.indicators.values() if indicator.ticked)
        return {entry.key: entry for entry in (*self.shape.inputs, *ticks)}

    @cached_property
    def derived_runs(self) -> Mapping[str, Any]:
        """How each derived value is computed."""
        return {entry.key: self.formulas[entry.formula].run for entry in self.shape.derived}

    @cached_property
    def uses(self) -> Mapping[str, frozenset[str]]:
        """The inputs that each gate, indicator and derived value rests on, through other derived values too."""
        return _uses(self)

    @cached_property
    def premises(self) -> Mapping[str, Premises]:
        """What each gate and indicator rests on."""
        judged: tuple[Gate | Indicator, ...] = (*self.gates, *self.indicators.values())
        return {entry.key: _premises(self, entry) for entry in judged}

    @cached_property
    def prepared(self) -> dict[str, Any]:
        """What scoring puts together once for this set: its plan, and the notes that its working is written from."""
        return {}

    @cached_property
    def factor_values(self) -> Mapping[str, Mapping[str, Table]]:
        """The numbers of every table that formulas read, by table and version."""
        return {key: _numbers(table) for key, table in self.tables.items()}


def load_set(
    text: str,
    *,
    source: str,
    documents: Mapping[str, Document] | None = None,
    factors: Mapping[str, FactorTable] | None = None,
    regions: Regions | None = None,
    stored: bool = False,
) -> CriteriaSet:
    """Read and check a criteria set, or raise CriteriaFaulty with all that is wrong with it.

    What is `stored` was accepted once: it is not refused for what was asked only later, the titles of its groups.
    """
    root, faults = plainyaml.read(text, source=source)
    shape, shape_faults = shaped(root, SetShape)
    checker = Checker(root, dict(documents or {}), dict(factors or {}), regions or {}, stored=stored)
    faults += [*shape_faults, *checker.faults()]
    if shape is None or faults:
        raise CriteriaFaulty(source, _once(faults))
    used = {table for formula in checker.formulas.values() for table in formula.tables}
    return CriteriaSet(
        shape=shape,
        source=source,
        text=text,
        formulas=checker.formulas,
        tables={key: checker.tables[key] for key in sorted(used)},
        documents=checker.documents,
    )


def load_documents(text: str, *, source: str) -> dict[str, Document]:
    """Read the known documents and their clauses, or raise CriteriaFaulty."""
    return _entries(text, Document, source=source)


def load_factors(text: str, *, source: str) -> FactorTable:
    """Read one factor table, or raise CriteriaFaulty."""
    root, faults = plainyaml.read(text, source=source)
    table, more = shaped(root, FactorTable)
    if table is None or faults or more:
        raise CriteriaFaulty(source, _once([*faults, *more]))
    return table


class _Region(BaseModel):
    parent: str | None


def load_regions(text: str, *, source: str) -> dict[str, str | None]:
    """Read the regions as a mapping to the region that each lies in, or raise CriteriaFaulty."""
    regions = {key: region.parent for key, region in _entries(text, _Region, source=source).items()}
    lost = [
        Fault(1, key, "region_unknown", {"region": parent})
        for key, parent in regions.items()
        if parent is not None and parent not in regions
    ]
    if lost:
        raise CriteriaFaulty(source, lost)
    return regions


def ticks_of(indicator: Indicator) -> Input:
    """Return the input that a checklist is: the items that are ticked by hand, as choices."""
    return Input.model_construct(
        key=indicator.key,
        kind="choices",
        title=indicator.title,
        help=indicator.help,
        choices={item.key: item.title for item in indicator.items if item.formula is None},
        evidence=indicator.evidence,
        when=indicator.when,
        optional=indicator.kind == "bonus",
        identifying=indicator.identifying,
        unit=None,
    )


def formulas_of(entry: Gate | Indicator) -> Iterator[str]:
    """Yield every formula that an entry holds."""
    if isinstance(entry, Gate):
        yield from (alternative.formula for alternative in entry.alternatives)
    else:
        yield from (text for item in entry.items for text in (item.formula, item.when) if text)
        yield from (case.when for case in entry.curve if case.when)
    claim = entry.not_applicable.when if entry.not_applicable else None
    yield from (text for text in (entry.formula, entry.when, claim) if text)


def _indicators(shape: SetShape) -> Iterator[Indicator]:
    for section in shape.sections:
        yield from section.indicators
    yield from shape.bonuses
    yield from shape.deductions


def _uses(criteria: CriteriaSet) -> dict[str, frozenset[str]]:
    direct = {entry.key: criteria.formulas[entry.formula].names for entry in criteria.derived}

    uses: dict[str, frozenset[str]] = {}

    def inputs(names: Iterable[str]) -> frozenset[str]:
        found: set[str] = set()
        for name in names:
            if name in direct and name not in uses:
                uses[name] = inputs(direct[name])
            found |= uses.get(name, {name} & criteria.inputs.keys())
        return frozenset(found)

    inputs(direct)
    judged: tuple[Gate | Indicator, ...] = (*criteria.gates, *criteria.indicators.values())
    for entry in judged:
        names = {name for text in formulas_of(entry) for name in criteria.formulas[text].names}
        uses[entry.key] = inputs(names) | ({entry.key} & criteria.inputs.keys())
    return uses


def _premises(criteria: CriteriaSet, entry: Gate | Indicator) -> Premises:
    texts = {one.key: one.formula for one in criteria.derived}
    open_formulas = [criteria.formulas[text] for text in formulas_of(entry)]
    used: set[str] = set()
    tables: set[str] = set()
    while open_formulas:
        formula = open_formulas.pop()
        tables |= formula.tables
        new = (formula.names & texts.keys()) - used
        used |= new
        open_formulas += [criteria.formulas[texts[key]] for key in new]
    return Premises(
        inputs=tuple(key for key in criteria.inputs if key in criteria.uses[entry.key] and key != entry.key),
        tables=tuple(sorted(tables)),
        derived=tuple(one.key for one in criteria.derived if one.key in used),
    )


def latest_year(criteria: CriteriaSet, versions: Mapping[str, str]) -> int | None:
    """Return the last year for which the factors of a round have a number, None where none of them goes by years.

    `versions` are the editions that the round chose; of the other tables the usual one counts.
    """
    return max(factor_years(criteria, versions), default=None)


def factor_years(criteria: CriteriaSet, versions: Mapping[str, str]) -> frozenset[int]:
    """Return the years for which the factors of a round have a number; empty where none of them goes by years."""
    years = {
        int(column)
        for key, table in criteria.tables.items()
        for row in criteria.factor_values[key][versions.get(key, table.default)].values()
        if isinstance(row, Mapping)
        for column, number in row.items()
        if number is not None and str(column).isdecimal() and len(str(column)) == 4
    }
    return frozenset(years)


def _numbers(table: FactorTable) -> dict[str, Table]:
    return {version.version: version.values for version in table.versions}


def _entries(text: str, model: type[Model], *, source: str) -> dict[str, Model]:
    """Read a file that is one mapping of entries."""
    root, faults = plainyaml.read(text, source=source)
    if not isinstance(root, plainyaml.Mapping):
        raise CriteriaFaulty(source, [*faults, Fault(1, "", "mapping_expected")])
    entries: dict[str, Model] = {}
    for key in root.entries:
        entry, more = shaped(root, model, (key,))
        faults += more
        if entry is not None:
            entries[key] = entry
    if faults:
        raise CriteriaFaulty(source, _once(faults))
    return entries


def _once(faults: Iterable[Fault]) -> list[Fault]:
    """Leave out faults that say the same of the same place."""
    seen = {(fault.line, fault.path, fault.key, tuple(sorted(fault.values.items()))): fault for fault in faults}
    return list(seen.values())
