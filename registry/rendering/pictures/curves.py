"""Curves: where their corners are, and the picture of one with its anchors, its labels and the place of one site."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from registry.domain.curves import Curve, Shape
from registry.domain.values import ONE, ZERO, written
from registry.rendering.pictures.shapes import (
    ROOM,
    SIZE,
    Dot,
    Number,
    Picture,
    Way,
    across,
    at,
    down,
    grouped,
    short,
    wide,
    words,
)
from registry.rendering.pictures.shapes import Shape as Drawn

WIDTH, HEIGHT = 360, 212
LEFT, RIGHT, TOP, BOTTOM = 40, 348, 34, 158
# The first row of labels under the axis, and how far the second is below it.
UNDER, NEXT = 177, 15

Corner = tuple[Decimal, Decimal]
Corners = list[list[Corner]]


@dataclass(frozen=True, slots=True)
class Mine:
    """The place of one site on a curve: its value, its points, and how both are said beside it."""

    value: Decimal
    points: Decimal
    text: str


def ends(curve: Curve) -> list[Decimal]:
    """Return the values at which something changes, rising."""
    if curve.shape is not Shape.BANDS:
        return [knot.x for knot in curve.knots]
    return sorted({end for band in curve.bands for end in (band.low, band.high) if end is not None})


def shares(curve: Curve) -> list[Decimal]:
    """Return every share that a knot or a band gives, with nothing and all, rising."""
    return sorted({ZERO, ONE, *(knot.share for knot in curve.knots), *(band.share for band in curve.bands)})


def anchors(curve: Curve) -> list[tuple[Decimal, Decimal]]:
    """Return the points that fix a curve, each with its share."""
    if curve.shape is not Shape.BANDS:
        return [(knot.x, knot.share) for knot in curve.knots]
    return [(end, curve.share(end)) for end in ends(curve)]


def corners(curve: Curve, low: Decimal, high: Decimal) -> Corners:
    """Return the lines of a curve between two values; level parts are lines of their own, from left to right."""
    if curve.shape is Shape.LINE:
        inner = [(knot.x, knot.share) for knot in curve.knots]
        return [[(low, inner[0][1]), *inner, (high, inner[-1][1])]]
    inner_ends = [knot.x for knot in curve.knots[1:]] if curve.shape is Shape.STEPS else ends(curve)
    return [
        [(first, curve.share((first + second) / 2)), (second, curve.share((first + second) / 2))]
        for first, second in pairwise([low, *inner_ends, high])
    ]


def picture(curve: Curve, points: Decimal, *, source: str, about: tuple[str, str], mine: Mine | None = None) -> Picture:
    """Return the picture of a curve that gives so many points at the most.

    `source` is the kind of source of its anchors, which gives them their shape; `about` says what is counted upwards
    and across. A value beyond the edges is drawn at the edge, its text says what it is.
    """
    places = ends(curve) or [ZERO]
    margin = (places[-1] - places[0]) / 10 or abs(places[0]) / 10 or ONE
    scale = Scale(places[0] - margin, places[-1] + margin)
    lines = corners(curve, scale.low, scale.high)
    knots = [(scale.x(x), scale.y(share)) for x, share in anchors(curve)]
    shapes: list[Drawn] = [Way("curve-area", _path(scale, line) + _back(scale, line)) for line in lines]
    for y, text in _ticks_up([(scale.y(share), written(share * points)) for share in shares(curve)]):
        shapes += [across("curve-grid", y, LEFT, RIGHT), words("curve-label", LEFT - 6, y + 4, text, "end")]
    shapes.append(Way("curve-axis", f"M{LEFT} {TOP - 8}V{BOTTOM}H{RIGHT}"))
    shapes += [down("curve-tick", x, BOTTOM, BOTTOM + 4) for x, _y in knots]
    shapes += [Way("curve-line", _path(scale, line)) for line in lines]
    shapes += [anchor(source, x, y) for x, y in knots]
    shapes += [
        words("curve-label", x, UNDER + NEXT * row, text, "middle")
        for x, text, row in _ticks_across([(scale.x(x), grouped(x)) for x in places])
    ]
    shapes += [words("curve-label", 4, 14, about[0]), words("curve-label", RIGHT, HEIGHT - 4, about[1], "end")]
    return Picture(WIDTH, HEIGHT, (*shapes, *(_here(scale, lines, points, mine) if mine else ())))


def anchor(kind: str, x: Number, y: Number) -> Drawn:
    """Return the sign of an anchor: its shape says where the number comes from."""
    left, up = short(x), short(y)
    if kind == "document":
        return Way("anchor anchor-document", f"M{left} {up}m-4.5 -4.5h9v9h-9z")
    if kind == "derived":
        return Way("anchor anchor-derived", f"M{left} {up}m0-6l6 6l-6 6l-6-6z")
    if kind == "public":
        return Way("anchor anchor-public", f"M{left} {up}m0-6l5.5 10h-11z")
    return Dot("anchor anchor-default", at(x), at(y), 4.5)


def sign(kind: str) -> Picture:
    """Return the sign of a kind of source by itself, for a legend."""
    return Picture(14, 14, (anchor(kind, 7, 7),))


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns values and shares into places of the picture."""

    low: Decimal
    high: Decimal

    def x(self, value: Decimal) -> float:
        """Return the place of a value from left to right."""
        return LEFT + float((value - self.low) / (self.high - self.low)) * (RIGHT - LEFT)

    def y(self, share: Decimal) -> float:
        """Return the height of a share of the points."""
        return BOTTOM - float(share) * (BOTTOM - TOP)


def _here(scale: Scale, lines: Corners, points: Decimal, mine: Mine) -> list[Drawn]:
    """The guides to both axes, the mark, and its words where they cover least of the curve."""
    x = scale.x(max(scale.low, min(scale.high, mine.value)))
    y = scale.y(mine.points / points if points else ZERO)
    taken = [place for line in lines for first, second in pairwise(line) for place in _along(scale, first, second)]
    width = wide(mine.text)

    def covers(place: tuple[float, float]) -> int:
        """How much of the curve words would cover that begin at a place, and how much of them would be outside."""
        left, base = place
        inside = (left <= px <= left + width and base - SIZE <= py <= base + 4 for px, py in taken)
        out = left < LEFT or left + width > WIDTH or base < SIZE or base > BOTTOM - 4
        return sum(inside) + 1000 * out

    sides = [
        (x - width - 10, y - 8),
        (x + 10, y - 8),
        (x + 10, y + 20),
        (x - width - 10, y + 20),
        (x - width / 2, y - 14),
    ]
    left, base = min(sides, key=covers)
    left = max(LEFT + 4, min(WIDTH - width, left))
    return [
        Way("curve-guide", f"M{short(x)} {BOTTOM}V{short(y)}H{LEFT}"),
        Dot("curve-mark", at(x), at(y), 6),
        words("curve-here", left, base, mine.text),
    ]


def _along(scale: Scale, first: Corner, second: Corner) -> Iterator[tuple[float, float]]:
    """Places along a straight part of a curve, close enough to see what covers it."""
    (x0, y0), (x1, y1) = ((scale.x(x), scale.y(share)) for x, share in (first, second))
    yield from ((x0 + (x1 - x0) * part / 24, y0 + (y1 - y0) * part / 24) for part in range(25))


def _path(scale: Scale, line: Sequence[tuple[Decimal, Decimal]]) -> str:
    return "M" + "L".join(f"{short(scale.x(x))} {short(scale.y(share))}" for x, share in line)


def _back(scale: Scale, line: Sequence[tuple[Decimal, Decimal]]) -> str:
    """The way along the axis that closes the area below a line."""
    return f"V{BOTTOM}H{short(scale.x(line[0][0]))}Z"


def _ticks_across(places: Sequence[tuple[float, str]]) -> Iterator[tuple[float, str, int]]:
    """Labels under the axis, in a second row where the first is taken, left out where both are."""
    reached = [-float(ROOM), -float(ROOM)]
    for place, text in places:
        half = wide(text) / 2
        row = next((row for row in (0, 1) if place - half >= reached[row] + ROOM), None)
        if row is not None:
            reached[row] = place + half
            yield place, text, row


def _ticks_up(places: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Labels beside the axis; those that would touch the one below are left out, the ends never."""
    kept = [places[0]]
    for y, text in places[1:-1]:
        if kept[-1][0] - y >= SIZE + 2 and y - places[-1][0] >= SIZE + 2:
            kept.append((y, text))
    return [*kept, places[-1]]
