"""Forms for people and their roles."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from registry.web.forms import Form, SelectChoice
from registry.web.forms.account import ADDRESS


class InviteForm(Form):
    name = StringField(_("Name"), [InputRequired(), Length(max=80)])
    email = EmailField(_("E-mail address"), ADDRESS)
    language = SelectField(
        _("Language of the messages"), choices=[SelectChoice("zh", _("Chinese")), SelectChoice("en", _("English"))]
    )


class AppointForm(Form):
    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=500)])


class GrantForm(Form):
    role = SelectField(_("Role"), [InputRequired()])
    programme = SelectField(_("Programme"))
    region = SelectField(_("Region"))

    def offer(
        self, roles: Iterable[SelectChoice], programmes: Iterable[SelectChoice], regions: Iterable[SelectChoice]
    ) -> None:
        """Set what can be chosen."""
        self.role.choices = [*roles]
        self.programme.choices = [SelectChoice("", _("the whole installation")), *programmes]
        self.region.choices = [SelectChoice("", _("none; only a recommender has a region")), *regions]
