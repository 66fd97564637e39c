"""Forms of awards."""

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from registry.web.forms import Form


class RevocationForm(Form):
    reason = TextAreaField(_("Reason for the revocation"), [InputRequired(), Length(max=2000)])
