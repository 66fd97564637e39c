"""Forms for rounds and their categories."""

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from registry.domain.routes import PARAMETERS, Parameter
from registry.domain.vocabulary import Kind
from registry.web.forms import Form, SelectChoice

_NAME = (InputRequired(), Length(max=120))
_MINUTES = "%Y-%m-%dT%H:%M"
_CORRECTION = PARAMETERS[Kind.SCREENING]["working_days"]
_NOTICE = PARAMETERS[Kind.NOTICE]["working_days"]
_REVIEWERS = PARAMETERS[Kind.REVIEW]["minimum_reviewers"]


class RoundForm(Form):
    """A round; its dates are entered in the time of Beijing."""

    title = StringField(_("Title in Chinese"), _NAME)
    title_en = StringField(_("Title in English"), _NAME)
    year = IntegerField(
        _("Year"), [InputRequired(), NumberRange(2000, 2100)], description=_("The year in the numbers of its awards.")
    )
    opens_at = DateTimeLocalField(_("Opens"), [InputRequired()], format=_MINUTES, description=_("Beijing time."))
    closes_at = DateTimeLocalField(
        _("Closes"),
        [Optional()],
        format=_MINUTES,
        description=_("Beijing time; to the minute. Empty: a library, which never closes."),
    )
    one_person_may_sign = BooleanField(
        _("One person may fill in and sign"),
        description=_("Otherwise an application needs a drafter and another person who signs."),
        default=True,
    )


class ProgrammeChoiceForm(RoundForm):
    programme = SelectField(_("Programme"), [InputRequired()])


def _whole(label: str, parameter: Parameter) -> IntegerField:
    validators = [InputRequired(), NumberRange(parameter.least, parameter.most)]
    return IntegerField(label, validators, default=parameter.default)


class RoundCategoryForm(Form):
    """A category of a round, once its criteria are chosen."""

    category = SelectField(_("Category"), [InputRequired()])
    track = SelectField(_("Track"), [InputRequired()])
    quota = IntegerField(
        _("Quota"),
        [Optional(), NumberRange(0, 100000)],
        description=_("How many may be selected in this category. Empty: no limit."),
    )
    figures_year = IntegerField(
        _("Year of the figures"), [Optional(), NumberRange(2000, 2100)], description=_("Empty: the year of the round.")
    )
    base_year = IntegerField(
        _("Base year"),
        [Optional(), NumberRange(2000, 2100)],
        description=_("From which improvements are counted, where the criteria ask for it."),
    )
    route = SelectField(_("Route up to the deliberation"), [InputRequired()])
    level = SelectField(_("Level of the bureau that recommends"), [InputRequired()], default="province")
    correction_days = _whole(_("Working days for a correction"), _CORRECTION)
    correction_counts_start = BooleanField(_("The day on which it is sent back counts, if it is a working day"))
    reviewers = _whole(_("Fewest reviewers for an application"), _REVIEWERS)
    notice_days = _whole(_("Working days of the public notice"), _NOTICE)
    notice_counts_start = BooleanField(_("The day of the notice counts, if it is a working day"))
    gates = SelectMultipleField(
        _("Requirements that are switched on"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_("Requirements that are not listed here always hold."),
    )

    def factors(self) -> dict[str, str]:
        """The chosen version of each table of factors."""
        return {
            field.short_name.removeprefix("factor_"): field.data
            for field in self
            if field.short_name.startswith("factor_")
        }


class OpenForm(Form):
    """The question whether to open a round."""


def round_category_form(tables: Mapping[str, tuple[str, Iterable[SelectChoice], str]]) -> type[RoundCategoryForm]:
    """Return the form with a choice for each table of factors: its label, its versions and the default one."""
    fields = {
        f"factor_{key}": SelectField(label, [InputRequired()], choices=[*versions], default=default)
        for key, (label, versions, default) in tables.items()
    }
    return type("RoundCategoryForm", (RoundCategoryForm,), fields)
