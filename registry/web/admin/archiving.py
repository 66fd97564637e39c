"""The end of a round: the act, and the dossiers that are filed of it."""

from flask import Blueprint, g, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.errors import NotFound
from registry.domain.vocabulary import Action
from registry.files import path_of
from registry.models import Round
from registry.queries import dossiers
from registry.queries import rounds as rounds_of
from registry.services import archiving
from registry.services import tasks as working
from registry.tasks.dossiers import MEDIA_TYPES
from registry.web import storage
from registry.web.admin import rounds
from registry.web.evidence import hardened
from registry.web.forms import SureForm, text
from registry.web.forms.admin_rounds import EndForm, from_beijing
from registry.web.templating import language_of_reader
from registry.web.work import committed, tried

bp = Blueprint("archiving", __name__, url_prefix="/rounds/<int:number>")


@bp.post("/end")
def end_intake(number: int) -> ResponseReturnValue:
    round_, form = rounds_of.one(g.session, g.actor, Action.END_INTAKE, number), EndForm()
    if form.validate_on_submit() and tried(form, lambda: _ended(round_, form)):
        return committed(
            url_for("admin.rounds.show", number=number),
            _("The end of the round is set. Whoever is filling in an application there is told."),
        )
    return rounds.page(round_, end_form=form), 422


def _ended(round_: Round, form: EndForm) -> bool:
    closes_at, reason = from_beijing(form.closes_at.data), text(form.reason)
    archiving.end_intake(g.session, g.actor, round_, closes_at=closes_at, reason=reason)
    return True


@bp.post("/archive")
def archive(number: int) -> ResponseReturnValue:
    round_, form = rounds_of.one(g.session, g.actor, Action.ARCHIVE_ROUND, number), SureForm()
    if not form.validate_on_submit():
        return rounds.page(round_, archive_form=form), 422
    archiving.archive(g.session, g.actor, round_, language=language_of_reader())
    url = url_for("admin.rounds.show", number=number, _anchor="dossiers")
    return committed(url, _("The round is archived. Its dossiers are being written."))


@bp.post("/dossiers")
def write(number: int) -> ResponseReturnValue:
    round_ = rounds_of.one(g.session, g.actor, Action.ARCHIVE_ROUND, number)
    task = working.ask_dossiers(g.session, g.actor, round_, language=language_of_reader())
    return committed(url_for("tasks.show", number=task.id), _("The dossiers are being written."))


@bp.get("/dossiers/<int:dossier>/<any(json, xlsx, pdf):kind>")
def download(number: int, dossier: int, kind: str) -> ResponseReturnValue:
    found = dossiers.one(g.session, g.actor, dossier)
    path = path_of(storage.folder(), getattr(found, f"{kind}_sha256"))
    if found.round_category.round_id != number or not path.is_file():
        raise NotFound
    answer = send_file(
        path,
        mimetype=MEDIA_TYPES[kind],
        as_attachment=True,
        download_name=dossiers.file_name(found, kind),
        etag=False,
        max_age=0,
    )
    return hardened(answer)
