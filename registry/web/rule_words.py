"""Quota rules in words: what a rule counts by, its number, and where it holds."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, g

from registry.domain.criteria import CriteriaSet
from registry.domain.quota_rules import Rule
from registry.domain.vocabulary import GroupBy, Level
from registry.models import Round
from registry.queries import criteria_versions, quota_rules
from registry.web.reading import region_name
from registry.web.templating import label, named, picked
from registry.web.templating import said as _


def init_app(app: Flask) -> None:
    """Give the templates the words of the rule that moved somebody."""
    app.jinja_env.globals["moved_by"] = moved_by


def of_round(round_: Round) -> dict[int, str]:
    """Return the rules of a round as sentences, by their numbers."""
    categories = {entry.category_id: named(entry.category) for entry in round_.categories}
    found = {}
    for row in round_.quota_rules:
        criteria = None
        if row.group_by is GroupBy.ANSWER:
            entry = next(entry for entry in round_.categories if row.category_id in (None, entry.category_id))
            criteria = criteria_versions.of_round_category(g.session, entry)
        found[row.id] = kept_words(
            quota_rules.kept(row, Rule(str(row.id), quota_rules.dimension(row), row.value, row.least, row.most)),
            criteria,
            categories,
        )
    return found


def moved_by(rules: Iterable[Mapping[str, Any]], key: str, criteria: CriteriaSet | None) -> str:
    """Return the rule of a key as a sentence, from those that a decision keeps."""
    return next((kept_words(rule, criteria, {}) for rule in rules if rule["key"] == key), "")


def kept_words(rule: Mapping[str, Any], criteria: CriteriaSet | None, categories: Mapping[int, str]) -> str:
    """Return a rule as a decision keeps it as a sentence."""
    group = group_words(rule["by"], rule["value"], criteria)
    if rule["most"] is not None:
        sentence = _("%(group)s: at most %(number)s", group=group, number=rule["most"])
    else:
        sentence = _("%(group)s: at least %(number)s", group=group, number=rule["least"])
    about = [categories.get(rule["category"], "") if rule["category"] else _("all categories together")]
    if rule["since"]:
        about.append(_("with the awards since %(year)s", year=rule["since"]))
    where = _(", ").join(filter(None, about))
    return _("%(sentence)s (%(about)s)", sentence=sentence, about=where) if where else sentence


def group_words(dimension: str, value: str | None, criteria: CriteriaSet | None) -> str:
    """Return the group that a rule means."""
    group_by, _colon, what = dimension.partition(":")
    match GroupBy(group_by):
        case GroupBy.REGION:
            return region_name(value) if value else _("Each region of the level %(level)s", level=label(Level(what)))
        case GroupBy.BUREAU:
            return _("What each bureau recommended")
        case GroupBy.APPLICANT:
            return _("Each applicant, together with all of the same parent")
        case GroupBy.EVALUATOR:
            return _("What each third party evaluated, together with all of the same parent or legal representative")
        case GroupBy.ANSWER:
            return answer_words(what, value or "", criteria)


def answer_words(input_key: str, value: str, criteria: CriteriaSet | None) -> str:
    """Return a question with one of its answers; without the set that asks it, their keys."""
    asked = criteria.inputs.get(input_key) if criteria else None
    if asked is None:
        return f"{input_key}: {value}"
    said = (asked.choices or {}).get(value)
    yes_no = {"true": _("Yes"), "false": _("No")}.get(value, value)
    return f"{picked(asked.title)}{_(': ')}{picked(said) if said else yes_no}"
