"""Forms of the account."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from registry.web.forms import Form, SelectChoice

ADDRESS = (
    InputRequired(),
    Length(max=254),
    Regexp(r"^[^@\s]{1,64}@[^@\s]{1,200}$", message=_("This is not an e-mail address.")),
)
_NAME = (InputRequired(), Length(max=80))
_PASSWORD = (InputRequired(), Length(max=128))
_NEW_PASSWORD = (InputRequired(), Length(min=10, max=128))
_REPEATED = (InputRequired(), EqualTo("password", _("The two passwords differ.")))


class SignInForm(Form):
    email = EmailField(_("E-mail address"), ADDRESS)
    password = PasswordField(_("Password"), _PASSWORD)


class ConfirmForm(Form):
    password = PasswordField(_("Password"), _PASSWORD)


class RegisterForm(Form):
    name = StringField(_("Your name"), _NAME)
    email = EmailField(_("E-mail address"), ADDRESS)
    password = PasswordField(_("Password"), _NEW_PASSWORD)
    repeated = PasswordField(_("Password once more"), _REPEATED)
    truthful = BooleanField(_("I will state only what is true"), [InputRequired()])


class NewPasswordForm(Form):
    password = PasswordField(_("New password"), _NEW_PASSWORD)
    repeated = PasswordField(_("Password once more"), _REPEATED)


class ForgottenForm(Form):
    email = EmailField(_("E-mail address"), ADDRESS)


class ProfileForm(Form):
    name = StringField(_("Your name"), _NAME)
    language = SelectField(
        _("Language of the messages"), choices=[SelectChoice("zh", _("Chinese")), SelectChoice("en", _("English"))]
    )


class PasswordForm(NewPasswordForm):
    current = PasswordField(_("Present password"), _PASSWORD)


class AddressForm(Form):
    email = EmailField(_("New e-mail address"), ADDRESS)
    current = PasswordField(_("Present password"), _PASSWORD)
