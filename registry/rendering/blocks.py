"""The parts of papers: titles, texts, labelled values, tables and names; and what cannot be printed.

Texts are drawn as they stand, never read as markup. A name with a character that the faces lack is refused with the
place where it stands, before anything is drawn; in a text that somebody typed freely it stands as 〓 and is named.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from reportlab.pdfgen.canvas import Canvas

from registry.domain.errors import Invalid
from registry.rendering import fonts
from registry.rendering.ornament import AMBER, HAIR, INK, MIST, PINE, SAGE
from registry.rendering.paper import CENTRE, LEFT, MEASURE, RIGHT, ROOM, Bilingual, Frame, Piece, draw, kept, rule
from registry.rendering.typesetting import Setting, Style, set_cell, set_paragraph, set_text, shrink

LACKING = "〓"
PADDING = 3.4
# What parts a column of figures from the next.
GAP = 5.0
# A row of a table that may stand alone on a page.
TALL = 48.0
TITLE, TITLE_EN = Style(fonts.BOLD, 20, PINE, 1.3), Style(fonts.REGULAR, 9, SAGE)
HEADING, HEADING_EN = Style(fonts.BOLD, 11, PINE), Style(fonts.REGULAR, 7.8, SAGE)
LABEL, LABEL_EN = Style(fonts.REGULAR, 8.6, PINE, 1.34), Style(fonts.REGULAR, 6.8, SAGE, 1.34)
VALUE, VALUE_EN = Style(fonts.REGULAR, 9.6, INK, 1.38), Style(fonts.REGULAR, 7.8, SAGE, 1.34)
HEAD, HEAD_EN = Style(fonts.BOLD, 8, PINE, 1.3), Style(fonts.REGULAR, 6.4, SAGE, 1.25)
BODY, NOTE = Style(fonts.REGULAR, 8.4, INK, 1.36), Style(fonts.REGULAR, 7.2, SAGE, 1.36)
STRONG = Style(fonts.BOLD, 8.4, INK, 1.36)
LABEL_WIDTH = 104.0

Drawing = Callable[[Canvas, float], None]
Line = tuple[str, Style]
Cell = Sequence[Line]


class Unprintable(Invalid):
    """A name on a paper has characters that the faces cannot print."""

    def __init__(self, where: str, characters: Sequence[str]) -> None:
        super().__init__("paper_unprintable", where=where, characters=", ".join(map(fonts.named, characters)))
        self.characters = tuple(characters)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table with its share of the width; figures stand to the right."""

    title: Bilingual
    share: float
    number: bool = False


@dataclass(slots=True)
class Paper:
    """A paper in the making: what is added to it stands below what was added before."""

    frame: Frame
    pieces: list[Piece] = field(default_factory=list)
    lacking: dict[str, None] = field(default_factory=dict)
    said: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        fonts.register()

    def bytes(self) -> bytes:
        """Draw it; raises Unprintable for the first name that cannot be printed."""
        refuse_unprintable(self.said)
        if self.lacking:
            named = ", ".join(f"U+{ord(sign):04X}" for sign in self.lacking)
            self.note(f"{LACKING} 代替无法印出的字符：{named}。 {LACKING} stands for what cannot be printed.", before=8)
        return draw(self.frame, self.pieces)

    def free(self, text: str) -> str:
        """Return a text that somebody typed freely, with 〓 for what cannot be printed."""
        return printable(text, self.lacking)

    def named(self, where: Bilingual, *texts: str) -> None:
        """Note the names that stand at a place, all of which must be printed."""
        self.said += [(f"{where.zh} {where.en}".strip(), text) for text in texts]

    def add(self, height: float, how: Drawing, *, keep: bool = False, before: float = 0.0) -> None:
        """Add something that is drawn whole."""
        self.pieces.append(Piece(height, how, keep, before))

    def title(self, title: Bilingual, below: Bilingual | None = None) -> None:
        """Add the title of the paper, centred, and a line below it."""
        self.named(title, title.zh, title.en)
        parts = [
            shrink(title.zh, TITLE, MEASURE, lines=2, floor=13),
            set_text(title.en, TITLE_EN, MEASURE, balanced=True),
        ]
        if below:
            self.named(title, below.zh, below.en)
            parts += [_room(4), *both(below, STRONG, NOTE, MEASURE, balanced=True)]
        self.centred(parts, keep=True)
        self.add(12, lambda canvas, top: rule(canvas, top - 4, AMBER, 0.8, left=CENTRE - 28, right=CENTRE + 28))

    def centred(self, parts: Sequence[Setting], *, keep: bool = False, before: float = 0.0) -> None:
        """Add texts, each centred."""

        def drawn(canvas: Canvas, top: float) -> None:
            for part in parts:
                top = part.draw(canvas, CENTRE, top, centred=True)

        self.add(sum(part.height for part in parts), drawn, keep=keep, before=before)

    def heading(self, text: Bilingual) -> None:
        """Add a heading, which stays with what follows."""
        self.named(text, text.zh, text.en)
        zh = set_text(text.zh, HEADING, MEASURE)
        beside = LEFT + HEADING.width(zh.lines[-1] if zh.lines else "") + 8
        fits = text.en and len(zh.lines) == 1 and beside + HEADING_EN.width(text.en) <= RIGHT
        en = set_text(text.en, HEADING_EN, RIGHT - beside if fits else MEASURE)

        def drawn(canvas: Canvas, top: float) -> None:
            low = zh.draw(canvas, LEFT, top)
            if fits:
                en.draw(canvas, beside, top + 0.9 - (HEADING.line - HEADING_EN.line))
            else:
                en.draw(canvas, LEFT, low)

        self.add(zh.height + (0 if fits else en.height) + 3, drawn, keep=True, before=14)

    def text(
        self, text: str, style: Style = BODY, *, ems: float = 0.0, before: float = 0.0, keep: bool = False
    ) -> None:
        """Add a paragraph line by line; its first two lines stay together, and its last two."""
        setting = set_paragraph(text, style, MEASURE, ems=ems)
        last = len(setting.lines) - 1
        for index, line in enumerate(setting.lines):
            one = Setting(
                (line,), style, style.line, setting.starts[index : index + 1], setting.spaces[index : index + 1]
            )
            stays = keep if index == last else index == 0 or index == last - 1
            self.add(style.line, _at_left(one), keep=stays, before=0 if index else before)

    def note(self, text: str, *, before: float = 0.0, keep: bool = False) -> None:
        """Add a paragraph in small letters."""
        self.text(text, NOTE, before=before, keep=keep)

    def pairs(self, rows: Iterable[tuple[Bilingual, Bilingual]]) -> None:
        """Add labelled values, one below the other between rules; what is empty has no row."""
        shown = [(label, value) for label, value in rows if value]
        for index, (label, value) in enumerate(shown):
            self.named(label, value.zh, value.en)
            self.pieces.append(_pair(label, value, first=index == 0, last=index + 1 == len(shown)))

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
        """Add a table, its head repeated on each page; its first row stays with the head, its last two together."""
        head = _row(columns, [[(column.title.zh, HEAD), (column.title.en, HEAD_EN)] for column in columns], head=True)
        self.pieces.append(Piece(head.height, head.draw, keep=True, before=2))
        body = [_row(columns, row) for row in rows]
        for index, row in enumerate(body):
            # Neither the first nor the last row stands alone on a page, unless it is tall enough for that.
            keep = len(body) > 1 and index in (0, len(body) - 2) and row.height < TALL
            self.pieces.append(Piece(row.height, row.draw, keep=keep, head=head))

    def names(self, names: Sequence[Bilingual], *, size: float, keep: bool = False, before: float = 0.0) -> None:
        """Add names side by side in columns, as authorities stand on a paper."""
        across = {1: 1, 2: 2, 4: 2}.get(len(names), 3)
        width = MEASURE / across
        zh, en = Style(fonts.BOLD, size, INK), Style(fonts.REGULAR, size * 0.62, SAGE, 1.3)
        lines = []
        for start in range(0, len(names), across):
            stacks = [
                [
                    shrink(name.zh, zh, width - 14, lines=2, floor=size * 0.7),
                    shrink(name.en, en, width - 14, lines=2, floor=6),
                ]
                for name in names[start : start + across]
            ]
            lines.append(_side_by_side(stacks, width))
        lines = kept(lines)
        self.pieces += [
            Piece(line.height, line.draw, keep or line.keep, 0.0 if index else before)
            for index, line in enumerate(lines)
        ]


def both(text: Bilingual, zh: Style, en: Style, width: float, *, balanced: bool = False) -> list[Setting]:
    """Set a text in Chinese and, where it is another, in English below it."""
    second = text.en if text.en != text.zh else ""
    return [set_text(text.zh, zh, width, balanced=balanced), set_text(second, en, width, balanced=balanced)]


def refuse_unprintable(texts: Iterable[tuple[str, str]]) -> None:
    """Raise Unprintable for the first text, named by its place, that has characters which cannot be printed."""
    for where, text in texts:
        found = [sign for sign in dict.fromkeys(text) if sign != "\n" and not prints(sign)]
        if found:
            raise Unprintable(where, found)


def printable(text: str, lacking: dict[str, None]) -> str:
    """Return a text on one line with 〓 for each character that cannot be printed, and add those to `lacking`."""
    tidied = " ".join(text.split())
    if all(prints(sign) for sign in tidied):
        return tidied
    lacking.update(dict.fromkeys(sign for sign in tidied if not prints(sign)))
    return "".join(sign if prints(sign) else LACKING for sign in tidied)


@lru_cache(maxsize=20_000)
def prints(sign: str) -> bool:
    """Tell whether a character can be printed."""
    return not fonts.missing_glyphs({"text": sign})


def _room(height: float) -> Setting:
    return Setting((), BODY, height)


def _at_left(setting: Setting) -> Drawing:
    def drawn(canvas: Canvas, top: float) -> None:
        setting.draw(canvas, LEFT, top)

    return drawn


def _stacked(stack: Sequence[Setting], canvas: Canvas, x: float, top: float, *, right: bool = False) -> None:
    for setting in stack:
        top = setting.draw(canvas, x, top, right=right)


def _tall(stack: Sequence[Setting]) -> float:
    return sum(setting.height for setting in stack)


def _pair(label: Bilingual, value: Bilingual, *, first: bool, last: bool) -> Piece:
    named = both(label, LABEL, LABEL_EN, LABEL_WIDTH - 10)
    said = [_cut(setting) for setting in both(value, VALUE, VALUE_EN, MEASURE - LABEL_WIDTH)]
    height = 2 * PADDING + max(_tall(named), _tall(said))

    def drawn(canvas: Canvas, top: float) -> None:
        if first:
            rule(canvas, top, PINE, 0.7)
        _stacked(named, canvas, LEFT, top - PADDING)
        _stacked(said, canvas, LEFT + LABEL_WIDTH, top - PADDING)
        rule(canvas, top - height, PINE if last else HAIR, 0.7 if last else 0.4)

    return Piece(height, drawn)


def _row(columns: Sequence[Column], cells: Sequence[Cell], *, head: bool = False) -> Piece:
    shares = sum(column.share for column in columns)
    placed: list[tuple[float, bool, list[Setting]]] = []
    left = LEFT
    for column, cell in zip(columns, cells, strict=True):
        width = MEASURE * column.share / shares
        stack = [
            _cut(set_cell(text, style, width - 2 * PADDING - (GAP if column.number else 0)))
            for text, style in cell
            if text
        ]
        placed.append((left + width - PADDING - GAP if column.number else left + PADDING, column.number, stack))
        left += width
    height = 2 * PADDING + max(_tall(stack) for _x, _right, stack in placed)

    def drawn(canvas: Canvas, top: float) -> None:
        if head:
            canvas.setFillColor(MIST)
            canvas.rect(LEFT, top - height, MEASURE, height, stroke=0, fill=1)
            rule(canvas, top, PINE, 0.8)
        for x, right, stack in placed:
            _stacked(stack, canvas, x, top - PADDING, right=right)
        rule(canvas, top - height, PINE if head else HAIR, 0.6 if head else 0.4)

    return Piece(height, drawn)


def _cut(setting: Setting) -> Setting:
    """Return what of a text fits on a page with the head of a table; a mark says that more was said."""
    most = int((ROOM - 60) / 2 / setting.style.line)
    if len(setting.lines) <= most:
        return setting
    lines = (*setting.lines[: most - 1], f"{setting.lines[most - 1][:-1]}…")
    return Setting(lines, setting.style, most * setting.style.line)


def _side_by_side(stacks: Sequence[Sequence[Setting]], width: float) -> Piece:
    def drawn(canvas: Canvas, top: float) -> None:
        for index, stack in enumerate(stacks):
            y = top
            for setting in stack:
                y = setting.draw(canvas, CENTRE + (index - (len(stacks) - 1) / 2) * width, y, centred=True)

    return Piece(max(_tall(stack) for stack in stacks) + 5, drawn)
