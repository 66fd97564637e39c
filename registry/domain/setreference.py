"""The reference of a criteria set as Markdown: every field of every model, what it holds and what it means."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from registry.domain import setschema, shapes
from registry.domain.curves import percent
from registry.domain.values import written

# What a model is called where a field holds one.
NAMES: Mapping[type[BaseModel], str] = {
    shapes.SetShape: "file",
    shapes.Texts: "texts",
    shapes.Document: "document",
    shapes.Clause: "clause",
    shapes.FactorTable: "factor table",
    shapes.FactorVersion: "factor version",
    shapes.Sources: "source",
    shapes.Listing: "list",
    shapes.Rules: "rules",
    shapes.Panel: "panel rule",
    shapes.Grade: "grade",
    shapes.Tie: "tie",
    shapes.ListedPaper: "listed paper",
    shapes.Paper: "paper",
    shapes.Input: "input",
    shapes.Range: "range",
    shapes.SeriesRule: "series",
    shapes.CoverageRule: "coverage",
    shapes.Derived: "derived value",
    shapes.Check: "check",
    shapes.Gate: "gate",
    shapes.Alternative: "alternative",
    shapes.NotApplicable: "not applicable",
    shapes.Section: "section",
    shapes.Indicator: "indicator",
    shapes.Case: "curve",
    shapes.Entry: "item",
    shapes.Level: "level",
}
FORMULAS = {"formula": "formula", "when": "condition"}
# A curve is written otherwise than it is kept.
CURVE = (
    ("when", "condition", "", ""),
    ("title", "[texts](#texts)", "", ""),
    ("kind", "`line`, `steps` or `bands`", "`line`", "Straight between knots, in steps, or bands."),
    ("knots", "knots", "for `line`, `steps`", "`value:share` from low to high with `→` or `->` between."),
    ("bands", "list of `{from, to, share}`", "for `bands`", "The first that holds the value counts, ends included."),
)


def reference() -> str:
    """Return the reference as Markdown, one table a model."""
    return "\n\n".join(_table(model) for model in setschema.models())


def _table(model: type[BaseModel]) -> str:
    rows = _curve() if model is shapes.Case else _rows(model)
    lines = [f"#### {NAMES[model]}", "", setschema.meaning(model), ""]
    if model.model_config.get("extra") == "allow":
        lines[2] = lines[2].replace("; further fields are for other uses", "") + " Further fields are for other uses."
    lines += ["| field | holds | needed, or else | meaning |", "|---|---|---|---|"]
    lines += [f"| `{name}` | {holds} | {needed} | {meaning} |" for name, holds, needed, meaning in rows]
    return "\n".join(lines)


def _rows(model: type[BaseModel]) -> Iterator[tuple[str, str, str, str]]:
    for name, hint in setschema.hints(model).items():
        meaning = setschema.described(model, name) + _kinds(model, name)
        yield name, _holds(model, name, hint), _needed(model, name), meaning


def _curve() -> Iterator[tuple[str, str, str, str]]:
    for name, holds, needed, meaning in CURVE:
        yield name, holds, needed, meaning or setschema.described(shapes.Case, name)


def _needed(model: type[BaseModel], name: str) -> str:
    field = model.model_fields[name]
    if field.is_required():
        return "**needed**"
    default = field.default
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, Decimal):
        share = setschema.hints(model)[name] == shapes.Share
        return f"`{percent(default) if share else written(default)}`"
    return f"`{default}`" if isinstance(default, (int, str)) else ""


def _kinds(model: type[BaseModel], name: str) -> str:
    """Return the sentence that says to which kinds a field belongs."""
    fields: Mapping[type[BaseModel], tuple[Mapping[str, frozenset[str]], Mapping[str, str]]] = {
        shapes.Input: (shapes.FIELDS_OF_INPUT, shapes.NEEDED_OF_INPUT),
        shapes.Indicator: (shapes.FIELDS_OF_INDICATOR, shapes.NEEDED_OF_INDICATOR),
    }
    own, needed = fields.get(model, ({}, {}))
    kinds = [kind for kind, names in own.items() if name in names]
    if not kinds:
        return ""
    marked = [f"**`{kind}`**" if needed.get(kind) == name else f"`{kind}`" for kind in kinds]
    return f" Only for {', '.join(marked)}."


def _holds(model: type[BaseModel], name: str, hint: Any) -> str:
    if name in FORMULAS and setschema.inner(hint)[0] == shapes.Words:
        return FORMULAS[name]
    if (model, name) == (shapes.Section, "minimum"):
        return "number or share"
    return _spelled(hint)


def _spelled(hint: Any) -> str:
    """Return what a type is called."""
    for known, word in KNOWN:
        if hint == known:
            return word
    hint, absent = setschema.inner(hint)
    if absent:
        return _spelled(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _spelled(parts[0])
    if origin is Literal:
        words = [f"`{part}`" for part in parts]
        return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
    if origin is tuple:
        return f"list of {_spelled(parts[0])}"
    if origin is dict:
        return f"{_spelled(parts[0])}: {_spelled(parts[1])}, …"
    if origin in {Union, UnionType}:
        return " or ".join(_spelled(part) for part in parts)
    return "text" if hint is str else _link(hint)


def _link(model: type[BaseModel]) -> str:
    name = NAMES[model]
    return f"[{name}](#{name.replace(' ', '-')})"


KNOWN: tuple[tuple[Any, str], ...] = (
    (shapes.Key, "key"),
    (shapes.Label, "key"),
    (shapes.SetKey, "key"),
    (shapes.Number, "number"),
    (shapes.Whole, "whole number"),
    (shapes.Places, f"whole number to {shapes.MOST_PLACES}"),
    (shapes.Share, "share"),
    (shapes.Flag, "`true` or `false`"),
    (shapes.Words, "text"),
    (shapes.Claim, f"`true`, `false` or {_link(shapes.NotApplicable)}"),
    (shapes.SourceField, f"a kind of source or {_link(shapes.Sources)}"),
    (shapes.CoverageField, f"share or {_link(shapes.CoverageRule)}"),
    (shapes.CurveField, f"knots, {_link(shapes.Case)} or list of {_link(shapes.Case)}"),
    (shapes.PaperField, f"key or {_link(shapes.Paper)}"),
    (shapes.TieField, f"key or {_link(shapes.Tie)}"),
    (shapes.FactorRow, "number or `null`, or these by column"),
)
