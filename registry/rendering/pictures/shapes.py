"""What every picture is made of, and what all of them need to place it: measured words, labels kept apart, hatching.

A shape has a kind, which says what it stands for; a page gives each kind its look. Places are rounded to a tenth.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from unicodedata import east_asian_width

Number = Decimal | float | int
# The size of the words in a picture, and the least room between two of them.
SIZE = 13
ROOM = 8


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    tag: ClassVar[str] = "box"
    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Way:
    """A line or the outline of an area, written as SVG writes a path."""

    tag: ClassVar[str] = "way"
    kind: str
    way: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A circle."""

    tag: ClassVar[str] = "dot"
    kind: str
    x: float
    y: float
    r: float


@dataclass(frozen=True, slots=True)
class Words:
    """A text on one line; x is its start, its middle or its end."""

    tag: ClassVar[str] = "words"
    kind: str
    x: float
    y: float
    text: str
    anchor: str = "start"


Shape = Box | Way | Dot | Words


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in its own coordinates, its shapes from the back to the front."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """A text at its place, in the row where it touches no other."""

    at: float
    text: str
    row: int


def at(number: Number) -> float:
    """Return a place, rounded to a tenth."""
    return round(float(number), 1)


def short(number: Number) -> str:
    """Write a place to a tenth."""
    return f"{number:.1f}".removesuffix(".0")


def box(kind: str, x: Number, y: Number, width: Number, height: Number) -> Box:
    """Return a rectangle with its places rounded."""
    return Box(kind, at(x), at(y), at(width), at(height))


def words(kind: str, x: Number, y: Number, text: str, anchor: str = "start") -> Words:
    """Return a text with its place rounded."""
    return Words(kind, at(x), at(y), text, anchor)


def across(kind: str, y: Number, left: Number, right: Number) -> Way:
    """Return a level line."""
    return Way(kind, f"M{short(left)} {short(y)}H{short(right)}")


def down(kind: str, x: Number, top: Number, bottom: Number) -> Way:
    """Return an upright line."""
    return Way(kind, f"M{short(x)} {short(top)}V{short(bottom)}")


def hatch(kind: str, x: Number, y: Number, width: Number, height: Number, step: int = 6) -> Way:
    """Return slanted lines that fill a rectangle: what they say is seen on paper without colour too."""
    left, top, wide_, high = float(x), float(y), float(width), float(height)
    lines = []
    offset = step / 2
    while offset < wide_ + high:
        start = (left + max(0.0, offset - high), top + min(high, offset))
        end = (left + min(wide_, offset), top + max(0.0, offset - wide_))
        lines.append(f"M{short(start[0])} {short(start[1])}L{short(end[0])} {short(end[1])}")
        offset += step
    return Way(kind, "".join(lines))


def wide(text: str, size: float = SIZE) -> float:
    """Return about how wide a text is: a Chinese character is as wide as it is high, a letter about half of that."""
    return sum(size if east_asian_width(letter) in "WF" else size * 0.56 for letter in text)


def fitted(text: str, width: float, size: float = SIZE) -> str:
    """Return a text that is no wider than this, cut with an ellipsis."""
    if wide(text, size) <= width:
        return text
    while text and wide(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def grouped(number: Decimal) -> str:
    """Write a number with its own places and its thousands set apart."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rows_of_labels(labels: Sequence[tuple[Number, str]], left: float, right: float) -> tuple[Label, ...]:
    """Place texts around their places within the edges, each in the first row where it touches no other."""
    reached: list[float] = []
    placed = []
    for place, text in sorted(labels, key=lambda label: float(label[0])):
        half = wide(text) / 2
        middle = max(left + half, min(right - half, float(place)))
        row = next((row for row, end in enumerate(reached) if middle - half >= end + ROOM), len(reached))
        reached[row : row + 1] = [middle + half]
        placed.append(Label(at(middle), text, row))
    return tuple(placed)


def swatch(kind: str, hatched: str = "") -> Picture:
    """Return a little square of a kind for a legend, with lines of another kind in it where the kind has them."""
    shapes: Iterable[Shape] = [box(kind, 0.5, 0.5, 13, 13)]
    return Picture(14, 14, (*shapes, *([hatch(hatched, 0.5, 0.5, 13, 13)] if hatched else [])))
