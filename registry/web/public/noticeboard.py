"""Notices: what is announced, and how anyone objects to it while the notice runs."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from wtforms.fields import SelectChoice

from registry import files
from registry.config import Config
from registry.models import Notice
from registry.queries import catalogue, register
from registry.services import notices as deciding
from registry.web.forms import text
from registry.web.forms.public import MOST_FILES, ObjectionForm
from registry.web.public.blueprint import bp
from registry.web.work import committed, meanwhile, tried

_FORM_ITSELF = 1024 * 1024


@bp.url_value_preprocessor
def _take_several_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let an objection's form be as large as its files together.

    The limit of the application is that of one file, and it is asked as soon as the form's token is read: before any
    view, and before what else could be registered to run ahead of it.
    """
    if endpoint == "public.object":
        request.max_content_length = MOST_FILES * _config().upload_bytes + _FORM_ITSELF


@bp.get("/notices")
def notices() -> ResponseReturnValue:
    return render_template("public/notices.html", notices=register.notices(g.session, g.actor.at))


@bp.get("/notices/<int:number>")
def notice(number: int) -> ResponseReturnValue:
    found = register.notice(g.session, number, g.actor.at)
    return render_template(
        "public/notice.html",
        notice=found,
        running=_running(found, g.actor.at),
        removed=register.removed_from(g.session, found),
        voices=register.voices(g.session, found),
        publication=register.publication_after(g.session, found),
        regions=catalogue.region_names(g.session),
    )


@bp.route("/notices/<int:number>/objection", methods=["GET", "POST"])
def object(number: int) -> ResponseReturnValue:  # noqa: A001
    found = register.notice(g.session, number, g.actor.at)
    form = ObjectionForm()
    form.application.choices = _entries(found)
    if form.validate_on_submit():
        stored = meanwhile(lambda: _store(form))
        receipt = secrets.token_urlsafe(24)
        raised = tried(form, lambda: _object(number, form, stored, receipt))
        if raised:
            return committed(url_for(".objection_receipt", receipt=receipt), _("Your objection was received."))
        found = register.notice(g.session, number, g.actor.at)
    page = render_template("public/object.html", notice=found, form=form, running=_running(found, g.actor.at))
    return page, 422 if form.is_submitted() else 200
