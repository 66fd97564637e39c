"""How firmly each application of a ranking is in: a bar of the settings in which it has a place, and the cut."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from registry.rendering.pictures.rankings import BESIDE, GAP, HIGH, MOST, cut_line
from registry.rendering.pictures.shapes import Picture, Shape, Way, box, fitted, hatch, short, wide, words

# The height of a row whose name stands above its bar.
NARROW_ROW = 38


@dataclass(frozen=True, slots=True)
class Row:
    """One application: its rank, whether it is in, and in how many settings of how many."""

    name: str
    rank: int
    selected: bool
    inside: int
    settings: int

    @property
    def on_the_line(self) -> bool:
        """Whether it is in under some settings and not under others."""
        return 0 < self.inside < self.settings


def around(rows: Sequence[Row], most: int = MOST) -> tuple[int, Sequence[Row]]:
    """Return the rows around the cut, as many at the most, and how many come before them."""
    if len(rows) <= most:
        return 0, rows
    cut = max((place for place, row in enumerate(rows, 1) if row.selected), default=0)
    first = max(0, min(cut - most // 2, len(rows) - most))
    return first, rows[first : first + most]


def line_sign() -> Picture:
    """Return the mark of who is on the line by itself, for a legend."""
    return Picture(14, 14, (_mark(7, 7),))


def picture(rows: Sequence[Row], cut: str, *, width: int) -> Picture:
    """Return the picture of the rows around the cut."""
    _first, shown = around(rows)
    last = max((place for place, row in enumerate(shown, 1) if row.selected), default=0)
    top = 4.0
    shapes: list[Shape] = []
    for place, row in enumerate(shown):
        if place and place == last:
            shapes += cut_line(cut, top, width)
            top += GAP
        shapes += _drawn(row, top, width)
        top += HIGH if width >= BESIDE else NARROW_ROW
    if shown and last == len(shown):
        shapes += cut_line(cut, top, width)
        top += GAP
    return Picture(width, top + 4, tuple(shapes))


def _drawn(row: Row, top: float, width: int) -> Iterator[Shape]:
    beside = width >= BESIDE
    left, right = (320.0, width - 74.0) if beside else (44.0, float(width))
    bar, baseline = top + 3 if beside else top + 21, top + 15
    said = f"{row.inside} / {row.settings}"
    room = left - 64 if beside else width - 64 - wide(said)
    yield words("picture-figure", 26, baseline, str(row.rank), "end")
    if row.on_the_line:
        yield _mark(38, top + 10)
    yield words("picture-words", 50, baseline, fitted(row.name, room))
    yield box("firm-ground", left, bar, right - left, 14)
    length = (right - left) * row.inside / row.settings
    if length:
        yield box("firm-line" if row.on_the_line else "ranking-selected", left, bar, length, 14)
    if row.on_the_line:
        yield hatch("firm-lines", left, bar, length, 14)
    yield words("picture-figure", width, baseline, said, "end")


def _mark(x: float, y: float) -> Way:
    """The lozenge beside the name of who is on the line."""
    return Way(
        "firm-mark",
        f"M{short(x)} {short(y - 5)}L{short(x + 5)} {short(y)}L{short(x)} {short(y + 5)}L{short(x - 5)} {short(y)}Z",
    )
