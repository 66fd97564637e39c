"""The forms for the wording of a letter, and for letters that wait."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import AnyOf

from registry.domain.errors import Invalid
from registry.domain.letters import BODIES, SUBJECTS, Wording, check_text
from registry.domain.vocabulary import LetterKind
from registry.web.forms import Form, confirming


class WordingForm(Form):
    """A wording in both languages; what may stand in one of its kind is checked by the domain.

    `seen` is the number of the wording that counted when the form was shown.
    """

    subject = StringField(_("Subject in Chinese"))
    body = TextAreaField(_("Text in Chinese"), description=_("An empty line begins a new paragraph."))
    subject_en = StringField(_("Subject in English"))
    body_en = TextAreaField(_("Text in English"), description=_("An empty line begins a new paragraph."))
    seen = HiddenField()
    act = StringField(_("Decision"), validators=[AnyOf(("preview", "save"), message=_("Choose what is to be done."))])

    kind: LetterKind

    def validate(self, extra_validators: Mapping[str, object] | None = None) -> bool:
        """Check every text, so that all that is wrong is said at once; the service refuses the first."""
        held = bool(super().validate(extra_validators))
        for name in (*SUBJECTS, *BODIES):
            try:
                check_text(str(self[name].data or ""), name, self.kind)
            except Invalid as error:
                self.refuse(error)
                held = False
        return held

    @property
    def wording(self) -> Wording:
        """What was entered."""
        fields = (self.subject, self.body, self.subject_en, self.body_en)
        return Wording(*(str(field.data or "") for field in fields))


class ReleaseForm(Form):
    """The question before letters leave; `seen` is the digest of the letters that were shown."""

    sure = confirming("release")
    seen = HiddenField(id="seen_to_release")


class RewriteForm(Form):
    """The reason for which letters are withdrawn and written anew; `seen` as in `ReleaseForm`."""

    reason = TextAreaField(_("Reason"), description=_("It is kept on record; the applicant does not read it."))
    seen = HiddenField(id="seen_to_rewrite")
