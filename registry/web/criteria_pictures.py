"""The pictures of a criteria set, in the coordinates of the drawing: what counts how much, and every curve."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from registry.domain.criteria import CriteriaSet
from registry.domain.curves import Curve, Shape
from registry.domain.shapes import Indicator, Texts
from registry.domain.values import ONE, ZERO, written
from registry.web.templating import figure

LEFT, RIGHT, TOP, BOTTOM = 40, 348, 34, 158
# What a digit takes at the size of the drawing's text, and the least room between two labels.
DIGIT, ROOM = 7.4, 8
ROW, BAR_TOP, BAR_HEIGHT = 58, 24, 24
# A bar is never narrower than this on a telephone; a number that does not fit is left to the table.
NARROWEST = 320


@dataclass(frozen=True, slots=True)
class Segment:
    """An indicator within the bar of its section; places in percent of the drawing's width."""

    kind: str
    x: str
    width: str
    middle: str
    points: str
    fits: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A section, the bonuses or the deductions, with its indicators in their order."""

    key: str
    title: Texts | None
    kind: str
    points: str
    entries: tuple[Indicator, ...]
    segments: tuple[Segment, ...]
    top: int

    @property
    def bar_top(self) -> int:
        return self.top + BAR_TOP


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much: one bar a section, as long as its points."""

    bars: tuple[Bar, ...]
    height: int
    bar_height: int = BAR_HEIGHT

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of indicator that the picture has."""
        return frozenset(segment.kind for bar in self.bars for segment in bar.segments)


@dataclass(frozen=True, slots=True)
class Tick:
    """A label at its place."""

    at: str
    text: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """A curve ready to be drawn: lines, areas below them, its anchors, the labels of both axes."""

    lines: tuple[str, ...]
    areas: tuple[str, ...]
    anchors: tuple[tuple[str, str], ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    knots: tuple[tuple[str, str], ...]


def weights(criteria: CriteriaSet) -> Weights:
    """Return the picture of a set's points: sections in order, then bonuses and deductions."""
    groups: list[tuple[str, Texts | None, str, tuple[Indicator, ...]]] = [
        (section.key, section.title, "section", section.indicators) for section in criteria.sections
    ]
    groups += [("", None, "bonus", criteria.bonuses)] if criteria.bonuses else []
    groups += [("", None, "deduction", criteria.deductions)] if criteria.deductions else []
    totals = [sum((entry.points for entry in entries), ZERO) for _key, _title, _kind, entries in groups]
    most = max(totals)
    return Weights(
        bars=tuple(
            Bar(key, title, kind, written(total), entries, _segments(entries, most), place * ROW)
            for place, ((key, title, kind, entries), total) in enumerate(zip(groups, totals, strict=True))
        ),
        height=len(groups) * ROW,
    )


def drawing(curve: Curve, points: Decimal) -> Drawing:
    """Return the picture of a curve that gives so many points at the most."""
    places = _ends(curve)
    margin = (places[-1] - places[0]) / 10 or ONE
    low, high = places[0] - margin, places[-1] + margin

    def across(x: Decimal) -> Decimal:
        return LEFT + (x - low) * (RIGHT - LEFT) / (high - low)

    def up(share: Decimal) -> Decimal:
        return BOTTOM - share * (BOTTOM - TOP)

    corners = _corners(curve, low, high)
    lines = [
        "".join(f"{'L' if at else 'M'}{_short(across(x))} {_short(up(y))}" for at, (x, y) in enumerate(line))
        for line in corners
    ]
    areas = [
        f"{line}L{_short(across(pieces[-1][0]))} {BOTTOM}L{_short(across(pieces[0][0]))} {BOTTOM}Z"
        for line, pieces in zip(lines, corners, strict=True)
    ]
    anchors = _anchors(curve)
    return Drawing(
        lines=tuple(lines),
        areas=tuple(areas),
        anchors=tuple((_short(across(x)), _short(up(share))) for x, share in anchors),
        across=_ticks_across([(across(x), figure(written(x))) for x in places]),
        up=_ticks_up([(up(share), written(share * points)) for share in _shares(curve)]),
        knots=tuple((written(x), written(share * points)) for x, share in anchors),
    )


def _segments(entries: Iterable[Indicator], most: Decimal) -> tuple[Segment, ...]:
    found, begun = [], ZERO
    for entry in entries:
        width = entry.points * 100 / most
        text = written(entry.points)
        found.append(
            Segment(
                kind=entry.kind,
                x=f"{begun:.2f}%",
                width=f"{width:.2f}%",
                middle=f"{begun + width / 2:.2f}%",
                points=text,
                fits=float(width) * NARROWEST / 100 >= len(text) * DIGIT + 4,
            )
        )
        begun += width
    return tuple(found)


def _ends(curve: Curve) -> list[Decimal]:
    """The values at which something changes, at least one."""
    if curve.shape is not Shape.BANDS:
        return [knot.x for knot in curve.knots]
    return sorted({end for band in curve.bands for end in (band.low, band.high) if end is not None}) or [ZERO]


def _shares(curve: Curve) -> list[Decimal]:
    shares = {knot.share for knot in curve.knots} | {band.share for band in curve.bands}
    return sorted({ZERO, ONE} | shares)


def _anchors(curve: Curve) -> list[tuple[Decimal, Decimal]]:
    if curve.shape is not Shape.BANDS:
        return [(knot.x, knot.share) for knot in curve.knots]
    return [(end, curve.share(end)) for end in _ends(curve)]


def _corners(curve: Curve, low: Decimal, high: Decimal) -> list[list[tuple[Decimal, Decimal]]]:
    """The lines of a curve from edge to edge of the drawing; steps and bands are lines of their own."""
    knots = curve.knots
    if curve.shape is Shape.LINE:
        inner = [(knot.x, knot.share) for knot in knots]
        return [[(low, knots[0].share), *inner, (high, knots[-1].share)]]
    if curve.shape is Shape.STEPS:
        edges = [low, *(knot.x for knot in knots[1:]), high]
        return [
            [(first, knot.share), (second, knot.share)]
            for knot, (first, second) in zip(knots, pairwise(edges), strict=True)
        ]
    edges = [low, *_ends(curve), high]
    return [
        [(first, curve.share((first + second) / 2)), (second, curve.share((first + second) / 2))]
        for first, second in pairwise(edges)
    ]


def _ticks_across(places: Sequence[tuple[Decimal, str]]) -> tuple[Tick, ...]:
    """Labels under the axis, in a second row where the first is taken, left out where both are."""
    ticks, reached = [], [-ROOM * 1.0, -ROOM * 1.0]
    for at, text in places:
        half = len(text) * DIGIT / 2
        row = next((row for row in (0, 1) if float(at) - half >= reached[row] + ROOM), None)
        if row is not None:
            reached[row] = float(at) + half
            ticks.append(Tick(_short(at), text, row))
    return tuple(ticks)


def _ticks_up(places: Sequence[tuple[Decimal, str]]) -> tuple[Tick, ...]:
    """Labels beside the axis; those that would touch the one below are left out, the ends never."""
    kept = [places[0]]
    for at, text in places[1:-1]:
        if kept[-1][0] - at >= 15 and at - places[-1][0] >= 15:
            kept.append((at, text))
    return tuple(Tick(_short(at), text) for at, text in [*kept, *places[1:][-1:]])


def _short(number: Decimal) -> str:
    return f"{number:.1f}"
