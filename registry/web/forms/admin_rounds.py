"""Forms for rounds, their categories, their numbers and their pool."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from registry.domain.vocabulary import CalibrationUse
from registry.web.forms import Form, SelectChoice, confirming

_NAME = (InputRequired(), Length(max=120))
_MINUTES = "%Y-%m-%dT%H:%M"
_BEIJING = ZoneInfo("Asia/Shanghai")
_PLACES = (Optional(), NumberRange(0, 100000))


def from_beijing(entered: Any) -> datetime:
    """Return a moment that was entered by the clock of Beijing; one before all time is the first that there is."""
    moment: datetime = entered.replace(tzinfo=_BEIJING)
    return moment.astimezone(UTC) if moment.year > 1 else datetime.min.replace(tzinfo=UTC)


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


class EndForm(Form):
    """The end of a round that had none, entered in the time of Beijing."""

    closes_at = DateTimeLocalField(
        _("Closes"), [InputRequired()], format=_MINUTES, description=_("Beijing time, from now on. It is set once.")
    )
    reason = TextAreaField(
        _("Reason"), [InputRequired(), Length(max=2000)], description=_("Told to those who are filling in.")
    )
    sure = confirming("end")


class ProgrammeChoiceForm(RoundForm):
    programme = SelectField(_("Programme"), [InputRequired()])


class StartForm(Form):
    """The offered route with which the text of a route begins; it stands in the address."""

    route = SelectField(_("Begin with the route"), id="start_route")


def _figures_year() -> IntegerField:
    description = _("Empty: the year of the round.")
    return IntegerField(_("Year of the figures"), [Optional(), NumberRange(2000, 2100)], description=description)


def _factor_year() -> IntegerField:
    description = _("Empty: the year of the figures or, where the factors do not go so far, their last year.")
    return IntegerField(_("Year of the factors"), [Optional(), NumberRange(2000, 2100)], description=description)


def _base_year() -> IntegerField:
    description = _("From which improvements are counted, where the criteria ask for it.")
    return IntegerField(_("Base year"), [Optional(), NumberRange(2000, 2100)], description=description)


class RoundCategoryForm(Form):
    """A category of a round, once its criteria are chosen."""

    category = SelectField(_("Category"), [InputRequired()])
    track = SelectField(_("Track"), [InputRequired()])
    quota = IntegerField(
        _("Quota"),
        _PLACES,
        description=_("How many may be selected in this category. Empty: no limit."),
    )
    figures_year, factor_year, base_year = _figures_year(), _factor_year(), _base_year()
    calibration = SelectField(
        _("Severity of reviewers"),
        default=CalibrationUse.SHOWN.value,
        description=_("Fixed when the round opens, and said on its public page."),
    )
    route = TextAreaField(
        _("Route"), [InputRequired(), Length(max=4000)], description=_("One stage a line, in the order of the way.")
    )
    gates = SelectMultipleField(
        _("Requirements that are switched on"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_("Requirements that are not listed here always hold."),
    )

    def factors(self) -> dict[str, str]:
        """The chosen version of each table of factors; the year of the factors is none of them."""
        return {
            field.short_name.removeprefix("factor_"): field.data
            for field in self
            if isinstance(field, SelectField) and field.short_name.startswith("factor_")
        }


class OutlineForm(Form):
    """What the file of a programme leaves to the officer who prepares a round from it."""

    title = StringField(_("Title in Chinese"), _NAME)
    title_en = StringField(_("Title in English"), _NAME)
    year = IntegerField(
        _("Year"), [InputRequired(), NumberRange(2000, 2100)], description=_("The year in the numbers of its awards.")
    )
    opens_at = DateTimeLocalField(_("Opens"), [InputRequired()], format=_MINUTES, description=_("Beijing time."))
    closes_at = DateTimeLocalField(
        _("Closes"), [InputRequired()], format=_MINUTES, description=_("Beijing time; to the minute.")
    )
    figures_year, factor_year, base_year = _figures_year(), _factor_year(), _base_year()


def outline_form(*, ends: bool) -> type[OutlineForm]:
    """Return the form, without a close where the kind of round has none."""
    return OutlineForm if ends else type("LibraryForm", (OutlineForm,), {"closes_at": None})


class TotalsForm(Form):
    total = IntegerField(
        _("Total of the round"),
        _PLACES,
        description=_("How many may be selected in the round as a whole. Empty: no such limit."),
    )
    pool = IntegerField(
        _("Pool"),
        _PLACES,
        description=_("How many of the total no category has yet. They wait until the issuer assigns them."),
    )


class LimitForm(Form):
    """How many a bureau may recommend."""

    number = IntegerField(_("Quota"), [InputRequired(), NumberRange(1, 100000)])
    level = SelectField(_("Every bureau of the level"))
    region_key = SelectField(_("The bureau of the region"))
    category = SelectField(_("Category"))


class RuleForm(Form):
    """A limit of a group, or places reserved for it."""

    group = SelectField(_("For whom"), [InputRequired()])
    region = SelectField(_("Region"), description=_("Only where one region is meant."))
    answer = SelectField(_("What was answered"), description=_("Only where those are meant who gave one answer."))
    kind = RadioField(_("At most or at least"), [InputRequired()], default="most")
    number = IntegerField(_("Places"), [InputRequired(), NumberRange(0, 100000)])
    category = SelectField(_("Category"))
    since = IntegerField(
        _("Count awards since the year"),
        [Optional(), NumberRange(2000, 2100)],
        description=_("For a number of several years. Empty: only this round counts."),
    )


class PoolForm(Form):
    """Places of the pool for each category, with the paper that assigns them."""

    basis = StringField(
        _("Paper of the issuer"),
        [InputRequired(), Length(max=300)],
        description=_("Its title and number, by which the issuer assigns these places."),
    )
    reason = TextAreaField(_("Reason for the proposal"), [InputRequired(), Length(max=2000)])
    assigning: tuple[int, ...] = ()

    @property
    def wanted(self) -> dict[int, int]:
        """The places by the number of the category."""
        return {number: self[f"places_{number}"].data or 0 for number in self.assigning}


def pool_form(categories: Iterable[tuple[int, str]]) -> type[PoolForm]:
    """Return the form with one field for each category, under its name."""
    names = dict(categories)
    fields: dict[str, Any] = {f"places_{number}": IntegerField(name, _PLACES) for number, name in names.items()}
    return type("PoolForm", (PoolForm,), {**fields, "assigning": tuple(names)})


class OpenForm(Form):
    """The question whether to open a round."""

    sure = confirming("open")


def round_category_form(tables: Mapping[str, tuple[str, Iterable[SelectChoice], str]]) -> type[RoundCategoryForm]:
    """Return the form with a choice for each table of factors: its label, its versions and the default one."""
    fields = {
        f"factor_{key}": SelectField(label, [InputRequired()], choices=[*versions], default=default)
        for key, (label, versions, default) in tables.items()
    }
    return type("RoundCategoryForm", (RoundCategoryForm,), fields)
