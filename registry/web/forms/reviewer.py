"""Forms of the reviewer; that for the marks is built from the questions of the criteria."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp

from registry.domain.shapes import Indicator
from registry.domain.values import written
from registry.models import Mark
from registry.web.forms import Form, text

LEAST = 10


class MarksForm(Form):
    """Points and a justification for each question; what is left empty is not marked yet."""

    version = HiddenField(validators=[InputRequired(), Regexp(r"^\d{1,9}$")])

    def part(self, name: str, key: str) -> Any:
        """Return the field of one question."""
        return self[f"{name}_{key}"]

    def validate(self, extra_validators: Mapping[str, object] | None = None) -> bool:
        held = bool(super().validate(extra_validators))
        for key in self.keys:
            points, why = self.part("points", key), self.part("justification", key)
            if text(points) and len(text(why)) < LEAST:
                why.errors = [gettext("Justify these points in at least %(least)s characters.", least=LEAST)]
            elif text(why) and not text(points):
                points.errors = [gettext("Give points to go with the justification.")]
            held = held and not points.errors and not why.errors
        return held

    @property
    def marks(self) -> dict[str, tuple[object, str]]:
        """What was marked, by question."""
        return {
            key: (text(self.part("points", key)), text(self.part("justification", key)))
            for key in self.keys
            if text(self.part("points", key))
        }

    keys: tuple[str, ...] = ()


def marks_form(panels: Iterable[Indicator], known: Mapping[str, Mark], version: int) -> MarksForm:
    """Return the form for these questions, filled with the marks known so far."""
    fields: dict[str, object] = {"keys": tuple(panel.key for panel in panels)}
    data = {"version": str(version)}
    for panel in panels:
        fields[f"points_{panel.key}"] = StringField(_("Points"), [Length(max=12)])
        fields[f"justification_{panel.key}"] = TextAreaField(_("Justification"), [Length(max=4000)])
        if panel.key in known:
            data[f"points_{panel.key}"] = written(known[panel.key].points)
            data[f"justification_{panel.key}"] = known[panel.key].justification
    made: type[MarksForm] = type("QuestionsForm", (MarksForm,), fields)
    return made(data=data)


class ConflictForm(Form):
    reason = TextAreaField(_("What ties you to this application"), [InputRequired(), Length(min=LEAST, max=1000)])
