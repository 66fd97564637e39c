"""The names of the parts of a form that no criteria set names, and of the groups of sets that name none."""

from collections.abc import Mapping

from registry.words.marking import N_

GROUPS: Mapping[str, str] = {
    "general": N_("General"),
    "measures": N_("Measures that are carried out"),
    "claims": N_("What does not apply"),
    "evidence": N_("Evidence"),
}
