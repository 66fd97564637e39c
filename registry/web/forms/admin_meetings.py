"""The form for the record of a meeting: who was there, and for each application what was said of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from registry.domain.attending import read_people, write_people
from registry.domain.deliberation import (
    MOST,
    Opinion,
    Present,
    Recusal,
    check_recusals,
    checked,
    gathered,
    read_recusals,
    voters,
)
from registry.domain.errors import Invalid
from registry.domain.vocabulary import MeetingMethod, MeetingPart
from registry.models import Meeting
from registry.web.forms import Form, SelectChoice, text
from registry.web.templating import label

_ONE_A_LINE = _("One a line: name | unit.")
_VOTES = (("in_favour", _("In favour")), ("against", _("Against")), ("abstained", _("Abstained")))
_OPINIONS = (
    SelectChoice("", _("not marked")),
    SelectChoice("yes", _("supported")),
    SelectChoice("no", _("not supported")),
)
PARTS = {"chair": MeetingPart.CHAIR, "members": MeetingPart.MEMBER, "secretaries": MeetingPart.SECRETARY}
PARTS["observers"] = MeetingPart.OBSERVER


class MeetingForm(Form):
    """The record of a meeting; `seen` is the latest record when the form was shown, 0 where there was none."""

    seen = HiddenField()
    held_on = DateField(_("Day of the meeting"), [InputRequired()])
    place = StringField(_("Place of the meeting"), [InputRequired(), Length(max=200)])
    chair = StringField(_("In the chair"), [InputRequired(), Length(max=300)], description=_("Name | unit."))
    members = TextAreaField(_("Members"), [Length(max=10000)], description=_ONE_A_LINE)
    secretaries = TextAreaField(_("Who kept the minutes"), [Length(max=4000)], description=_ONE_A_LINE)
    observers = TextAreaField(_("Others present, without a vote"), [Length(max=10000)], description=_ONE_A_LINE)
    method = RadioField(_("How it was decided"), [InputRequired()])
    rest = RadioField(
        _("Applications that are not marked one by one"),
        choices=[
            SelectChoice("open", _("The meeting has no opinion on them yet")),
            SelectChoice("supported", _("All of them are supported, by consensus")),
        ],
        default="open",
    )
    conclusion = TextAreaField(
        _("Conclusion"),
        [InputRequired(), Length(max=20000)],
        description=_("What was concluded and why; in a correction also what is corrected. At least 10 characters."),
    )
    numbers: tuple[int, ...] = ()
    apart: frozenset[int] = frozenset()

    def part(self, name: str, number: int) -> Any:
        """Return the field of one application."""
        return self[f"{name}_{number}"]

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        held = bool(super().validate(extra_validators))
        try:
            present = self.present()
            method = MeetingMethod(self.method.data)
            if method is MeetingMethod.VOTE and self.rest.data == "supported":
                raise Invalid("rest_needs_votes", field="rest")
        except Invalid as error:
            self.refuse(error)
            return False
        except ValueError:
            return False  # No method was chosen, which its field says.
        # All that is lacking is said at once; the service refuses the first.
        for number in self.numbers:
            try:
                self._check(number, method, present)
            except Invalid as error:
                self.refuse(error)
                held = False
        return held

    def present(self) -> tuple[Present, ...]:
        """Return all who were there; raises Invalid for the field that cannot be read."""
        return gathered(
            read_people(text(self.chair), "chair", least=1, most=1),
            *(read_people(text(self[name]), name, most=MOST) for name in ("members", "secretaries", "observers")),
        )

    def recusals(self) -> list[Recusal]:
        """Return who stayed out of which application."""
        return [one for number in self.numbers for one in self._recusals_of(number)]

    def opinions(self) -> list[Opinion]:
        """Return what was said, of those applications of which something was."""
        return [opinion for number in self.numbers if (opinion := self._opinion_of(number))]

    def _recusals_of(self, number: int) -> tuple[Recusal, ...]:
        return read_recusals(text(self.part("recused", number)), number)

    def _opinion_of(self, number: int) -> Opinion | None:
        answer, reason = self.part("supported", number).data, text(self.part("reason", number))
        votes = {name: self.part(name, number).data for name, _title in _VOTES}
        if answer in ("yes", "no") or self.rest.data == "supported":
            return Opinion(number, supported=answer != "no", reason=reason, **votes)
        if reason or any(vote is not None for vote in votes.values()):
            raise Invalid("opinion_needed", field=f"supported_{number}")
        return None

    def _check(self, number: int, method: MeetingMethod, present: tuple[Present, ...]) -> None:
        recusals = self._recusals_of(number)
        check_recusals(recusals, present)
        opinion = self._opinion_of(number)
        if opinion is not None:
            checked(opinion, method, voters(number, present, recusals), explained=number in self.apart)
        elif recusals:
            raise Invalid("recusal_without_opinion", field=f"supported_{number}")


def meeting_form(numbers: Iterable[int], apart: Iterable[int]) -> type[MeetingForm]:
    """Return the form with the fields of these applications; of those in `apart` a reason is needed in any case."""
    fields: dict[str, Any] = {"numbers": tuple(numbers), "apart": frozenset(apart)}
    for number in fields["numbers"]:
        fields |= {
            f"supported_{number}": RadioField(
                _("Opinion"),
                choices=_OPINIONS,
                default="",
            ),
            **{f"{name}_{number}": IntegerField(title, [Optional(), NumberRange(0, MOST)]) for name, title in _VOTES},
            f"reason_{number}": TextAreaField(
                _("Reason, needed because the reviewers disagree")
                if number in fields["apart"]
                else _("Reason, needed where it is not supported"),
                [Length(max=4000)],
            ),
            f"recused_{number}": TextAreaField(_("Who stayed out of it, and why"), [Length(max=4000)]),
        }
    made: type[MeetingForm] = type("MeetingForm", (MeetingForm,), fields)
    return made


def offer_methods(form: MeetingForm) -> MeetingForm:
    """Hand in the ways of deciding."""
    form.method.choices = [SelectChoice(method.value, label(method)) for method in MeetingMethod]
    return form


def data_of(meeting: Meeting) -> dict[str, Any]:
    """Return what a form shows of a record, as a beginning of its correction."""
    data: dict[str, Any] = {
        "held_on": meeting.held_on,
        "place": meeting.place,
        "method": meeting.method.value,
        "conclusion": meeting.conclusion,
        **{
            name: write_people(person for person in meeting.present if person["part"] == part)
            for name, part in PARTS.items()
        },
    }
    for opinion in meeting.opinions:
        number = opinion.application_id
        recused = (one for one in meeting.recusals if one["application"] == number)
        data |= {
            f"supported_{number}": "yes" if opinion.supported else "no",
            f"in_favour_{number}": opinion.in_favour,
            f"against_{number}": opinion.against,
            f"abstained_{number}": opinion.abstained,
            f"reason_{number}": opinion.reason,
            f"recused_{number}": "\n".join(f"{one['name']} | {one['reason']}" for one in recused),
        }
    return data
