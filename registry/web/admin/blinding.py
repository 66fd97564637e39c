"""Files in blind review: what reviewers may read of an application, and the officer's word on each file."""

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry import files
from registry.domain import policy
from registry.domain.errors import NotFound
from registry.domain.vocabulary import Action
from registry.models import Application, Evidence
from registry.queries import applications, blinding, facts, filings
from registry.services import blinding as services
from registry.web import storage
from registry.web.forms import text
from registry.web.forms.admin_cases import FileForm
from registry.web.work import committed, tried

bp = Blueprint("blinding", __name__, url_prefix="/cases/<int:number>/blind")


@bp.get("")
def show(number: int) -> ResponseReturnValue:
    return _page(applications.one(g.session, g.actor, Action.VIEW_CASE, number))


@bp.post("/<int:evidence>")
def rule(number: int, evidence: int) -> ResponseReturnValue:
    application = applications.one(g.session, g.actor, Action.ASSIGN, number, lock=request.method == "POST")
    file, form = _file_of(application, evidence), FileForm()
    if form.validate_on_submit() and tried(form, lambda: _ruled(application, file, text(form.readable) == "yes")):
        said = _("Reviewers can read the file.") if text(form.readable) == "yes" else _("The file is withheld.")
        return committed(url_for(".show", number=number, _anchor=f"file-{evidence}"), said)
    return _page(applications.one(g.session, g.actor, Action.VIEW_CASE, number), (evidence, form)), 422


def _ruled(application: Application, file: Evidence, readable: bool) -> object:
    told = files.told(storage.folder(), file.sha256) if readable else ()
    return services.rule(g.session, g.actor, application, file, readable=readable, told=told)


def _file_of(application: Application, number: int) -> Evidence:
    for file in filings.sheet(g.session, application, outside=True).evidence:
        if file.id == number:
            return file
    raise NotFound


def _page(application: Application, refused: tuple[int, FileForm] | None = None) -> str:
    if not blinding.is_blind(g.session, application):
        raise NotFound
    sheet = filings.sheet(g.session, application, outside=True)
    known = facts.of_application(g.session, application)
    return render_template(
        "admin/blinding/show.html",
        application=application,
        files=sheet.evidence,
        open=blinding.readable(g.session, sheet.evidence),
        rulings=blinding.rulings(g.session, sheet.evidence),
        rules=services.before_its_end(application) and policy.permits(g.actor, Action.ASSIGN, known),
        called=blinding.names_of(application),
        refused=refused,
    )
