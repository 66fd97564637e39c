"""Units behind numbers: one that was typed with its figure is read, so is 万; another one is refused by name."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from registry.domain.errors import Invalid
from registry.domain.values import written

# A figure and what was typed behind it.
FIGURE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)\s*([^0-9\s.,].*)")
EXPONENT = re.compile(r"[eE][-+]?[0-9]+")
# A capital M before grams, litres, joules or watts makes a million of them, a small one a thousandth.
MEGA = re.compile(r"(?<![A-Za-z])M(?=[gljwGLJW])")
# A unit that says nothing of thousands itself may have these before it, or stand without them.
TENS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}
# Of these nobody counts ten thousands, or the sign has them already.
UNCOUNTED = ("%", "year", "day", "month")
# A figure below what a laboratory can tell.
BELOW = re.compile(r"(?:[<≤＜]|低于|小于|未检出|nd\b).*", re.IGNORECASE)
# How people write units beside the sign that a criteria set has for them.
SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "m³": ("立方米", "方", "m^3", "吨水"),
    "m³/d": ("立方米/日", "立方米/天", "m^3/d", "方/日", "吨/日", "t/d"),
    "kWh": ("度", "千瓦时", "kw·h", "kw.h"),
    "mg/L": ("毫克/升",),
    "µg/m³": ("微克/立方米", "ug/m³"),
    "t": ("吨",),
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


def without_unit(text: str, unit: str | None, field: str) -> str:
    """Return a number as it was typed without the unit behind it, where that is the one asked for; 12 万 is 120000.

    Raises Invalid for another unit, which would make it another figure, and for a figure below the limit of detection.
    What is no number is returned as it is.
    """
    if BELOW.fullmatch(text):
        raise Invalid("below_detection", field=field, value=text[:20])
    found = FIGURE.fullmatch(text)
    if found is None or EXPONENT.fullmatch(found[2]):
        return text
    figure, typed = found[1], found[2].strip()
    if _is_unit(typed, unit):
        return figure
    if typed[0] in TENS and _countable(unit) and (len(typed) == 1 or _is_unit(typed[1:].strip(), unit)):
        return written(Decimal(figure) * TENS[typed[0]])
    if unit == "year":
        # A day is told to be one where the year is read.
        return text
    if unit is not None and len(typed) <= 20:
        raise Invalid("unit_differs", field=field, figure=figure, typed=typed, unit=unit)
    return text


def _is_unit(typed: str, unit: str | None) -> bool:
    return unit is not None and _plain(typed) in {_plain(unit), *map(_plain, SPELLINGS.get(unit, ()))}


def _countable(unit: str | None) -> bool:
    return unit is None or (unit not in UNCOUNTED and "10⁴" not in unit and "10⁸" not in unit)


def _plain(unit: str) -> str:
    """A unit as it is compared: capitals count for nothing but where they make another unit of it."""
    usual = unicodedata.normalize("NFKC", unit).replace(" ", "")
    return MEGA.sub("mega", usual).lower()
