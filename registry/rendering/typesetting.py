"""Break literal text into lines, Chinese and English mixed, and set it at a place."""

import re
from dataclasses import dataclass, replace

from reportlab.lib.colors import Color
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

# Where the ink of a full-width character stands above and below its baseline, in ems.
ASCENT = 0.88
# A text of a few lines is evened out where so few signs would stand alone in the last one.
LINES_EVENED, ALONE = 5, 2
# So many ems are spread over a line at most.
WIDEST = 2.5
NOT_AT_START = frozenset("、。’”〉》」』】〕〗%‰·…—,.;:?!)]}，．；：？！）］｝％")
NOT_AT_END = frozenset("‘“〈《「『【〔〖([{（［｛")
_PIECES = re.compile(r"[\u0021-\u024f\u0370-\u04ff\u2010-\u2027]+| +|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set; the leading is a multiple of the size."""

    font: str
    size: float
    colour: Color
    leading: float = 1.4

    def scaled(self, factor: float) -> "Style":
        """Return the same style in another size."""
        return replace(self, size=self.size * factor)

    @property
    def line(self) -> float:
        """The height of one line."""
        return self.size * self.leading

    def width(self, text: str) -> float:
        """Measure a text set on one line."""
        return float(stringWidth(text, self.font, self.size))


@dataclass(frozen=True, slots=True)
class Setting:
    """A text broken into lines, ready to be drawn; each line begins its own way in, and may be spaced to its end."""

    lines: tuple[str, ...]
    style: Style
    height: float
    starts: tuple[float, ...] = ()
    spaces: tuple[float, ...] = ()

    def draw(self, canvas: Canvas, x: float, top: float, *, centred: bool = False, right: bool = False) -> float:
        """Draw the lines below a height and return the height below them; `x` is their left, middle or right."""
        canvas.setFillColor(self.style.colour)
        canvas.setFont(self.style.font, self.style.size)
        for index, line in enumerate(self.lines):
            slack = (self.style.line - self.style.size) / 2
            baseline = top - index * self.style.line - slack - ASCENT * self.style.size
            if centred:
                canvas.drawCentredString(x, baseline, line)
            elif right:
                canvas.drawRightString(x, baseline, line)
            else:
                start = self.starts[index] if self.starts else 0.0
                canvas.drawString(x + start, baseline, line, charSpace=self.spaces[index] if self.spaces else 0)
        return top - self.height


def set_text(text: str, style: Style, width: float, *, balanced: bool = False) -> Setting:
    """Break a text into lines of a width; balanced lines are about equally long. No text takes no room."""
    lines = wrap(text, style, width)
    if balanced and len(lines) > 1:
        lines = _balance(text, style, width, len(lines))
    return Setting(tuple(lines), style, len(lines) * style.line)


def set_paragraph(text: str, style: Style, width: float, *, ems: float = 0.0) -> Setting:
    """Set a paragraph whose first line begins so many ems in; full lines of Chinese end at the edge."""
    indent = ems * style.size
    lines = wrap(text, style, width, first=indent)
    starts = tuple(indent if index == 0 else 0.0 for index in range(len(lines)))
    spaces = tuple(
        _spread(line, style, width - start) if index + 1 < len(lines) else 0.0
        for index, (line, start) in enumerate(zip(lines, starts, strict=True))
    )
    return Setting(tuple(lines), style, len(lines) * style.line, starts, spaces)


def set_cell(text: str, style: Style, width: float) -> Setting:
    """Break a text into lines of a width, evenly where the last would be a sign or two."""
    lines = wrap(text, style, width)
    if 1 < len(lines) < LINES_EVENED and len(lines[-1]) <= ALONE:
        lines = _balance(text, style, width, len(lines))
    return Setting(tuple(lines), style, len(lines) * style.line)


def _spread(line: str, style: Style, width: float) -> float:
    # English keeps its spaces: a word with wide letters reads worse than a ragged edge.
    slack = width - style.width(line)
    if not WIDEST * style.size >= slack > 0 or len(line) < 2 or sum(sign.isascii() for sign in line) * 2 > len(line):
        return 0.0
    return slack / (len(line) - 1)


def shrink(text: str, style: Style, width: float, *, lines: int, floor: float) -> Setting:
    """Set a text in at most so many lines by making it smaller, no smaller than the floor."""
    while len(wrap(text, style, width)) > lines and style.size > floor:
        style = replace(style, size=max(floor, style.size - 0.5))
    return set_text(text, style, width, balanced=True)


def wrap(text: str, style: Style, width: float, *, first: float = 0.0) -> list[str]:
    """Break a text where Chinese or English may break; a word longer than a line is cut.

    `first` is how much shorter the first line is.
    """
    lines: list[str] = []
    line, used = "", first
    for unit in _units(text):
        # Widths add up, for nothing is kerned; a space at the end of a line takes no room.
        if used + style.width(unit.rstrip()) <= width:
            line, used = line + unit, used + style.width(unit)
            continue
        if line.strip():
            lines.append(line.strip())
        *full, line = _cut(unit.lstrip(), style, width - (first if not lines else 0.0))
        lines.extend(full)
        used = style.width(line)
    return [*lines, line.strip()] if line.strip() else lines


def _units(text: str) -> list[str]:
    # A unit is what stays on one line: a word or a character, with the marks that may not be parted from it.
    units: list[str] = []
    for piece in _PIECES.findall(text):
        if units and (piece[0] in NOT_AT_START or units[-1][-1] in NOT_AT_END):
            units[-1] += piece
        else:
            units.append(piece)
    return units


def _cut(unit: str, style: Style, width: float) -> list[str]:
    pieces = [""]
    for character in unit:
        if pieces[-1] and style.width(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _balance(text: str, style: Style, width: float, count: int) -> list[str]:
    # No narrower than the longest word, or it would be cut.
    longest = max(style.width(unit.strip()) for unit in _units(text))
    narrow, wide = max(width / count, min(longest, width)), width
    while wide - narrow > style.size / 4:
        middle = (narrow + wide) / 2
        if len(wrap(text, style, middle)) > count:
            narrow = middle
        else:
            wide = middle
    return wrap(text, style, wide)
