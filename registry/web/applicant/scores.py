"""The score as it stands: what the applicant's own answers earn, with the working of every figure and its clauses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from registry.domain import completeness, scoring
from registry.domain.results import GateResult, Item, Line, Score, State
from registry.domain.shapes import Gate, Indicator, Input, Sources, Texts
from registry.domain.values import ZERO, written
from registry.domain.vocabulary import Binding
from registry.queries import clauses, filings
from registry.web import plots, reading
from registry.web.applicant import parts
from registry.web.forms import SelectChoice
from registry.web.plots import is_series
from registry.web.templating import figure, picked, unit
from registry.words.criteria import LINES


@dataclass(frozen=True, slots=True)
class Row:
    """A line of working, named in the reader's language."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A curve as corners from left to right, with the place of this site on it."""

    points: list[tuple[str, str]]
    x: str | None
    y: str | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A gate or an indicator with its result, its working, its curve and the clauses behind it."""

    entry: Gate | Indicator
    result: GateResult | Item
    rows: list[Row]
    drawing: Drawing | None
    clauses: list[tuple[str, str, str]]
    source: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A section with its indicators."""

    title: str
    points: Decimal
    max: Decimal
    judged: list[Judged]


def own(sheet: filings.Sheet) -> Score:
    """Return the score of the answers as they are declared, without anybody's marks."""
    return scoring.score(sheet.criteria, filings.answers(sheet, verified=False))


def summary(score: Score) -> dict[str, str]:
    """Return the points that rest on the applicant's own answers, out of how many, and what experts add later."""
    items = [item for item in score.items if item.kind not in ("bonus", "deduction")]
    counted = [item for item in items if item.state is not State.NOT_APPLICABLE]
    answered = [item for item in counted if item.kind != "panel"]
    panels = [item for item in counted if item.kind == "panel"]
    return {
        "points": written(sum((item.points for item in answered), ZERO)),
        "max": written(sum((item.max for item in answered), ZERO)),
        "panels": written(sum((item.max for item in panels), ZERO)),
        "bonus": written(score.bonus),
        "deduction": written(score.deduction),
        "open": str(sum(1 for item in answered if item.state is State.MISSING)),
    }


def sections(session: Session, sheet: filings.Sheet) -> list[Sum]:
    """Return the sections with the working of every indicator, bonuses and deductions last."""
    score = own(sheet)
    items = {item.key: item for item in score.items}
    groups: list[tuple[str, Iterable[Indicator]]] = [
        (picked(section.title), section.indicators) for section in sheet.criteria.sections
    ]
    groups += [(_("Bonus points"), sheet.criteria.bonuses), (_("Deductions"), sheet.criteria.deductions)]
    texts = clauses.texts(session)
    return [
        Sum(
            title,
            sum((items[entry.key].points for entry in entries), ZERO),
            sum(
                (items[entry.key].max for entry in entries if items[entry.key].state is not State.NOT_APPLICABLE),
                ZERO,
            ),
            [_judged(sheet, entry, items[entry.key], texts) for entry in entries],
        )
        for title, found in groups
        if (entries := tuple(found))
    ]


def gates(session: Session, sheet: filings.Sheet) -> list[Judged]:
    """Return the gates with how each was judged."""
    results = {result.key: result for result in own(sheet).gates}
    texts = clauses.texts(session)
    return [_judged(sheet, gate, results[gate.key], texts) for gate in sheet.criteria.gates]


def targets(sheet: filings.Sheet) -> list[SelectChoice]:
    """Return what a file can prove: the wanted documents, then every input, gate and indicator by itself."""
    criteria = sheet.criteria
    documents = completeness.wanted(criteria)
    singles = dict.fromkeys(target for document in documents for target in document.targets)
    return [
        *(
            SelectChoice(f"wanted.{number}", parts.titles_of(document), optgroup=_("A document that is asked for"))
            for number, document in enumerate(documents)
        ),
        *(
            SelectChoice(
                f"{binding}.{key}", parts.target_title(criteria, (binding, key)), optgroup=_("One entry by itself")
            )
            for binding, key in singles
        ),
    ]


def bindings(sheet: filings.Sheet, chosen: str) -> tuple[completeness.Target, ...]:
    """Return what a choice of `targets` binds a file to."""
    kind, _dot, key = chosen.partition(".")
    if kind == "wanted":
        return completeness.wanted(sheet.criteria)[int(key)].targets
    return ((Binding(kind), key),)


def readable(entry: Input, value: Any) -> str:
    """Return a stored value as a person reads it."""
    if value is None:
        return "–"
    if entry.kind == "yes_no":
        return str(_("Yes") if value else _("No"))
    if entry.kind in ("choice", "choices"):
        named = entry.choices or {}
        keys = [value] if isinstance(value, str) else value
        return ", ".join(picked(named[key]) for key in keys if key in named) or "–"
    if entry.kind == "rows":
        titles = entry.rows or {}
        return "; ".join(f"{picked(titles[key])} {figure(number)}" for key, number in value["rows"].items())
    if is_series(value):
        return str(_("from a table of %(count)s lines", count=len(value["series"])))
    shown = figure(value) if entry.kind == "number" else str(value)
    return f"{shown} {unit(entry.unit)}".strip()


def _judged(
    sheet: filings.Sheet,
    entry: Gate | Indicator,
    result: GateResult | Item,
    texts: Mapping[str, Mapping[str, str]],
) -> Judged:
    cited = [
        (document, ref, texts.get(document, {}).get(ref, ""))
        for document, ref in (reading.split_clause(clause) for clause in entry.clauses)
    ]
    lines = result.working
    return Judged(entry, result, _rows(sheet, lines), _drawing(entry, lines, result), cited, _source(entry.source))


def _rows(sheet: filings.Sheet, lines: Iterable[Line]) -> list[Row]:
    return [
        Row(_name(sheet, line), _text(sheet, line))
        for line in lines
        if line.line not in ("clauses", "source") and (line.text or line.line == "switched_off")
    ]


def _text(sheet: filings.Sheet, line: Line) -> str:
    """The arithmetic of a line; a word stands as the reader knows it, a figure with the table it comes from."""
    entry = sheet.criteria.inputs.get(str(line.values.get("key"))) if line.line == "input" else None
    if entry is not None and entry.series is not None and "reduce" in line.values:
        about = plots.origin_words(entry.series, sheet.criteria.inputs, line.values)
        return str(_("%(figure)s (%(origin)s)", figure=line.text, origin=about))
    if entry is None or entry.key not in sheet.declared or entry.kind not in ("choice", "choices", "yes_no"):
        return line.text
    return readable(entry, sheet.declared[entry.key].value)


def _name(sheet: filings.Sheet, line: Line) -> str:
    criteria = sheet.criteria
    key = str(line.values.get("key", line.values.get("input", "")))
    name: Texts | None = None
    if line.line in ("input", "missing") and key in criteria.inputs:
        name = criteria.inputs[key].title
    elif line.line == "derived":
        name = next((entry.title for entry in criteria.derived if entry.key == key), None)
    elif line.line == "entry":
        items = (item for indicator in criteria.indicators.values() for item in indicator.items)
        name = next((item.title for item in items if item.key == key), None)
    elif line.line == "factors":
        name = criteria.tables[str(line.values["table"])].title
    word = _(LINES[line.line])
    return f"{word}: {picked(name)}" if name else word


def _drawing(entry: Gate | Indicator, lines: Iterable[Line], result: GateResult | Item) -> Drawing | None:
    if isinstance(entry, Gate) or not entry.curve or not isinstance(result, Item):
        return None
    place = next((line for line in lines if line.line == "curve"), None)
    if place is None:
        return Drawing(reading.drawn(entry.curve[-1].curve, entry.points), None, None)
    curve = next(case.curve for case in entry.curve if str(case.curve) == place.values["curve"])
    drawn = reading.drawn(curve, entry.points)
    return Drawing(drawn, figure_of(result), written(result.points))


def figure_of(item: Item) -> str:
    """Return the figure of an item as its curve is entered with it, to four places at most."""
    return written(round(item.value, 4)) if item.value is not None else ""


def _source(source: Sources | None) -> str:
    """Say in words where the numbers of an entry come from."""
    if source is None:
        return ""
    names = {
        "document": _("stated in the document"),
        "derived": _("derived from the document"),
        "public": _("from another public source"),
        "default": _("demonstration default, set by the issuing authority"),
    }
    labels = {"points": _("Points"), "curve": _("Curve"), "formula": _("Formula")}
    kinds = {part: kind for part in labels if (kind := getattr(source, part)) is not None}
    if len(set(kinds.values())) == 1:
        said = names[next(iter(kinds.values()))]
    else:
        said = "; ".join(f"{labels[part]}: {names[kind]}" for part, kind in kinds.items())
    note = picked(source.note) if source.note else ""
    return f"{said}. {note}" if note else said
