"""Cards of gates and indicators as files of SVG: what earns how many points.

Each stands by itself, without a page's style: a white card with dark lines, so that it reads on a light page and on a
dark one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from registry.domain.curves import Curve, Knot, Shape, percent
from registry.domain.judging import mean_of
from registry.domain.shapes import Gate, Indicator, Panel, Texts
from registry.domain.values import ONE, ZERO, half_up, written
from registry.rendering.pictures import shapes
from registry.rendering.pictures.curves import ends as ends_of
from registry.rendering.pictures.curves import shares as shares_of
from registry.rendering.pictures.shapes import short

WIDTH = 480
MARGIN = 20
SIZE = 13
SMALL = 11
INK = "#1f2328"
QUIET = "#59636e"
RULE = "#d1d9e0"
CARD = "#ffffff"
PALE = "#dfe7e2"
COLOURS = ("#0f6e56", "#8f4e00", "#6639ba", "#0550ae")
DASHES = ("", "7 4", "2 4", "10 4 2 4")
FACES = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"

LEFT, RIGHT = 64, WIDTH - 28
TOP, FLOOR = 74, 214
ROW = 30
OR = "或 or"


@dataclass(frozen=True, slots=True)
class Drawing:
    """The height of a picture and what is drawn in it."""

    height: int
    parts: tuple[str, ...]


def of_gate(gate: Gate) -> str:
    """Return the picture of a gate: the ways that lead through it."""
    ways = [both(way.title) for way in gate.alternatives] or [gate.formula or ""]
    bottom = TOP + ROW * len(ways)
    middle, end = TOP + ROW * (len(ways) - 1) / 2 + 11, 388
    parts = []
    for place, way in enumerate(ways):
        y = TOP + ROW * place
        parts += [
            _box(MARGIN, y, 300, 22, "#ffffff", COLOURS[0]),
            _text(MARGIN + 10, y + 15, fitted(way, 280), size=SMALL),
            _path(f"M{MARGIN + 300} {y + 11} H344 V{short(middle)} H{end}", COLOURS[0]),
        ]
    parts += [
        _box(end, middle - 13, 72, 26, COLOURS[0], COLOURS[0]),
        _text(end + 36, middle + 4, "通过 pass", size=SMALL, colour=CARD, anchor="middle"),
    ]
    if len(ways) > 1:
        parts.append(_text(350, middle - 6, OR, size=SMALL, colour=QUIET))
    what = "one of these holds" if len(ways) > 1 else "this holds"
    return _card(
        gate.title, f"Passed where {what}: {'; '.join(ways)}.", "必备条件 gate", Drawing(bottom + 12, tuple(parts))
    )


def of_indicator(indicator: Indicator, rule: Panel | None = None, marks: Sequence[Decimal] = ()) -> str:
    """Return the picture of an indicator; a panel shows how the rule joins the sorted marks, if there are any."""
    most = f"{'−' if indicator.kind == 'deduction' else ''}{written(indicator.points)} 分 points"
    if indicator.kind == "panel":
        drawing = _panel(indicator, rule, tuple(sorted(marks)))
        about = f"Marks from 0 to {written(indicator.points)}; {len(indicator.levels)} levels say what they mean."
    elif indicator.items:
        drawing = _items(indicator)
        about = f"{len(indicator.items)} items are added up, to {written(indicator.points)} points at most."
    else:
        drawing = _curves(indicator)
        curves = [str(case.curve) for case in indicator.curve]
        about = f"Share of the points by value: {' / '.join(curves)}." if curves else "The value is the points itself."
    return _card(indicator.title, about, most, drawing)


def both(texts: Texts) -> str:
    """Return the words in Chinese and English, one after the other."""
    return f"{texts.zh} · {texts.en}"


def wide(text: str, size: float = SMALL) -> float:
    """Return about how wide a text of a card is."""
    return shapes.wide(text, size)


def fitted(text: str, width: float, size: float = SMALL) -> str:
    """Return a text of a card that is no wider than this."""
    return shapes.fitted(text, width, size)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Turns values and shares into places of the picture; shares of a deduction go down."""

    low: Decimal
    high: Decimal
    down: bool = False

    def x(self, value: Decimal) -> float:
        return LEFT + float((value - self.low) / (self.high - self.low)) * (RIGHT - LEFT)

    def y(self, share: Decimal) -> float:
        rise = float(share) * (FLOOR - TOP)
        return TOP + rise if self.down else FLOOR - rise


def _curves(indicator: Indicator) -> Drawing:
    cases = [case.curve for case in indicator.curve] or [_straight(indicator.points)]
    down = indicator.kind == "deduction"
    ends = sorted({x for curve in cases for x in ends_of(curve)})
    span = (ends[-1] - ends[0]) or ONE
    scale = _Scale(ends[0] - span / 10, ends[-1] + span / 10, down)
    shares = sorted({ZERO, ONE, *(share for curve in cases for share in shares_of(curve))})
    parts = [*_axes(scale, ends, shares, indicator.points, down=down)]
    for place, curve in enumerate(cases):
        parts += _lines(curve, scale, COLOURS[place % 4], DASHES[place % 4] if len(cases) > 1 else "")
    # Without a curve the axis is that of the points which the formula gives, and no unit belongs to it.
    unit = " = 分 points" if not indicator.curve else f" ({indicator.unit})" if indicator.unit else ""
    name = fitted(f"{indicator.formula or ''}{unit}", RIGHT - LEFT)
    height = FLOOR + 40
    parts.append(_text((LEFT + RIGHT) / 2, height, name, size=SMALL, colour=QUIET, anchor="middle"))
    if len(cases) > 1:
        for place, case in enumerate(indicator.curve):
            height += 20
            title = both(case.title) if case.title else case.when or "其他 otherwise"
            colour, dash = COLOURS[place % 4], DASHES[place % 4]
            parts += [
                _path(f"M{LEFT} {height - 4} H{LEFT + 34}", colour, dash=dash, width=2.5),
                _text(LEFT + 44, height, fitted(title, RIGHT - LEFT - 44), size=SMALL),
            ]
    return Drawing(height + 14, tuple(parts))


def _straight(points: Decimal) -> Curve:
    return Curve(Shape.LINE, knots=(Knot(ZERO, ZERO), Knot(points, ONE)))


def _axes(
    scale: _Scale, ends: Sequence[Decimal], shares: Sequence[Decimal], points: Decimal, *, down: bool
) -> Iterator[str]:
    taken = -1000.0
    for share in shares:
        y = scale.y(share)
        yield _path(f"M{LEFT} {short(y)} H{RIGHT}", RULE)
        if abs(y - taken) < 2 * SMALL:
            continue
        taken = y
        sign = "−" if down and share else ""
        yield _text(LEFT - 8, y - 1, percent(share), size=SMALL, anchor="end")
        yield _text(
            LEFT - 8, y + 11, f"{sign}{written(half_up(points * share, 2))} 分", size=9, colour=QUIET, anchor="end"
        )
    taken = 0
    for end in ends:
        x, label = scale.x(end), written(end)
        yield _path(f"M{short(x)} {TOP} V{FLOOR + 4}", RULE, dash="2 3")
        if x - wide(label) / 2 > taken:
            yield _text(x, FLOOR + 19, label, size=SMALL, anchor="middle")
            taken = x + wide(label) / 2 + 2


def _lines(curve: Curve, scale: _Scale, colour: str, dash: str) -> Iterator[str]:
    """Yield what a curve is drawn of: lines, and dots where a value belongs to the line."""
    if curve.shape is Shape.LINE:
        first, last = curve.knots[0], curve.knots[-1]
        way = " L".join(f"{short(scale.x(knot.x))} {short(scale.y(knot.share))}" for knot in curve.knots)
        way = f"M{LEFT} {short(scale.y(first.share))} L{way} L{RIGHT} {short(scale.y(last.share))}"
        yield _path(way, colour, dash=dash, width=2.5)
        yield from (_dot(scale.x(knot.x), scale.y(knot.share), colour) for knot in curve.knots)
        return
    for stretch in _stretches(curve):
        left = LEFT if stretch.low is None else scale.x(stretch.low)
        right = RIGHT if stretch.high is None else scale.x(stretch.high)
        y = scale.y(stretch.share)
        yield _path(f"M{short(left)} {short(y)} H{short(right)}", colour, dash=dash, width=2.5)
        for end, x in ((stretch.low, left), (stretch.high, right)):
            if end is not None:
                yield _dot(x, y, colour, hollow=curve.share(end) != stretch.share)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A level part of steps or bands; an end that is None is open."""

    low: Decimal | None
    high: Decimal | None
    share: Decimal


def _stretches(curve: Curve) -> Iterator[_Stretch]:
    """Yield the level parts of steps or bands, with those below and above all bands, which earn nothing."""
    if curve.shape is Shape.BANDS:
        yield from (_Stretch(band.low, band.high, band.share) for band in curve.bands)
        lows, highs = [band.low for band in curve.bands], [band.high for band in curve.bands]
        if None not in lows:
            yield _Stretch(None, min(low for low in lows if low is not None), ZERO)
        if None not in highs:
            yield _Stretch(max(high for high in highs if high is not None), None, ZERO)
        return
    ends = [knot.x for knot in curve.knots]
    yield _Stretch(None, ends[0], curve.knots[0].share)
    for knot, high in zip(curve.knots, [*ends[1:], None], strict=True):
        yield _Stretch(knot.x, high, knot.share)


def _items(indicator: Indicator) -> Drawing:
    """Draw the items one after another along the points, and the line at which they are cut."""
    every = sum((item.points for item in indicator.items), ZERO)
    left, right = 250, WIDTH - MARGIN - 4
    bottom = TOP + ROW * len(indicator.items)
    sign = "−" if indicator.kind == "deduction" else ""

    def x(points: Decimal) -> float:
        return left + float(points / every) * (right - left)

    parts, before = [], ZERO
    for place, item in enumerate(indicator.items):
        y, after = TOP + ROW * place, before + item.points
        inside = min(after, indicator.points)
        marker = "ƒ" if item.formula else "□"
        parts += [
            _text(MARGIN, y + 15, fitted(f"{marker} {both(item.title)}", left - MARGIN - 10), size=SMALL),
            _box(x(before), y + 3, x(after) - x(before), 17, PALE, COLOURS[0]),
        ]
        if inside > before:
            parts.append(_box(x(before), y + 3, x(inside) - x(before), 17, COLOURS[0], COLOURS[0]))
        colour = CARD if inside > before else INK
        middle = (x(before) + x(inside if inside > before else after)) / 2
        parts.append(_text(middle, y + 16, f"{sign}{written(item.points)}", size=SMALL, colour=colour, anchor="middle"))
        before = after
    cap = x(indicator.points)
    most = f"最多 at most {sign}{written(indicator.points)}"
    anchor = "end" if cap > (left + right) / 2 else "start"
    parts += [
        _path(f"M{short(cap)} {TOP - 6} V{bottom}", COLOURS[1], dash="5 3", width=2),
        _text(cap, bottom + 15, most, size=SMALL, colour=COLOURS[1], anchor=anchor),
        _text(MARGIN, bottom + 15, "□ 勾选 ticked  ƒ 由数据得出 computed", size=9, colour=QUIET),
    ]
    return Drawing(bottom + 28, tuple(parts))


def _panel(indicator: Indicator, rule: Panel | None, marks: tuple[Decimal, ...]) -> Drawing:
    """Draw the levels along the points, and below them marks with those that are dropped and what is left."""
    left, right = MARGIN + 10, WIDTH - MARGIN - 10
    axis = TOP + 6

    def x(points: Decimal) -> float:
        return left + float(points / indicator.points) * (right - left)

    parts = [_path(f"M{left} {axis} H{right}", QUIET, width=1.5)]
    height = axis + 4
    mean = mean_of(rule, marks) if rule and marks else None
    if mean:
        dropped = list(mean.dropped)
        for mark in marks:
            gone = mark in dropped
            if gone:
                dropped.remove(mark)
            parts.append(_dot(x(mark), axis, QUIET if gone else COLOURS[0], hollow=gone))
        at = x(mean.value)
        parts += [
            _path(f"M{short(at)} {axis - 6} V{axis - 14}", COLOURS[1], width=2),
            _text(
                at, axis - 18, f"{written(half_up(mean.value, 2))} 分", size=SMALL, colour=COLOURS[1], anchor="middle"
            ),
        ]
    for level in indicator.levels:
        parts.append(_path(f"M{short(x(level.points))} {axis - 5} V{axis + 5}", INK, width=1.5))
        parts.append(_text(x(level.points), axis + 20, written(level.points), size=SMALL, anchor="middle"))
    height = axis + 34
    for level in indicator.levels:
        height += 18
        parts.append(_text(left, height, written(level.points), size=SMALL, colour=COLOURS[0], weight=600))
        parts.append(_text(left + 26, height, fitted(f"{level.zh} · {level.en}", right - left - 26), size=SMALL))
    if mean:
        note = "● 计入 counted  ○ 去掉 dropped" if mean.dropped else "● 计入 counted"
        height += 22
        parts.append(_text(left, height, note, size=9, colour=QUIET))
    return Drawing(height + 14, tuple(parts))


def _card(title: Texts, about: str, corner: str, drawing: Drawing) -> str:
    """Return the whole picture: a card with its title, what it is worth, and what is drawn."""
    room = WIDTH - 2 * MARGIN - wide(corner) - 12
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {drawing.height}" width="{WIDTH}"'
        f' height="{drawing.height}" role="img" aria-labelledby="title about" font-family="{FACES}">',
        f'<title id="title">{escape(both(title))}</title>',
        f'<desc id="about">{escape(about)}</desc>',
        _box(0.5, 0.5, WIDTH - 1, drawing.height - 1, CARD, RULE),
        _text(MARGIN, 28, fitted(title.zh, room, SIZE), size=SIZE, weight=600),
        _text(MARGIN, 45, fitted(title.en, WIDTH - 2 * MARGIN), size=SMALL, colour=QUIET),
        _text(WIDTH - MARGIN, 28, corner, size=SMALL, colour=COLOURS[0], anchor="end", weight=600),
        *drawing.parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _text(
    x: float, y: float, text: str, *, size: int = SIZE, colour: str = INK, anchor: str = "start", weight: int = 400
) -> str:
    more = (f' text-anchor="{anchor}"' if anchor != "start" else "") + (
        f' font-weight="{weight}"' if weight != 400 else ""
    )
    place = f'x="{short(x)}" y="{short(y)}" font-size="{size}" fill="{colour}"{more}'
    return f"<text {place}>{escape(text, quote=False)}</text>"


def _path(way: str, colour: str, *, dash: str = "", width: float = 1) -> str:
    more = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="{width}"{more}/>'


def _box(x: float, y: float, width: float, height: float, fill: str, stroke: str) -> str:
    size = f'x="{short(x)}" y="{short(y)}" width="{short(width)}" height="{short(height)}"'
    return f'<rect {size} rx="3" fill="{fill}" stroke="{stroke}"/>'


def _dot(x: float, y: float, colour: str, *, hollow: bool = False) -> str:
    fill = CARD if hollow else colour
    return f'<circle cx="{short(x)}" cy="{short(y)}" r="4" fill="{fill}" stroke="{colour}" stroke-width="1.5"/>'
