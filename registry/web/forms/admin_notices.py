"""Forms of notices."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from registry.domain.vocabulary import ObjectionStatus
from registry.web.forms import Form, SelectChoice, confirming
from registry.web.templating import label

ANSWERS = (ObjectionStatus.DISMISSED, ObjectionStatus.UPHELD)


class NoticeForm(Form):
    reason = TextAreaField(_("Reason for the proposal"), [InputRequired(), Length(max=2000)])


class ReplyForm(Form):
    answer = RadioField(_("Decision on the objection"), [InputRequired()])
    text = TextAreaField(_("Answer"), [InputRequired(), Length(max=4000)])
    sure = confirming("answer")


class PublicationForm(Form):
    title = StringField(_("Title of the list"), [InputRequired(), Length(max=200)])
    title_en = StringField(_("Title in English"), [Length(max=200)])
    reason = TextAreaField(_("Reason for the proposal"), [InputRequired(), Length(max=2000)])


def reply_form() -> ReplyForm:
    """Return the form with the answers there are."""
    form = ReplyForm()
    form.answer.choices = [SelectChoice(word.value, label(word)) for word in ANSWERS]
    return form
