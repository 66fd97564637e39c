"""Forms of the public pages."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import MultipleFileField
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from registry.web.forms import Form

MOST_FILES = 3
LEAST_STATEMENT = 20


class FindForm(Form):
    """What a reader says of a site to find its category; it is read from the address."""

    kind = RadioField(_("What would be certified?"), validate_choice=False)
    region = SelectField(_("Where is the site?"), validate_choice=False)
    field = SelectField(_("What is it about?"), validate_choice=False)


class TargetsForm(Form):
    """Which of the targets are shown; it is read from the address."""

    document = SelectField(_("Document"), [Optional()], validate_choice=True)
    kind = SelectField(_("Class"), [Optional()], validate_choice=True)


class VerifyForm(Form):
    """A certificate's number or its code; it is read from the address."""

    q = StringField(_("Number or verification code"), [InputRequired(), Length(max=100)])


class ObjectionForm(Form):
    application = RadioField(_("Which entry do you object to?"), [InputRequired()], coerce=int)
    statement = TextAreaField(_("Your objection"), [InputRequired(), Length(min=LEAST_STATEMENT, max=5000)])
    files = MultipleFileField(_("Files that support it"))
    name = StringField(_("Your name or that of your organisation"), [InputRequired(), Length(max=80)])
    contact = StringField(_("How we reach you: telephone or e-mail"), [InputRequired(), Length(max=120)])

    def validate_files(self, field: MultipleFileField) -> None:
        if len([file for file in field.data or () if file]) > MOST_FILES:
            raise ValidationError(_("At most %(count)s files.", count=MOST_FILES))
