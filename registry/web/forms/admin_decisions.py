"""Forms of decisions."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from registry.domain.errors import Invalid
from registry.web.forms import Form, SelectChoice, confirming, text

_NUMBER = (Optional(), NumberRange(0, 9999))
# The lines in which results can be overridden.
OVERRIDES = (1, 2, 3)


class PlacesForm(Form):
    """The numbers with which a ranking is tried; they stand in the address."""

    places = IntegerField(_("Places to fill"), _NUMBER)
    reserve = IntegerField(_("In reserve"), _NUMBER)


class ProposalForm(Form):
    """A selection with the numbers of the ranking that was looked at, and a reason for every exclusion."""

    places = IntegerField(_("Places to fill"), _NUMBER, widget=HiddenInput())
    reserve = IntegerField(_("In reserve"), _NUMBER, widget=HiddenInput())
    scenario = IntegerField(_("Scenario"), [Optional()], widget=HiddenInput())
    reason = TextAreaField(_("Reason for the proposal"), [InputRequired(), Length(max=2000)])
    excluding: tuple[int, ...] = ()

    @property
    def exclusions(self) -> dict[int, str]:
        """The reasons by the number of the application."""
        return {number: text(self[f"exclude_{number}"]) for number in self.excluding}

    @property
    def overrides(self) -> dict[int, tuple[bool, str]]:
        """Whether an application is put in, with the reason, by its number; raises Invalid where one is named twice."""
        found: dict[int, tuple[bool, str]] = {}
        for place in OVERRIDES:
            chosen = self[f"override_{place}"].data
            if chosen:
                if int(chosen) in found:
                    raise Invalid("override_twice", field=f"override_{place}")
                inside = self[f"override_result_{place}"].data == "in"
                found[int(chosen)] = inside, text(self[f"override_reason_{place}"])
        return found


def proposal_form(unfinished: Iterable[tuple[int, str]], ranked: Iterable[tuple[int, str]] = ()) -> type[ProposalForm]:
    """Return the form with one field for each unfinished application, under the name of its site.

    `ranked` are those whose result can be overridden, by name.
    """
    names = dict(unfinished)
    offered = [SelectChoice("", _("nobody")), *(SelectChoice(str(number), name) for number, name in ranked)]
    results = [SelectChoice("in", _("put in")), SelectChoice("out", _("kept out"))]
    fields: dict[str, Any] = {
        f"exclude_{number}": StringField(name, [InputRequired(), Length(max=500)]) for number, name in names.items()
    }
    for place in OVERRIDES:
        fields[f"override_{place}"] = SelectField(_("Whose result is overridden"), choices=offered, default="")
        fields[f"override_result_{place}"] = SelectField(_("How it is decided instead"), choices=results, default="in")
        fields[f"override_reason_{place}"] = StringField(_("Why it is overridden"), [Optional(), Length(max=500)])
    return type("ProposalForm", (ProposalForm,), {**fields, "excluding": tuple(names)})


class ApproveForm(Form):
    digest = HiddenField(validators=[InputRequired(), Length(min=64, max=64)])
    reason = TextAreaField(_("Remark"), [Length(max=2000)])
    overrides_seen = BooleanField(_("I looked at each override and its reason."))
    sure = confirming("approve")


class RejectForm(Form):
    reason = TextAreaField(_("Reason for the rejection"), [InputRequired(), Length(max=2000)], id="reject-reason")
    sure = confirming("reject")
