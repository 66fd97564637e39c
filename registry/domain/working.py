"""The working of a figure: every input, the formula with its numbers, the place on the curve, the points, the sources.

A line has a key that pages translate, its figures by name, and plain arithmetic that reads in any language.
"""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal, DecimalException, localcontext

from registry.domain.criteria import CriteriaSet, formulas_of
from registry.domain.curves import percent
from registry.domain.formula import Formula
from registry.domain.judging import case_of, counts, mean_of, panel_rule
from registry.domain.parts import plain, write
from registry.domain.results import GateResult, Item, Line, Sheet, State, Why
from registry.domain.series import Coverage
from registry.domain.shapes import Entry, Gate, Indicator, Input, Sources, Texts
from registry.domain.values import CONTEXT, ZERO, MissingError, UncomputableError, Values, shown, written

NO_VALUE = (MissingError, UncomputableError, DecimalException)


def of_gate(sheet: Sheet, result: GateResult) -> tuple[Line, ...]:
    """Write how a gate was judged."""
    gate = next(gate for gate in sheet.criteria.gates if gate.key == result.key)
    with localcontext(CONTEXT):
        return (*_gate(sheet, gate, result), *_grounds(gate.clauses, gate.source, ("formula",)))


def of_item(sheet: Sheet, item: Item) -> tuple[Line, ...]:
    """Write how the points of an item came about."""
    indicator = sheet.criteria.indicators[item.key]
    with localcontext(CONTEXT):
        numbers = ["points", *(["curve"] if indicator.curve else [])]
        if any(character.isdigit() for text in formulas_of(indicator) for character in text):
            numbers.append("formula")
        return (*_item(sheet, indicator, item), *_grounds(indicator.clauses, indicator.source, numbers))


def _gate(sheet: Sheet, gate: Gate, result: GateResult) -> Iterator[Line]:
    if result.state is State.NOT_APPLICABLE:
        yield _aside(sheet, gate, result.why)
        return
    yield from _refused_claim(sheet, gate)
    yield from _premises(sheet, gate)
    tests = [(alternative.key, alternative.formula) for alternative in gate.alternatives]
    if gate.formula is not None:
        tests = [("", gate.formula)]
    for key, text in tests:
        values = {"formula": text, "alternative": key}
        yield Line("condition", values, _truth(sheet.criteria.formulas[text], sheet.reading.values))
    if result.state is State.MISSING:
        yield _missing(result)


def _item(sheet: Sheet, indicator: Indicator, item: Item) -> Iterator[Line]:
    if item.state is State.NOT_APPLICABLE:
        yield _aside(sheet, indicator, item.why)
        return
    yield from _refused_claim(sheet, indicator)
    yield from _premises(sheet, indicator)
    if item.state is State.MISSING:
        if indicator.formula is not None:
            text = sheet.criteria.formulas[indicator.formula].show(sheet.reading.values)
            yield Line("formula", {"formula": indicator.formula}, f"{text} = ?")
        yield _missing(item)
    elif item.why is Why.NOT_CLAIMED:
        yield Line("not_claimed", {}, "0")
    elif indicator.kind == "panel":
        yield from _panel(sheet, indicator, item)
    elif indicator.items:
        yield from _checklist(sheet, indicator, item)
    else:
        yield from _measure(sheet, indicator, item)


def _aside(sheet: Sheet, entry: Gate | Indicator, why: Why | None) -> Line:
    """Say why an entry does not apply."""
    if why is Why.SWITCHED_OFF:
        return Line("switched_off", {}, "")
    if why is Why.DECLARED:
        words = sheet.reading.claims[entry.key]
        return Line("declared_not_applicable", {"reason": words}, words)
    formula = sheet.criteria.formulas[entry.when or ""]
    return Line("not_applicable", {"when": formula.text}, _truth(formula, sheet.reading.values))


def _refused_claim(sheet: Sheet, entry: Gate | Indicator) -> Iterator[Line]:
    """Say that a declaration was not admitted, for the entry is judged all the same."""
    if entry.key in sheet.reading.claims:
        yield Line("claim_refused", {"reason": sheet.reading.claims[entry.key]}, "")


def _missing(result: GateResult | Item) -> Line:
    about = dict(result.about)
    if result.why is Why.UNANSWERED:
        return Line("missing", about, f"{about['input']} = ?")
    if result.why is Why.TOO_FEW_MARKS:
        return Line("too_few_marks", about, f"{about['marks']} < {about['reviewers']}")
    return Line("uncomputable", about, "?")


def _premises(sheet: Sheet, entry: Gate | Indicator) -> Iterator[Line]:
    """Write the inputs, factors and derived values that an entry rests on."""
    premises = sheet.criteria.premises[entry.key]
    for key in premises.inputs:
        if key in sheet.reading.values:
            yield _shared(sheet, "input", key, _input)
    for key in premises.tables:
        yield _shared(sheet, "factors", key, _table)
    for key in premises.derived:
        yield _shared(sheet, "derived", key, _derived)


def _shared(sheet: Sheet, kind: str, key: str, make: Callable[[Sheet, str], Line]) -> Line:
    found = sheet.premises.get((kind, key))
    if found is None:
        found = sheet.premises[kind, key] = make(sheet, key)
    return found


def _table(sheet: Sheet, key: str) -> Line:
    version = sheet.reading.versions[key]
    table = sheet.criteria.tables[key]
    source = next(one.source.points for one in table.versions if one.version == version)
    about = {"table": key, "version": version, "unit": table.unit or "", "source": source or ""}
    return Line("factors", about, f"{key} {version}")


def _derived(sheet: Sheet, key: str) -> Line:
    one = next(one for one in sheet.criteria.derived if one.key == key)
    formula = sheet.criteria.formulas[one.formula]
    about = {"key": one.key, "formula": one.formula, "unit": one.unit or ""}
    return Line("derived", about, _equation(formula, sheet.reading.values, key, one.unit, one.places))


def _input(sheet: Sheet, key: str) -> Line:
    values = sheet.reading.values
    entry = sheet.criteria.inputs[key]
    series = key in sheet.reading.covered
    value = plain(values[key], computed=series)
    text = write(values[key]) if isinstance(values[key], bool) else value
    about = {"key": key, "value": value, "unit": entry.unit or "", "filled_by": entry.filled_by}
    if series:
        about |= _covered(entry, sheet.reading.covered[key])
    return Line("input", about, f"{text} {entry.unit or ''}".strip())


def _covered(entry: Input, covered: Coverage) -> dict[str, str]:
    """Say by which rule a figure comes from a series, and how much of the year the series covers."""
    return {
        "reduce": entry.series.reduce if entry.series else "",
        "period": "month" if covered.monthly else "day",
        "recorded": str(covered.recorded),
        "expected": str(covered.expected),
    }


def _equation(formula: Formula, values: Values, key: str, unit: str | None = None, places: int | None = None) -> str:
    """Write a formula with its numbers and its result, once only where both read the same."""
    left = formula.show(values)
    try:
        right = write(values[key] if key else formula.run(values), computed=True, places=places)
    except NO_VALUE:
        return f"{left} = ?"
    return (right if left == right else f"{left} = {right}") + (f" {unit}" if unit else "")


def _truth(formula: Formula, values: Values) -> str:
    text = formula.show(values)
    try:
        result = write(bool(formula.run(values)))
    except NO_VALUE:
        result = "?"
    return text if text == result else f"{text} → {result}"


def _measure(sheet: Sheet, indicator: Indicator, item: Item) -> Iterator[Line]:
    criteria, values = sheet.criteria, sheet.reading.values
    x = item.value if item.value is not None else ZERO
    formula = criteria.formulas[indicator.formula or ""]
    about = {"formula": formula.text, "value": written(x), "unit": indicator.unit or ""}
    yield Line("formula", about, _equation(formula, values, "", indicator.unit, indicator.places))
    if not indicator.curve:
        yield Line("points", {"points": _fixed(item)}, _held(x, item))
        return
    case = case_of(criteria, indicator, sheet.reading)
    if case.when is not None or len(indicator.curve) > 1:
        yield _chosen(criteria, values, case.when, case.title)
    reading = case.curve.read(x)
    place = {"curve": str(case.curve), "shape": str(case.curve.shape), "x": written(x), "stretch": reading.stretch}
    yield Line("curve", {**place, "share": written(reading.share)}, reading.text)
    text = f"{percent(reading.share)} × {written(item.max)} = {_fixed(item)}"
    yield Line("points", {"points": _fixed(item), "max": written(item.max)}, text)


def _chosen(criteria: CriteriaSet, values: Values, when: str | None, title: Texts | None) -> Line:
    about = {"when": when or "", "zh": title.zh if title else "", "en": title.en if title else ""}
    return Line("curve_chosen", about, _truth(criteria.formulas[when], values) if when else "∗")


def _held(points: Decimal, item: Item) -> str:
    """Write how points are held between nothing and the most."""
    if points > item.max:
        return f"min({shown(points)}, {written(item.max)}) = {_fixed(item)}"
    return f"max({shown(points)}, 0) = {_fixed(item)}" if points < ZERO else f"{shown(points)} → {_fixed(item)}"


def _checklist(sheet: Sheet, indicator: Indicator, item: Item) -> Iterator[Line]:
    earned = []
    for entry in indicator.items:
        state = _entry_state(sheet, indicator, entry)
        if state == "counted":
            earned.append(written(entry.points))
        text = f"+{written(entry.points)}" if state == "counted" else "0"
        if entry.formula is not None and state in {"counted", "not_counted"}:
            text = f"{_truth(sheet.criteria.formulas[entry.formula], sheet.reading.values)}; {text}"
        about = {"key": entry.key, "points": written(entry.points), "state": state}
        yield Line("entry", {**about, "clauses": list(entry.clauses)}, text)
    total = item.value if item.value is not None else ZERO
    text = f"{' + '.join(earned) or '0'} = {written(total)}" if len(earned) > 1 else written(total)
    if total > item.max:
        text += f"; min({written(total)}, {written(item.max)}) = {_fixed(item)}"
    yield Line("points", {"points": _fixed(item), "max": written(item.max)}, text)


def _entry_state(sheet: Sheet, indicator: Indicator, entry: Entry) -> str:
    try:
        counted = counts(sheet.criteria, indicator, entry, sheet.reading)
    except NO_VALUE:
        return "not_claimed"
    return {True: "counted", False: "not_counted", None: "not_offered"}[counted]


def _panel(sheet: Sheet, indicator: Indicator, item: Item) -> Iterator[Line]:
    rule = panel_rule(sheet.criteria, indicator)
    marks = sheet.reading.marks[indicator.key]
    mean = mean_of(rule, marks)
    about = {
        "rule": rule.rule,
        "marks": [written(mark) for mark in marks],
        "dropped": [written(mark) for mark in mean.dropped],
    }
    counted = " + ".join(written(mark) for mark in mean.counted)
    many = len(mean.counted)
    text = f"({counted}) ÷ {many} = {shown(mean.value)}" if many > 1 else counted
    yield Line("marks", about, text)
    if rule.spread is not None:
        limit = rule.spread * indicator.points
        wide = mean.spread > limit
        sign = ">" if wide else "≤"
        spread = {"deviation": shown(mean.spread), "limit": written(limit), "wide": "true" if wide else "false"}
        yield Line("spread", spread, f"σ = {shown(mean.spread)} {sign} {shown(limit)}")
    yield Line("points", {"points": _fixed(item), "max": written(item.max)}, _held(mean.value, item))


def _grounds(clauses: tuple[str, ...], source: Sources | None, numbers: Iterable[str]) -> Iterator[Line]:
    """Write the clauses, and where each of the numbers that there are comes from."""
    yield Line("clauses", {"clauses": list(clauses)}, "; ".join(clauses))
    if source is None:
        return
    kinds = {name: kind for name in numbers if (kind := getattr(source, name)) is not None}
    about: dict[str, object] = dict(kinds)
    if source.note is not None:
        about |= {"zh": source.note.zh, "en": source.note.en}
    yield Line("source", about, ", ".join(sorted(set(kinds.values()))))


def _fixed(item: Item) -> str:
    return format(item.points, "f")
