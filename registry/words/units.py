"""The units that are words; signs such as kWh read in any language."""

from collections.abc import Mapping

from registry.words.marking import N_

UNITS: Mapping[str, str] = {
    "count": N_("times"),
    "day": N_("days"),
    "month": N_("months"),
    "year": N_("year"),
}
