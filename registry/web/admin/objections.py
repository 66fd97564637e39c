"""Objections answered by the office; who objects is shown to those alone, and only when they ask."""

from flask import Blueprint, g, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.errors import NotFound
from registry.domain.vocabulary import ObjectionStatus
from registry.files import path_of
from registry.queries import objections
from registry.services import objections as objecting
from registry.web import storage
from registry.web.evidence import hardened
from registry.web.forms import text
from registry.web.forms.admin_notices import ReplyForm, reply_form
from registry.web.work import committed, tried

bp = Blueprint("objections", __name__, url_prefix="/notices")


@bp.route("/objections/<int:number>/reply", methods=["GET", "POST"])
def reply(number: int) -> ResponseReturnValue:
    found = objections.one(g.session, g.actor, number)
    form = reply_form()
    if form.validate_on_submit():
        url = url_for("admin.notices.show", number=found.notice_id)
        if form.answer.data == ObjectionStatus.UPHELD:
            if tried(form, lambda: objecting.propose_removal(g.session, g.actor, found, text=text(form.text))):
                return committed(url, _("Proposed. Another person approves or rejects it."))
        elif tried(form, lambda: objecting.dismiss(g.session, g.actor, found, text=text(form.text))):
            return committed(url, _("The objection is answered."))
    return _page(number, form), 422 if form.is_submitted() else 200


@bp.post("/objections/<int:number>/objector")
def objector(number: int) -> ResponseReturnValue:
    objecting.look(g.session, g.actor, objections.one(g.session, g.actor, number))
    return committed(url_for(".reply", number=number), _("Your look is recorded."))


@bp.get("/files/<int:number>")
def file(number: int) -> ResponseReturnValue:
    objection, found = objections.file(g.session, g.actor, number)
    if not objections.looked(g.session, g.actor, objection):
        return redirect(url_for(".reply", number=objection.id), 303)
    path = path_of(storage.folder(), found.sha256)
    if not path.is_file():
        raise NotFound("evidence_not_readable")
    answer = send_file(
        path, mimetype=found.media_type, as_attachment=True, download_name=found.name, etag=False, max_age=0
    )
    return hardened(answer)


def _page(number: int, form: ReplyForm) -> str:
    found = objections.one(g.session, g.actor, number)
    return render_template(
        "admin/objections/reply.html",
        objection=found,
        removal=objections.proposals(g.session, [found]).get(number),
        shown=objections.looked(g.session, g.actor, found),
        overdue=found.status in objections.UNANSWERED and found.answer_due_at <= g.actor.at,
        form=form,
    )
