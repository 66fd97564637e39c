"""Forms of the public pages."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import MultipleFileField
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from registry.web.forms import Form, SelectChoice, text

MOST_FILES = 3
IN_NAME, ANONYMOUS = "in_name", "anonymous"
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
    """An objection. Where the round takes none without a name, the choice of the way is left out."""

    application = RadioField(_("Which entry do you object to?"), [InputRequired()], coerce=int)
    statement = TextAreaField(_("Your objection"), [InputRequired(), Length(min=LEAST_STATEMENT, max=5000)])
    files = MultipleFileField(_("Files that support it"))
    way = RadioField(_("In your name, or anonymous?"), [InputRequired()], default=IN_NAME)
    name = StringField(_("Your name or that of your organisation"), [Length(max=80)])
    contact = StringField(_("How we reach you: telephone or e-mail"), [Length(max=120)])

    @property
    def anonymous(self) -> bool:
        """Whether no name is to be kept."""
        return "way" in self and self.way.data == ANONYMOUS

    def offer(self, *, anonymous: bool) -> None:
        """Offer the ways in which the round takes objections; where it is one, nothing is asked."""
        if not anonymous:
            del self.way
            for field in (self.name, self.contact):
                field.flags.required = True
            return
        self.way.choices = [
            SelectChoice(IN_NAME, _("in my name: the office can ask me back and tell me the answer")),
            SelectChoice(ANONYMOUS, _("anonymous: nobody knows who I am, I read the answer under the receipt")),
        ]

    def validate_name(self, field: StringField) -> None:
        self._ask(field)

    def validate_contact(self, field: StringField) -> None:
        self._ask(field)

    def validate_files(self, field: MultipleFileField) -> None:
        if len([file for file in field.data or () if file]) > MOST_FILES:
            raise ValidationError(_("At most %(count)s files.", count=MOST_FILES))

    def _ask(self, field: StringField) -> None:
        """Whoever objects in name gives a name and a contact."""
        if not self.anonymous and not text(field):
            raise ValidationError(_("Please fill in: %(label)s", label=field.label.text))
