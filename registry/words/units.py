"""The units that are words; signs such as kWh read in any language."""

from collections.abc import Mapping

from registry.words.marking import N_

UNITS: Mapping[str, str] = {
    "count": N_("times"),
    "day": N_("days"),
    "month": N_("months"),
    "year": N_("year"),
    "1/m³": N_("equivalents per m³"),
    "CNY": N_("CNY"),
    "10⁴ CNY": N_("10⁴ CNY"),
    "10⁸ CNY": N_("10⁸ CNY"),
    "1/(10⁴ CNY)": N_("1/(10⁴ CNY)"),
    "m³/(10⁸ CNY)": N_("m³/(10⁸ CNY)"),
    "tCO2/(10⁴ CNY)": N_("tCO2/(10⁴ CNY)"),
    "tCO2/(10⁸ CNY)": N_("tCO2/(10⁸ CNY)"),
    "tCO2e/(10⁴ CNY)": N_("tCO2e/(10⁴ CNY)"),
    "tce/(10⁸ CNY)": N_("tce/(10⁸ CNY)"),
    "mu": N_("mu"),
    "head": N_("head"),
}
