"""A ranking as bars in order: who is in, the line of the cut, who stands in reserve, and the least that is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from registry.domain.values import ZERO
from registry.rendering.pictures.shapes import (
    Picture,
    Shape,
    Way,
    across,
    box,
    down,
    fitted,
    grouped,
    hatch,
    short,
    wide,
    words,
)

# As many rows as a sheet of paper holds; the table beside the picture has them all.
MOST = 40
HIGH, GAP = 20, 26
# From this width on a name stands beside its bar, below it above its bar.
BESIDE = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One application: `result` is selected, reserved or anything else.

    `tied` says that its total is that above it, `apart` that its result was decided apart from the order.
    """

    name: str
    rank: int | None
    total: Decimal | None
    result: str
    tied: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """The words of the picture: at the cut, at the reserve, at the least, and for who has no figure."""

    cut: str
    reserve: str
    least: str
    no_figure: str


def around(rows: Sequence[Row], most: int = MOST) -> tuple[int, Sequence[Row]]:
    """Return the rows around the cut, as many at the most, and how many come before them."""
    if len(rows) <= most:
        return 0, rows
    first = max(0, min(cut_of(rows) - most // 2, len(rows) - most))
    return first, rows[first : first + most]


def cut_of(rows: Sequence[Row]) -> int:
    """Return how many rows stand above the cut: all down to the last that is selected."""
    return max((place for place, row in enumerate(rows, 1) if row.result == "selected" and not row.apart), default=0)


def with_ties(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with those marked that have a rank and the total of the row above them."""
    above = [None, *rows]
    return [
        replace(row, tied=before is not None and None not in (row.rank, row.total) and row.total == before.total)
        for before, row in zip(above, rows, strict=False)
    ]


def tie_sign() -> Picture:
    """Return the bracket of equal totals by itself, for a legend."""
    return Picture(14, 14, (_tie(1, 13, 5),))


def picture(rows: Sequence[Row], said: Said, *, cap: Decimal, least: Decimal | None, width: int) -> Picture:
    """Return the picture of a ranking; of a long one the rows around its cut."""
    _first, shown = around(rows)
    layout = _Layout(width, cap)
    cut = cut_of(shown)
    top = 24.0 if least is not None else 4.0
    above = top
    bands: list[Shape] = []
    shapes: list[Shape] = []
    for place, row in enumerate(shown):
        before = shown[place - 1] if place else None
        if place and place == cut:
            shapes += cut_line(said.cut, top, width)
            top += GAP
        if row.result == "reserved":
            if before is None or before.result != "reserved":
                shapes.append(words("picture-words", 0, top + 15, fitted(said.reserve, width)))
                bands.append(box("ranking-band", 0, top, width, HIGH))
                top += HIGH
            bands.append(box("ranking-band", 0, top, width, layout.row))
        shapes += layout.drawn(row, top, said.no_figure)
        if least is not None and row.total is not None:
            line = layout.x(least), *layout.beside_bar(top)
            shapes += [down("picture-under", *line), down("ranking-least", *line)]
        middle = top + layout.row / 2
        if row.tied and before is not None:
            shapes.append(_tie(above, middle, layout.tie))
        above = middle
        top += layout.row
    if shown and cut == len(shown):
        shapes += cut_line(said.cut, top, width)
        top += GAP
    if least is not None and shown:
        half = wide(said.least) / 2
        middle = max(half, min(width - half, layout.x(least)))
        shapes.append(words("picture-words", middle, 14, fitted(said.least, width), "middle"))
    return Picture(width, top + 4, (*bands, *shapes))


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where things stand in a row; a narrow picture has two lines a row."""

    width: int
    cap: Decimal

    @property
    def beside(self) -> bool:
        return self.width >= BESIDE

    @property
    def row(self) -> float:
        return HIGH if self.beside else 38

    @property
    def left(self) -> float:
        return 320 if self.beside else 44

    @property
    def right(self) -> float:
        return self.width - (62 if self.beside else 0)

    @property
    def tie(self) -> float:
        return 34

    def beside_bar(self, top: float) -> tuple[float, float]:
        """From where to where a line crosses the bar of a row and no words."""
        return (top, top + HIGH) if self.beside else (top + 19, top + self.row)

    def x(self, total: Decimal) -> float:
        share = float(max(ZERO, min(self.cap, total)) / self.cap)
        return self.left + share * (self.right - self.left)

    def drawn(self, row: Row, top: float, no_figure: str) -> Iterator[Shape]:
        baseline = top + 15
        said = no_figure if row.total is None else grouped(row.total)
        room = self.left - 52 if self.beside else self.width - 52 - wide(said)
        yield words("picture-figure", 26, baseline, "–" if row.rank is None else str(row.rank), "end")
        yield words("picture-words", 44, baseline, fitted(row.name, room))
        bar_top = top + 3 if self.beside else top + 21
        if row.total is not None:
            width = self.x(row.total) - self.left
            kind = row.result if row.result in ("selected", "reserved") else "out"
            yield box(f"ranking-{kind}", self.left, bar_top, width, 14)
            if kind == "reserved":
                yield hatch("ranking-lines", self.left, bar_top, width, 14)
        if not self.beside:
            yield words("picture-figure", self.width, baseline, said, "end")
        elif row.total is None:
            yield words("picture-words", self.left, baseline, said)
        else:
            yield words("picture-figure", self.width, baseline, said, "end")


def cut_line(text: str, top: float, width: int) -> list[Shape]:
    """Return the line of the cut with its words below it."""
    return [across("ranking-cut", top + 5, 0, width), words("picture-strong", 0, top + 20, fitted(text, width))]


def _tie(first: float, second: float, x: float) -> Way:
    """The bracket that joins two rows of the same total."""
    return Way("ranking-tie", f"M{short(x + 5)} {short(first)}H{short(x)}V{short(second)}H{short(x + 5)}")
