"""What can be applied for: programmes, rounds, the documents behind them and the criteria."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.criteria import latest_year
from registry.domain.policy import POLICY
from registry.domain.vocabulary import Action, Intake, Kind, Level, QuotaPurpose, SiteKind
from registry.models import Quota, Round
from registry.queries import catalogue, criteria_versions, pages, pools, public, quotas, targets
from registry.queries.pools import Line
from registry.rendering.pictures import weights
from registry.web import criteria_pages, reading, route_words, rule_words, score_sheets
from registry.web.forms.filters import filters, rows_by
from registry.web.formula_words import words_of
from registry.web.paging import asked, paging
from registry.web.pictures import places as division
from registry.web.public.blueprint import bp
from registry.web.templating import label, named, picked

bp.add_app_template_filter(score_sheets.curve_sentence, "curve_sentence")
bp.add_app_template_filter(reading.in_words, "in_words")
bp.add_app_template_filter(picked, "picked")
bp.add_app_template_global(reading.source_words, "source_words")


@dataclass(frozen=True, slots=True)
class Applying:
    """A round, whether it takes applications now, and how long until that changes."""

    round: Round
    intake: Intake
    left: timedelta | None

    @property
    def days_left(self) -> int:
        return self.left.days if self.left else 0

    @property
    def hours_left(self) -> int:
        return self.left // timedelta(hours=1) if self.left else 0

    @property
    def minutes_left(self) -> int:
        return self.left.seconds // 60 % 60 if self.left else 0


def applying(round_: Round, at: datetime) -> Applying:
    """Return a round as it stands at a moment."""
    intake = public.intake(round_, at)
    turns_at = {Intake.AHEAD: round_.opens_at, Intake.OPEN: round_.closes_at, Intake.OVER: None}[intake]
    return Applying(round_, intake, turns_at - at if turns_at else None)


def way(kinds: Iterable[Kind]) -> list[SimpleNamespace]:
    """Return kinds of stages for the macro `steps`; none of them is reached by anybody yet."""
    return [SimpleNamespace(label=label(kind), state="coming", note="") for kind in kinds]


@bp.get("/programmes")
def programmes() -> ResponseReturnValue:
    rounds = public.current_rounds(g.session, g.actor.at, pages.SIZE)
    form = filters(_("Name of the programme"), region=(_("Region"), rows_by("key", public.homes(g.session))))
    found = public.programmes_page(g.session, form.value("q"), form.value("region"), asked())
    return render_template(
        "public/programmes.html",
        programmes=found.rows,
        filters=form,
        paging=paging(found),
        rounds=[applying(round_, g.actor.at) for round_ in rounds],
        target_ids=targets.ids(g.session),
        region_name=reading.region_name,
    )


@bp.get("/programmes/<string(maxlength=60):key>")
def programme(key: str) -> ResponseReturnValue:
    found = public.programme(g.session, key)
    rounds = [applying(round_, g.actor.at) for round_ in public.rounds_of(g.session, found)]
    return render_template(
        "public/programme.html", programme=found, rounds=rounds, target_ids=targets.ids(g.session), **_who()
    )


@bp.get("/rounds/<int:number>")
def round(number: int) -> ResponseReturnValue:  # noqa: A001
    found = public.opened_round(g.session, number)
    lines, pool = pools.lines(g.session, found), quotas.pool(g.session, found.id)
    divided = [(named(line.category), line.places.number, line.places.assigned) for line in lines]
    categories = [reading.asked(g.session, row) for row in found.categories]
    return render_template(
        "public/round.html",
        state=applying(found, g.actor.at),
        categories=categories,
        years={one.row.id: latest_year(one.criteria, one.row.settings.get("factors", {})) for one in categories},
        documents={document.key: document for document in catalogue.documents(g.session)},
        places={line.category.id: _places(line) for line in lines},
        # One category without a pool has nothing to divide: its places stand with it.
        divided=division.of_division(divided, pool.left if pool else None) if pool or len(divided) > 1 else None,
        total=quotas.of_round(g.session, found.id).number,
        pool=pool,
        recommending=_recommending(found),
        rules=rule_words.of_round(found),
        routes={row.id: route_words.way(row.steps) for row in found.categories},
        **_who(),
        apply_url=apply_url,
        target_ids=targets.ids(g.session),
    )


@bp.get("/criteria")
def criteria_index() -> ResponseReturnValue:
    return render_template(
        "public/criteria_index.html",
        offers=criteria_pages.offers(g.session),
        documents={document.key: document for document in catalogue.documents(g.session)},
        targets=targets.entries(g.session),
    )


@bp.get("/criteria/<string(maxlength=60):key>")
def criteria(key: str) -> ResponseReturnValue:
    version = public.criteria_version(g.session, key, request.args.get("version", type=int))
    found = criteria_versions.parsed(g.session, version)
    return render_template(
        "public/criteria.html",
        criteria_version=version,
        criteria=found,
        pages=criteria_pages,
        cited=criteria_pages.rests_on(found),
        counted=criteria_pages.counted(found),
        groups=criteria_pages.groups(found),
        proofs=criteria_pages.proofs(found),
        sheet_url=url_for("public.score_sheet", key=key, version=request.args.get("version", type=int)),
        weights=weights.bars(found),
        score_sheets=score_sheets,
        rounds=public.rounds_on(g.session, version),
        documents={document.key: document for document in catalogue.documents(g.session)},
        targets=targets.entries(g.session),
    )


@bp.get("/criteria/<string(maxlength=60):key>/sheet")
def score_sheet(key: str) -> ResponseReturnValue:
    version = public.criteria_version(g.session, key, request.args.get("version", type=int))
    found = criteria_versions.parsed(g.session, version)

    titles = {key: picked(entry.title) for key, entry in targets.entries(g.session).items()}

    def category_name(key: str) -> str:
        # Two documents may give their categories the same title.
        return _("%(title)s (%(condition)s)", title=titles[key], condition=key) if key in titles else key

    def words(formula: str) -> str:
        return words_of(formula, found, reading.region_name, category_name)

    return render_template(
        "public/score_sheet.html",
        criteria_version=version,
        criteria=found,
        set_url=url_for("public.criteria", key=key, version=request.args.get("version", type=int)),
        parts=score_sheets.sheet(found, words),
        totals=score_sheets.totals(found),
        computed=score_sheets.computed(found, words),
        rules=score_sheets.rules(found),
        grades=score_sheets.grade_lines(found),
        documents={document.key: document for document in catalogue.documents(g.session)},
        category_titles=titles,
    )


def _who() -> dict[str, Any]:
    """What the macro `eligible` needs to say who may apply."""
    return {
        "region_name": reading.region_name,
        "category_name": reading.category_name,
        "kind_of": SiteKind,
        "level_of": Level,
    }


def _places(line: Line) -> str:
    """How many places a category has, and how many of them came from the pool."""
    if line.places.number is None:
        return str(_("no limit"))
    if not line.places.assigned:
        return str(line.places.number)
    return str(
        _("%(count)s, of them %(assigned)s from the pool", count=line.places.number, assigned=line.places.assigned)
    )


def _recommending(round_: Round) -> list[tuple[str, str]]:
    """How many each bureau may recommend, as facts."""
    names = {row.category_id: named(row.category) for row in round_.categories}
    rows = [row for row in round_.quotas if row.purpose is QuotaPurpose.RECOMMEND]
    return [(_bureau(row), " · ".join(filter(None, (_number(row), names.get(row.category_id or 0))))) for row in rows]


def _bureau(quota: Quota) -> str:
    if quota.region_key:
        return str(_("the bureau of %(region)s", region=reading.region_name(quota.region_key)))
    return str(_("every bureau of the level %(level)s", level=label(quota.level)) if quota.level else _("each region"))


def _number(quota: Quota) -> str:
    return str(_("no limit")) if quota.number is None else str(quota.number)


def apply_url(number: int) -> str:
    """Return where one applies in a category of a round: who is not known signs in first, who has no organisation
    enters it first."""
    start = url_for("applicant.start", number=number)
    if not g.actor.signed_in:
        return url_for("account.sign_in", next=start)
    mine = g.actor.roles & {permit.role for permit in POLICY[Action.APPLY]}
    return start if mine else url_for("applicant.organisations", start=number)
