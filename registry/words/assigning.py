"""The sentences for why a reviewer is given an application, or is not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.domain.assigning.values import Reason
from registry.words import BETWEEN, Gettext
from registry.words.marking import N_

REASONS: Mapping[str, str] = {
    "main_field": N_("can judge %(field)s"),
    "other_fields": N_("can judge %(fields)s"),
    "last_resort": N_("no expert of the field was left; wanted: %(wanted)s"),
    "load": N_("then %(load)s open reviews, at most %(most)s"),
    "certain": N_("is tied to %(organisation)s"),
    "unjudged": N_("may be tied to %(organisation)s, which nobody has judged yet"),
    "oneself": N_("nobody assigns oneself"),
    "not_blind": N_("has an office in the programme, and would see who applies"),
    "same_region": N_("is of %(region)s, as the site is"),
    "region_barred": N_("judges nothing in %(region)s"),
    "same_organisation": N_("belongs to %(organisation)s"),
    "no_expertise": N_("can judge %(has)s; wanted: %(wanted)s"),
    "no_field": N_("no field is known; wanted: %(wanted)s"),
    "load_full": N_("has %(load)s open reviews, at most %(most)s"),
    "declined": N_("was assigned here before and left"),
    "already_there": N_("reviews it already"),
    "colleague_there": N_("a colleague reviews it: %(reviewer)s"),
    "not_candidate": N_("not among the %(candidates)s who suit best"),
    "places_taken": N_("all open places are taken: %(needed)s"),
    "unknown_case": N_("the application is not under review any more, or not yours to assign"),
    "unknown_reviewer": N_("is no reviewer of the programme any more"),
    "twice": N_("stands in two lines"),
}


@dataclass(frozen=True, slots=True)
class Called:
    """What criteria sets, regions and people are called in the reader's language, by key or number."""

    fields: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)


def reason_in_words(reason: Reason, called: Called, gettext: Gettext) -> str:
    """Return a reason as part of a sentence, in the reader's language."""
    if isinstance(tie := reason.values.get("tie"), Reason):
        return reason_in_words(tie, called, gettext)
    key = "no_field" if reason.key == "no_expertise" and not reason.values["has"] else str(reason.key)
    values = {name: _shown(name, value, called, gettext) for name, value in reason.values.items()}
    return gettext(REASONS[key]) % values


def _shown(name: str, value: object, called: Called, gettext: Gettext) -> object:
    if isinstance(value, tuple):
        return gettext(BETWEEN).join(str(_shown(name, one, called, gettext)) for one in value)
    if name in {"field", "fields", "wanted", "has"}:
        return called.fields.get(str(value), value)
    if name == "region":
        return called.regions.get(str(value), value)
    if name == "reviewer" and isinstance(value, int):
        return called.people.get(value, value)
    return value
