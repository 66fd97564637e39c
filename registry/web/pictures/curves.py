"""The pictures of criteria: a curve, with or without the place of a site on it, and what counts how much."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from flask_babel import gettext as _

from registry.domain.curves import Curve
from registry.domain.results import Line
from registry.domain.shapes import Indicator
from registry.domain.values import written
from registry.rendering.pictures import curves, weights
from registry.rendering.pictures.shapes import Picture
from registry.web.pictures.shown import Shown, twice
from registry.web.templating import figure, picked, unit


def of_curve(entry: Indicator, curve: Curve, label: str) -> Shown:
    """Return the picture of a curve of an indicator, with nobody's place on it."""
    return _curve(entry, curve, label, None)


def with_mine(entry: Indicator, lines: Iterable[Line], points: Decimal | str) -> Shown | None:
    """Return the curve by which a figure was judged, with the place of the site; None where there is no curve."""
    if not entry.curve:
        return None
    place = next((line for line in lines if line.line == "curve"), None)
    label = _("How the value becomes points")
    if place is None:
        return _curve(entry, entry.curve[-1].curve, label, None)
    curve = next(case.curve for case in entry.curve if str(case.curve) == place.values["curve"])
    value, earned = round(Decimal(place.values["x"]), 4), Decimal(points)
    mine = curves.Mine(value, earned, _gives(entry, value, written(earned)))
    return _curve(entry, curve, f"{label}{_(': ')}{picked(entry.title)}", mine)


def _curve(entry: Indicator, curve: Curve, label: str, mine: curves.Mine | None) -> Shown:
    about = [_gives(entry, x, written(share * entry.points), unit(entry.unit)) for x, share in curves.anchors(curve)]
    source = (entry.source.curve if entry.source else None) or "default"
    drawn = curves.picture(curve, entry.points, source=source, about=(_("points"), unit(entry.unit)), mine=mine)
    note = _gives(entry, mine.value, written(mine.points), unit(entry.unit)) if mine else ""
    return Shown(label, _("; ").join(about), drawn, note=_("This site: %(what)s", what=note) if note else "")


def _gives(entry: Indicator, value: Decimal, points: str, of_unit: str = "") -> str:
    amount = figure(written(value))
    about = {"value": f"{amount}%" if of_unit == "%" else f"{amount} {of_unit}".strip(), "points": points}
    if entry.kind == "deduction":
        return str(_("%(value)s costs %(points)s points", **about))
    return str(_("%(value)s gives %(points)s points", **about))


def of_weights(found: Sequence[weights.Bar]) -> Shown:
    """Return the picture of what counts how much in a set."""
    names = {"bonus": _("Bonuses"), "deduction": _("Deductions")}
    titles = [
        f"{picked(bar.title) if bar.title else names[bar.kind]} · {_('%(points)s points', points=written(bar.points))}"
        for bar in found
    ]
    about = [
        f"{title}{_(': ')}{_(', ').join(_weight(entry) for entry in bar.entries)}"
        for bar, title in zip(found, titles, strict=True)
    ]
    kinds = {entry.kind for bar in found for entry in bar.entries}
    words = {
        "measure": _("measured"),
        "checklist": _("checklist"),
        "panel": _("judged by experts"),
        "bonus": _("bonus"),
        "deduction": _("deduction"),
    }

    def drawn(width: int) -> Picture:
        return weights.picture(found, titles, width=width)

    legend = tuple((weights.swatch(kind), word) for kind, word in words.items() if kind in kinds)
    return twice(_("What counts how much"), _("; ").join(about), drawn, legend)


def _weight(entry: Indicator) -> str:
    return f"{picked(entry.title)} {figure(written(entry.points))}"
