"""The score as a bar: the total with the lines of the grades, and below it what every section earned of its points."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from registry.domain.values import ZERO
from registry.rendering.pictures.shapes import (
    SIZE,
    Picture,
    Shape,
    box,
    down,
    fitted,
    hatch,
    rows_of_labels,
    wide,
    words,
)

HUNDRED = Decimal(100)
TOTAL, BAR, ROW, LINE = 26, 12, 44, 17
# How far a line of a grade stands out below the bar of the total.
OUT = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A section, the bonuses or the deductions: its points of how many, what is not judged yet, its least."""

    title: str
    said: str
    points: Decimal
    max: Decimal
    open: Decimal = ZERO
    least: Decimal | None = None
    kind: str = "section"


@dataclass(frozen=True, slots=True)
class Total:
    """The total, in the scale from nothing to the cap; `full` is what it would be before deductions."""

    said: str
    points: Decimal
    cap: Decimal
    full: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """The total from which a grade is given; the lowest of them is the least for any grade."""

    at: Decimal
    text: str


def bar(parts: Sequence[Part], total: Total | None, lines: Sequence[Line], *, width: int) -> Picture:
    """Return the picture of a score; without a total the sections stand alone."""
    shapes: list[Shape] = []
    top = 0.0
    if total is not None:
        shapes += _total(parts, total, lines, width)
        top = _bar_top(lines, width, total) + TOTAL + 20
    most = max((part.max for part in parts), default=ZERO) or HUNDRED
    for number, part in enumerate(parts, 1):
        shapes += _part(part, number, top, width, most)
        top += ROW
    return Picture(width, top, tuple(shapes))


def _total(parts: Sequence[Part], total: Total, lines: Sequence[Line], width: int) -> Iterator[Shape]:
    top = _bar_top(lines, width, total)

    def x(points: Decimal) -> float:
        return float(max(ZERO, min(total.cap, points)) * width / total.cap)

    yield words("picture-strong", 0, 14, fitted(total.said, width))
    yield box("score-ground", 0, top, width, TOTAL)
    yield from _earned(parts, total, x(total.points), top, width)
    if total.full > total.points:
        lost = x(total.full) - x(total.points)
        yield box("score-lost", x(total.points), top, lost, TOTAL)
        yield hatch("score-lost-lines", x(total.points), top, lost, TOTAL)
    reach = _share(parts, sum((part.open for part in parts), ZERO))
    if to_come := x(total.points + reach) - x(total.points):
        yield hatch("score-open-lines", x(total.points), top, to_come, TOTAL)
    labels = rows_of_labels([(x(line.at), line.text) for line in lines], 0, width)
    for line in lines:
        kind = "score-least" if line.at == min(one.at for one in lines) else "score-grade"
        row = next(label.row for label in labels if label.text == line.text)
        if line.at < total.points:
            yield down("picture-under", x(line.at), top, top + TOTAL)
        yield down(kind, x(line.at), 24 + LINE * (row + 1), top + TOTAL + OUT)
    yield from (words("score-label", label.at, 20 + LINE * (label.row + 1), label.text, "middle") for label in labels)


def _earned(parts: Sequence[Part], total: Total, reached: float, top: float, width: int) -> Iterator[Shape]:
    """What each part gives to the total, one after the other and never beyond it, numbered as the rows below."""
    sections = [part for part in parts if part.kind == "section"]
    bonuses = [part.points for part in parts if part.kind == "bonus"]
    points = [*(_share(parts, part.points) for part in sections), *bonuses]
    scale = width / float(total.cap)
    ends = [min(reached, float(end) * scale) for end in accumulate(points)]
    for number, (left, right) in enumerate(zip([0.0, *ends], ends, strict=False), 1):
        if right <= left:
            continue
        yield box("score-value" if number <= len(sections) else "score-bonus", left, top, right - left, TOTAL)
        if right - left >= wide(str(number)) + 6:
            yield words("score-number", (left + right) / 2, top + TOTAL / 2 + 5, str(number), "middle")


def _share(parts: Sequence[Part], points: Decimal) -> Decimal:
    """The points of sections as they count in the total."""
    most = sum((part.max for part in parts if part.kind == "section"), ZERO)
    return HUNDRED * points / most if most else ZERO


def _part(part: Part, number: int, top: float, width: int, most: Decimal) -> Iterator[Shape]:
    bar_top = top + 21
    scale = width / most

    def x(points: Decimal) -> float:
        return float(max(ZERO, min(part.max, points)) * scale)

    room = width - wide(part.said) - SIZE
    yield words("picture-words", 0, top + 15, fitted(f"{number} {part.title}", room))
    yield words("picture-figure", width, top + 15, part.said, "end")
    yield box("score-ground", 0, bar_top, x(part.max), BAR)
    if part.points:
        kind = {"section": "score-value", "bonus": "score-bonus"}.get(part.kind, "score-lost")
        yield box(kind, 0, bar_top, x(part.points), BAR)
        if part.kind == "deduction":
            yield hatch("score-lost-lines", 0, bar_top, x(part.points), BAR)
    if part.open:
        yield hatch("score-open-lines", x(part.points), bar_top, x(part.points + part.open) - x(part.points), BAR)
    if part.least is not None:
        yield down("picture-under", x(part.least), bar_top, bar_top + BAR)
        yield down("score-least", x(part.least), bar_top - OUT, bar_top + BAR + OUT)


def _bar_top(lines: Sequence[Line], width: int, total: Total) -> float:
    """Where the bar of the total begins: below its words and the rows that the grades need for theirs."""
    places = [(line.at * width / total.cap, line.text) for line in lines]
    rows = 1 + max((label.row for label in rows_of_labels(places, 0, width)), default=-1)
    return 28 + LINE * rows
