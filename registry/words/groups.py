"""The names of the words by which the sets that come with the portal group their inputs; another word names itself."""

from collections.abc import Mapping

from registry.words.marking import N_

GROUPS: Mapping[str, str] = {
    "general": N_("General"),
    "plant": N_("Plant"),
    "operation": N_("Operation and data"),
    "quality": N_("Influent and effluent"),
    "base": N_("Base year"),
    "energy": N_("Electricity and energy"),
    "carbon": N_("Greenhouse gases"),
    "reuse": N_("Reclaimed water"),
    "sludge": N_("Sludge"),
    "measures": N_("Measures"),
    "declarations": N_("Declarations"),
    "bonuses": N_("Bonus points"),
    "deductions": N_("Deductions"),
    "claims": N_("What does not apply"),
    "evidence": N_("Evidence"),
}
