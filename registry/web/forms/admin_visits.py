"""Forms of a site visit."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, FileField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import HiddenInput

from registry.web.forms import Form
from registry.web.intake import LARGEST

_ONE_A_LINE = _("One a line: name | unit.")


class VisitForm(Form):
    """The record of a visit; `version` is the one that was shown, 0 where nothing was recorded yet."""

    version = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(0, LARGEST)])
    visited_on = DateField(_("Day of the visit"), [InputRequired()])
    team = TextAreaField(_("Who went"), [InputRequired(), Length(max=4000)], description=_ONE_A_LINE)
    met = TextAreaField(_("Whom they met"), [Length(max=4000)], description=_ONE_A_LINE)
    findings = TextAreaField(
        _("What was found"),
        [InputRequired(), Length(max=20000)],
        description=_("What was seen and checked, against what was declared. At least 10 characters."),
    )


class PhotoForm(Form):
    file = FileField(_("Photograph"))
    caption = StringField(_("What it shows"), [InputRequired(), Length(max=200)])
