"""Units behind numbers: one typed with its figure is read, so are 万 and million; one with a fixed ratio is converted.

Any other unit is refused by name.
"""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from registry.domain.errors import Invalid
from registry.domain.values import written

# A figure and what was typed behind it.
FIGURE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)\s*([^0-9\s.,].*)")
EXPONENT = re.compile(r"[eE][-+]?[0-9]+")
# A capital M before grams, litres, joules or watts makes a million of them, a small one a thousandth.
MEGA = re.compile(r"(?<![A-Za-z])M(?=[gljwGLJW])")
# A unit that says nothing of thousands itself may have these before it, or stand without them.
TENS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
# Counting words behind a figure; bare letters such as M and k are none, because they stand for other things too.
COUNTING = {
    "thousand": Decimal(1000),
    "million": Decimal(1_000_000),
    "billion": Decimal(1_000_000_000),
}
COUNTED = re.compile(r"(thousand|million|billion)(?![A-Za-z])\s*", re.IGNORECASE)
# Of these nobody counts ten thousands, or the sign has them already.
UNCOUNTED = ("%", "year", "day", "month")
# A figure below what a laboratory can tell.
BELOW = re.compile(r"(?:[<≤＜]|低于|小于|未检出|nd\b).*", re.IGNORECASE)
# How people write units beside the sign that a criteria set has for them.
SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "m³": ("立方米", "方", "m^3", "吨水", "cubic metres"),
    "m³/d": ("立方米/日", "立方米/天", "m^3/d", "方/日", "方/天", "吨/日", "吨/天", "t/d"),
    "kWh": ("度", "千瓦时", "kw·h", "kw.h"),
    "mg/L": ("毫克/升",),
    "µg/m³": ("微克/立方米", "ug/m³"),
    "t": ("吨", "tonne", "tonnes"),
    "kg": ("千克", "公斤"),
    "kgCO2e": ("千克二氧化碳当量", "kgco2"),
    "tCO2e": ("吨二氧化碳当量", "tco2"),
    "kgCO2e/m³": ("千克二氧化碳当量/立方米", "kgco2/m3"),
    "tce": ("吨标准煤", "吨标煤"),
    "GJ": ("吉焦",),
    "%": ("百分比", "percent"),
    "count": ("次", "times"),
    "day": ("日", "天", "days"),
    "month": ("个月", "月", "months"),
    "year": ("年", "年份"),
    "m²": ("平方米",),
    "km²": ("平方公里", "平方千米"),
    "ha": ("公顷",),
    "mu": ("亩",),
    "head": ("头", "只", "羽"),
    "CNY": ("元", "人民币元", "yuan", "rmb"),
    "10⁴ CNY": ("万元", "万人民币"),
    "10⁸ CNY": ("亿元",),
}
# Units that stand in a fixed ratio to the one asked for: how many of that make one of them.
RATIOS: Mapping[str, Mapping[str, Decimal]] = {
    "kWh": {"MWh": Decimal(1000), "兆瓦时": Decimal(1000), "GWh": Decimal(1_000_000), "吉瓦时": Decimal(1_000_000)},
    "kg": {"t": Decimal(1000), "吨": Decimal(1000), "g": Decimal("0.001"), "克": Decimal("0.001")},
    "t": {"kg": Decimal("0.001"), "千克": Decimal("0.001"), "公斤": Decimal("0.001")},
    "mg/L": {
        "g/L": Decimal(1000),
        "克/升": Decimal(1000),
        "g/m³": Decimal(1),
        "克/立方米": Decimal(1),
        "µg/L": Decimal("0.001"),
        "ug/L": Decimal("0.001"),
        "微克/升": Decimal("0.001"),
    },
    "kgCO2e": {"tCO2e": Decimal(1000), "吨二氧化碳当量": Decimal(1000)},
    "tCO2e": {"kgCO2e": Decimal("0.001"), "千克二氧化碳当量": Decimal("0.001")},
}
# A tonne makes a cubic metre of water, of nothing else.
OF_WATER: Mapping[str, tuple[str, ...]] = {"m³": ("吨", "t")}
# Of these the unit of a figure is never in doubt.
OWN_SIZE = ("day", "month", "year", "count", "%")


class Typed(NamedTuple):
    """A figure as it is read, and by which ratio its unit was converted, None where it was the one asked for."""

    figure: str
    ratio: Decimal | None = None
    water: bool = False


def without_unit(text: str, unit: str | None, field: str, *, water: bool = False) -> str:
    """Return a number as it was typed without the unit behind it, in the one asked for; 12 万 is 120000.

    `water` says that the figure is a volume of water, of which a tonne is a cubic metre. Raises Invalid for a unit
    without a fixed ratio to the one asked for, and for a figure below the limit of detection. What is no number is
    returned as it is.
    """
    return read_typed(text, unit, field, water=water).figure


def read_typed(text: str, unit: str | None, field: str, *, water: bool = False) -> Typed:
    """Return a number as `without_unit` does, with what was done to its unit."""
    if BELOW.fullmatch(text):
        raise Invalid("below_detection", field=field, value=text[:20])
    found = FIGURE.fullmatch(text)
    if found is None or EXPONENT.fullmatch(found[2]):
        return Typed(text)
    figure, typed = found[1], found[2].strip()
    if _is_unit(typed, unit):
        return Typed(figure)
    tens, behind = _counted(typed) if _countable(unit) else (Decimal(1), typed)
    if tens != 1 and (not behind or _is_unit(behind, unit)):
        return Typed(written(Decimal(figure) * tens))
    if water and _plain(behind) in map(_plain, OF_WATER.get(unit or "", ())):
        return Typed(written(Decimal(figure) * tens), Decimal(1), water=True)
    ratio = _ratio(behind, unit)
    if ratio is not None:
        return Typed(written(Decimal(figure) * tens * ratio), ratio)
    if unit == "year":
        # A day is told to be one where the year is read.
        return Typed(text)
    if unit is not None and len(typed) <= 20:
        raise Invalid("unit_differs", field=field, figure=figure, typed=typed, unit=unit)
    return Typed(text)


def may_be_mistaken(unit: str | None) -> bool:
    """Tell whether a figure of this unit may have been meant in another one; days and counts are not."""
    return unit is not None and unit not in OWN_SIZE


def _ratio(typed: str, unit: str | None) -> Decimal | None:
    ratios = {_plain(name): ratio for name, ratio in RATIOS.get(unit or "", {}).items()}
    return ratios.get(_plain(typed))


def _is_unit(typed: str, unit: str | None) -> bool:
    return unit is not None and _plain(typed) in {_plain(unit), *map(_plain, SPELLINGS.get(unit, ()))}


def _counted(typed: str) -> tuple[Decimal, str]:
    """Return by how much the word behind a figure counts, 1 where it is none, and what stands behind that word."""
    word = COUNTED.match(typed)
    if word is not None:
        return COUNTING[word[1].lower()], typed[word.end() :]
    if typed[0] in TENS:
        return TENS[typed[0]], typed[1:].strip()
    return Decimal(1), typed


def _countable(unit: str | None) -> bool:
    return unit is None or (unit not in UNCOUNTED and "10⁴" not in unit and "10⁸" not in unit)


def _plain(unit: str) -> str:
    """A unit as it is compared: capitals count for nothing but where they make another unit of it."""
    usual = unicodedata.normalize("NFKC", unit).replace(" ", "")
    return MEGA.sub("mega", usual).lower()
