"""Places as cells, one for each: taken, free, those from a pool, and who waits in reserve behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from registry.rendering.pictures.shapes import SIZE, Picture, Shape, across, box, fitted, hatch, wide, words

ROW, BAR = 46, 14
# A place that is narrower than this is no cell of its own.
CELL = 8


@dataclass(frozen=True, slots=True)
class Row:
    """The places of one thing, with its name and its figures in words; number None is no limit.

    `assigned` of the number come from the pool, `waiting` are those in reserve, who hold no place.
    """

    name: str
    said: str
    number: int | None
    taken: int
    assigned: int = 0
    waiting: int = 0


def picture(rows: Sequence[Row], *, width: int) -> Picture:
    """Return the places of several things in one scale."""
    most = max((_length(row) for row in rows), default=0) or 1
    shapes = [shape for place, row in enumerate(rows) for shape in _row(row, place * ROW, width, most)]
    return Picture(width, len(rows) * ROW, tuple(shapes))


def pool_sign() -> Picture:
    """Return the line under places from the pool, with a place above it, for a legend."""
    return Picture(14, 14, (box("places-free", 0.5, 0.5, 13, 8), across("places-pool", 12, 0, 14)))


def _length(row: Row) -> int:
    return max(row.taken, row.number or 0) + row.waiting


def _row(row: Row, top: float, width: int, most: int) -> Iterator[Shape]:
    bar_top = top + 22
    step = width / most
    gap = 2 if step >= CELL else 0
    end = max(row.taken, row.number or 0)
    own = end - row.assigned

    def boxes(kind: str, first: int, last: int) -> Iterator[Shape]:
        """Boxes from a place to a place: a cell each, or one for all where there are many."""
        if last <= first:
            return
        if gap:
            yield from (box(kind, one * step, bar_top, step - gap, BAR) for one in range(first, last))
        else:
            yield box(kind, first * step, bar_top, (last - first) * step, BAR)

    yield words("picture-words", 0, top + 15, fitted(row.name, width - wide(row.said) - SIZE))
    yield words("picture-figure", width, top + 15, row.said, "end")
    yield from boxes("places-free", min(row.taken, end), end)
    yield from boxes("places-taken", 0, row.taken)
    if row.assigned:
        yield across("places-pool", bar_top + BAR + 3, own * step, end * step - gap)
    if row.number is None:
        yield across("places-open", bar_top + BAR / 2, row.taken * step + 4, width)
    if row.waiting:
        yield hatch("places-lines", end * step + 3, bar_top, row.waiting * step - 3, BAR)
