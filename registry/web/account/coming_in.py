"""Coming in: an account is opened, somebody signs in or out, chooses the language, asks for another password."""

import secrets
from datetime import timedelta

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from registry.passwords import digest_of_key
from registry.queries import people
from registry.services import accounts, own_account
from registry.web.account.blueprint import AFTER_CONFIRMING, bp
from registry.web.account.signing import SignedIn, lockout, passwords, remember
from registry.web.forms import text
from registry.web.forms.account import ForgottenForm, RegisterForm, SignInForm
from registry.web.paths import safe_path
from registry.web.printing import warn_unprintable
from registry.web.templating import LANGUAGES, language_of_reader
from registry.web.work import committed, meanwhile, tried


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("account/sign_in.html", form=form), 422 if form.errors else 200
    found = people.candidate(g.session, text(form.email))
    matches = meanwhile(lambda: passwords().matches(found.password_hash, form.password.data or ""))
    key = secrets.token_urlsafe(32)
    let_in = accounts.sign_in(
        g.session,
        g.actor,
        found.user_id,
        email=text(form.email),
        matches=matches,
        key=key,
        digest=digest_of_key(key),
        lockout=lockout(),
    )
    if let_in and found.user_id:
        remember(found.user_id)
        login_user(SignedIn(key))
        return committed(_wanted())
    g.session.commit()  # the failure counts
    # Which of these it is nobody is told: it would say whether the address has an account.
    form.form_errors += [
        _("The address or the password is wrong."),
        _("Or the address is not confirmed yet: open the link that was mailed; the right password sends it again."),
        _(
            "Or there were too many wrong passwords: try again in %(minutes)s minutes.",
            minutes=lockout().lasting // timedelta(minutes=1),
        ),
    ]
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
        kept = meanwhile(lambda: passwords().hash(form.password.data or ""))
        if tried(form, lambda: _asked(form, kept)):
            wanted = session[AFTER_CONFIRMING] = safe_path(request.args.get("next", "")) or ""
            warn_unprintable(text(form.name))
            message = _("A link is on its way to %(address)s. Open it to go on.", address=text(form.email))
            return committed(url_for("account.sign_in", next=wanted or None), message)
    return render_template("account/register.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/forgotten-password", methods=["GET", "POST"])
def forgotten() -> ResponseReturnValue:
    form = ForgottenForm()
    if form.validate_on_submit():
        key = secrets.token_urlsafe(32)
        own_account.ask_reset(g.session, g.actor, email=text(form.email), key=key, digest=digest_of_key(key))
        message = _("If an account has this address, a link is on its way to it. It works for two hours and once.")
        return committed(url_for("account.sign_in"), message)
    return render_template("account/forgotten.html", form=form), 422 if form.is_submitted() else 200


@bp.post("/language")
def language() -> ResponseReturnValue:
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
        session.permanent = True
    return redirect(safe_path(request.form.get("next", "")) or url_for("public.home"), 303)


def _asked(form: RegisterForm, password_hash: str) -> bool:
    key = secrets.token_urlsafe(32)
    accounts.ask_account(
        g.session,
        g.actor,
        email=text(form.email),
        name=text(form.name),
        password_hash=password_hash,
        language=language_of_reader(),
        key=key,
        digest=digest_of_key(key),
    )
    return True


def _wanted() -> str:
    """Where the reader wanted to go before signing in, else the desk."""
    return safe_path(request.args.get("next", "")) or url_for("desk.show")
