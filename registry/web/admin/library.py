"""The library: what waits there to be called to the selection, by round category."""

from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import policy
from registry.domain.policy import Facts
from registry.domain.vocabulary import Action
from registry.models import Application, RoundCategory
from registry.queries import libraries as tables
from registry.queries import public
from registry.services import libraries
from registry.web.forms import text
from registry.web.forms.admin_cases import CallForm
from registry.web.forms.filters import Filters, filters, rows_by
from registry.web.paging import asked, paging
from registry.web.templating import named
from registry.web.work import committed, tried

bp = Blueprint("library", __name__, url_prefix="/library")


@bp.get("")
def index() -> ResponseReturnValue:
    return _page()


@bp.post("/<int:number>")
def call(number: int) -> ResponseReturnValue:
    round_category, form = tables.category(g.session, g.actor, number), CallForm()
    called: list[Application] | None = None
    if form.validate_on_submit():
        called = tried(form, lambda: _called(round_category, form))
    if called:
        return committed(url_for(".index"), _("Called to the selection: %(count)s", count=len(called)))
    return _page(number, form), 422


def _called(round_category: RoundCategory, form: CallForm) -> list[Application]:
    return libraries.call_several(
        g.session, g.actor, round_category, form.applications.data or [], reason=text(form.reason)
    )


def _page(number: int | None = None, form: CallForm | None = None) -> str:
    narrowed = _filters()
    category = int(narrowed.value("category") or 0) or None
    wanted = tables.Wanted(narrowed.value("q"), category, narrowed.value("region"))
    found = tables.page(g.session, g.actor, wanted, asked())
    shelves = tables.shelves(g.session, g.actor, found.rows)
    return render_template(
        "admin/library/index.html",
        filters=narrowed,
        paging=paging(found),
        shelves=shelves,
        sent=number,
        form=form or CallForm(None),
        empty_form=CallForm(None),
        calls={shelf.round_category.id: _may_call(shelf.round_category) for shelf in shelves},
    )


def _filters() -> Filters:
    categories = tables.categories(g.session, g.actor)
    return filters(
        _("Name or number"),
        category=(
            _("Round and category"),
            [(str(row.id), f"{named(row.round, 'title')} · {named(row.category)}") for row in categories],
        ),
        region=(_("Region"), rows_by("key", public.regions_within(g.session))),
    )


def _may_call(round_category: RoundCategory) -> Any:
    facts = Facts(programme_id=round_category.round.programme_id)
    return policy.permits(g.actor, Action.CALL, facts)
