"""Plans of who reviews what in words: settings, reasons, faults, and what is wanting."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import g
from flask_babel import gettext as _

from registry import words
from registry.domain.assigning.settings import reason_of, settings_of
from registry.domain.assigning.values import Demand, Level, Reason
from registry.domain.faults import Fault
from registry.models import AssignmentPlan, User
from registry.queries import assignment_plans, backgrounds
from registry.web.reading import region_name
from registry.web.templating import named
from registry.words.assigning import Called, reason_in_words


@dataclass(frozen=True, slots=True)
class Refused:
    """A line of a plan that does not hold: where it stands, of whom it is, and why."""

    line: int
    application: str
    reviewer: str
    reasons: list[str]


def called(people: Mapping[int, User]) -> Called:
    """Return what stands in reasons, as the reader calls it."""
    sets = {key: named(row, "title") for key, row in backgrounds.sets(g.session).items()}
    return Called(sets, _Regions(), {number: person.name for number, person in people.items()})


def reasons(found: Collection[Reason], about: Called) -> list[str]:
    """Return reasons as parts of sentences."""
    return [reason_in_words(one, about, _) for one in found]


def settings(plan: AssignmentPlan) -> list[str]:
    """Return what a plan was drawn up by, each as a sentence."""
    used = settings_of(plan.settings)
    apart = {
        None: _("the region does not matter"),
        Level.DISTRICT: _("not from the same district or county"),
        Level.CITY: _("not from the same city"),
        Level.PROVINCE: _("not from the same province"),
    }[used.apart]
    strict = used.demand is not Demand.NONE
    found = [
        apart,
        _("experts of the field alone") if strict else _("others too, where no expert of the field is left"),
        _("at most %(most)s open reviews for whoever has no limit of their own", most=used.most),
    ]
    return [*found, _("without possible ties that nobody has judged")] if used.unjudged else found


def wanting(plan: AssignmentPlan) -> list[str]:
    """Return the fewest experts who are missing, by field, each as a sentence; nothing where all places are filled."""
    found = plan.content["wanting"]
    if not found:
        return []
    titles = {key: named(row, "title") for key, row in backgrounds.sets(g.session).items()}
    rows = [
        _(
            "%(field)s: experts needed: %(count)s; they fill places: %(places)s",
            field=titles.get(key, key),
            count=count,
            places=found["fills"][key],
        )
        for key, count in found["reviewers"].items()
    ]
    beyond = found["beyond"]
    return [*rows, _("Places that no further expert could fill: %(count)s", count=beyond)] if beyond else rows


def refused(plan: AssignmentPlan, sites: Mapping[int, str]) -> list[Refused]:
    """Return what was found wrong in a plan, line by line."""
    numbers = {row["reviewer"] for row in plan.faults}
    kept = [[reason_of(one) for one in row["reasons"]] for row in plan.faults]
    numbers |= {one.values["reviewer"] for some in kept for one in some if "reviewer" in one.values}
    people = assignment_plans.names(g.session, numbers)
    about = called(people)
    return [
        Refused(
            row["line"],
            sites.get(row["application"], str(row["application"])),
            people[row["reviewer"]].name if row["reviewer"] in people else str(row["reviewer"]),
            reasons(some, about),
        )
        for row, some in zip(plan.faults, kept, strict=True)
    ]


def faults(found: Collection[Fault]) -> list[str]:
    """Return what is wrong in a file as sentences with line and column."""
    return [_place(fault, words.sentence(fault.key, fault.values, _)) for fault in found]


def _place(fault: Fault, sentence: str) -> str:
    if fault.path:
        return str(_("Line %(line)s, column %(column)s: %(text)s", line=fault.line, column=fault.path, text=sentence))
    return str(_("Line %(line)s: %(text)s", line=fault.line, text=sentence))


class _Regions(dict[str, str]):
    """The names of regions, looked up when one is asked for."""

    def get(self, key: str, default: Any = None) -> Any:
        return region_name(key) or default
