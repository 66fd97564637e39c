"""Units behind numbers: one that was typed with its figure is read, another one is refused by name."""

import re
import unicodedata
from collections.abc import Mapping

from registry.domain.errors import Invalid

# A figure and what was typed behind it.
FIGURE = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)\s*([^0-9\s.,].*)")
EXPONENT = re.compile(r"[eE][-+]?[0-9]+")
# How people write units beside the sign that a criteria set has for them.
SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "m³": ("立方米", "方", "m^3", "吨水"),
    "m³/d": ("立方米/日", "立方米/天", "m^3/d", "方/日", "吨/日", "t/d"),
    "kWh": ("度", "千瓦时", "kw·h", "kw.h"),
    "mg/L": ("毫克/升",),
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
    """Return a number as it was typed without the unit behind it, where that is the one asked for.

    Raises Invalid for another unit, which would make it another figure. What is no number is returned as it is.
    """
    found = FIGURE.fullmatch(text)
    if found is None or EXPONENT.fullmatch(found[2]):
        return text
    figure, typed = found[1], found[2].strip()
    if unit is not None and _plain(typed) in {_plain(unit), *map(_plain, SPELLINGS.get(unit, ()))}:
        return figure
    if unit is not None and len(typed) <= 20:
        raise Invalid("unit_differs", field=field, figure=figure, typed=typed, unit=unit)
    return text


def _plain(unit: str) -> str:
    return unicodedata.normalize("NFKC", unit).replace(" ", "").lower()
