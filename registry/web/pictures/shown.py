"""What a page needs of a picture besides its shapes: a name, the same in words, a layout for each width, a legend."""

from collections.abc import Callable
from dataclasses import dataclass

from registry.rendering.pictures.shapes import Picture

# The widths for which a picture is drawn; a page shows the one that its column has room for.
WIDE, NARROW = 640, 340
Legend = tuple[tuple[Picture, str], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as the macro `picture` shows it; without a wide layout the narrow one stands everywhere."""

    label: str
    about: str
    narrow: Picture
    wide: Picture | None = None
    legend: Legend = ()
    note: str = ""


def twice(label: str, about: str, drawn: Callable[[int], Picture], legend: Legend, note: str = "") -> Shown:
    """Return a picture that is drawn for both widths."""
    return Shown(label, about, narrow=drawn(NARROW), wide=drawn(WIDE), legend=legend, note=note)
