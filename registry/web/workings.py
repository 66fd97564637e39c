"""The working of a figure in the reader's language, line by line, on every page and paper that shows one."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

from registry.domain.criteria import CriteriaSet
from registry.domain.results import Line
from registry.domain.shapes import Input
from registry.web import plots, reading
from registry.web.templating import figure, picked, unit
from registry.web.templating import said as _
from registry.web.values_in_words import kinds_in_words
from registry.words.criteria import LINES

Written = Mapping[str, Any]
# Long whole numbers within a line of arithmetic, apart from digits after a point.
# Thousands are set apart; what may be a year is written without a sign between its digits.
_LONG = re.compile(r"(?<![\d.])(?!(?:19|20)\d\d(?![\d.]))\d{4,}")
_NEAREST = re.compile(r'nearest\("(\w+)", region\)')
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of working: what it is about, and what it says."""

    name: str
    text: str

    def __str__(self) -> str:
        return _(": ").join(part for part in (self.name, self.text) if part)


@dataclass(frozen=True, slots=True)
class Place:
    """The region that is judged, and the year of the factors."""

    region: str
    year: int


def place_of(answers: Mapping[str, Any]) -> Place:
    """Return the region that answers are about, and the year of the factors."""
    context = answers["context"]
    return Place(context["region"], context.get("factor_year", context["year"]))


def init_app(app: Flask) -> None:
    """Give the templates the lines of a working."""
    app.jinja_env.globals["working_rows"] = rows


def rows(
    criteria: CriteriaSet, lines: Iterable[Written | Line], *, without: Iterable[str] = (), place: Place | None = None
) -> Iterator[Row]:
    """Give the lines of a working as they are read, those of the kinds in `without` left out.

    With the `place` that is judged, a factor that was looked up for its region says for which one it is.
    """
    left_out = frozenset(without)
    editions: dict[str, str] = {}
    for one in lines:
        line = one.as_dict() if isinstance(one, Line) else one
        if line["line"] == "factors":
            editions[line["values"]["table"]] = line["values"]["version"]
        # What cannot be computed yet has no arithmetic to read; what is missing is said by a line of its own.
        if line["line"] == "derived" and "?" in line["text"]:
            continue
        if line["line"] not in left_out:
            yield _row(criteria, line)
            if place is not None:
                yield from _looked_up(criteria, line, editions, place)
        # A formula is said in words, and below with its figures where it has any.
        known = "?" not in line["text"] and _DIGIT.search(line["text"])
        if line["line"] in ("formula", "condition") and _said(line) and known:
            yield Row(_("In figures"), arithmetic(line))


def factor_words(criteria: CriteriaSet, line: Written, editions: Mapping[str, str], place: Place) -> list[str]:
    """Say of every factor that a line looks up for a region for which one and which year it is, and why."""
    formula = str(line["values"].get("formula", ""))
    found = []
    for table in dict.fromkeys(_NEAREST.findall(formula)):
        about = criteria.tables.get(table)
        chosen = next((one for one in about.versions if one.version == editions.get(table)), None) if about else None
        region = chosen and next((key for key in reading.regions_around(place.region) if key in chosen.values), None)
        if about and chosen and region:
            named = picked(chosen.title) if chosen.title else chosen.version
            text = _("%(region)s, %(year)s", region=reading.region_name(region), year=place.year)
            if region != place.region:
                why = _("this round counts by “%(edition)s”", edition=named)
                text = _("%(factor)s: %(why)s", factor=text, why=why)
            found.append(_("%(table)s of %(row)s", table=picked(about.title), row=text))
    return found


def _looked_up(criteria: CriteriaSet, line: Written, editions: Mapping[str, str], place: Place) -> Iterator[Row]:
    for text in factor_words(criteria, line, editions, place):
        yield Row(_("Factor"), text)


def about(criteria: CriteriaSet, line: Written) -> str:
    """Return the title of the input, value, item or table that a line is about, nothing where it is about none."""
    kind, values = line["line"], line["values"]
    key = str(values.get("key", values.get("table", values.get("input", ""))))
    if kind in ("input", "missing") and key in criteria.inputs:
        return picked(criteria.inputs[key].title)
    if kind == "derived":
        return next((picked(entry.title) for entry in criteria.derived if entry.key == key), "")
    if kind == "entry":
        items = (item for indicator in criteria.indicators.values() for item in indicator.items)
        return next((picked(item.title) for item in items if item.key == key), "")
    return picked(criteria.tables[key].title) if kind == "factors" and key in criteria.tables else ""


def edition(criteria: CriteriaSet, values: Written) -> str:
    """Return the name of an edition of a factor table; one without a title is called by its key."""
    table = criteria.tables.get(str(values["table"]))
    editions = table.versions if table else ()
    found = next((one for one in editions if one.version == values["version"]), None)
    return picked(found.title) if found and found.title else str(values["version"])


def arithmetic(line: Written) -> str:
    """Return the arithmetic of a line with its thousands set apart, and its unit and yes and no in words."""
    text, own = line["text"], line["values"].get("unit") or ""
    # A comparison of answers by their keys tells nobody anything: what it came to is enough.
    if '"' in text:
        text = text.rpartition("; ")[2]
    if own and text.endswith(f" {own}"):
        text = f"{text.removesuffix(own)}{unit(own)}"
    apart = _LONG.sub(lambda found: f"{int(found[0]):,}", text)
    return apart.replace("✓", _("Yes")).replace("✗", _("No")).replace("∄", "–").replace("∗", "")


def _row(criteria: CriteriaSet, line: Written) -> Row:
    kind, values = line["line"], line["values"]
    name = _(LINES[kind])
    if kind in ("formula", "condition") and _said(line):
        return Row(name, reading.in_words(values["formula"], criteria))
    what = about(criteria, line)
    if kind == "curve_chosen":
        return Row(name, picked(values) if values.get("zh") else what or arithmetic(line))
    return Row(_(": ").join(part for part in (name, what) if part), _text(criteria, line))


def _text(criteria: CriteriaSet, line: Written) -> str:
    kind, values = line["line"], line["values"]
    if kind == "input" and values["key"] in criteria.inputs:
        return _answer(criteria, criteria.inputs[values["key"]], line)
    if kind == "factors":
        return edition(criteria, values)
    if kind == "source":
        return kinds_in_words(values)
    return "" if kind == "missing" else arithmetic(line)


def _answer(criteria: CriteriaSet, entry: Input, line: Written) -> str:
    """What was answered: choices by their titles, a figure of a series with how it came about, a year as it is."""
    values, text = line["values"], line["text"]
    if entry.kind in ("choice", "choices") and entry.choices:
        keys = text.strip("{}").split(", ")
        return _(", ").join(picked(entry.choices[key]) for key in keys if key in entry.choices) or "–"
    if entry.kind == "rows" and entry.rows:
        # What was answered stands in braces, its unit behind them.
        answered, _brace, named = text.removeprefix("{").rpartition("}")
        pairs = (pair.partition(": ") for pair in answered.split(", "))
        titled = [f"{picked(entry.rows[key])} {figure(number)}" for key, _colon, number in pairs if key in entry.rows]
        return f"{_('; ').join(titled)} {unit(named.strip())}".strip() or "–"
    if entry.unit == "year":
        return str(values["value"])
    if entry.series is not None and "reduce" in values:
        origin = plots.origin_words(entry.series, criteria.inputs, values)
        return _("%(figure)s (%(origin)s)", figure=arithmetic(line), origin=origin)
    return arithmetic(line)


def _said(line: Written) -> bool:
    return "formula" in line["values"]
