"""Forms about what links reviewers to organisations."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from registry.domain.ties.values import Decision
from registry.web.forms import Form, SelectChoice
from registry.web.intake import LARGEST

_NAME = (InputRequired(), Length(max=120))


class EmploymentForm(Form):
    employer = StringField(_("Employer"), _NAME)
    code = StringField(_("Unified Social Credit Code"), [Length(max=40)])
    since = DateField(_("From"), [Optional()])
    until = DateField(_("Until"), [Optional()])


class EndForm(Form):
    until = DateField(_("Last day"), [InputRequired()])


class TieForm(Form):
    organisation = StringField(_("Organisation"), _NAME)
    code = StringField(_("Unified Social Credit Code"), [Length(max=40)])
    words = TextAreaField(_("What ties you to it"), [InputRequired(), Length(max=500)])
    since = DateField(_("From"), [Optional()])
    until = DateField(_("Until"), [Optional()])


class FieldsForm(Form):
    fields = SelectMultipleField(
        _("Criteria sets that can be judged"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    most = IntegerField(_("Applications at a time, at most"), [Optional(), NumberRange(1, 500)])

    region_key = SelectField(_("Region of work"))

    def offer(self, sets: Iterable[SelectChoice], regions: Iterable[SelectChoice]) -> None:
        """Set the criteria sets and the regions that can be chosen."""
        self["fields"].choices = [*sets]
        self.region_key.choices = [SelectChoice("", _("not stated")), *regions]


class LikenessForm(Form):
    """What is decided about a likeness that was found."""

    decision = RadioField(
        _("Decision"),
        [InputRequired(message=_("Choose one of the two."))],
        choices=[SelectChoice(Decision.CONFIRMED, _("confirm")), SelectChoice(Decision.DISMISSED, _("dismiss"))],
    )
    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=1000)])


class JudgeForm(LikenessForm):
    """What is decided about a tie that was found."""

    person = IntegerField(validators=[Optional(), NumberRange(1, LARGEST)])
    fingerprint = HiddenField(validators=[InputRequired(), Length(min=32, max=64)])
    of_organisations = BooleanField(_("This holds for the two organisations, whoever the person"))


class CheckForm(Form):
    """Whoever is to be checked before being invited; read from the address."""

    person = SelectField(_("A reviewer of your programmes"), validate_choice=False)
    name = StringField(_("Name"), [Length(max=80)])
    employer = StringField(_("Employer"), [Length(max=120)])
    code = StringField(_("Unified Social Credit Code"), [Length(max=40)])

    def offer(self, people: Iterable[SelectChoice]) -> None:
        """Set the reviewers that can be chosen."""
        self.person.choices = [SelectChoice("", _("somebody else, by name and employer")), *people]
