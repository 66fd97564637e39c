"""The picture of a ranking, as it stands or as a selection was proposed from it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from flask_babel import gettext as _

from registry.domain.criteria import CriteriaSet
from registry.domain.values import written
from registry.domain.vocabulary import Ground, Result
from registry.models import Application, Decision
from registry.queries import decisions, filings
from registry.rendering.pictures import rankings, shapes
from registry.rendering.pictures.shapes import Picture
from registry.web.pictures.shown import Shown, twice
from registry.web.templating import figure, named


def of_ranking(ranking: decisions.Ranking, criteria: CriteriaSet) -> Shown:
    """Return the picture of a ranking as it stands."""
    rows = [_ranked(line.application, line.row.rank, line.total, line.row.result) for line in ranking.lines]
    return _ranking(rows, criteria, ranking.places)


def of_selection(decision: Decision, applications: Mapping[int, Application]) -> Shown | None:
    """Return the picture of a selection as it was proposed; None where it has no applications."""
    if decision.round_category is None or not decision.content["applications"]:
        return None
    rows = [
        _ranked(
            applications[line["application"]],
            line["rank"],
            Decimal(line["total"]) if line["total"] is not None else None,
            line["result"],
            apart=line["ground"] == Ground.OVERRIDDEN,
        )
        for line in decision.content["applications"]
    ]
    return _ranking(rows, filings.criteria_of(decision.round_category), decision.content["quota"])


def _ranked(
    application: Application, rank: int | None, total: Decimal | None, result: str, *, apart: bool = False
) -> rankings.Row:
    name = named(application.site)
    if apart:
        name = _("%(site)s (overridden)", site=name)
    return rankings.Row(name, rank, total, str(result), apart=apart)


def _ranking(found: Sequence[rankings.Row], criteria: CriteriaSet, quota: int | None) -> Shown:
    rows = rankings.with_ties(found)
    least = min((grade.points for grade in criteria.grades), default=None)
    cut = rankings.cut_of(rows)
    of_all = _("%(count)s selected", count=cut)
    cut_words = _("Cut: %(count)s selected, no limit", count=cut)
    if quota is not None:
        cut_words = _("Cut: %(count)s selected, places: %(places)s", count=cut, places=quota)
    least_words = _("least for a grade: %(points)s", points=figure(written(least))) if least is not None else ""
    said = rankings.Said(cut_words, _("in reserve"), least_words, _("no total"))
    reserved = sum(row.result == Result.RESERVED for row in rows)
    others = len(rows) - cut - reserved
    about = [of_all, _("in reserve: %(count)s", count=reserved), _("others: %(count)s", count=others)]
    about += [least_words] if least_words else []
    first, shown = rankings.around(rows)
    note = ""
    if len(shown) < len(rows):
        about_rows = {"first": first + 1, "last": first + len(shown), "count": len(rows)}
        note = _("Shown are rows %(first)s to %(last)s of %(count)s, around the cut; the table has all.", **about_rows)
    legend = [(shapes.swatch("ranking-selected"), _("selected"))]
    legend += [(shapes.swatch("ranking-reserved", "ranking-lines"), _("in reserve"))] if reserved else []
    legend += [(shapes.swatch("ranking-out"), _("not selected"))] if others else []
    legend += [(rankings.tie_sign(), _("equal totals"))] if any(row.tied for row in shown) else []

    def drawn(width: int) -> Picture:
        return rankings.picture(rows, said, cap=criteria.rules.cap, least=least, width=width)

    return twice(_("Ranking with the cut"), _("; ").join(about), drawn, tuple(legend), note)
