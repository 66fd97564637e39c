"""Forms of decisions."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from registry.web.forms import Form, confirming, text

_NUMBER = (Optional(), NumberRange(0, 9999))


class PlacesForm(Form):
    """The numbers with which a ranking is tried; they stand in the address."""

    places = IntegerField(_("Places to fill"), _NUMBER)
    reserve = IntegerField(_("In reserve"), _NUMBER)


class ProposalForm(Form):
    """A selection with the numbers of the ranking that was looked at, and a reason for every exclusion."""

    places = IntegerField(_("Places to fill"), _NUMBER, widget=HiddenInput())
    reserve = IntegerField(_("In reserve"), _NUMBER, widget=HiddenInput())
    reason = TextAreaField(_("Reason for the proposal"), [InputRequired(), Length(max=2000)])
    excluding: tuple[int, ...] = ()

    @property
    def exclusions(self) -> dict[int, str]:
        """The reasons by the number of the application."""
        return {number: text(self[f"exclude_{number}"]) for number in self.excluding}


def proposal_form(unfinished: Iterable[tuple[int, str]]) -> type[ProposalForm]:
    """Return the form with one field for each unfinished application, under the name of its site."""
    names = dict(unfinished)
    fields: dict[str, Any] = {
        f"exclude_{number}": StringField(name, [InputRequired(), Length(max=500)]) for number, name in names.items()
    }
    return type("ProposalForm", (ProposalForm,), {**fields, "excluding": tuple(names)})


class ApproveForm(Form):
    digest = HiddenField(validators=[InputRequired(), Length(min=64, max=64)])
    reason = TextAreaField(_("Remark"), [Length(max=2000)])
    sure = confirming("approve")


class RejectForm(Form):
    reason = TextAreaField(_("Reason for the rejection"), [InputRequired(), Length(max=2000)], id="reject-reason")
    sure = confirming("reject")
