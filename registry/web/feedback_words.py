"""Feedback to an applicant in words: where the application stood, where the line was, and what was wanting."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace

from registry.domain.criteria import CriteriaSet
from registry.domain.selection import ORDER, RESERVE, SETTLED
from registry.domain.values import ZERO, written
from registry.domain.vocabulary import Ground, Result
from registry.queries import filings
from registry.queries.feedback import Feedback, Marked, Standing
from registry.web.rule_words import moved_by
from registry.web.templating import figure, label, picked
from registry.web.templating import said as _


@dataclass(frozen=True, slots=True)
class Question:
    """What reviewers marked: its title, the most it can bring, and what each gave with the reason."""

    title: str
    points: str
    marks: tuple[Marked, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Feedback as its page shows it; `kept` has the frozen figures as the macro of rankings takes them."""

    feedback: Feedback
    criteria: CriteriaSet
    rows: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]
    kept: SimpleNamespace | None


def sheet(feedback: Feedback) -> Sheet:
    """Return feedback in the reader's language."""
    criteria = filings.criteria_of(feedback.application.round_category)
    kept = None
    if feedback.evaluation is not None:
        kept = SimpleNamespace(
            application=feedback.application,
            evaluation=SimpleNamespace(result=feedback.result),
            figures=feedback.figures,
        )
    return Sheet(feedback, criteria, tuple(rows(feedback, criteria)), questions(feedback, criteria), kept)


def rows(feedback: Feedback, criteria: CriteriaSet) -> list[tuple[str, str]]:
    """Return where an application stood and where the line was, each with its title."""
    standing = feedback.standing
    if standing is None:
        return []
    line, content = standing.line, standing.content
    found = [
        (_("Result"), label(Result(line["result"]))),
        (_("Why"), why(standing, criteria)),
        (_("Places"), _("no limit") if content["quota"] is None else str(content["quota"])),
    ]
    if line["rank"] is not None:
        place = _("%(rank)s of %(count)s", rank=line["rank"], count=standing.ranked)
        found.append((_("Place in the ranking"), place))
    found.append((_("Own total"), figure(line["total"])))
    if "given" in line:
        found.append((_("Total of the marks as they were given"), figure(line["given"])))
    last = _("nobody was selected in the order") if standing.last is None else figure(standing.last)
    found.append((_("Total of the last one selected"), last))
    if standing.of_group is not None:
        found.append((_("Total of the last one selected in the same group"), figure(standing.of_group)))
    if tied := tie(standing, criteria):
        found.append((_("Equal totals"), tied))
    if needed := wanting(standing, criteria):
        found.append((_("What would have been needed"), needed))
    return found


def why(standing: Standing, criteria: CriteriaSet) -> str:
    """Return on what ground somebody is in or out, with the rule or the reason where there is one."""
    line = standing.line
    parts = [label(Ground(line["ground"]))]
    if line.get("rule"):
        parts.append(moved_by(standing.content.get("rules", ()), line["rule"], criteria))
    if line["reason"]:
        parts.append(line["reason"])
    return _(": ").join(parts[:2]) if len(parts) < 3 else _(": ").join((parts[0], " ".join(parts[1:])))


def tie(standing: Standing, criteria: CriteriaSet) -> str:
    """Return by what totals were parted that are equal at the line; nothing where it did not matter."""
    line = standing.line
    if standing.total is None or standing.total != standing.last or not line["parted_by"]:
        return ""
    fixed: Mapping[str, str] = {
        ORDER: _("equal in every value; the earlier application stands first"),
        SETTLED: _("equal total; the order in reserve is decided"),
        RESERVE: _("who stands in reserve comes first"),
    }
    key = line["parted_by"]
    if key in fixed:
        return fixed[key]
    found = next((one for one in criteria.ties if one.key == key), None)
    return _("equal total; parted by: %(value)s", value=picked(found.title) if found and found.title else key)


def wanting(standing: Standing, criteria: CriteriaSet) -> str:
    """Return what would have been needed to be selected; nothing for who was."""
    line = standing.line
    if line["result"] == Result.SELECTED:
        return ""
    match Ground(line["ground"]):
        case Ground.UNFINISHED:
            return _("All stages before the decision had to be finished.")
        case Ground.NO_FIGURE:
            return _("A total by which it could be ranked.")
        case Ground.NOT_SUPPORTED:
            return _("The support of the meeting; more points would not have changed the result.")
        case Ground.BARRED:
            return _("The time for which it is barred had to be over.")
        case Ground.NOT_LISTED:
            return _("A valid award in one of the categories that are asked for first.")
        case Ground.HELD_ALREADY:
            return _("The award that it holds had to be over.")
        case Ground.OVERRIDDEN:
            return _("It was decided apart from the order; the reason is given above.")
        case Ground.BELOW_LOWEST_GRADE:
            lowest = min((grade.points for grade in criteria.grades), default=None)
            return _at_least(standing.given, lowest, _("the lowest grade"))
        case Ground.BELOW_MINIMUM:
            return _at_least(standing.given, standing.least, _("the least total of this selection"))
        case _:
            return _nearer(standing)


def _at_least(total: Decimal | None, least: Decimal | None, name: str) -> str:
    if total is None or least is None:
        return ""
    if total >= least:
        return _("The least points of every section as well: the total alone reaches %(name)s.", name=name)
    return _(
        "At least %(least)s points for %(name)s: %(more)s more.",
        least=figure(least),
        name=name,
        more=written(least - total),
    )


def _nearer(standing: Standing) -> str:
    line = standing.of_group if standing.of_group is not None else standing.last
    if line is None or standing.total is None:
        return ""
    gap = line - standing.total
    if gap > ZERO:
        return _("%(more)s more points would have been level with the last one selected.", more=written(gap))
    if gap == ZERO:
        return _("The total is that of the last one selected; more in what parts equal totals.")
    return _("A place that no rule keeps for others; the total is above that of the last one selected.")


def questions(feedback: Feedback, criteria: CriteriaSet) -> tuple[Question, ...]:
    """Return what reviewers marked, in the order of the criteria."""
    found = []
    for key, entry in criteria.indicators.items():
        marks = tuple(mark for mark in feedback.marks if mark.question == key)
        if marks:
            found.append(Question(picked(entry.title), written(entry.points), marks))
    return tuple(found)
