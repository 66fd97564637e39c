"""The form of the what-if bench, which stands in the address, and that by which a scenario is kept."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DecimalField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from registry.web.forms import Form, text

_PLACES = (Optional(), NumberRange(0, 99999))
_MINIMUM = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]{1,4})?)\s*(%?)\s*$")


class FigureField(DecimalField):
    """A figure of a few digits: what is not finite, or written with an exponent beyond them, is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        exponent = self.data.as_tuple().exponent if self.data is not None else 0
        if not isinstance(exponent, int) or not -9 <= exponent <= 3:
            self.data = None
            raise ValueError(self.gettext("Not a valid decimal value."))


def _no_more_than_all(_form: Form, field: Any) -> None:
    """Refuse a share of more than all there is."""
    read = _MINIMUM.match(field.data or "")
    if read and read[2] and Decimal(read[1]) > 100:
        raise ValidationError(field.gettext("Number must be at most %(max)s.") % {"max": "100%"})


class BenchForm(Form):
    """What can be moved; a field that is left as it was changes nothing."""

    places = IntegerField(_("Places to fill"), _PLACES)
    pool = IntegerField(_("More places, from the pool"), _PLACES)
    lowest = FigureField(_("Least total"), [Optional(), NumberRange(0, 1000)], places=None)
    aggregation = SelectField(_("How marks are joined"))
    marks = SelectField(_("Which marks count"))
    ties = SelectField(_("What parts equal totals"))
    minima_of: tuple[str, ...] = ()
    weights_of: tuple[str, ...] = ()
    rules_of: tuple[str, ...] = ()

    @property
    def minima(self) -> dict[str, str]:
        """What is entered as the least points of a section, by section."""
        entered = {key: text(self[f"minimum_{key}"]).replace(" ", "") for key in self.minima_of}
        return {key: said for key, said in entered.items() if said}

    @property
    def weights(self) -> dict[str, str]:
        """The factors that differ from one, by section or indicator."""
        entered = {key: self[f"weight_{key}"].data for key in self.weights_of}
        return {
            key: format((Decimal(percent) / 100).normalize(), "f")
            for key, percent in entered.items()
            if percent not in (None, 100)
        }

    @property
    def rules(self) -> dict[str, int]:
        """The numbers of quota rules that are entered, by their keys."""
        entered = {key: self[f"rule_{key}"].data for key in self.rules_of}
        return {key: number for key, number in entered.items() if number is not None}


def bench_form(
    minima: Iterable[tuple[str, str]], weights: Iterable[tuple[str, str]], rules: Mapping[str, str]
) -> type[BenchForm]:
    """Return the form with a field for each section, each weight and each quota rule, under their names."""
    sections, weighed = dict(minima), dict(weights)
    fields: dict[str, Any] = {
        f"minimum_{key}": StringField(name, [Optional(), Length(max=12), Regexp(_MINIMUM), _no_more_than_all])
        for key, name in sections.items()
    }
    fields |= {f"weight_{key}": IntegerField(name, [Optional(), NumberRange(1, 500)]) for key, name in weighed.items()}
    fields |= {f"rule_{key}": IntegerField(name, _PLACES) for key, name in rules.items()}
    return type(
        "BenchFormOfRound",
        (BenchForm,),
        {**fields, "minima_of": tuple(sections), "weights_of": tuple(weighed), "rules_of": tuple(rules)},
    )


class ScenarioForm(Form):
    title = StringField(_("Title of the scenario"), [InputRequired(), Length(max=120)])
