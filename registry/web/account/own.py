"""One's own account: what one sees of it, and what one changes after showing the password once more."""

import secrets

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.links import CARRYING
from registry.models import User
from registry.passwords import digest_of_key
from registry.queries import people
from registry.services import accounts, own_account
from registry.web.account.blueprint import bp
from registry.web.account.signing import digest_of_session, lockout, open_since, passwords, wrong_password
from registry.web.forms import text
from registry.web.forms.account import AddressForm, PasswordForm, ProfileForm
from registry.web.paging import asked, paging
from registry.web.printing import warn_unprintable
from registry.web.work import committed, meanwhile, tried


@bp.get("/account")
def home() -> ResponseReturnValue:
    return render_template("account/home.html", user=people.own(g.session, g.actor))


@bp.get("/account/messages")
def messages() -> ResponseReturnValue:
    found = people.messages_page(g.session, g.actor, asked())
    return render_template("account/messages.html", messages=found.rows, paging=paging(found), carrying=CARRYING)


@bp.route("/account/profile", methods=["GET", "POST"])
def profile() -> ResponseReturnValue:
    user = people.own(g.session, g.actor, lock=request.method == "POST")
    form = ProfileForm(name=user.name, language=user.language)
    if form.validate_on_submit() and tried(form, lambda: _profile_changed(user, form)):
        warn_unprintable(user.name)
        return committed(url_for("account.home"), _("Your name and the language of your mails are saved."))
    return render_template("account/profile.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/account/password", methods=["GET", "POST"])
def password() -> ResponseReturnValue:
    form = PasswordForm()
    if form.validate_on_submit():
        kept = _kept_hash()
        matches, new = meanwhile(lambda: (_matches(kept, form), passwords().hash(form.password.data or "")))
        if _shown(form, kept, matches=matches):
            user = people.own(g.session, g.actor, lock=True)
            own_account.change_password(g.session, g.actor, user, password_hash=new, keep=digest_of_session())
            message = _("Your password is changed, and your other sessions have ended.")
            return committed(url_for("account.home"), message)
    return render_template("account/password.html", form=form), 422 if form.is_submitted() else 200


@bp.route("/account/address", methods=["GET", "POST"])
def address() -> ResponseReturnValue:
    form = AddressForm()
    if form.validate_on_submit():
        kept = _kept_hash()
        matches = meanwhile(lambda: _matches(kept, form))
        if _shown(form, kept, matches=matches) and tried(form, lambda: _address_asked(form)):
            message = _(
                "A link is on its way to %(email)s. Your address changes when you open it.", email=text(form.email)
            )
            return committed(url_for("account.home"), message)
    page = render_template("account/address.html", form=form, user=people.own(g.session, g.actor))
    return page, 422 if form.is_submitted() else 200


@bp.get("/account/sessions")
def sessions() -> ResponseReturnValue:
    idle, absolute = open_since()
    found = [
        row
        for row in people.open_sign_ins(g.session, people.own(g.session, g.actor))
        if g.actor.at < row.seen_at + idle and g.actor.at < row.started_at + absolute
    ]
    return render_template("account/sessions.html", sessions=found, own=digest_of_session())


@bp.post("/account/sessions/end")
def end_sessions() -> ResponseReturnValue:
    user = people.own(g.session, g.actor, lock=True)
    own_account.end_other_sessions(g.session, g.actor, user, keep=digest_of_session())
    return committed(url_for("account.sessions"), _("All your other sessions have ended."))


def _kept_hash() -> str | None:
    return people.own(g.session, g.actor).password_hash


def _matches(kept: str | None, form: PasswordForm | AddressForm) -> bool:
    return passwords().matches(kept, form.current.data or "")


def _shown(form: PasswordForm | AddressForm, kept: str | None, *, matches: bool) -> bool:
    """Whether the present password was entered; a wrong one counts, whatever becomes of the form."""
    user = people.own(g.session, g.actor, lock=True)
    still = matches and user.password_hash == kept  # not changed while it was checked
    if accounts.show_password_again(g.session, g.actor, user, matches=still, lockout=lockout()):
        return True
    wrong_password(form.current)
    return False


def _profile_changed(user: User, form: ProfileForm) -> bool:
    own_account.change_profile(g.session, g.actor, user, name=text(form.name), language=form.language.data)
    return True


def _address_asked(form: AddressForm) -> bool:
    key, user = secrets.token_urlsafe(32), people.own(g.session, g.actor, lock=True)
    own_account.ask_address(g.session, g.actor, user, email=text(form.email), key=key, digest=digest_of_key(key))
    return True
