"""A list drawn on A4, page by page, with the head of the table on each and room for the seals at the end.

The same value gives the same bytes. Texts are drawn as they are; a character that the faces lack is drawn as 〓 and
named below the table, for a frozen list cannot be put right on the way to paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from registry.rendering import fonts
from registry.rendering.blocks import printable, prints
from registry.rendering.lists import Cell, Column, ListPaper, written
from registry.rendering.ornament import HAIR, INK, MIST, PINE, SAGE
from registry.rendering.paper import demo_band, demo_diagonal, describe, new_canvas, rule
from registry.rendering.typesetting import Setting, Style, set_cell, set_text, shrink

MARGIN, FOOT = 42.0, 34.0
PADDING = 3.2
HEAD_AT_MOST = 60.0
TITLE = Style(fonts.BOLD, 17, PINE, 1.35)
STATE = Style(fonts.BOLD, 9, SAGE)
LABEL, FACT = Style(fonts.REGULAR, 7.4, SAGE), Style(fonts.REGULAR, 8.4, INK, 1.36)
NOTE = Style(fonts.REGULAR, 8.4, INK)
HEAD, BODY = Style(fonts.BOLD, 8.4, PINE, 1.3), Style(fonts.REGULAR, 8.6, INK, 1.34)
SMALL_HEAD, SMALL_BODY = Style(fonts.BOLD, 7.2, PINE, 1.3), Style(fonts.REGULAR, 7.4, INK, 1.32)
ISSUER, SEAL = Style(fonts.BOLD, 9.6, INK), Style(fonts.REGULAR, 7.6, SAGE)
FOOTER = Style(fonts.REGULAR, 7.4, SAGE)


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[Setting, ...]
    height: float


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The measures of a paper: its page, and where each column begins and how wide it is."""

    width: float
    height: float
    columns: tuple[tuple[float, float], ...]
    head: Style
    body: Style

    @property
    def measure(self) -> float:
        return self.width - 2 * MARGIN

    @property
    def top(self) -> float:
        return self.height - MARGIN

    @property
    def bottom(self) -> float:
        return FOOT + 16


def render(paper: ListPaper) -> bytes:
    """Draw a list page by page, the head of the table on each."""
    fonts.register()
    lacking: dict[str, None] = {}
    sheet = _sheet(paper)
    head = _row(tuple(column.title for column in paper.columns), sheet, sheet.head, lacking)
    rows = [_row(line, sheet, sheet.body, lacking) for line in paper.rows]
    opening, closing = _opening(paper, sheet, lacking), _closing(paper, sheet, lacking)
    pages = _pages(rows, head.height, opening, closing, sheet)
    buffer = BytesIO()
    canvas = new_canvas(buffer, (sheet.width, sheet.height), "zh-CN" if paper.language == "zh" else "en")
    describe(canvas, f"{paper.title} {paper.state}".strip(), "、".join(paper.issuers), paper.state)
    for number, (first, last) in enumerate(pages, start=1):
        top = _ground(canvas, paper, sheet)
        if number == 1:
            top = _draw_opening(canvas, opening, sheet, top)
        if first < last or number == 1:
            top = _draw_rows(canvas, paper, [head, *rows[first:last]], sheet, top)
        if number == len(pages):
            _draw_closing(canvas, closing, sheet, top)
        _draw_foot(canvas, paper, sheet, number, len(pages))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _sheet(paper: ListPaper) -> _Sheet:
    width, height = landscape(A4) if paper.wide else A4
    head, body = (SMALL_HEAD, SMALL_BODY) if paper.wide else (HEAD, BODY)
    columns, left = [], MARGIN
    for share in _widths(paper, head, body, width - 2 * MARGIN):
        columns.append((left, share))
        left += share
    return _Sheet(width, height, tuple(columns), head, body)


def _widths(paper: ListPaper, head: Style, body: Style, measure: float) -> list[float]:
    """Return how wide each column is: as wide as what stands in it where that is less than its share, the rest shared.

    A column that needs less than its share leaves room to those that need more, so that few lines are broken.
    """
    needed = [
        max([head.width(column.title), *(body.width(_of_table(row[place])) for row in paper.rows)]) + 2 * PADDING + 1
        for place, column in enumerate(paper.columns)
    ]
    shares = [column.share for column in paper.columns]
    widths: dict[int, float] = {}
    while len(widths) < len(shares):
        rest = [place for place in range(len(shares)) if place not in widths]
        free, total = measure - sum(widths.values()), sum(shares[place] for place in rest)
        small = [place for place in rest if needed[place] <= free * shares[place] / total]
        # Where all fit, each has its need and its part of what is left over; where none does, each has its share.
        if len(small) == len(rest):
            over = (free - sum(needed[place] for place in rest)) / total
            widths |= {place: needed[place] + over * shares[place] for place in rest}
        elif not small:
            widths |= {place: free * shares[place] / total for place in rest}
        else:
            widths |= {place: needed[place] for place in small}
    return [widths[place] for place in range(len(shares))]


def _of_table(cell: Cell) -> str:
    return " ".join(written(cell).split())


def _row(cells: Sequence[Cell], sheet: _Sheet, style: Style, lacking: dict[str, None]) -> _Row:
    settings = tuple(
        _cut(set_cell(printable(written(cell), lacking), style, width - 2 * PADDING), sheet)
        for cell, (_left, width) in zip(cells, sheet.columns, strict=True)
    )
    tallest = max(setting.height for setting in settings)
    return _Row(settings, max(tallest, style.line) + 2 * PADDING)


def _cut(setting: Setting, sheet: _Sheet) -> Setting:
    """Return what fits on one page with the head of the table above it; a mark says that more was said."""
    most = int((sheet.top - sheet.bottom - HEAD_AT_MOST) / setting.style.line)
    if len(setting.lines) <= most:
        return setting
    lines = (*setting.lines[: most - 1], f"{setting.lines[most - 1][:-1]}…")
    return Setting(lines, setting.style, most * setting.style.line)


@dataclass(frozen=True, slots=True)
class _Block:
    """What stands above or below the table, measured: pieces of text with their place, and the height in all."""

    pieces: tuple[tuple[Setting, float, float, bool], ...]
    rules: tuple[tuple[float, float, float], ...]
    height: float


def _opening(paper: ListPaper, sheet: _Sheet, lacking: dict[str, None]) -> _Block:
    pieces: list[tuple[Setting, float, float, bool]] = []
    middle = sheet.width / 2
    title = shrink(printable(paper.title, lacking), TITLE, sheet.measure, lines=2, floor=11)
    state = set_text(printable(paper.state, lacking), STATE, sheet.measure)
    pieces += [(title, middle, 0.0, True), (state, middle, title.height + 2, True)]
    down = title.height + state.height + 10
    half = sheet.measure / 2
    for start in range(0, len(paper.facts), 2):
        pair = [_fact(fact, half - 12, lacking) for fact in paper.facts[start : start + 2]]
        for place, (label, value) in enumerate(pair):
            left = MARGIN + place * half
            pieces += [(label, left, down, False), (value, left, down + label.height, False)]
        down += max(label.height + value.height for label, value in pair) + 4
    for note in paper.notes:
        setting = set_text(printable(note, lacking), NOTE, sheet.measure)
        pieces.append((setting, MARGIN, down, False))
        down += setting.height + 2
    return _Block(tuple(pieces), (), down + 6)


def _fact(fact: tuple[str, str], width: float, lacking: dict[str, None]) -> tuple[Setting, Setting]:
    label, value = fact
    return set_text(printable(label, lacking), LABEL, width), set_cell(printable(value, lacking), FACT, width)


def _closing(paper: ListPaper, sheet: _Sheet, lacking: dict[str, None]) -> _Block:
    """The issuers side by side, each with room for a seal, then the date; before them what could not be printed."""
    pieces: list[tuple[Setting, float, float, bool]] = []
    rules: list[tuple[float, float, float]] = []
    issuers = [printable(issuer, lacking) for issuer in paper.issuers]
    signed, seal = printable(paper.signed, lacking), printable(paper.seal, lacking)
    down = 12.0
    if lacking:
        named = ", ".join(fonts.named(sign) if prints(sign) else f"U+{ord(sign):04X}" for sign in lacking)
        setting = set_text(paper.unprintable.format(characters=named), FOOTER, sheet.measure)
        pieces.append((setting, MARGIN, down, False))
        down += setting.height + 8
    # Without an issuer the day stands where the last of three would.
    across = min(3, len(issuers)) or 3
    width = sheet.measure / across
    # The longest name says how large all are: they stand side by side and are of one rank.
    size = min((shrink(issuer, ISSUER, width - 16, lines=2, floor=7).style.size for issuer in issuers), default=0.0)
    style = replace(ISSUER, size=size)
    for start in range(0, len(issuers), across):
        line = issuers[start : start + across]
        for place, issuer in enumerate(line):
            middle = MARGIN + width * (across - len(line) + place + 0.5)
            name = set_text(issuer, style, width - 16, balanced=True)
            pieces += [(name, middle, down, True), (set_text(seal, SEAL, width), middle, down + 54, True)]
            rules.append((middle - 54, middle + 54, down + 52))
        down += 72
    date = set_text(signed, ISSUER, sheet.measure)
    pieces.append((date, sheet.width - MARGIN - width / 2, down, True))
    return _Block(tuple(pieces), tuple(rules), down + date.height)


def _pages(rows: Sequence[_Row], head: float, opening: _Block, closing: _Block, sheet: _Sheet) -> list[tuple[int, int]]:
    """Return from which row to which each page goes; the closing takes a page of its own where it does not fit."""
    pages: list[tuple[int, int]] = []
    first, left = 0, sheet.top - sheet.bottom - opening.height - head
    for number, row in enumerate(rows):
        if row.height > left and (number > first or not pages):
            pages.append((first, number))
            first, left = number, sheet.top - sheet.bottom - head
        left -= row.height
    if closing.height > left:
        # The last row goes with the signatures, so that they never stand alone.
        last = len(rows) - 1 if len(rows) - first > 1 else len(rows)
        return [*pages, (first, last), (last, len(rows))]
    return [*pages, (first, len(rows))]


def _ground(canvas: Canvas, paper: ListPaper, sheet: _Sheet) -> float:
    """Draw what lies under a page and return where its content begins."""
    if paper.demo:
        demo_diagonal(canvas, sheet.width, sheet.height)
        demo_band(canvas, MARGIN, sheet.height - 30, sheet.measure)
    return sheet.top


def _draw_opening(canvas: Canvas, block: _Block, _sheet: _Sheet, top: float) -> float:
    for setting, x, down, centred in block.pieces:
        setting.draw(canvas, x, top - down, centred=centred)
    return top - block.height


def _draw_closing(canvas: Canvas, block: _Block, _sheet: _Sheet, top: float) -> None:
    for setting, x, down, centred in block.pieces:
        setting.draw(canvas, x, top - down, centred=centred)
    for left, right, down in block.rules:
        rule(canvas, top - down, HAIR, 0.5, left=left, right=right)


def _draw_rows(canvas: Canvas, paper: ListPaper, rows: Sequence[_Row], sheet: _Sheet, top: float) -> float:
    left, right = MARGIN, sheet.width - MARGIN
    canvas.setFillColor(MIST)
    canvas.rect(left, top - rows[0].height, sheet.measure, rows[0].height, stroke=0, fill=1)
    rule(canvas, top, PINE, 0.9, left=left, right=right)
    highest = top
    for number, row in enumerate(rows):
        for setting, column, (start, width) in zip(row.cells, paper.columns, sheet.columns, strict=True):
            _draw_cell(canvas, setting, column, start, width, top - PADDING)
        top -= row.height
        rule(canvas, top, PINE if number == 0 else HAIR, 0.7 if number == 0 else 0.4, left=left, right=right)
    for start, _width in (*sheet.columns, (right, 0.0)):
        canvas.setStrokeColor(HAIR)
        canvas.setLineWidth(0.4)
        canvas.line(start, highest, start, top)
    rule(canvas, top, PINE, 0.7, left=left, right=right)
    return top


def _draw_cell(canvas: Canvas, setting: Setting, column: Column, start: float, width: float, top: float) -> None:
    if not column.number:
        setting.draw(canvas, start + PADDING, top)
        return
    for index, line in enumerate(setting.lines):
        free = width - 2 * PADDING - setting.style.width(line)
        Setting((line,), setting.style, setting.style.line).draw(
            canvas, start + PADDING + free, top - index * setting.style.line
        )


def _draw_foot(canvas: Canvas, paper: ListPaper, sheet: _Sheet, number: int, pages: int) -> None:
    page = paper.page.format(page=number, pages=pages)
    title = shrink(printable(paper.title, {}), FOOTER, sheet.measure - FOOTER.width(page) - 20, lines=1, floor=6)
    baseline = FOOT
    first = f"{title.lines[0]} …" if len(title.lines) > 1 else "".join(title.lines)
    canvas.setFillColor(FOOTER.colour)
    canvas.setFont(title.style.font, title.style.size)
    canvas.drawString(MARGIN, baseline, first)
    canvas.setFont(FOOTER.font, FOOTER.size)
    canvas.drawRightString(sheet.width - MARGIN, baseline, page)
