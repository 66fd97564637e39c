"""Forms of applicants. The form of a part of a filing is built from its criteria."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, DateInput, HiddenInput, ListWidget

from registry.domain.shapes import Gate, Indicator, Input
from registry.web.forms import Form, SelectChoice
from registry.web.forms.account import ADDRESS
from registry.web.intake import LARGEST
from registry.web.plots import is_series
from registry.web.templating import picked

LONG_TEXT = 200
LONGEST_CLAIM = 500
_NAME = (InputRequired(), Length(max=120))


class OrganisationForm(Form):
    name = StringField(_("Name of the organisation"), _NAME)
    name_en = StringField(_("Name in English"), [Length(max=200)])
    credit_code = StringField(_("Unified Social Credit Code"), [InputRequired(), Length(max=40)])
    legal_representative = StringField(_("Legal representative"), [InputRequired(), Length(max=80)])
    kind = SelectField(_("Kind"), [InputRequired()])
    industry = StringField(_("Industry"), [Length(max=120)])
    region_key = SelectField(_("Region"), [InputRequired()])


class MemberForm(Form):
    email = EmailField(_("E-mail address"), ADDRESS)
    drafter = BooleanField(_("Drafter: fills in applications"))
    signatory = BooleanField(_("Signatory: submits and withdraws, and lets others in"))


class EndSeatForm(Form):
    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=500)])


class HandOverForm(Form):
    successor = RadioField(_("Who becomes signatory"), [InputRequired(_("Choose a member."))])
    then = RadioField(_("And you"), [InputRequired()], default="stay")


class CorrectSiteForm(Form):
    name = StringField(_("Name of the site"), _NAME)
    name_en = StringField(_("Name in English"), [Length(max=200)])
    address = StringField(_("Address"), [Length(max=200)])
    permit_number = StringField(_("Discharge permit number"), [Length(max=60)])
    region_key = SelectField(_("Region"), [InputRequired()])


class SiteForm(CorrectSiteForm):
    kind = SelectField(_("Kind"), [InputRequired()])
    role = SelectField(_("Your organisation is its"), [InputRequired()])


class StartForm(Form):
    # A site that does not fit is refused with its reason, not as an unknown one.
    site = RadioField(_("Site"), [InputRequired(_("Choose the site that applies."))], validate_choice=False)


class EvidenceForm(Form):
    target = SelectField(_("What the file proves"), [Optional()])
    # One file may prove several papers, or a question of which no paper is asked.
    also = SelectMultipleField(
        _("The file proves these papers too"),
        [Optional()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    other = SelectField(_("Another: for the question"), [Optional()])
    file = FileField(_("File"))
    page = StringField(_("Where to look"), [Length(max=60)])
    # Asked only where the review is blind.
    blind = BooleanField(_("A copy without names: neither applicant nor site nor a person is named in it"))


class SeriesForm(Form):
    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(0, LARGEST)])
    file = FileField(_("CSV file"))


class SubmitForm(Form):
    revision = IntegerField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(0, LARGEST)])
    digest = HiddenField(validators=[InputRequired(), Length(min=64, max=64)])
    truthful = BooleanField(
        _("I sign for my organisation that what is stated here is true and complete"),
        [InputRequired(_("Tick this to sign."))],
    )
    # Left empty where no third party evaluated.
    evaluator = StringField(_("Name of the firm"), [Length(max=120)])
    evaluator_code = StringField(_("Unified Social Credit Code"), [Length(max=40)])
    evaluator_representative = StringField(_("Legal representative"), [Length(max=80)])
    # Asked only where there is something to confirm; the service knows.
    unmet = BooleanField(_("I have read which requirements are not met, and submit all the same"))
    unusual = BooleanField(_("I have checked each of these figures; they are right as they stand"))


class WithdrawForm(Form):
    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=500)])


class PartForm(Form):
    """What every form of a part has; the fields of its inputs are added by `part_form` and `claims_form`."""

    revision = IntegerField(widget=HiddenInput(), validators=[Optional(), NumberRange(0, LARGEST)])


def choices(words: Iterable[tuple[str, str]], *, first: str | None = None) -> list[SelectChoice]:
    """Return pairs of value and label as the choices of a field, after an empty one where `first` names it."""
    empty = [] if first is None else [SelectChoice("", first)]
    return [*empty, *(SelectChoice(value, label) for value, label in words)]


def part_form(entries: Sequence[Input], declared: Mapping[str, Any], revision: int) -> Any:
    """Return the form of some inputs, filled with what was declared; one filled from a series has no field."""
    fields: dict[str, Field] = {}
    data: dict[str, Any] = {"revision": revision}
    for entry in entries:
        value = declared.get(entry.key)
        if is_series(value):
            continue
        if entry.kind == "rows":
            rows = (value or {}).get("rows", {})
            for number, (row, title) in enumerate((entry.rows or {}).items()):
                marks = {"data-row": row}
                fields[f"input_{entry.key}-{number}"] = _number(f"{picked(entry.title)} · {picked(title)}", marks)
                data[f"input_{entry.key}-{number}"] = rows.get(row, "")
        else:
            fields[f"input_{entry.key}"] = _field(entry)
            data[f"input_{entry.key}"] = _shown(entry, value)
    return type("FilledPartForm", (PartForm,), fields)(data=data)


def claims_form(entries: Iterable[Gate | Indicator], claims: Mapping[str, str], revision: int) -> Any:
    """Return the form in which each of the entries may be declared not applicable by giving a reason."""
    fields = {
        f"claim_{entry.key}": TextAreaField(
            picked(entry.title), [Length(max=LONGEST_CLAIM)], render_kw={"rows": 2, "data-claim": entry.key}
        )
        for entry in entries
    }
    data = {f"claim_{key}": reason for key, reason in claims.items()}
    return type("FilledClaimsForm", (PartForm,), fields)(data={**data, "revision": revision})


def entered(form: Any, entries: Sequence[Input]) -> dict[str, Any]:
    """Return what was entered, by the key of the input, still as it was typed."""
    return {
        entry.key: _entered(form, entry) for entry in entries if entry.kind == "rows" or f"input_{entry.key}" in form
    }


def entered_claims(form: Any, entries: Iterable[Gate | Indicator]) -> dict[str, str]:
    """Return the reasons that were entered, by the key of the gate or indicator."""
    return {entry.key: str(form[f"claim_{entry.key}"].data or "") for entry in entries}


def show_again(form: Any, entry: Input, value: Any) -> None:
    """Put a stored value into the field of an input, in place of what was entered."""
    if is_series(value):
        return
    if entry.kind == "rows":
        rows = (value or {}).get("rows", {})
        fields = {f"input_{entry.key}-{number}": rows.get(row, "") for number, row in enumerate(entry.rows or {})}
    else:
        fields = {f"input_{entry.key}": _shown(entry, value)}
    for name, shown in fields.items():
        form[name].data, form[name].raw_data = shown, None


def _entered(form: Any, entry: Input) -> Any:
    if entry.kind == "rows":
        return {row: str(form[f"input_{entry.key}-{number}"].data or "") for number, row in enumerate(entry.rows or {})}
    return form[f"input_{entry.key}"].data


def _shown(entry: Input, value: Any) -> Any:
    if entry.kind == "yes_no":
        return {True: "true", False: "false"}.get(value, "")
    return value


def _field(entry: Input) -> Field:
    title = picked(entry.title)
    if entry.kind == "yes_no":
        answers = [SelectChoice("true", _("Yes")), SelectChoice("false", _("No"))]
        return RadioField(title, [Optional()], choices=answers, validate_choice=False)
    if entry.kind == "choice":
        offered = choices(((key, picked(text)) for key, text in (entry.choices or {}).items()), first="–")
        return SelectField(title, [Optional()], choices=offered, validate_choice=False)
    if entry.kind == "choices":
        ticks = choices((key, picked(text)) for key, text in (entry.choices or {}).items())
        return SelectMultipleField(
            title,
            [Optional()],
            choices=ticks,
            validate_choice=False,
            option_widget=CheckboxInput(),
            widget=ListWidget(prefix_label=False),
        )
    if entry.kind == "date":
        return StringField(title, [Optional()], widget=DateInput())
    if entry.kind == "text":
        many = (entry.length or 0) > LONG_TEXT
        return (TextAreaField if many else StringField)(title, [Optional()])
    return _number(title)


def _number(title: str, marks: Mapping[str, str] | None = None) -> Field:
    return StringField(title, [Optional()], render_kw={"inputmode": "decimal", **(marks or {})})
