"""Forms of the office about one application."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from registry.domain.shapes import Input
from registry.models import ScreeningItem
from registry.queries.prechecks import Proposal
from registry.services.screening import MONTHS_BARRED, Items
from registry.web.forms import Form, SelectChoice, confirming, not_sure, text
from registry.web.intake import LARGEST
from registry.web.plots import is_series
from registry.web.templating import picked

_REASON = [InputRequired(), Length(min=10, max=4000)]
# What may be said of an item, and what is kept of it.
_HELD = {"yes": True, "no": False, "none": None}
_SAID = {held: said for said, held in _HELD.items()}


class FileForm(Form):
    """Whether reviewers who must not know the applicant may read a file."""

    readable = HiddenField(validators=[InputRequired(), AnyOf(("yes", "no"))])


class ScreeningForm(Form):
    """An answer and a note for each item of the checklist, and the reason where the decision needs one.

    `seen` stands for what had been found when the form was shown.
    """

    seen = HiddenField()
    decision = StringField(
        _("Decision"), [AnyOf(("keep", "accept", "refuse", "bar"), message=_("Choose what is to be done."))]
    )
    reason = TextAreaField(_("Reason, where the application is refused or barred"), [Length(max=4000)])
    months = IntegerField(_("Months, where the site is barred"), [Optional()], default=MONTHS_BARRED)
    sure = confirming("screening", asked=False)
    keys: tuple[str, ...] = ()
    proposed: Mapping[str, tuple[Proposal, str]] = {}

    def part(self, name: str, key: str) -> Any:
        """Return the field of one item."""
        return self[f"{name}_{key}"]

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        held = bool(super().validate(extra_validators))
        for key in self.keys:
            answer, note = self.part("held", key), self.part("note", key)
            if answer.data == "none" and not text(note):
                note.errors = [gettext("Note why this item does not apply.")]
                held = False
        if text(self.decision) in ("refuse", "bar") and not self.sure.data:
            self.sure.errors = [not_sure()]
            return False
        if text(self.decision) != "accept":
            return held
        # All that is lacking is said at once; the service refuses the first.
        for key in self.keys:
            answer, note = self.part("held", key), self.part("note", key)
            if not answer.data:
                answer.errors = [gettext("Say of this item whether it holds.")]
            elif answer.data == "no" and not text(note):
                note.errors = [gettext("This item does not hold: note why the application may go on all the same.")]
            held = held and not answer.errors and not note.errors
        return held

    @property
    def items(self) -> Items:
        """What was found, by item; what was left open is not among it."""
        return {
            key: (_HELD[self.part("held", key).data], text(self.part("note", key)))
            for key in self.keys
            if self.part("held", key).data in _HELD
        }


def screening_form(
    titles: Mapping[str, str],
    known: Mapping[str, ScreeningItem],
    seen: str,
    *,
    proposed: Mapping[str, tuple[Proposal, str]],
    sent: bool,
) -> ScreeningForm:
    """Return the form for a checklist, filled with what was found so far; `sent` reads what the reader sent.

    What nobody has looked at yet is filled with what the portal proposes, each proposal with its reason in words.
    """
    open_ones = {key: one for key, one in proposed.items() if key in titles and key not in known}
    fields: dict[str, Any] = {"keys": tuple(titles), "proposed": open_ones}
    data: dict[str, str] = {"seen": seen}
    for key, title in titles.items():
        choices = [
            SelectChoice("yes", _("holds")),
            SelectChoice("no", _("does not hold")),
            SelectChoice("none", _("does not apply")),
        ]
        fields[f"held_{key}"] = RadioField(title, [Optional()], choices=choices)
        fields[f"note_{key}"] = StringField(_("Note"), [Length(max=1000)])
        if key in known:
            data[f"held_{key}"] = _SAID[known[key].held]
            data[f"note_{key}"] = known[key].note
        elif key in open_ones:
            proposal, reason = open_ones[key]
            data[f"held_{key}"] = _SAID[proposal.held]
            data[f"note_{key}"] = "" if proposal.held is not None else reason
    made: type[ScreeningForm] = type("ChecklistForm", (ScreeningForm,), fields)
    return made(data=data) if sent else made(None, data=data)


class ReturnForm(Form):
    note = TextAreaField(_("What is to be corrected"), _REASON)
    working_days = IntegerField(_("Working days for the correction"), [InputRequired()])


class AssignForm(Form):
    reviewer = RadioField(
        _("Reviewer"),
        [InputRequired(message=_("Choose a reviewer.")), NumberRange(1, LARGEST)],
        coerce=int,
        validate_choice=False,
    )
    why = StringField(_("Why this reviewer"), [Length(max=400)])


def _number(value: str) -> int:
    """Return the number of a row; raises ValueError for one that no row has."""
    number = int(value)
    if not 0 < number <= LARGEST:
        raise ValueError(value)
    return number


class CallForm(Form):
    """Which applications of a library are called, and why."""

    applications = SelectMultipleField(_("Applications"), coerce=_number, validate_choice=False)
    reason = TextAreaField(_("Reason of the call"), _REASON)


class ReasonForm(Form):
    reason = TextAreaField(_("Reason"), _REASON)


class ValueForm(Form):
    """A value established by the office; its field is that of the input."""

    reason = TextAreaField(_("Reason: from which document or check the value comes"), _REASON)
    rows: tuple[str, ...] = ()
    kind = ""

    @property
    def raw(self) -> object:
        """The value as it was entered, for the engine to read."""
        if self.kind == "rows":
            return {"rows": {key: text(self[f"row_{key}"]) for key in self.rows}}
        return self["value"].data


def value_form(entry: Input, present: Any) -> ValueForm:
    """Return the form for a value, filled with the one that counts at present."""
    fields: dict[str, Any] = {"kind": entry.kind, "value": _value_field(entry)}
    data = {"value": _entered(entry, present)}
    if entry.kind == "rows":
        rows = entry.rows or {}
        given = (present or {}).get("rows", {})
        fields |= {f"row_{key}": StringField(picked(title), [Length(max=40)]) for key, title in rows.items()}
        fields["rows"] = tuple(rows)
        data = {f"row_{key}": given.get(key, "") for key in rows}
    made: type[ValueForm] = type("EstablishedForm", (ValueForm,), fields)
    return made(data=data)


def _value_field(entry: Input) -> Any:
    title = picked(entry.title)
    choices = [SelectChoice(key, picked(name)) for key, name in (entry.choices or {}).items()]
    match entry.kind:
        case "yes_no":
            return RadioField(
                title, [Optional()], choices=[SelectChoice("true", _("Yes")), SelectChoice("false", _("No"))]
            )
        case "choice":
            return RadioField(title, [Optional()], choices=choices)
        case "choices":
            return SelectMultipleField(
                title, choices=choices, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
            )
        case _:
            return StringField(title, [Length(max=2000)])


def _entered(entry: Input, present: Any) -> Any:
    """Return a stored value as its field shows it."""
    match entry.kind:
        case "yes_no":
            return None if present is None else str(present).lower()
        case _:
            return None if is_series(present) else present
