"""What counts how much in a set: one bar a section, as long as its points, cut into its indicators."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from registry.domain.criteria import CriteriaSet
from registry.domain.shapes import Indicator, Texts
from registry.domain.values import ZERO, written
from registry.rendering.pictures.shapes import Number, Picture, Shape, box, fitted, hatch, wide, words

ROW, BAR_TOP, BAR = 58, 24, 24


@dataclass(frozen=True, slots=True)
class Bar:
    """A section, the bonuses or the deductions, with its indicators in their order."""

    key: str
    title: Texts | None
    kind: str
    points: Decimal
    entries: tuple[Indicator, ...]


def bars(criteria: CriteriaSet) -> tuple[Bar, ...]:
    """Return what a set weighs: sections in order, then bonuses and deductions."""
    groups: list[tuple[str, Texts | None, str, tuple[Indicator, ...]]] = [
        (section.key, section.title, "section", section.indicators) for section in criteria.sections
    ]
    groups += [("", None, "bonus", criteria.bonuses)] if criteria.bonuses else []
    groups += [("", None, "deduction", criteria.deductions)] if criteria.deductions else []
    return tuple(
        Bar(key, title, kind, sum((entry.points for entry in entries), ZERO), entries)
        for key, title, kind, entries in groups
    )


def picture(found: Sequence[Bar], titles: Sequence[str], *, width: int) -> Picture:
    """Return the picture of bars with their titles, all in the scale of the longest."""
    most = max(bar.points for bar in found)
    shapes: list[Shape] = []
    for place, (bar, title) in enumerate(zip(found, titles, strict=True)):
        shapes.append(words("picture-words", 0, place * ROW + 16, fitted(title, width)))
        shapes += _segments(bar, place * ROW + BAR_TOP, width / most)
    return Picture(width, len(found) * ROW, tuple(shapes))


def swatch(kind: str) -> Picture:
    """Return a little square of a kind of indicator, for a legend."""
    return Picture(14, 14, tuple(_look(kind, 0.5, 0.5, 13, 13)))


def _look(kind: str, x: Number, y: Number, width: Number, height: Number) -> Iterator[Shape]:
    """A box in the look of a kind: what experts judge is hatched, a checklist has a foot, also without colours."""
    yield box(f"weight weight-{kind}", x, y, width, height)
    if kind == "panel":
        yield hatch("weight-lines", x, y, width, height)
    if kind == "checklist":
        yield box("weight-foot", x, float(y) + float(height) - 4, width, 3)


def _segments(bar: Bar, top: int, scale: Decimal) -> Iterator[Shape]:
    """The indicators of a bar, each with its points where they fit."""
    begun = ZERO
    for entry in bar.entries:
        width, text = entry.points * scale, written(entry.points)
        yield from _look(entry.kind, begun * scale, top, width, BAR)
        if width >= wide(text) + 4:
            yield words("weight-points", begun * scale + width / 2, top + 17, text, "middle")
        begun += entry.points
