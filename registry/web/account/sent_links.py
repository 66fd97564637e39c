"""Pages behind links that were sent by mail. Programs that look through mail open links, so that reading one changes
nothing: each page asks once more."""

import secrets

from flask import g, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user

from registry.domain.vocabulary import TokenPurpose
from registry.models import Token
from registry.passwords import digest_of_key
from registry.queries import people
from registry.services import accounts, own_account
from registry.web.account.blueprint import AFTER_CONFIRMING, bp
from registry.web.account.signing import SignedIn, lockout, passwords, remember, wrong_password
from registry.web.forms import Form
from registry.web.forms.account import ConfirmForm, NewPasswordForm
from registry.web.work import committed, meanwhile, tried

KEY = "<string(minlength=20, maxlength=64):key>"


@bp.route(f"/invitations/{KEY}", methods=["GET", "POST"])
def accept_invitation(key: str) -> ResponseReturnValue:
    form = NewPasswordForm()
    token = _sent(TokenPurpose.INVITATION, key)
    if form.validate_on_submit():
        kept = meanwhile(lambda: passwords().hash(form.password.data or ""))
        token = _sent(TokenPurpose.INVITATION, key, lock=True)
        accounts.accept_invitation(g.session, g.actor, token, password_hash=kept)
        return committed(url_for("account.sign_in"), _("Your password is set. Sign in to go on."))
    page = render_template("account/accept_invitation.html", form=form, user=token.user)
    return page, 422 if form.is_submitted() else 200


@bp.route(f"/confirmations/{KEY}", methods=["GET", "POST"])
def confirm(key: str) -> ResponseReturnValue:
    form = ConfirmForm()
    token = _sent(TokenPurpose.CONFIRMATION, key)
    if form.validate_on_submit():
        kept = token.user.password_hash
        matches = meanwhile(lambda: passwords().matches(kept, form.password.data or ""))
        token = _sent(TokenPurpose.CONFIRMATION, key, lock=True)
        still = matches and token.user.password_hash == kept  # not changed while it was checked
        fresh = None if g.actor.signed_in else secrets.token_urlsafe(32)
        digest = digest_of_key(fresh) if fresh else None
        if accounts.confirm(g.session, g.actor, token, matches=still, lockout=lockout(), digest=digest):
            wanted = session.pop(AFTER_CONFIRMING, None) or url_for("desk.show")
            if fresh:
                remember(token.user_id)
                login_user(SignedIn(fresh))
            return committed(wanted, _("Your address is confirmed, and you are signed in."))
        wrong_password(form.password)
    page = render_template("account/confirm.html", form=form, user=token.user)
    return page, 422 if form.is_submitted() else 200


@bp.route(f"/password-resets/{KEY}", methods=["GET", "POST"])
def reset(key: str) -> ResponseReturnValue:
    form = NewPasswordForm()
    token = _sent(TokenPurpose.RESET, key)
    if form.validate_on_submit():
        kept = meanwhile(lambda: passwords().hash(form.password.data or ""))
        token = _sent(TokenPurpose.RESET, key, lock=True)
        own_account.reset_password(g.session, g.actor, token, password_hash=kept)
        message = _("Your new password is set, and all your sessions have ended. Sign in to go on.")
        return committed(url_for("account.sign_in"), message)
    page = render_template("account/reset.html", form=form, user=token.user)
    return page, 422 if form.is_submitted() else 200


@bp.route(f"/new-addresses/{KEY}", methods=["GET", "POST"])
def take_address(key: str) -> ResponseReturnValue:
    form = Form()
    token = _sent(TokenPurpose.ADDRESS, key, lock=form.is_submitted())
    if form.is_submitted() and tried(form, lambda: own_account.take_address(g.session, g.actor, token)):
        return committed(url_for("account.home"), _("Your address is changed. You sign in with the new one."))
    page = render_template("account/take_address.html", form=form, address=token.address, user=token.user)
    return page, 422 if form.is_submitted() else 200


def _sent(purpose: TokenPurpose, key: str, *, lock: bool = False) -> Token:
    return people.link(g.session, purpose, digest_of_key(key), g.actor.at, lock=lock)
