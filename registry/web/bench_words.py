"""The words of the what-if bench: settings, what a scenario changes, and how firmly an application is in."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from registry.domain.criteria import CriteriaSet
from registry.domain.quota_rules import Rule
from registry.domain.whatif.frozen import Frame
from registry.domain.whatif.settings import RULES, weighed
from registry.domain.whatif.stability import Firmness
from registry.queries import frozen_rounds
from registry.web import rule_words
from registry.web.templating import figure, picked


def init_app(app: Flask) -> None:
    """Give the templates the words of a scenario, and what a round makes of calibration."""
    app.jinja_env.globals.update(scenario_words=changes_in_words, calibration_use=frozen_rounds.calibration_use)


def joined(rule: str) -> str:
    """Return how marks are joined."""
    names = {"mean": _("mean"), "median": _("median"), "trimmed_mean": _("mean without the highest and the lowest")}
    return str(names[rule])


def firmness(word: Firmness) -> str:
    """Return how firmly an application is in or out."""
    names = {Firmness.SAFE: _("safe"), Firmness.ON_THE_LINE: _("on the line"), Firmness.OUT: _("out")}
    return str(names[word])


def title_of(criteria: CriteriaSet, key: str) -> str:
    """Return the title of a section, an indicator or what parts equal totals."""
    if key in criteria.indicators:
        return picked(criteria.indicators[key].title)
    section = next((one for one in criteria.sections if one.key == key), None)
    if section is not None:
        return picked(section.title)
    tie = next((one for one in criteria.ties if one.key == key), None)
    return picked(tie.title) if tie is not None and tie.title else key


def rule_name(rule: Rule, criteria: CriteriaSet) -> str:
    """Return the group of a quota rule, and whether its number is the most or the least."""
    group = rule_words.group_words(rule.by, rule.value, criteria)
    if rule.most is not None:
        return str(_("%(group)s, at most", group=group))
    return str(_("%(group)s, at least", group=group))


def changes_in_words(changes: Mapping[str, Any], criteria: CriteriaSet, rules: Iterable[Rule] = ()) -> list[str]:
    """Return line by line what a setting changes of the round as it is set."""
    return [str(line) for line in _lines(changes, criteria, {rule.key: rule for rule in rules})]


def _lines(changes: Mapping[str, Any], criteria: CriteriaSet, rules: Mapping[str, Rule]) -> Iterator[str]:
    if "places" in changes:
        yield _("places: %(number)s", number=changes["places"])
    if "pool" in changes:
        yield _("more places from the pool: %(number)s", number=changes["pool"])
    if "lowest" in changes:
        yield _("least total: %(points)s", points=figure(changes["lowest"]))
    for key, minimum in changes.get("minima", {}).items():
        yield _("least of %(section)s: %(points)s", section=title_of(criteria, key), points=minimum)
    if "ties" in changes:
        names = [title_of(criteria, key) for key in changes["ties"]]
        yield _("equal totals parted by: %(names)s", names=" › ".join(names) or _("the order of the applications"))
    if "aggregation" in changes:
        yield _("marks joined by: %(rule)s", rule=joined(changes["aggregation"]))
    if "adjusted" in changes:
        yield _("marks adjusted for severity") if changes["adjusted"] else _("marks as they were given")
    for key, factor in changes.get("weights", {}).items():
        yield _("weight of %(part)s: %(percent)s %%", part=title_of(criteria, key), percent=figure(_percent(factor)))
    for key, number in changes.get("rules", {}).items():
        name = rule_name(rules[key], criteria) if key in rules else key
        yield f"{name}{_(': ')}{number}"


def in_words(key: str, criteria: CriteriaSet, names: Mapping[str, str]) -> str:
    """Return one of the plausible settings by its key: common ones, a reviewer left out, marks that are uncertain."""
    first, _dot, rest = key.partition(".")
    if first == "without":
        return str(_("without the marks of %(reviewer)s", reviewer=names.get(rest, rest)))
    if first == "uncertain":
        data, _dot, way = rest.partition(".")
        raw = data == "raw"
        if way == "higher":
            return str(_("raw marks, two standard errors higher") if raw else _("adjusted marks, two errors higher"))
        return str(_("raw marks, two standard errors lower") if raw else _("adjusted marks, two errors lower"))
    rule, _dot, weights = rest.partition(".")
    said = [str(_("raw marks") if first == "raw" else _("adjusted marks")), joined(rule)]
    way, _dot, part = weights.partition(".")
    if way == "more":
        said.append(str(_("%(part)s 10 %% more", part=title_of(criteria, part))))
    elif way == "less":
        said.append(str(_("%(part)s 10 %% less", part=title_of(criteria, part))))
    return " · ".join(said)


def families(criteria: CriteriaSet, frame: Frame, *, calibrated: bool) -> list[str]:
    """Return in sentences from what the plausible settings of an application are made."""
    joins = [joined(rule) for rule in RULES] if frame.panels else []
    parts = [title_of(criteria, key) for key in weighed(frame)]
    found = []
    if joins:
        data = _("raw and adjusted") if calibrated else _("raw")
        found.append(_("Marks (%(data)s) joined in turn by: %(rules)s.", data=data, rules="; ".join(joins)))
    found.append(
        _(
            "With each of these: the weights as they are, then each of %(parts)s by 10 %% more and 10 %% less.",
            parts="; ".join(parts),
        )
    )
    if joins:
        found.append(_("Each of its own reviewers left out in turn, all else as it is set."))
        found.append(_("Its own total two standard errors of its marks higher and lower."))
    return [str(one) for one in found]


def _percent(factor: str) -> Decimal:
    return (Decimal(factor) * 100).normalize()
