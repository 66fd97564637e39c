"""Forms of the account."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from registry.web.forms import Form

ADDRESS = (
    InputRequired(),
    Length(max=254),
    Regexp(r"^[^@\s]{1,64}@[^@\s]{1,200}$", message=_("This is not an e-mail address.")),
)
_NEW_PASSWORD = (InputRequired(), Length(min=10, max=128))


class SignInForm(Form):
    email = EmailField(_("E-mail address"), ADDRESS)
    password = PasswordField(_("Password"), [InputRequired(), Length(max=128)])


class RegisterForm(Form):
    name = StringField(_("Your name"), [InputRequired(), Length(max=80)])
    email = EmailField(_("E-mail address"), ADDRESS)
    password = PasswordField(_("Password"), _NEW_PASSWORD)
    repeated = PasswordField(
        _("Password once more"), [InputRequired(), EqualTo("password", _("The two passwords differ."))]
    )
    truthful = BooleanField(_("I will state only what is true"), [InputRequired()])


class NewPasswordForm(Form):
    password = PasswordField(_("New password"), _NEW_PASSWORD)
    repeated = PasswordField(
        _("Password once more"), [InputRequired(), EqualTo("password", _("The two passwords differ."))]
    )
