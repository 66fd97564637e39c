"""One request, one unit of work: its session, its actor, the guard, and the key that makes a form count once.

A view that reads runs in a reading session; any other runs in a writing one that `db.run` may try again as a whole.
The view commits by returning `committed(…)`; whatever else it returns is rolled back.
"""

import hashlib
import hmac
import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, flash, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from registry import clock, db
from registry.domain.chain import canonical
from registry.domain.errors import Invalid
from registry.domain.policy import Actor
from registry.models import Portal
from registry.queries import actors, deadlines
from registry.services import accounts, once
from registry.web import guards
from registry.web.forms import Form

log = logging.getLogger(__name__)
T = TypeVar("T")
View = Callable[..., Any]
AWAKE = timedelta(minutes=1)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
KEYLESS = frozenset({"account.sign_in", "account.sign_out", "account.language", "applicant.autosave"})
# Passwords are left out, so that nothing is kept by which one could be guessed.
_NOT_CONTENT = frozenset({"csrf_token", "idempotency_key", "current", "password", "repeated"})


def init_app(app: Flask, database: db.Database) -> None:
    """Wrap every view in its unit of work; to be called when all blueprints are registered."""
    app.extensions["registry.database"] = database
    guards.check_complete(app)
    for endpoint, view in app.view_functions.items():
        if endpoint not in guards.UNGUARDED:
            app.view_functions[endpoint] = _in_one_unit(database, view)


def database() -> db.Database:
    """Return the database of the running application."""
    found: db.Database = current_app.extensions["registry.database"]
    return found


def committed(location: str, message: str | None = None) -> Response:
    """Commit the unit of work and send the reader on, with a message for the next page."""
    if "claim" in g:
        g.claim.location = location
    g.session.commit()
    if message:
        flash(message)
    return redirect(location, 303)


def tried(form: Form, act: Callable[[], T]) -> T | None:
    """Return what the act returns; where it refuses a value, say so at the form's field and return None.

    The unit of work is rolled back then, and the form keeps all that was entered.
    """
    try:
        return act()
    except Invalid as error:
        g.session.rollback()
        g.pop("claim", None)
        form.refuse(error)
        return None


def meanwhile(act: Callable[[], T]) -> T:
    """Return what slow work returns, done while the unit of work holds nothing; what it had written is undone."""
    g.session.rollback()
    result = act()
    if "claim" in g:
        _claim()
    return result


def afterwards(act: Callable[[Session], object]) -> None:
    """Have something written when the page that is read has let go of the database; the page does not wait for it."""
    g.setdefault("later", []).append(act)


class _AnsweredBefore(Exception):
    """The same form was answered before; its answer is repeated."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def _in_one_unit(database: db.Database, view: View) -> View:
    @wraps(view)
    def run(**values: Any) -> ResponseReturnValue:
        if request.method in SAFE:
            with database.reading() as session:
                know(session)
                guards.check(request.endpoint, g.actor)
                answer: ResponseReturnValue = view(**values)
        else:
            answer = db.run(database, lambda session: _write(session, view, values))
        _keep_awake(database)
        for act in g.pop("later", ()):
            _do_later(database, act)
        return answer

    return run


def _keep_awake(database: db.Database) -> None:
    """Note that a session is in use, at most once a minute and never while a page is read."""
    number, seen_at = g.pop("seen", (None, g.actor.at))
    if number is not None and g.actor.at - seen_at >= AWAKE:

        def note(session: Session) -> None:
            accounts.keep_awake(session, g.actor, number)
            session.commit()

        _beside(lambda: db.run(database, note, tries=1), "a session in use was not noted")


def _do_later(database: db.Database, act: Callable[[Session], object]) -> None:
    def work(session: Session) -> None:
        act(session)
        session.commit()

    _beside(lambda: db.run(database, work), "what a page left to be written was not")


def _beside(act: Callable[[], object], loss: str) -> None:
    """Do what must not spoil an answer that is made already; what fails here is done by the next request."""
    try:
        act()
    except OperationalError:
        log.warning("%s: the database is busy", loss)
    except Exception:
        log.exception("%s", loss)


def _write(session: Session, view: View, values: dict[str, Any]) -> ResponseReturnValue:
    know(session)
    guards.check(request.endpoint, g.actor)
    _rewind()
    try:
        if request.endpoint not in KEYLESS:
            _claim()
        answer: ResponseReturnValue = view(**values)
        return answer
    except _AnsweredBefore as before:
        return redirect(before.location, 303)


def _claim() -> None:
    key = request.form.get("idempotency_key", "")
    if not 16 <= len(key) <= 64:
        raise Invalid("form_without_key")
    g.claim = once.claim(g.session, g.actor, key, request_digest=_digest_of_request())
    if g.claim.location is not None:
        raise _AnsweredBefore(g.claim.location)


def know(session: Session) -> None:
    """Put into `g` what a page must know: the session, the portal, the actor and, in a demo, the next deadline."""
    for name in ("claim", "seen", "later", "_login_user"):
        g.pop(name, None)
    g.session = session
    portal = session.get(Portal, 1)
    at = clock.now(portal)
    g.demo = portal is not None and portal.demo
    g.actor = Actor(at)
    user = current_user.user if current_user.is_authenticated else None
    moved = portal is not None and portal.clock_ahead > 0
    g.actor = actors.load(session, user, at, clock_moved=moved)
    g.upcoming = deadlines.upcoming(session, at) if g.demo else None


def _rewind() -> None:
    """Let whoever reads the files next read them from their beginning: a try before may have read them to the end."""
    for several in request.files.listvalues():
        for file in several:
            file.stream.seek(0)


def _digest_of_request() -> str:
    """Return the digest of what was sent, made once: it is the same at each try, whatever was read of the files."""
    if "request_digest" not in g:
        g.request_digest = _digest_now()
    found: str = g.request_digest
    return found


def _digest_now() -> str:
    fields = sorted((key, value) for key, value in request.form.items(multi=True) if key not in _NOT_CONTENT)
    files = sorted((key, _digest_of_file(file)) for key, file in request.files.items(multi=True))
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, canonical([request.method, request.full_path, fields, files]), "sha256").hexdigest()


def _digest_of_file(file: FileStorage) -> str:
    file.stream.seek(0)
    found = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
    file.stream.seek(0)
    return found
