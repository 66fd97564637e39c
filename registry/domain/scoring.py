"""The score: gates, items, sections, total and grade of one filing under one criteria set.

``score`` is a function of its arguments alone: the same set, answers and marks give the same score anywhere.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, DecimalException, localcontext
from typing import Any

from registry.domain import working
from registry.domain.answers import Reading, claimed, read
from registry.domain.criteria import CriteriaSet
from registry.domain.expressions import Run
from registry.domain.judging import about_failure, least_of, mean_of
from registry.domain.plans import GatePlan, ItemPlan, plan_of
from registry.domain.results import NOTHING, GateResult, Item, Score, SectionResult, Sheet, State, Tie, Why
from registry.domain.shapes import Panel, Section
from registry.domain.values import CONTEXT, ZERO, MissingError, UncomputableError, half_up

HUNDRED = Decimal(100)
# At hand, because to look a member up in its class takes longer than most of what is done with it.
PASSED, FAILED, SCORED = State.PASSED, State.FAILED, State.SCORED
# Makes a tuple with names straight from its fields, all of them, which takes half the time.
made = tuple.__new__
NOT_APPLICABLE, MISSING = State.NOT_APPLICABLE, State.MISSING


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
        self.plan = plan_of(criteria)
        self.reading = reading
        self.values = reading.values
        self.claims = reading.claims
        self.sheet = sheet
        self.places = criteria.rules.places
        self.nothing = half_up(ZERO, self.places)

    def score(self) -> Score:
        criteria, plan, rules = self.criteria, self.plan, self.criteria.rules
        gates = tuple([self._gate(gate) for gate in plan.gates])
        items = {one.key: self._item(one) for one in plan.items}
        sections = tuple([self._section(section, keys, items) for section, keys in plan.sections])
        bonus = self._capped([items[key] for key in plan.bonuses], rules.bonus_cap)
        deduction = self._capped([items[key] for key in plan.deductions], rules.deduction_cap)
        eligible = _eligible(gates)
        withheld = self._withheld(sections)
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
            complete=MISSING not in [gate.state for gate in gates] + [item.state for item in items.values()],
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

    def _gate(self, plan: GatePlan) -> GateResult:
        if not self.reading.gates[plan.key]:
            return GateResult(plan.key, NOT_APPLICABLE, Why.SWITCHED_OFF, NOTHING, None, self.sheet)
        try:
            outside = self._outside(plan) if plan.when is not None or plan.key in self.claims else None
            if outside is not None:
                return GateResult(plan.key, NOT_APPLICABLE, outside, NOTHING, None, self.sheet)
            passed, alternative = self._passes(plan) if plan.run is None else (plan.run(self.values), None)
            return made(GateResult, (plan.key, PASSED if passed else FAILED, None, NOTHING, alternative, self.sheet))
        except MissingError as error:
            about = {"input": error.name}
            return GateResult(plan.key, MISSING, Why.UNANSWERED, about, None, self.sheet)
        except (UncomputableError, DecimalException) as error:
            return GateResult(plan.key, MISSING, Why.UNCOMPUTABLE, about_failure(error), None, self.sheet)

    def _outside(self, plan: GatePlan | ItemPlan) -> Why | None:
        """Return why an entry does not apply, if it does not."""
        if plan.when is not None and not plan.when(self.values):
            return Why.BY_RULE
        if plan.key in self.claims and claimed(self.criteria, plan.entry, self.reading):
            return Why.DECLARED
        return None

    def _passes(self, plan: GatePlan) -> tuple[bool, str | None]:
        """Return whether one of the alternatives holds, and which; one that does makes the others needless."""
        missing: MissingError | None = None
        for key, run in plan.alternatives:
            try:
                if run(self.values):
                    return True, key
            except MissingError as error:
                missing = missing or error
        if missing is not None:
            raise missing
        return False, None

    def _item(self, plan: ItemPlan) -> Item:
        try:
            outside = self._outside(plan) if plan.when is not None or plan.key in self.claims else None
            if outside is not None:
                return self._without_points(plan, NOT_APPLICABLE, outside)
            if plan.run is not None:
                return self._measure(plan, plan.run)
            return self._checklist(plan) if plan.panel is None else self._panel(plan, plan.panel)
        except MissingError as error:
            if plan.kind == "bonus":
                return self._without_points(plan, SCORED, Why.NOT_CLAIMED)
            return self._without_points(plan, MISSING, Why.UNANSWERED, {"input": error.name})
        except (UncomputableError, DecimalException) as error:
            return self._without_points(plan, MISSING, Why.UNCOMPUTABLE, about_failure(error))

    def _without_points(self, plan: ItemPlan, state: State, why: Why, about: Mapping[str, str] = NOTHING) -> Item:
        return Item(plan.key, plan.kind, state, self.nothing, plan.points, None, why, about, self.sheet)

    def _scored(self, plan: ItemPlan, points: Decimal, value: Decimal) -> Item:
        """Hold points between nothing and the most."""
        most = plan.points
        points = half_up(ZERO if points < ZERO else most if points > most else points, self.places)
        return made(Item, (plan.key, plan.kind, SCORED, points, most, value, None, NOTHING, self.sheet))

    def _measure(self, plan: ItemPlan, run: Run) -> Item:
        x = points = run(self.values)
        if plan.cases:
            curve = plan.curve or plan.case(self.values).curve
            points = curve.earn(x, plan.points)
        return self._scored(plan, points, x)

    def _checklist(self, plan: ItemPlan) -> Item:
        if plan.worth is not None:
            total = sum([plan.worth[tick] for tick in self.values[plan.key]], ZERO)
            return self._scored(plan, total, total)
        total = ZERO
        unclaimed = plan.kind == "bonus"
        for entry in plan.items:
            try:
                if entry.counts(plan.key, self.values):
                    total += entry.points
            except MissingError:
                # What nobody claims of a bonus is not owed; what a checklist asks is.
                if not unclaimed:
                    raise
        return self._scored(plan, total, total)

    def _panel(self, plan: ItemPlan, rule: Panel) -> Item:
        marks = self.reading.marks.get(plan.key, ())
        if len(marks) < rule.reviewers:
            about = {"marks": str(len(marks)), "reviewers": str(rule.reviewers)}
            return self._without_points(plan, MISSING, Why.TOO_FEW_MARKS, about)
        mean = mean_of(rule, marks).value
        return self._scored(plan, mean, mean)

    def _section(self, section: Section, keys: Iterable[str], items: Mapping[str, Item]) -> SectionResult:
        points = most = ZERO
        for key in keys:
            item = items[key]
            if item.state is not NOT_APPLICABLE:
                points += item.points
                most += item.max
        reached = section.minimum is None or points >= least_of(section, most)
        return SectionResult(section.key, points, most, reached)

    def _base(self, sections: Iterable[SectionResult]) -> Decimal | None:
        points = most = ZERO
        for section in sections:
            points += section.points
            most += section.max
        return half_up(HUNDRED * points / most, self._total_places) if most else None

    def _withheld(self, sections: Iterable[SectionResult]) -> str | None:
        every = self.plan.points
        excluded = every - sum([section.max for section in sections], ZERO)
        if excluded == every:
            return "nothing_applicable"
        return "excluded_over_cap" if excluded / every > self.criteria.rules.excluded_cap else None

    def _capped(self, items: Iterable[Item], cap: Decimal | None) -> Decimal:
        total = sum([item.points for item in items], ZERO)
        return half_up(total if cap is None else min(total, cap), self.places)

    def _grade(self, total: Decimal | None, sections: Iterable[SectionResult]) -> str | None:
        if total is None or not all(section.reached for section in sections):
            return None
        return next((grade.key for grade in self.plan.grades if total >= grade.points), None)

    def _ties(self, items: Mapping[str, Item], sections: Iterable[SectionResult]) -> tuple[Tie, ...]:
        ties = []
        for tie in self.plan.ties:
            points = sum([items[key].points for key in tie.items], ZERO)
            if tie.sections:
                points += sum([one.points for key in tie.sections for one in sections if one.key == key], ZERO)
            ties.append(Tie(tie.key, points))
        return tuple(ties)


def _eligible(gates: Iterable[GateResult]) -> bool | None:
    eligible: bool | None = True
    for gate in gates:
        if gate.state is FAILED:
            return False
        if gate.state is MISSING:
            eligible = None
    return eligible
