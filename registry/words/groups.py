"""The names of the parts of a form that no criteria set names."""

from collections.abc import Mapping

from registry.words.marking import N_

GROUPS: Mapping[str, str] = {
    "general": N_("General"),
    "bonuses": N_("Bonus points"),
    "deductions": N_("Deductions"),
    "claims": N_("What does not apply"),
    "evidence": N_("Evidence"),
}
