"""Curves: which share of the points a value earns, and how that is written down."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from registry.domain.values import ONE, ZERO, shown, written

NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,12})?")
HUNDRED = Decimal(100)
MOST_KNOTS = 100


class Shape(StrEnum):
    """The kinds of curve."""

    LINE = "line"
    STEPS = "steps"
    BANDS = "bands"


class CurveError(Exception):
    """A curve cannot be read; the key says why."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Knot:
    """A point of a line or steps: from x on, this share."""

    x: Decimal
    share: Decimal

    def __str__(self) -> str:
        return f"{written(self.x)}:{percent(self.share)}"


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch with one share, its ends included; None is open."""

    low: Decimal | None
    high: Decimal | None
    share: Decimal

    def __str__(self) -> str:
        low = "−∞" if self.low is None else written(self.low)
        high = "∞" if self.high is None else written(self.high)
        return f"[{low}, {high}]:{percent(self.share)}"


class Reading(NamedTuple):
    """The share that a curve gives, also as a percentage, with the stretch it was read from and the arithmetic."""

    share: Decimal
    percentage: str
    stretch: str
    text: str


class Stretch(NamedTuple):
    """A knot or a band as it is read: itself, its share as a percentage, and the first or only x of it."""

    text: str
    percentage: str
    x: str


class Rise(NamedTuple):
    """What is fixed on the way from one knot of a line to the next: the figures, and the words around x.

    ``before`` and ``after`` write the interpolation from the end that has the smaller share, as one would by hand.
    """

    start: Decimal
    end: Decimal
    span: Decimal
    floor: Decimal
    share: Decimal
    stretch: str
    before: str
    after: str
    falling: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve, as knots or as bands."""

    shape: Shape
    knots: tuple[Knot, ...] = ()
    bands: tuple[Band, ...] = ()
    kind: str = field(init=False, repr=False, compare=False)
    text: str = field(init=False, repr=False, compare=False)
    stretches: tuple[Stretch, ...] = field(init=False, repr=False, compare=False)
    rises: tuple[Rise, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        knots = (Stretch(str(knot), percent(knot.share), written(knot.x)) for knot in self.knots)
        bands = (Stretch(str(band), percent(band.share), "") for band in self.bands)
        object.__setattr__(self, "kind", str(self.shape))
        object.__setattr__(self, "stretches", (*bands, *knots))
        object.__setattr__(self, "text", ("; " if self.bands else " → ").join([one.text for one in self.stretches]))
        rises = (_rise(low, high) for low, high in pairwise(self.knots)) if self.shape is Shape.LINE else ()
        object.__setattr__(self, "rises", tuple(rises))

    def __str__(self) -> str:
        return self.text

    def share(self, x: Decimal) -> Decimal:
        """Return the share that x earns, from 0 to 1."""
        return self.earn(x, ONE)

    def earn(self, x: Decimal, points: Decimal) -> Decimal:
        """Return the points that x earns out of the most; divided last and once, so that halves stay halves."""
        if self.bands:
            return points * next((band.share for band in self.bands if _holds(band, x)), ZERO)
        first = self.knots[0]
        if x < first.x:
            return points * first.share
        for rise in self.rises:
            if x < rise.end:
                return (rise.floor * rise.span + (x - rise.start) * rise.share) * points / rise.span
        return points * self.knots[_reached(self.knots, x)].share

    def read(self, x: Decimal) -> Reading:
        """Return the share that x earns and how it was found."""
        share = self.share(x)
        if self.bands:
            at = next((at for at, band in enumerate(self.bands) if _holds(band, x)), None)
            text, percentage, _x = Stretch("∅", percent(share), "") if at is None else self.stretches[at]
            return Reading(share, percentage, text, f"{shown(x)} ∈ {text}")
        knots = self.knots
        if x < knots[0].x:
            text, percentage, least = self.stretches[0]
            return Reading(share, percentage, text, f"{shown(x)} < {least} → {percentage}")
        at = _reached(knots, x)
        low = knots[at]
        if at >= len(self.rises) or x == low.x:
            text, percentage, least = self.stretches[at]
            sign = "=" if x == low.x else ">"
            return Reading(share, percentage, text, f"{shown(x)} {sign} {least} → {percentage}")
        rise = self.rises[at]
        percentage = percent(share)
        text = f"{rise.before}{_signed(x) if rise.falling else shown(x)}{rise.after}{percentage}"
        return Reading(share, percentage, rise.stretch, text)


def line(text: str) -> tuple[Knot, ...]:
    """Read knots written as ``0.25:100% → 0.36:60%``, or raise CurveError."""
    parts = [part.strip() for part in re.split("→|->", text)]
    if len(parts) > MOST_KNOTS:
        raise CurveError("curve_too_many", limit=str(MOST_KNOTS))
    knots = []
    for part in parts:
        x, colon, share = part.partition(":")
        if not colon or not NUMBER.fullmatch(x.strip()):
            raise CurveError("curve_knot", knot=part[:40])
        knots.append(Knot(Decimal(x.strip()), share_of(share)))
    for low, high in pairwise(knots):
        if low.x >= high.x:
            raise CurveError("curve_not_rising", first=written(low.x), second=written(high.x))
    return tuple(knots)


def share_of(text: str) -> Decimal:
    """Read a share written as ``60%`` or ``0.6``, or raise CurveError."""
    text = text.strip()
    number = text.removesuffix("%").strip()
    if not NUMBER.fullmatch(number):
        raise CurveError("share_wrong", share=text[:40])
    share = Decimal(number) / HUNDRED if text.endswith("%") else Decimal(number)
    if not ZERO <= share <= ONE:
        raise CurveError("share_wrong", share=text[:40])
    return share


def percent(share: Decimal) -> str:
    """Write a share as a percentage."""
    return f"{shown(share * HUNDRED)}%"


def _holds(band: Band, x: Decimal) -> bool:
    return (band.low is None or band.low <= x) and (band.high is None or x <= band.high)


def _reached(knots: Sequence[Knot], x: Decimal) -> int:
    """Return the last knot whose x is reached; the first is known to be."""
    at = len(knots) - 1
    while knots[at].x > x:
        at -= 1
    return at


def _signed(number: Decimal) -> str:
    return f"({shown(number)})" if number < ZERO else shown(number)


def _rise(low: Knot, high: Knot) -> Rise:
    span, share = high.x - low.x, high.share - low.share
    falling = share < ZERO
    least = high.share if falling else low.share
    start = f"{percent(least)} + " if least else ""
    before, after = (f"({written(high.x)} − ", ")") if falling else ("(", f" − {_signed(low.x)})")
    after += f" ÷ {written(span)} × {percent(abs(share))} = "
    return Rise(low.x, high.x, span, low.share, share, f"{low} → {high}", start + before, after, falling)
