"""The one place where a refusal becomes a page: in the reader's language, with a number to quote where we failed."""

import errno
import logging
import secrets
from collections.abc import Sequence

from flask import Flask, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from registry import words
from registry.db import run
from registry.domain.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    SignInNeeded,
    Stale,
    WrongState,
)
from registry.services import events
from registry.web.account.signing import forget_forms, last_reader
from registry.web.work import database, know

log = logging.getLogger(__name__)

STATUS = {NotFound: 404, Forbidden: 403, Stale: 409, WrongState: 409, Conflict: 409, Invalid: 422}
# What nobody wants to stand in a page: a form with one of these is sent again by the browser alone.
SECRETS = ("password", "repeated", "current")
_FULL = {errno.ENOSPC, errno.EDQUOT}


def init_app(app: Flask) -> None:
    """Register a page for every way in which a request can fail."""
    app.register_error_handler(SignInNeeded, _sign_in)
    app.register_error_handler(DomainError, _refusal)
    app.register_error_handler(StaleDataError, lambda _error: _refusal(Stale()))
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _unavailable)
    for kind in (DataError, OverflowError, RecursionError):
        app.register_error_handler(kind, _beyond)
    app.register_error_handler(Exception, _broken)


def _page(
    code: int, title: str, text: str, reference: str = "", waiting: Sequence[tuple[str, str]] = ()
) -> ResponseReturnValue:
    if "actor" not in g:
        try:
            with database().reading() as session:
                know(session)
        except OperationalError as error:
            return _unavailable(error)
    page = render_template("error.html", code=code, title=title, text=text, reference=reference, waiting=waiting)
    return page, code


def _sign_in(_error: SignInNeeded) -> ResponseReturnValue:
    if request.is_json:
        return {"refused": _("Please sign in first.")}, 401
    if request.method != "GET":
        return _sign_in_beside()
    flash(_("Please sign in first."), "info")
    return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")), 303)


def _sign_in_beside() -> ResponseReturnValue:
    """Answer a form in its place: it waits on this page until its reader has signed in, and is then sent once more.

    From anybody else than the last reader of this browser it is not taken; where that is unknown, from nobody.
    """
    if last_reader() is None:
        forget_forms()
        return _page(401, _("Please sign in first."), _("Nothing was saved. Sign in, then open the page again."))
    if request.files or any(name in request.form for name in SECRETS):
        text = _(
            "Nothing was saved yet, and nothing is lost. Keep this page, sign in within another tab of this browser, "
            "then load this page again: the browser asks whether to send once more what you entered."
        )
        return _page(401, _("Please sign in first."), text)
    text = _(
        "Nothing was saved yet, and nothing is lost: what you entered waits on this page. Sign in within another tab "
        "of this browser, then come back and send it."
    )
    waiting = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return _page(401, _("Please sign in first."), text, waiting=waiting)


def _refusal(error: DomainError) -> ResponseReturnValue:
    if isinstance(error, Forbidden):
        _note_denial()
    code = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    titles = {
        403: _("Not open to your account"),
        404: _("Not found"),
        409: _("This cannot be done now"),
        422: _("Not acceptable"),
    }
    return _page(code, titles[code], words.sentence(error.key, error.values, _))


def _note_denial() -> None:
    """Put a denied access on record, in a unit of work of its own."""

    def note(session: Session) -> None:
        events.record(session, g.actor, "denied", "address", request.endpoint or "")
        session.commit()

    run(database(), note)


def _forged(_error: CSRFError) -> ResponseReturnValue:
    return _page(400, _("The form has expired"), _("Load the page again and send the form once more."))


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    pages = {
        404: (_("Not found"), _("There is no such page, or it is not open to you.")),
        405: (_("Not possible here"), _("This address does not take that kind of request.")),
        413: (_("Too large"), _("The file is larger than 50 MB. Make it smaller or split it.")),
    }
    title, text = pages.get(code, (_("The request was not understood"), _("Load the page again.")))
    return _page(code, title, text)


def _beyond(error: Exception) -> ResponseReturnValue:
    """Refuse what no database or reader can hold: a number out of all range, or parts within parts without end."""
    log.warning("beyond all range at %s: %s", request.path, type(error).__name__)
    return _page(400, _("The request was not understood"), _("Load the page again."))


def _unavailable(error: DBAPIError) -> ResponseReturnValue:
    log.error("database unavailable: %s", type(error.orig).__name__)
    title = _("The portal is busy for a moment")
    page = render_template("plain_error.html", title=title, text=_("Nothing was lost. Try again in half a minute."))
    return page, 503, {"Retry-After": "30"}


def _broken(error: Exception) -> ResponseReturnValue:
    incident = secrets.token_hex(4).upper()
    log.exception("incident %s at %s", incident, request.path)
    if isinstance(error, OSError) and error.errno in _FULL:
        return _page(507, _("The store is full"), _("Nothing was saved. The office has been told."), incident)
    title = _("Something went wrong on our side")
    text = _("Nothing was half saved. Incident %(number)s", number=incident)
    return render_template("plain_error.html", title=title, text=text), 500
