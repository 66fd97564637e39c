"""The score: gates, items, sections, total and grade of one filing under one criteria set.

``score`` is a function of its arguments alone. It keeps the figures; the working of a figure is written when it is
asked for, from the same values and formulas, by ``working``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException, localcontext
from enum import StrEnum
from typing import Any

from registry.domain.answers import Reading, claimed, read
from registry.domain.criteria import CriteriaSet
from registry.domain.curves import share_of
from registry.domain.formula import reason
from registry.domain.shapes import Case, Entry, Gate, Indicator, Panel, Section
from registry.domain.values import CONTEXT, ZERO, MissingError, UncomputableError, half_up, written

HUNDRED = Decimal(100)
TRIMMED_FROM = 5


class State(StrEnum):
    """What became of a gate or an item."""

    PASSED = "passed"
    FAILED = "failed"
    SCORED = "scored"
    NOT_APPLICABLE = "not_applicable"
    MISSING = "missing"


class Why(StrEnum):
    """Why a gate or an item is not applicable, missing or without points."""

    SWITCHED_OFF = "switched_off"
    BY_RULE = "by_rule"
    DECLARED = "declared"
    UNANSWERED = "unanswered"
    UNCOMPUTABLE = "uncomputable"
    TOO_FEW_MARKS = "too_few_marks"
    NOT_CLAIMED = "not_claimed"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of working: what it is about, its figures by name, and the arithmetic as text."""

    line: str
    values: Mapping[str, Any]
    text: str

    def as_dict(self) -> dict[str, Any]:
        return {"line": self.line, "values": dict(self.values), "text": self.text}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the working of one score is written from."""

    criteria: CriteriaSet
    reading: Reading
    gate: Callable[["Sheet", "GateResult"], tuple[Line, ...]]
    item: Callable[["Sheet", "Item"], tuple[Line, ...]]


@dataclass(frozen=True, slots=True)
class GateResult:
    """The state of one gate."""

    key: str
    state: State
    why: Why | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    alternative: str | None = None
    sheet: Sheet | None = field(default=None, compare=False, repr=False)

    @property
    def passed(self) -> bool | None:
        return {State.PASSED: True, State.FAILED: False}.get(self.state)

    @property
    def working(self) -> tuple[Line, ...]:
        """Write how the gate was judged."""
        return self.sheet.gate(self.sheet, self) if self.sheet else ()


@dataclass(frozen=True, slots=True)
class Item:
    """The points of one indicator, and the figure they come from."""

    key: str
    kind: str
    state: State
    points: Decimal
    max: Decimal
    value: Decimal | None = None
    why: Why | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    sheet: Sheet | None = field(default=None, compare=False, repr=False)

    @property
    def working(self) -> tuple[Line, ...]:
        """Write how the points came about."""
        return self.sheet.item(self.sheet, self) if self.sheet else ()


@dataclass(frozen=True, slots=True)
class SectionResult:
    """The points of one section out of what applies, and whether its minimum is reached."""

    key: str
    points: Decimal
    max: Decimal
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Tie:
    """Points that are compared when totals are equal."""

    key: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """The whole result."""

    set: str
    version: str
    gates_on: Mapping[str, bool]
    factors: Mapping[str, str]
    eligible: bool | None
    complete: bool
    withheld: str | None
    base: Decimal | None
    bonus: Decimal
    deduction: Decimal
    total: Decimal | None
    grade: str | None
    sections: tuple[SectionResult, ...]
    gates: tuple[GateResult, ...]
    items: tuple[Item, ...]
    ties: tuple[Tie, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys of the gates and items that could not be judged."""
        return tuple(one.key for one in (*self.gates, *self.items) if one.state is State.MISSING)

    def as_dict(self) -> dict[str, Any]:
        """Return the score as the command prints it, numbers as strings."""
        return {
            "set": self.set,
            "version": self.version,
            "settings": {"gates": dict(self.gates_on), "factors": dict(self.factors)},
            "factors": dict(self.factors),
            "eligible": self.eligible,
            "complete": self.complete,
            "withheld": self.withheld,
            "base": _text(self.base),
            "bonus": _text(self.bonus),
            "deduction": _text(self.deduction),
            "total": _text(self.total),
            "grade": self.grade,
            "sections": [
                {"key": section.key, "points": _text(section.points), "max": written(section.max)}
                for section in self.sections
            ],
            "gates": [
                {"key": gate.key, "state": str(gate.state), "passed": gate.passed, "working": _lines(gate.working)}
                for gate in self.gates
            ],
            "items": [
                {
                    "key": item.key,
                    "state": str(item.state),
                    "points": _text(item.points),
                    "max": written(item.max),
                    "value": None if item.value is None else written(item.value),
                    "working": _lines(item.working),
                }
                for item in self.items
            ],
            "ties": [{"key": tie.key, "points": _text(tie.points)} for tie in self.ties],
        }


@dataclass(frozen=True, slots=True)
class Mean:
    """The marks of a panel joined: what counted, what was dropped, and how far they are apart."""

    value: Decimal
    counted: tuple[Decimal, ...]
    dropped: tuple[Decimal, ...]
    spread: Decimal


def figures(
    criteria: CriteriaSet,
    reading: Reading,
    sheet: Sheet | None,
) -> Score:
    """Compute the score from answers already read."""
    with localcontext(CONTEXT):
        return _Scorer(criteria, reading, sheet).score()


def panel_rule(criteria: CriteriaSet, indicator: Indicator) -> Panel:
    """Return the rule that joins the marks of a panel."""
    rule = indicator.panel or criteria.rules.panel
    if rule is None:
        raise ValueError(indicator.key)
    return rule


def mean_of(rule: Panel, marks: tuple[Decimal, ...]) -> Mean:
    """Join the sorted marks of a panel by its rule."""
    counted, dropped = marks, ()
    if rule.rule == "trimmed_mean" and len(marks) >= TRIMMED_FROM:
        counted, dropped = marks[1:-1], (marks[0], marks[-1])
    elif rule.rule == "median":
        middle = len(marks) // 2
        counted = marks[middle : middle + 1] if len(marks) % 2 else marks[middle - 1 : middle + 1]
    average = sum(marks, ZERO) / len(marks)
    variance = sum(((mark - average) ** 2 for mark in marks), ZERO) / len(marks)
    return Mean(sum(counted, ZERO) / len(counted), counted, dropped, variance.sqrt())


def case_of(criteria: CriteriaSet, indicator: Indicator, reading: Reading) -> Case:
    """Return the curve that counts for these values."""
    for case in indicator.curve:
        if case.when is None or criteria.formulas[case.when].run(reading.values):
            return case
    raise UncomputableError("no_number")


def counts(criteria: CriteriaSet, indicator: Indicator, entry: Entry, reading: Reading) -> bool | None:
    """Return whether an item of a checklist counts, or None where it is not offered."""
    values = reading.values
    if entry.when is not None and not criteria.formulas[entry.when].run(values):
        return None
    if entry.formula is not None:
        return bool(criteria.formulas[entry.formula].run(values))
    return entry.key in values[indicator.key]


class _Scorer:
    """Scores one filing; every method runs under the decimal context."""

    def __init__(self, criteria: CriteriaSet, reading: Reading, sheet: Sheet | None) -> None:
        self.criteria = criteria
        self.reading = reading
        self.values = reading.values
        self.sheet = sheet
        self.places = criteria.rules.places

    def score(self) -> Score:
        criteria, rules = self.criteria, self.criteria.rules
        gates = tuple(self._gate(gate) for gate in criteria.gates)
        items = {key: self._item(indicator) for key, indicator in criteria.indicators.items()}
        sections = tuple(self._section(section, items) for section in criteria.sections)
        scored = [items[indicator.key] for section in criteria.sections for indicator in section.indicators]
        bonus = self._capped((items[entry.key] for entry in criteria.bonuses), rules.bonus_cap)
        deduction = self._capped((items[entry.key] for entry in criteria.deductions), rules.deduction_cap)
        eligible = _eligible(gates)
        withheld = self._withheld(scored)
        base = self._base(sections)
        total = None
        if eligible is not False and withheld is None and base is not None:
            total = half_up(min(max(base + bonus - deduction, ZERO), rules.cap), self._total_places)
        return Score(
            set=criteria.key,
            version=criteria.version,
            gates_on=self.reading.gates,
            factors=self.reading.versions,
            eligible=eligible,
            complete=all(one.state is not State.MISSING for one in (*gates, *items.values())),
            withheld=withheld,
            base=base,
            bonus=bonus,
            deduction=deduction,
            total=total,
            grade=self._grade(total, sections) if eligible else None,
            sections=sections,
            gates=gates,
            items=tuple(items.values()),
            ties=self._ties(items, sections),
        )

    @property
    def _total_places(self) -> int:
        places = self.criteria.rules.total_places
        return self.places if places is None else places

    def _gate(self, gate: Gate) -> GateResult:
        if not self.reading.gates[gate.key]:
            return GateResult(gate.key, State.NOT_APPLICABLE, Why.SWITCHED_OFF, sheet=self.sheet)
        try:
            outside = self._outside(gate)
            if outside is not None:
                return GateResult(gate.key, State.NOT_APPLICABLE, outside, sheet=self.sheet)
            passed, alternative = self._passes(gate)
            state = State.PASSED if passed else State.FAILED
            return GateResult(gate.key, state, alternative=alternative, sheet=self.sheet)
        except MissingError as error:
            about = {"input": error.name}
            return GateResult(gate.key, State.MISSING, Why.UNANSWERED, about, sheet=self.sheet)
        except (UncomputableError, DecimalException) as error:
            return GateResult(gate.key, State.MISSING, Why.UNCOMPUTABLE, about_failure(error), sheet=self.sheet)

    def _outside(self, entry: Gate | Indicator) -> Why | None:
        """Return why an entry does not apply, if it does not."""
        if entry.when is not None and not self.criteria.formulas[entry.when].run(self.values):
            return Why.BY_RULE
        return Why.DECLARED if claimed(self.criteria, entry, self.reading) else None

    def _passes(self, gate: Gate) -> tuple[bool, str | None]:
        """Return whether a gate is passed and by which alternative; one that holds makes the others needless."""
        if gate.formula is not None:
            return bool(self.criteria.formulas[gate.formula].run(self.values)), None
        missing: MissingError | None = None
        for alternative in gate.alternatives:
            try:
                if self.criteria.formulas[alternative.formula].run(self.values):
                    return True, alternative.key
            except MissingError as error:
                missing = missing or error
        if missing is not None:
            raise missing
        return False, None

    def _item(self, indicator: Indicator) -> Item:
        try:
            outside = self._outside(indicator)
            if outside is not None:
                return self._made(indicator, State.NOT_APPLICABLE, why=outside)
            if indicator.kind == "panel":
                return self._panel(indicator)
            if indicator.items:
                return self._checklist(indicator)
            return self._measure(indicator)
        except MissingError as error:
            if indicator.kind == "bonus":
                return self._made(indicator, State.SCORED, why=Why.NOT_CLAIMED)
            return self._made(indicator, State.MISSING, why=Why.UNANSWERED, about={"input": error.name})
        except (UncomputableError, DecimalException) as error:
            return self._made(indicator, State.MISSING, why=Why.UNCOMPUTABLE, about=about_failure(error))

    def _made(
        self,
        indicator: Indicator,
        state: State,
        *,
        points: Decimal = ZERO,
        value: Decimal | None = None,
        why: Why | None = None,
        about: Mapping[str, str] | None = None,
    ) -> Item:
        held = min(max(points, ZERO), indicator.points)
        return Item(
            indicator.key,
            indicator.kind,
            state,
            half_up(held, self.places),
            indicator.points,
            value,
            why,
            about or {},
            self.sheet,
        )

    def _measure(self, indicator: Indicator) -> Item:
        x = self.criteria.formulas[indicator.formula or ""].run(self.values)
        points = x
        if indicator.curve:
            points = case_of(self.criteria, indicator, self.reading).curve.share(x) * indicator.points
        return self._made(indicator, State.SCORED, points=points, value=x)

    def _checklist(self, indicator: Indicator) -> Item:
        total = ZERO
        unclaimed = indicator.kind == "bonus"
        for entry in indicator.items:
            try:
                if counts(self.criteria, indicator, entry, self.reading):
                    total += entry.points
            except MissingError:
                # What nobody claims of a bonus is not owed; what a checklist asks is.
                if not unclaimed:
                    raise
        return self._made(indicator, State.SCORED, points=total, value=total)

    def _panel(self, indicator: Indicator) -> Item:
        rule = panel_rule(self.criteria, indicator)
        marks = self.reading.marks.get(indicator.key, ())
        if len(marks) < rule.reviewers:
            about = {"marks": str(len(marks)), "reviewers": str(rule.reviewers)}
            return self._made(indicator, State.MISSING, why=Why.TOO_FEW_MARKS, about=about)
        mean = mean_of(rule, marks).value
        return self._made(indicator, State.SCORED, points=mean, value=mean)

    def _section(self, section: Section, items: Mapping[str, Item]) -> SectionResult:
        applicable = [
            items[entry.key] for entry in section.indicators if items[entry.key].state is not State.NOT_APPLICABLE
        ]
        points = sum((item.points for item in applicable), ZERO)
        most = sum((item.max for item in applicable), ZERO)
        return SectionResult(section.key, points, most, points >= least_of(section, most))

    def _base(self, sections: Iterable[SectionResult]) -> Decimal | None:
        points = most = ZERO
        for section in sections:
            points += section.points
            most += section.max
        return half_up(HUNDRED * points / most, self._total_places) if most else None

    def _withheld(self, items: Iterable[Item]) -> str | None:
        excluded = every = ZERO
        for item in items:
            every += item.max
            excluded += item.max if item.state is State.NOT_APPLICABLE else ZERO
        if excluded == every:
            return "nothing_applicable"
        return "excluded_over_cap" if excluded / every > self.criteria.rules.excluded_cap else None

    def _capped(self, items: Iterable[Item], cap: Decimal | None) -> Decimal:
        total = sum((item.points for item in items), ZERO)
        return half_up(total if cap is None else min(total, cap), self.places)

    def _grade(self, total: Decimal | None, sections: Iterable[SectionResult]) -> str | None:
        if total is None or not all(section.reached for section in sections):
            return None
        lines = sorted(self.criteria.grades, key=lambda grade: grade.points, reverse=True)
        return next((grade.key for grade in lines if total >= grade.points), None)

    def _ties(self, items: Mapping[str, Item], sections: Iterable[SectionResult]) -> tuple[Tie, ...]:
        points = {section.key: section.points for section in sections}
        points |= {key: item.points for key, item in items.items()}
        for item in items.values():
            points[f"kind {item.kind}"] = points.get(f"kind {item.kind}", ZERO) + item.points
        return tuple(
            Tie(tie.key, sum((points.get(key, points.get(f"kind {key}", ZERO)) for key in tie.sum), ZERO))
            for tie in self.criteria.ties
        )


def about_failure(error: Exception) -> dict[str, str]:
    """Return the key and values that say why something cannot be computed."""
    if isinstance(error, UncomputableError):
        return {"reason": error.key, **error.values}
    return {"reason": reason(error) if isinstance(error, DecimalException) else "no_number"}


def least_of(section: Section, most: Decimal) -> Decimal:
    """Return the points that a section must reach, out of the points that apply."""
    minimum = section.minimum
    if minimum is None:
        return ZERO
    return share_of(minimum) * most if minimum.endswith("%") else Decimal(minimum)


def _eligible(gates: Iterable[GateResult]) -> bool | None:
    states = {gate.state for gate in gates}
    if State.FAILED in states:
        return False
    return None if State.MISSING in states else True


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _lines(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [line.as_dict() for line in lines]
