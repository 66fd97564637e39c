"""Forms for loading and approving criteria."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import HiddenField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from registry.domain.errors import Invalid
from registry.domain.faults import CriteriaFaulty, Fault
from registry.web.forms import Form, confirming


class CriteriaForm(Form):
    """A criteria set as a file or as text; the text of a file comes to stand in the text field, so nothing is lost."""

    file = FileField(_("File"), description=_("A criteria set, .yaml; it takes the place of the text below."))
    content = TextAreaField(_("Text"), description=_("Or the text of the set, to paste here or to correct."))
    faults: tuple[Fault, ...] = ()

    def validate_file(self, field: FileField) -> None:
        """Take over the text of the file."""
        if not field.data:
            return
        try:
            self.content.data = field.data.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(_("The file is not in UTF-8.")) from None

    def validate_content(self, field: TextAreaField) -> None:
        """Ask for one of the two, and read lines as files have them."""
        content = (field.data or "").replace("\r\n", "\n")
        if not content.strip():
            raise ValidationError(_("Choose a file or paste the text."))
        field.data = content

    def refuse(self, error: Invalid) -> None:
        """Keep the faults of the set for the page."""
        if isinstance(error, CriteriaFaulty):
            self.faults = error.faults
        super().refuse(error)


class ApproveForm(Form):
    digest = HiddenField(validators=[InputRequired()])
    sure = confirming("approve")
