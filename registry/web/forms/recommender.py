"""Forms of the bureau."""

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional

from registry.web.forms import Form, SelectChoice, confirming
from registry.web.intake import LARGEST


class ConfirmForm(Form):
    """The answer is the button that was pressed."""

    confirmed = StringField(_("Confirmed"), [AnyOf(("yes", "no"), message=_("Choose one of the two."))])


class RecommendForm(Form):
    in_favour = RadioField(
        _("Recommendation"),
        [InputRequired(message=_("Say whether the bureau recommends the application."))],
        choices=[SelectChoice("yes", _("Recommend")), SelectChoice("no", _("Do not recommend"))],
    )
    rank = IntegerField(_("Rank among those your bureau recommends here"), [Optional(), NumberRange(1, LARGEST)])
    opinion = TextAreaField(_("Opinion of the bureau"), [InputRequired(), Length(min=10, max=4000)])
    sure = confirming("opinion")
