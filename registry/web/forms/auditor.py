"""Forms of the auditor."""

from flask_babel import lazy_gettext as _
from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional

from registry.web.forms import Form


class EventsForm(Form):
    """Which events are looked at; it is read from the address."""

    application = IntegerField(_("Number of the application"), [Optional(), NumberRange(min=1, max=2**31 - 1)])
