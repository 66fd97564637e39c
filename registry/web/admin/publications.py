"""Published lists in the office, and their correction: names put right by a new list in the place of the old one."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import policy
from registry.domain.errors import WrongState
from registry.domain.policy import Facts
from registry.domain.vocabulary import Action
from registry.models import Publication
from registry.queries import programmes, publications
from registry.services import publications as publishing
from registry.web.forms import text
from registry.web.forms.admin_publications import CorrectionForm, correction_form
from registry.web.forms.filters import filters, rows_by
from registry.web.paging import asked, paging
from registry.web.work import committed, tried

bp = Blueprint("publications", __name__, url_prefix="/publications")
# As many entries as are corrected at a time; more need another correction.
MOST_ENTRIES = 100


@bp.get("")
def index() -> ResponseReturnValue:
    mine = programmes.names(g.session, g.actor, Action.VIEW_RANKING)
    form = filters(_("Title of the list"), programme=(_("Programme"), rows_by("id", mine)))
    programme = int(form.value("programme") or 0) or None
    found = publications.index(g.session, g.actor, form.value("q"), programme, asked())
    return render_template(
        "admin/publications/index.html",
        publications=found.rows,
        filters=form,
        paging=paging(found),
        may_correct={row.id for row, _count in found.rows if _may_propose(row)},
    )


@bp.route("/<int:number>/correction", methods=["GET", "POST"])
def correct(number: int) -> ResponseReturnValue:
    publication = publications.one(g.session, g.actor, Action.PROPOSE, number)
    if publications.replacement(g.session, publication) is not None:
        raise WrongState("publication_replaced")
    chosen = _chosen(publication)
    made = correction_form(entry for entry in publication.entries if entry.position in chosen)
    form = made() if request.method == "POST" else made(None, obj=publication, data=None)
    if form.validate_on_submit():
        decision = tried(form, lambda: _proposed(publication, form))
        if decision:
            url = url_for("admin.decisions.show", number=decision)
            return committed(url, _("Proposed. Another person approves or rejects it."))
        publication = publications.one(g.session, g.actor, Action.PROPOSE, number)
    narrowed = filters(_("Name or code on the list"))
    found = publications.entries(g.session, publication, narrowed.value("q"), asked())
    page = render_template(
        "admin/publications/correct.html",
        publication=publication,
        filters=narrowed,
        entries=found.rows,
        paging=paging(found),
        chosen=chosen,
        most=MOST_ENTRIES,
        waiting=publications.proposed_correction(g.session, publication),
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


def _chosen(publication: Publication) -> frozenset[int]:
    """The positions of the entries that are to be corrected, as they stand in the address."""
    asked = [int(value) for value in request.args.getlist("entry") if value.isascii() and value.isdigit()]
    known = {entry.position for entry in publication.entries}
    return frozenset([position for position in asked if position in known][:MOST_ENTRIES])


def _proposed(publication: Publication, form: CorrectionForm) -> int:
    corrections: Mapping[int, Mapping[str, Any]] = form.corrections
    return publishing.propose_correction(
        g.session,
        g.actor,
        publication,
        title=text(form.title),
        title_en=text(form.title_en),
        corrections=corrections,
        reason=text(form.reason),
    ).id


def _may_propose(publication: Publication) -> bool:
    programme_id = publication.round_category.round.programme_id
    return policy.permits(g.actor, Action.PROPOSE, Facts(programme_id=programme_id))
