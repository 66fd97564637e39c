"""Forms of awards."""

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from registry.web.forms import Form


class IssueForm(Form):
    """The button that issues; it has no fields of its own."""


class RevocationForm(Form):
    reason = TextAreaField(_("Reason for the revocation"), [InputRequired(), Length(max=2000)])
