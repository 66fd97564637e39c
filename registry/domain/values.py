"""The numbers of a scoring: one decimal context, what formulas read, and how a number is written."""

from collections.abc import Callable, Mapping
from decimal import (
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from typing import Any

LARGEST_EXPONENT = 60

CONTEXT = Context(
    prec=28,
    rounding=ROUND_HALF_EVEN,
    Emin=-LARGEST_EXPONENT,
    Emax=LARGEST_EXPONENT,
    clamp=0,
    capitals=1,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)

# A quotient that does not end is wrong in its last digits; four fewer digits take that back before a half is judged.
GUARD = Context(prec=CONTEXT.prec - 4, rounding=ROUND_HALF_EVEN, Emin=-LARGEST_EXPONENT, Emax=LARGEST_EXPONENT)

# More digits than this cannot spare any.
GUARDED = GUARD.prec - 1
HALVES_UP = CONTEXT.copy()
HALVES_UP.rounding = ROUND_HALF_UP
guarded, quantized = GUARD.plus, HALVES_UP.quantize

ZERO = Decimal(0)
ONE = Decimal(1)
# The last place of a number that is rounded, by its places.
UNITS = tuple(ONE.scaleb(-places) for places in range(CONTEXT.prec + 1))

Rows = dict[str, Decimal]
Value = Decimal | bool | str | frozenset[str] | Rows
Table = Mapping[str, Decimal | Mapping[str, Decimal | None] | None]


class MissingError(Exception):
    """A value that the formula needs has not been answered."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class UncomputableError(Exception):
    """The formula has no result for these values; the key says why."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


class Values(dict[Any, Any]):
    """What was answered, by key; derived values are computed when first asked for and kept.

    How a part of a formula reads is kept here too, by its writer: many formulas show the same few names.
    """

    __slots__ = ("days", "derived", "factors", "failed", "row")

    def __init__(
        self,
        answered: Mapping[str, Value],
        *,
        derived: Mapping[Any, "Callable[[Values], Value]"] | None = None,
        factors: Mapping[str, Table] | None = None,
        days: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(answered)
        self.derived = derived or {}
        self.factors = factors or {}
        self.days = days or {}
        self.failed: dict[str, Exception] = {}
        self.row = ""

    def __missing__(self, key: Any) -> Any:
        compute = self.derived.get(key)
        if compute is None:
            if isinstance(key, str):
                raise MissingError(key)
            text = key(self)
            # In the middle of a sum it may read otherwise for the next row.
            if not self.row:
                self[key] = text
            return text
        # What failed once fails again without being computed again, however many others rest on it.
        if key in self.failed:
            raise self.failed[key]
        # A derived value may be asked for in the middle of a sum, whose row is none of its business.
        row, self.row = self.row, ""
        try:
            value = self[key] = compute(self)
            return value
        except (MissingError, UncomputableError, DecimalException) as error:
            self.failed[key] = error
            raise
        finally:
            self.row = row


def half_up(number: Decimal, places: int) -> Decimal:
    """Round to places, halves away from zero; a half stays one whatever was divided on the way."""
    if number.adjusted() + places < GUARDED:
        number = guarded(number)
    return quantized(number, UNITS[places])


def entire(number: Decimal) -> str:
    """Write a number with all its places, without exponent."""
    text = str(number)
    return f"{number:f}" if "E" in text else text


def legible(number: Decimal) -> str:
    """Write a number as it is read at a glance: with four digits that count and two places at most."""
    size = number.adjusted() if number else 0
    places = min(max(3 - size, 0), 2) if size >= -1 else min(1 - size, CONTEXT.prec)
    return written(half_up(number, places))


def written(number: Decimal) -> str:
    """Write a number exactly, without exponent and without zeros at the end."""
    text = str(number)
    if "E" in text:
        text = f"{number:f}"
    if text[-1] == "0":
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        if text == "-0":
            return "0"
    return text


def shown(number: Decimal, places: int | None = None) -> str:
    """Write a number for reading: to the places, else to six digits with the whole part entire."""
    first = number.adjusted()
    if places is None:
        places = 0 if first > 5 else 12 if first < -7 else 5 - first
    digits = first + places
    if digits < GUARDED:
        return written(quantized(guarded(number), UNITS[places]))
    if digits >= CONTEXT.prec or number == number.to_integral_value():
        return written(number)
    return written(half_up(number, places))
