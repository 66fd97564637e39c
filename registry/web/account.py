"""The account: coming in, signing in and out, the language, one's messages."""

import secrets
from datetime import timedelta

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from registry.config import Config
from registry.models import User
from registry.passwords import Passwords, digest_of_key
from registry.queries import people
from registry.services import accounts
from registry.web.forms import text
from registry.web.forms.account import NewPasswordForm, RegisterForm, SignInForm
from registry.web.paths import safe_path
from registry.web.templating import LANGUAGES, language_of_reader
from registry.web.work import committed, meanwhile, tried

bp = Blueprint("account", __name__)


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login wants of a person, kept away from the table; its id is the key of the session."""

    def __init__(self, key: str, user: User | None = None) -> None:
        self.key, self.user = key, user

    def get_id(self) -> str:
        return self.key


def init_app(app: Flask, config: Config) -> None:
    """Set up sign-ins: sessions are kept on the server, the cookie carries a random key."""
    app.extensions["registry.config"] = config
    app.extensions["registry.passwords"] = Passwords(config)
    # No person in the context of templates: a page about a database that is away must not ask it.
    LoginManager(app, add_context_processor=False).user_loader(load_user)


def load_user(key: str) -> SignedIn | None:
    """Return the person whose session has this key, where the session still stands."""
    config = _config()
    row = people.signed_in(
        g.session,
        digest_of_key(key),
        g.actor.at,
        idle=timedelta(seconds=config.idle_seconds),
        absolute=timedelta(seconds=config.session_seconds),
    )
    if row is None:
        return None
    g.seen = row.id, row.seen_at
    return SignedIn(key, row.user)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("account/sign_in.html", form=form), 422 if form.errors else 200
    found = people.candidate(g.session, text(form.email))
    matches = meanwhile(lambda: _passwords().matches(found.password_hash, form.password.data or ""))
    key = secrets.token_urlsafe(32)
    let_in = accounts.sign_in(
        g.session,
        g.actor,
        found.user_id,
        email=text(form.email),
        matches=matches,
        digest=digest_of_key(key),
        lockout=_lockout(),
    )
    if let_in:
        login_user(SignedIn(key))
        return committed(safe_path(request.args.get("next", "")) or url_for("account.home"))
    g.session.commit()  # the failure counts
    form.form_errors.append(
        _("The address or the password is wrong, or the account is closed for a while after too many wrong passwords.")
    )
    return render_template("account/sign_in.html", form=form), 422


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    if current_user.is_authenticated:
        accounts.sign_out(g.session, g.actor, digest_of_key(current_user.key))
    logout_user()
    return committed(url_for("public.home"), _("You are signed out."))


@bp.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    form = RegisterForm()
    if form.validate_on_submit():
        kept = meanwhile(lambda: _passwords().hash(form.password.data or ""))
        user = tried(
            form,
            lambda: accounts.register(
                g.session,
                g.actor,
                email=text(form.email),
                name=text(form.name),
                password_hash=kept,
                language=language_of_reader(),
            ),
        )
        if user:
            wanted = safe_path(request.args.get("next", "")) or None
            return committed(url_for("account.sign_in", next=wanted), _("Your account is open. Sign in to go on."))
    return render_template("account/register.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/invitations/<string(minlength=20, maxlength=64):key>", methods=["GET", "POST"])
def accept_invitation(key: str) -> ResponseReturnValue:
    form = NewPasswordForm()
    token = people.invited(g.session, digest_of_key(key), g.actor.at)
    if form.validate_on_submit():
        kept = meanwhile(lambda: _passwords().hash(form.password.data or ""))
        token = people.invited(g.session, digest_of_key(key), g.actor.at, lock=True)
        accounts.accept_invitation(g.session, g.actor, token, password_hash=kept)
        return committed(url_for("account.sign_in"), _("Your password is set. Sign in to go on."))
    page = render_template("account/accept_invitation.html", form=form, user=token.user)
    return page, 422 if form.is_submitted() else 200


@bp.post("/language")
def language() -> ResponseReturnValue:
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
        session.permanent = True
    return redirect(safe_path(request.form.get("next", "")) or url_for("public.home"), 303)


@bp.get("/account")
def home() -> ResponseReturnValue:
    return render_template("account/home.html", messages=people.messages_of(g.session, g.actor, limit=5))


@bp.get("/account/messages")
def messages() -> ResponseReturnValue:
    return render_template("account/messages.html", messages=people.messages_of(g.session, g.actor))


def _config() -> Config:
    found: Config = current_app.extensions["registry.config"]
    return found


def _passwords() -> Passwords:
    found: Passwords = current_app.extensions["registry.passwords"]
    return found


def _lockout() -> accounts.Lockout:
    config = _config()
    return accounts.Lockout(config.lockout_failures, timedelta(seconds=config.lockout_seconds))
