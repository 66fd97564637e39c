"""Stored values as people read them, and where the numbers of an entry come from."""

from collections.abc import Mapping
from typing import Any

from registry.domain.shapes import Input, Sources
from registry.web.plots import is_series
from registry.web.templating import figure, picked, unit
from registry.web.templating import said as _


def readable(entry: Input, value: Any) -> str:
    """Return a stored value as a person reads it."""
    if value is None:
        return "–"
    if entry.kind == "yes_no":
        return _("Yes") if value else _("No")
    if entry.kind in ("choice", "choices"):
        named = entry.choices or {}
        keys = [value] if isinstance(value, str) else value
        if not keys:
            return _("none of them")
        return _(", ").join(picked(named[key]) for key in keys if key in named) or "–"
    if entry.kind == "rows":
        titles = entry.rows or {}
        return _("; ").join(f"{picked(titles[key])} {figure(number)}" for key, number in value["rows"].items())
    if is_series(value):
        return _("from a table of %(count)s lines", count=len(value["series"]))
    if entry.unit == "year":
        return str(value)
    shown = figure(value) if entry.kind in ("number", "whole") else str(value)
    return f"{shown} {unit(entry.unit)}".strip()


def source_in_words(source: Sources | None) -> str:
    """Say in words where the numbers of an entry come from, with the note about them."""
    if source is None:
        return ""
    told = kinds_in_words({part: getattr(source, part) for part in ("points", "curve", "formula")})
    note = picked(source.note) if source.note else ""
    return _("%(sentence)s. %(note)s", sentence=told, note=note) if note else told


def kinds_in_words(kinds: Mapping[str, Any]) -> str:
    """Say in words which numbers of an entry come from where: one sentence where all come from the same place."""
    names = {
        "document": _("stated in the document"),
        "derived": _("derived from the document"),
        "public": _("from another public source"),
        "default": _("default set by the portal, to be confirmed by the issuing authority"),
    }
    labels = {"points": _("Points"), "curve": _("Curve"), "formula": _("Formula")}
    named = {part: names[kinds[part]] for part in labels if kinds.get(part)}
    if len(set(named.values())) == 1:
        return next(iter(named.values()))
    return _("; ").join(_(": ").join((labels[part], name)) for part, name in named.items())
