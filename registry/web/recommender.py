"""The bureau of a region: its queue, the organisations and sites that it confirms, its signed opinion."""

from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.vocabulary import Action, Role
from registry.models import Application
from registry.queries import applications, cases, filings, histories, programmes, public
from registry.queries import recommendations as bureau
from registry.queries.quotas import Places
from registry.services import recommendations
from registry.web.forms import text
from registry.web.forms.filters import Filters, filters, rows_by
from registry.web.forms.recommender import ConfirmForm, RecommendForm
from registry.web.paging import asked, paging
from registry.web.pictures import places as pictures
from registry.web.pictures.shown import Shown
from registry.web.templating import named
from registry.web.work import committed, tried

bp = Blueprint("recommender", __name__, url_prefix="/recommendations")


@bp.get("")
def index() -> ResponseReturnValue:
    form = _filters()
    wanted = bureau.Wanted(form.value("q"), int(form.value("programme") or 0) or None, form.value("region"))
    waiting = bureau.queue(g.session, g.actor, wanted, asked())
    decided = bureau.decided(g.session, g.actor, wanted, asked("opinions_"))
    return render_template(
        "recommender/index.html",
        filters=form,
        waiting=waiting.rows,
        paging=paging(waiting),
        decided=decided.rows,
        decided_paging=paging(decided, "opinions_"),
        limits=_limits(waiting.rows, decided.rows),
    )


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(number)


@bp.post("/<int:number>/organisation")
def confirm_organisation(number: int) -> ResponseReturnValue:
    form, application = ConfirmForm(), _taken(number, Action.CONFIRM)
    confirmed = form.confirmed.data == "yes"
    if form.validate_on_submit() and tried(
        form,
        lambda: recommendations.confirm_organisation(g.session, g.actor, application, confirmed=confirmed),
    ):
        said = _("The organisation is confirmed.") if confirmed else _("The organisation is marked as not confirmed.")
        return committed(url_for(".show", number=number), said)
    return _page(number, organisation_form=form), 422


@bp.post("/<int:number>/site")
def confirm_site(number: int) -> ResponseReturnValue:
    form, application = ConfirmForm(), _taken(number, Action.CONFIRM)
    confirmed = form.confirmed.data == "yes"
    if form.validate_on_submit() and tried(
        form, lambda: recommendations.confirm_site(g.session, g.actor, application, confirmed=confirmed)
    ):
        said = _("The site is confirmed.") if confirmed else _("The site is marked as not confirmed.")
        return committed(url_for(".show", number=number), said)
    return _page(number, site_form=form), 422


@bp.post("/<int:number>/opinion")
def recommend(number: int) -> ResponseReturnValue:
    form, application = RecommendForm(), _taken(number, Action.RECOMMEND)
    in_favour = form.in_favour.data == "yes"
    if form.validate_on_submit() and tried(
        form,
        lambda: recommendations.recommend(
            g.session, g.actor, application, in_favour=in_favour, opinion=text(form.opinion), rank=form.rank.data
        ),
    ):
        said = _("The application goes on with your recommendation.") if in_favour else _("Not recommended.")
        return committed(url_for(".index"), said)
    return _page(number, opinion_form=form), 422


def _filters() -> Filters:
    mine = programmes.names(g.session, g.actor, Action.VIEW_RECOMMENDATIONS)
    own = {key for holding in g.actor.held(Role.RECOMMENDER) for key in holding.region_keys}
    return filters(
        _("Name or number"),
        programme=(_("Programme"), rows_by("id", mine)),
        region=(_("Region"), rows_by("key", [row for row in public.regions_within(g.session) if row.key in own])),
    )


def _limits(waiting: list[Application], decided: list[bureau.Given]) -> Shown | None:
    """The picture of the limits that are set, each once, by the round and what of it they are for."""
    found: dict[tuple[str, str | None], Places] = {}
    for where, holding, limits in bureau.limits_around(g.session, g.actor, waiting, decided):
        title = named(where.round, "title")
        for name, places in ((named(where.category), limits.category), (_("in the whole round"), limits.round)):
            if places is not None:
                found[f"{title} · {name}", holding.region_key] = places
    return pictures.of_limits((name, places) for (name, _region), places in found.items())


def _taken(number: int, action: Action) -> Application:
    return applications.one(g.session, g.actor, action, number, lock=True)


def _page(number: int, **forms: Any) -> str:
    application = applications.one(g.session, g.actor, Action.VIEW_RECOMMENDATIONS, number)
    sheet = filings.sheet(g.session, application, outside=True)
    shown = {
        "organisation_form": ConfirmForm(None),
        "site_form": ConfirmForm(None),
        "opinion_form": RecommendForm(None),
        **forms,
    }
    return render_template(
        "recommender/show.html",
        application=application,
        sheet=sheet,
        rows=cases.value_rows(sheet),
        claimants=bureau.claimants(g.session, application),
        permit_claimants=bureau.permit_claimants(g.session, application),
        opinions=bureau.opinions(g.session, application),
        earlier=[(one, cases.value_rows(one)) for one in filings.before(g.session, sheet)],
        level=bureau.level_of(application),
        limits=bureau.limits(g.session, g.actor, application),
        turn=bureau.holding_of(g.actor, application) is not None,
        happenings=histories.of_application(g.session, application, names=False),
        **shown,
    )
