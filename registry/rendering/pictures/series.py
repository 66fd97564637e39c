"""A series through its year: its line, the gaps in it, and a ring around what stands out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from registry.rendering.pictures.shapes import Dot, Picture, Shape, Way, at, box, short

WIDTH, HEIGHT, MARGIN = 360, 90, 8


def picture(dates: Sequence[str], records: Mapping[str, Decimal], strange: Collection[str]) -> Picture:
    """Return the picture of the records of a year, given as its dates in order; there is at least one record."""
    low, high = min(records.values()), max(records.values())
    across = Decimal(WIDTH) / len(dates)
    up = Decimal(HEIGHT - 2 * MARGIN) / ((high - low) or 1)

    def place_of(place: int) -> tuple[Decimal, Decimal]:
        return across * place + across / 2, HEIGHT - MARGIN - (records[dates[place]] - low) * up

    shapes: list[Shape] = []
    lines = []
    for there, places in stretches(dates, records):
        if there:
            lines.append(_path([place_of(place) for place in places]))
        else:
            left, width = across * places[0], across * len(places)
            shapes.append(box("records-gap", left, 0, width, HEIGHT))
            shapes.append(box("records-missing", left, HEIGHT - 4, width, 4))
    months = "".join(f"M{short(WIDTH / 12 * month)} 0V{HEIGHT}" for month in range(1, 12))
    shapes += [Way("records-months", months), Way("records-line", " ".join(lines))]
    marks = [place_of(place) for place, one in enumerate(dates) if one in strange]
    return Picture(WIDTH, HEIGHT, (*shapes, *(Dot("records-mark", at(x), at(y), 4) for x, y in marks)))


def stretches(dates: Sequence[str], records: Mapping[str, Decimal]) -> Iterator[tuple[bool, list[int]]]:
    """Yield the stretches of dates with a record and of those without, as their places among the dates."""
    for there, group in groupby(range(len(dates)), key=lambda place: dates[place] in records):
        yield there, list(group)


def _path(places: Sequence[tuple[Decimal, Decimal]]) -> str:
    """Return the line through some places; one place by itself is a dot."""
    return "M" + "L".join(f"{short(x)} {short(y)}" for x, y in places) + ("h0.01" if len(places) == 1 else "")
