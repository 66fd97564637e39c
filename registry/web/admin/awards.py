"""Awards: certificates issued from published lists, and their revocation."""

from io import BytesIO

from flask import Blueprint, g, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import policy
from registry.domain.policy import Facts
from registry.domain.vocabulary import Action, DecisionStatus, Validity
from registry.models import Publication
from registry.queries import awards, programmes, public, publications, register
from registry.queries import tasks as tasks_of
from registry.queries.register import Search
from registry.services import awards as awarding
from registry.services import tasks
from registry.web.evidence import hardened
from registry.web.forms import SureForm, each, text
from registry.web.forms.admin_awards import RevocationForm
from registry.web.forms.filters import Filters, filters, rows_by, words_of
from registry.web.paging import asked, paging
from registry.web.templating import language_of_reader
from registry.web.work import committed, tried

bp = Blueprint("awards", __name__, url_prefix="/awards")


@bp.get("")
def index() -> ResponseReturnValue:
    return _index()


def _index(refused: tuple[int, SureForm] | None = None) -> str:
    form = _filters()
    wanted = Search(form.value("q"), form.value("programme"), form.value("region"), form.value("status"))
    found = awards.index(g.session, g.actor, wanted, asked())
    to_issue = publications.to_issue(g.session, g.actor, asked("issue_"))
    return render_template(
        "admin/awards/index.html",
        awards=[(award, register.validity(award, g.actor.at)) for award in found.rows],
        filters=form,
        paging=paging(found),
        to_issue=[(row, _may(Action.ISSUE, row.publication)) for row in to_issue.rows],
        to_issue_paging=paging(to_issue, "issue_"),
        issuing=tasks_of.issuing(g.session, [row.publication.id for row in to_issue.rows]),
        sure_form=lambda number: each(number, refused),
    )


@bp.post("/publications/<int:publication>/issue")
def issue(publication: int) -> ResponseReturnValue:
    found, form = publications.one(g.session, g.actor, Action.ISSUE, publication), SureForm()
    if not form.validate_on_submit():
        return _index((publication, form)), 422
    task = tasks.ask_issue(g.session, g.actor, found, language=language_of_reader())
    return committed(url_for("tasks.show", number=task.id), _("The certificates are being issued, one by one."))


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(number, RevocationForm(None))


@bp.get("/certificates/<int:number>")
def certificate(number: int) -> ResponseReturnValue:
    found = awards.certificate(g.session, g.actor, number)
    answer = send_file(
        BytesIO(found.content),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{found.award.number}.pdf",
        etag=False,
        max_age=0,
    )
    return hardened(answer)


@bp.post("/<int:number>/revocation")
def propose_revocation(number: int) -> ResponseReturnValue:
    award = awards.one(g.session, g.actor, Action.PROPOSE, number)
    form = RevocationForm()
    if form.validate_on_submit():
        decision = tried(form, lambda: awarding.propose_revocation(g.session, g.actor, award, reason=text(form.reason)))
        if decision:
            url = url_for("admin.decisions.show", number=decision.id)
            return committed(url, _("Proposed. Another person approves or rejects it."))
    return _page(number, form), 422


def _filters() -> Filters:
    return filters(
        _("Name or number"),
        programme=(_("Programme"), rows_by("key", programmes.names(g.session, g.actor, Action.VIEW_RANKING))),
        region=(_("Region"), rows_by("key", public.regions_within(g.session))),
        status=(_("Standing"), words_of((Validity.VALID, Validity.EXPIRED, Validity.REVOKED))),
    )


def _may(action: Action, publication: Publication) -> bool:
    programme_id = publication.round_category.round.programme_id
    return policy.permits(g.actor, action, Facts(programme_id=programme_id))


def _page(number: int, form: RevocationForm) -> str:
    award = awards.one(g.session, g.actor, Action.VIEW_RANKING, number)
    decisions = awards.decisions_on(g.session, award)
    validity = register.validity(award, g.actor.at)
    may_propose = policy.permits(g.actor, Action.PROPOSE, Facts(programme_id=award.programme_id))
    waits = any(row.status is DecisionStatus.PROPOSED for row in decisions)
    return render_template(
        "admin/awards/show.html",
        award=award,
        validity=validity,
        decisions=decisions,
        may_revoke=may_propose and not waits and validity is not Validity.REVOKED,
        form=form,
    )
