"""The score: gates, items, sections, total and grade of one filing under one criteria set.

``score`` is a function of its arguments alone: the same set, answers and marks give the same score anywhere.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, DecimalException, localcontext
from typing import Any

from registry.domain import working
from registry.domain.answers import Reading, claimed, read
from registry.domain.criteria import CriteriaSet
from registry.domain.judging import about_failure, case_of, counts, least_of, mean_of, panel_rule
from registry.domain.results import GateResult, Item, Score, SectionResult, Sheet, State, Tie, Why
from registry.domain.shapes import Gate, Indicator, Section
from registry.domain.values import CONTEXT, ZERO, MissingError, UncomputableError, half_up

HUNDRED = Decimal(100)


def score(
    criteria: CriteriaSet,
    answers: Mapping[str, Any],
    marks: Mapping[str, Mapping[str, Any]] | None = None,
) -> Score:
    """Score answers and marks under a set, or raise AnswersFaulty if they do not fit it."""
    reading = read(criteria, answers, marks)
    sheet = Sheet(criteria, reading, working.of_gate, working.of_item)
    with localcontext(CONTEXT):
        return _Scorer(criteria, reading, sheet).score()


class _Scorer:
    """Scores one filing; every method runs under the decimal context."""

    def __init__(self, criteria: CriteriaSet, reading: Reading, sheet: Sheet) -> None:
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
            complete=_complete(gates, items.values()),
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
            points = case_of(self.criteria, indicator, self.reading).curve.earn(x, indicator.points)
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


def _complete(gates: Iterable[GateResult], items: Iterable[Item]) -> bool:
    states = {gate.state for gate in gates} | {item.state for item in items}
    return State.MISSING not in states


def _eligible(gates: Iterable[GateResult]) -> bool | None:
    states = {gate.state for gate in gates}
    if State.FAILED in states:
        return False
    return None if State.MISSING in states else True
