"""The words of the file of targets: the classes of its entries, and what kind of body, place or thing they mean."""

from collections.abc import Mapping

from registry.words.marking import N_

CLASSES: Mapping[str, str] = {
    "A": N_("A · selected, with a number"),
    "B": N_("B · selected, no number"),
    "C": N_("C · pilots with named parties"),
    "D": N_("D · library or collection"),
    "E": N_("E · index, evaluation or survey"),
    "K": N_("K · indicator of another system"),
    "total": N_("Total of several categories"),
}

LEVELS: Mapping[str, str] = {
    "province": N_("province"),
    "city": N_("city"),
    "county": N_("county"),
    "district": N_("district"),
    "region": N_("region of several places"),
    "community": N_("community"),
    "park": N_("industrial park"),
    "enterprise": N_("enterprise"),
    "plant": N_("wastewater plant"),
    "farm": N_("farm"),
    "project": N_("project"),
    "several": N_("more than one kind"),
    "unstated": N_("not stated in the document"),
}
