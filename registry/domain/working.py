"""The working of a figure: every input, the formula with its numbers, the place on the curve, the points, the sources.

A line has a key that pages translate, its figures by name, and plain arithmetic that reads in any language. What is
the same for every filing stands in the notes of the set; the rest is written here, under the decimal context.
"""

from collections.abc import Iterable
from decimal import Decimal, DecimalException

from registry.domain.formula import Formula
from registry.domain.judging import deviation, mean_of
from registry.domain.notes import EntryNotes, GateNotes, ItemNotes, Premise, equation, notes_of
from registry.domain.parts import write
from registry.domain.results import GateResult, Item, Shared, Sheet, State, Why, Written
from registry.domain.shapes import Gate, Indicator, Panel
from registry.domain.values import ZERO, MissingError, UncomputableError, Values, entire, shown, written

NO_VALUE = (MissingError, UncomputableError, DecimalException)
NOT_APPLICABLE, MISSING, NOT_CLAIMED = State.NOT_APPLICABLE, State.MISSING, Why.NOT_CLAIMED
# What became of an item of a checklist, by whether it counts.
ENTRY_STATES = {True: "counted", False: "not_counted", None: "not_offered"}


def of_gate(sheet: Sheet, result: GateResult, shared: Shared) -> list[Written]:
    """Write how a gate was judged."""
    notes = notes_of(sheet.criteria).gates[result.key]
    lines = _gate(sheet, notes, result, shared)
    notes.grounds.add_to(lines)
    return lines


def of_item(sheet: Sheet, item: Item, shared: Shared) -> list[Written]:
    """Write how the points of an item came about."""
    notes = notes_of(sheet.criteria).items[item.key]
    lines = _item(sheet, notes, item, shared)
    notes.grounds.add_to(lines)
    return lines


def _gate(sheet: Sheet, notes: GateNotes, result: GateResult, shared: Shared) -> list[Written]:
    gate, values = notes.gate, sheet.reading.values
    if result.state is NOT_APPLICABLE:
        return [_aside(sheet, gate, result.why)]
    lines = _refused_claim(sheet, gate)
    _premises(sheet, notes.premises, lines, shared)
    held = result.passed if gate.formula is not None else None
    for formula, about in notes.tests:
        text = _truth(formula, values) if held is None else _judged(formula, values, held=held)
        lines.append({"line": "condition", "values": {**about}, "text": text})
    if result.state is MISSING:
        lines.append(_missing(result))
    return lines


def _item(sheet: Sheet, notes: ItemNotes, item: Item, shared: Shared) -> list[Written]:
    indicator = notes.plan.entry
    if item.state is NOT_APPLICABLE:
        return [_aside(sheet, indicator, item.why)]
    lines = _refused_claim(sheet, indicator)
    _premises(sheet, notes.premises, lines, shared)
    if item.state is MISSING:
        if notes.formula is not None:
            text = notes.formula.show(sheet.reading.values)
            lines.append({"line": "formula", "values": {"formula": notes.formula.text}, "text": f"{text} = ?"})
        lines.append(_missing(item))
    elif item.why is NOT_CLAIMED:
        lines.append({"line": "not_claimed", "values": {}, "text": "0"})
    elif notes.plan.panel is not None:
        lines += _panel(sheet, notes, notes.plan.panel, item)
    elif notes.formula is None:
        lines += _checklist(sheet, notes, item)
    else:
        lines += _measure(sheet, notes, notes.formula, item)
    return lines


def _aside(sheet: Sheet, entry: Gate | Indicator, why: Why | None) -> Written:
    """Say why an entry does not apply."""
    if why is Why.SWITCHED_OFF:
        return {"line": "switched_off", "values": {}, "text": ""}
    if why is Why.DECLARED:
        words = sheet.reading.claims[entry.key]
        return {"line": "declared_not_applicable", "values": {"reason": words}, "text": words}
    formula = sheet.criteria.formulas[entry.when or ""]
    text = _truth(formula, sheet.reading.values)
    return {"line": "not_applicable", "values": {"when": formula.text}, "text": text}


def _refused_claim(sheet: Sheet, entry: Gate | Indicator) -> list[Written]:
    """Say that a declaration was not admitted, for the entry is judged all the same."""
    claims = sheet.reading.claims
    if entry.key not in claims:
        return []
    return [{"line": "claim_refused", "values": {"reason": claims[entry.key]}, "text": ""}]


def _missing(result: GateResult | Item) -> Written:
    about = dict(result.about)
    if result.why is Why.UNANSWERED:
        return {"line": "missing", "values": about, "text": f"{about['input']} = ?"}
    if result.why is Why.TOO_FEW_MARKS:
        return {"line": "too_few_marks", "values": about, "text": f"{about['marks']} < {about['reviewers']}"}
    return {"line": "uncomputable", "values": about, "text": "?"}


def _premises(sheet: Sheet, premises: Iterable[Premise], lines: list[Written], shared: Shared) -> None:
    """Add the inputs, factors and derived values that an entry rests on, each written once for all entries."""
    for premise in premises:
        if premise not in shared:
            shared[premise] = premise(sheet)
    lines += [line for line in [shared[premise] for premise in premises] if line is not None]


def _truth(formula: Formula, values: Values) -> str:
    try:
        return _judged(formula, values, held=bool(formula.run(values)))
    except NO_VALUE:
        text = formula.show(values)
        return text if text == "?" else f"{text} → ?"


def _judged(formula: Formula, values: Values, *, held: bool) -> str:
    text, result = formula.show(values), write(held)
    return text if text == result else f"{text} → {result}"


def _measure(sheet: Sheet, notes: ItemNotes, formula: Formula, item: Item) -> list[Written]:
    values = sheet.reading.values
    x = item.value if item.value is not None else ZERO
    figure, points = written(x), entire(item.points)
    about = {"formula": formula.text, "value": figure, "unit": notes.unit}
    text = equation(formula.show(values), shown(x, notes.places), notes.suffix)
    lines: list[Written] = [{"line": "formula", "values": about, "text": text}]
    if not notes.plan.cases:
        return [*lines, {"line": "points", "values": {"points": points}, "text": _held(x, item)}]
    case = notes.plan.case(values)
    if notes.cases:
        chosen = notes.cases[case.number]
        text = _judged(chosen.formula, values, held=True) if chosen.formula else "∗"
        lines.append({"line": "curve_chosen", "values": {**chosen.about}, "text": text})
    curve = case.curve
    reading = curve.read(x)
    place = {
        "curve": curve.text,
        "shape": curve.kind,
        "x": figure,
        "stretch": reading.stretch,
        "share": written(reading.share),
    }
    lines.append({"line": "curve", "values": place, "text": reading.text})
    text = f"{reading.percentage} × {notes.most} = {points}"
    lines.append({"line": "points", "values": {"points": points, "max": notes.most}, "text": text})
    return lines


def _held(points: Decimal, item: Item) -> str:
    """Write how points are held between nothing and the most."""
    held = entire(item.points)
    if points > item.max:
        return f"min({shown(points)}, {written(item.max)}) = {held}"
    return f"max({shown(points)}, 0) = {held}" if points < ZERO else f"{shown(points)} → {held}"


def _checklist(sheet: Sheet, notes: ItemNotes, item: Item) -> list[Written]:
    values = sheet.reading.values
    lines, earned = [], []
    for entry in notes.entries:
        state = _entry_state(notes, entry, values)
        text = "0"
        if state == "counted":
            earned.append(entry.worth)
            text = f"+{entry.worth}"
        if entry.formula is not None and state in {"counted", "not_counted"}:
            text = f"{_judged(entry.formula, values, held=state == 'counted')}; {text}"
        lines.append(entry.line(state, text))
    total = item.value if item.value is not None else ZERO
    sum_of_all, points = written(total), entire(item.points)
    text = f"{' + '.join(earned)} = {sum_of_all}" if len(earned) > 1 else sum_of_all
    if total > item.max:
        text += f"; min({sum_of_all}, {notes.most}) = {points}"
    lines.append({"line": "points", "values": {"points": points, "max": notes.most}, "text": text})
    return lines


def _entry_state(notes: ItemNotes, entry: EntryNotes, values: Values) -> str:
    try:
        return ENTRY_STATES[entry.plan.counts(notes.plan.key, values)]
    except NO_VALUE:
        return "not_claimed"


def _panel(sheet: Sheet, notes: ItemNotes, rule: Panel, item: Item) -> list[Written]:
    marks = sheet.reading.marks[item.key]
    mean = mean_of(rule, marks)
    about = {
        "rule": rule.rule,
        "marks": [written(mark) for mark in marks],
        "dropped": [written(mark) for mark in mean.dropped],
    }
    text = " + ".join([written(mark) for mark in mean.counted])
    many = len(mean.counted)
    if many > 1:
        text = f"({text}) ÷ {many} = {shown(mean.value)}"
    lines: list[Written] = [{"line": "marks", "values": about, "text": text}]
    if rule.spread is not None:
        limit, apart = rule.spread * item.max, deviation(marks)
        wide = apart > limit
        text = shown(apart)
        spread = {"deviation": text, "limit": written(limit), "wide": "true" if wide else "false"}
        lines.append({"line": "spread", "values": spread, "text": f"σ = {text} {'>' if wide else '≤'} {shown(limit)}"})
    points = {"points": entire(item.points), "max": notes.most}
    lines.append({"line": "points", "values": points, "text": _held(mean.value, item)})
    return lines
