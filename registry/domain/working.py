"""The working of a figure: every input, the formula with its numbers, the place on the curve, the points, the sources.

A line has a key that pages translate, its figures by name, and plain arithmetic that reads in any language. What is
the same for every filing stands in the notes of the set; the rest is written here, under the decimal context.
"""

from collections.abc import Iterable
from decimal import Decimal, DecimalException

from registry.domain.formula import Formula
from registry.domain.judging import deviation, mean_of
from registry.domain.notes import EntryNotes, GateNotes, ItemNotes, Premise, entry_line, equation, notes_of
from registry.domain.parts import write
from registry.domain.results import GateResult, Item, Line, Sheet, State, Why
from registry.domain.shapes import Gate, Indicator, Panel
from registry.domain.values import ZERO, MissingError, UncomputableError, Values, entire, shown, written

NO_VALUE = (MissingError, UncomputableError, DecimalException)
NOT_APPLICABLE, MISSING, NOT_CLAIMED = State.NOT_APPLICABLE, State.MISSING, Why.NOT_CLAIMED
# What became of an item of a checklist, by whether it counts.
ENTRY_STATES = {True: "counted", False: "not_counted", None: "not_offered"}


def of_gate(sheet: Sheet, result: GateResult) -> list[Line]:
    """Write how a gate was judged."""
    notes = notes_of(sheet.criteria).gates[result.key]
    lines = _gate(sheet, notes, result)
    lines += notes.grounds
    return lines


def of_item(sheet: Sheet, item: Item) -> list[Line]:
    """Write how the points of an item came about."""
    notes = notes_of(sheet.criteria).items[item.key]
    lines = _item(sheet, notes, item)
    lines += notes.grounds
    return lines


def _gate(sheet: Sheet, notes: GateNotes, result: GateResult) -> list[Line]:
    gate, values = notes.gate, sheet.reading.values
    if result.state is NOT_APPLICABLE:
        return [_aside(sheet, gate, result.why)]
    lines = _refused_claim(sheet, gate)
    _premises(sheet, notes.premises, lines)
    held = result.passed if gate.formula is not None else None
    for formula, about in notes.tests:
        text = _truth(formula, values) if held is None else _judged(formula, values, held=held)
        lines.append(Line("condition", about, text))
    if result.state is MISSING:
        lines.append(_missing(result))
    return lines


def _item(sheet: Sheet, notes: ItemNotes, item: Item) -> list[Line]:
    indicator = notes.plan.entry
    if item.state is NOT_APPLICABLE:
        return [_aside(sheet, indicator, item.why)]
    lines = _refused_claim(sheet, indicator)
    _premises(sheet, notes.premises, lines)
    if item.state is MISSING:
        if notes.formula is not None:
            text = notes.formula.show(sheet.reading.values)
            lines.append(Line("formula", {"formula": notes.formula.text}, f"{text} = ?"))
        lines.append(_missing(item))
    elif item.why is NOT_CLAIMED:
        lines.append(Line("not_claimed", {}, "0"))
    elif notes.plan.panel is not None:
        lines += _panel(sheet, notes, notes.plan.panel, item)
    elif notes.formula is None:
        lines += _checklist(sheet, notes, item)
    else:
        lines += _measure(sheet, notes, notes.formula, item)
    return lines


def _aside(sheet: Sheet, entry: Gate | Indicator, why: Why | None) -> Line:
    """Say why an entry does not apply."""
    if why is Why.SWITCHED_OFF:
        return Line("switched_off", {}, "")
    if why is Why.DECLARED:
        words = sheet.reading.claims[entry.key]
        return Line("declared_not_applicable", {"reason": words}, words)
    formula = sheet.criteria.formulas[entry.when or ""]
    return Line("not_applicable", {"when": formula.text}, _truth(formula, sheet.reading.values))


def _refused_claim(sheet: Sheet, entry: Gate | Indicator) -> list[Line]:
    """Say that a declaration was not admitted, for the entry is judged all the same."""
    claims = sheet.reading.claims
    return [Line("claim_refused", {"reason": claims[entry.key]}, "")] if entry.key in claims else []


def _missing(result: GateResult | Item) -> Line:
    about = dict(result.about)
    if result.why is Why.UNANSWERED:
        return Line("missing", about, f"{about['input']} = ?")
    if result.why is Why.TOO_FEW_MARKS:
        return Line("too_few_marks", about, f"{about['marks']} < {about['reviewers']}")
    return Line("uncomputable", about, "?")


def _premises(sheet: Sheet, premises: Iterable[Premise], lines: list[Line]) -> None:
    """Add the inputs, factors and derived values that an entry rests on, each written once for the whole score."""
    written_before = sheet.premises
    for premise in premises:
        if premise in written_before:
            line = written_before[premise]
        else:
            line = written_before[premise] = premise(sheet)
        if line is not None:
            lines.append(line)


def _truth(formula: Formula, values: Values) -> str:
    try:
        return _judged(formula, values, held=bool(formula.run(values)))
    except NO_VALUE:
        text = formula.show(values)
        return text if text == "?" else f"{text} → ?"


def _judged(formula: Formula, values: Values, *, held: bool) -> str:
    text, result = formula.show(values), write(held)
    return text if text == result else f"{text} → {result}"


def _measure(sheet: Sheet, notes: ItemNotes, formula: Formula, item: Item) -> list[Line]:
    values = sheet.reading.values
    x = item.value if item.value is not None else ZERO
    figure, points = written(x), entire(item.points)
    text = equation(formula.show(values), shown(x, notes.places), notes.suffix)
    lines = [Line("formula", {"formula": formula.text, "value": figure, "unit": notes.unit}, text)]
    if not notes.plan.cases:
        return [*lines, Line("points", {"points": points}, _held(x, item))]
    case = notes.plan.case(values)
    if notes.cases:
        chosen = notes.cases[case.number]
        text = _judged(chosen.formula, values, held=True) if chosen.formula else "∗"
        lines.append(Line("curve_chosen", chosen.about, text))
    curve = case.curve
    reading = curve.read(x)
    place = {
        "curve": curve.text,
        "shape": curve.kind,
        "x": figure,
        "stretch": reading.stretch,
        "share": written(reading.share),
    }
    lines.append(Line("curve", place, reading.text))
    text = f"{reading.percentage} × {notes.most} = {points}"
    lines.append(Line("points", {"points": points, "max": notes.most}, text))
    return lines


def _held(points: Decimal, item: Item) -> str:
    """Write how points are held between nothing and the most."""
    held = entire(item.points)
    if points > item.max:
        return f"min({shown(points)}, {written(item.max)}) = {held}"
    return f"max({shown(points)}, 0) = {held}" if points < ZERO else f"{shown(points)} → {held}"


def _checklist(sheet: Sheet, notes: ItemNotes, item: Item) -> list[Line]:
    values = sheet.reading.values
    lines, earned = [], []
    for entry in notes.entries:
        state = _entry_state(notes, entry, values)
        if state == "counted":
            earned.append(entry.worth)
        line = entry.lines[state]
        if entry.formula is not None and state in {"counted", "not_counted"}:
            text = f"{_judged(entry.formula, values, held=state == 'counted')}; {line.text}"
            line = entry_line(entry.plan, entry.worth, state, text)
        lines.append(line)
    total = item.value if item.value is not None else ZERO
    sum_of_all, points = written(total), entire(item.points)
    text = f"{' + '.join(earned)} = {sum_of_all}" if len(earned) > 1 else sum_of_all
    if total > item.max:
        text += f"; min({sum_of_all}, {notes.most}) = {points}"
    lines.append(Line("points", {"points": points, "max": notes.most}, text))
    return lines


def _entry_state(notes: ItemNotes, entry: EntryNotes, values: Values) -> str:
    try:
        return ENTRY_STATES[entry.plan.counts(notes.plan.key, values)]
    except NO_VALUE:
        return "not_claimed"


def _panel(sheet: Sheet, notes: ItemNotes, rule: Panel, item: Item) -> list[Line]:
    marks = sheet.reading.marks[item.key]
    mean = mean_of(rule, marks)
    about = {
        "rule": rule.rule,
        "marks": [written(mark) for mark in marks],
        "dropped": [written(mark) for mark in mean.dropped],
    }
    counted = " + ".join([written(mark) for mark in mean.counted])
    many = len(mean.counted)
    lines = [Line("marks", about, f"({counted}) ÷ {many} = {shown(mean.value)}" if many > 1 else counted)]
    if rule.spread is not None:
        limit, apart = rule.spread * item.max, deviation(marks)
        wide = apart > limit
        text = shown(apart)
        spread = {"deviation": text, "limit": written(limit), "wide": "true" if wide else "false"}
        lines.append(Line("spread", spread, f"σ = {text} {'>' if wide else '≤'} {shown(limit)}"))
    points = {"points": entire(item.points), "max": notes.most}
    lines.append(Line("points", points, _held(mean.value, item)))
    return lines
