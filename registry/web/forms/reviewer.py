"""Forms of the reviewer; that for the marks is built from the questions of the criteria."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateField, Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Regexp

from registry.domain.answers import mark_of
from registry.domain.chain import digest_of
from registry.domain.criteria import CriteriaSet
from registry.domain.errors import Invalid
from registry.domain.judging import needs_justification
from registry.domain.reasons import LEAST
from registry.domain.shapes import Indicator
from registry.domain.values import written
from registry.web.forms import Form, SelectChoice, text
from registry.web.templating import picked

# What stands at a question: points and justification, as they were typed.
Typed = tuple[str, str]
NOTHING: Typed = ("", "")


class MarksForm(Form):
    """Points and a justification for each question, kept as they are; only who finishes must have given all of them.

    Each question carries the digest of what stood there when the form was shown. Where the review was saved elsewhere
    since, that tells what was changed here, what there, and what in both places: `collided` names those questions.
    """

    version = HiddenField(validators=[InputRequired(), Regexp(r"^\d{1,9}$")])
    collided = HiddenField()

    criteria: CriteriaSet
    keys: tuple[str, ...] = ()
    finishing = False

    def part(self, name: str, key: str) -> Any:
        """Return the field of one question."""
        return self[f"{name}_{key}"]

    def typed(self, key: str) -> Typed:
        """Return what stands at a question."""
        return _lines(text(self.part("points", key))), _lines(text(self.part("justification", key)))

    @property
    def marks(self) -> dict[str, Typed]:
        """What stands at every question."""
        return {key: self.typed(key) for key in self.keys}

    @property
    def both(self) -> tuple[str, ...]:
        """The questions at which two saves say different things."""
        asked = text(self.collided).split(",")
        return tuple(key for key in self.keys if key in asked)

    def merge(self, saved: Mapping[str, Typed], version: int) -> bool:
        """Take over what was saved elsewhere where nothing was changed here; tell whether nothing is left to choose."""
        collided = []
        for key in self.keys:
            mine, theirs, shown = self.typed(key), saved.get(key, NOTHING), self.part("base", key)
            # What was not sent with the form is not known: then both are shown.
            base = text(shown) if shown.raw_data else ""
            if mine == theirs or digest(theirs) == base:
                continue
            if digest(mine) == base:
                self._take(key, theirs)
            else:
                collided.append(key)
        for key in self.keys:
            self.part("base", key).data = digest(saved.get(key, NOTHING))
            self.part("choice", key).data = None
        self.version.data, self.collided.data = str(version), ",".join(collided)
        return not collided

    def choose(self, saved: Mapping[str, Typed]) -> None:
        """Put what was saved in the place of what is typed wherever that was chosen."""
        for key in self.both:
            if self.part("choice", key).data == "saved":
                self._take(key, saved.get(key, NOTHING))

    def validate(self, extra_validators: Mapping[str, object] | None = None) -> bool:
        held = bool(super().validate(extra_validators))
        for key in self.both:
            if self.part("choice", key).data not in ("mine", "saved"):
                self.part("choice", key).errors = [gettext("Choose which of the two counts.")]
                held = False
        if self.finishing:
            whole = [self._whole(key) for key in self.keys]
            held = held and all(whole)
        return held

    def _whole(self, key: str) -> bool:
        points, why = self.part("points", key), self.part("justification", key)
        if not text(points):
            points.errors = [gettext("Give points here before you finish.")]
            return False
        with suppress(Invalid):
            given = mark_of(self.criteria.indicators[key], text(points))
            if needs_justification(self.criteria, self.criteria.indicators[key], given) and len(text(why)) < LEAST:
                why.errors = [gettext("Justify these points in at least %(least)s characters.", least=LEAST)]
                return False
        return True

    def _take(self, key: str, typed: Typed) -> None:
        self.part("points", key).data, self.part("justification", key).data = typed


class ChangeForm(MarksForm):
    """Another mark on one question of a finished review, with the reason."""

    reason = TextAreaField(_("Why you change it"), [InputRequired(), Length(min=LEAST, max=1000)])


def marks_form(
    criteria: CriteriaSet,
    panels: Iterable[Indicator],
    known: Mapping[str, Typed],
    version: int,
    *,
    kind: type[MarksForm] = MarksForm,
    **how: Any,
) -> Any:
    """Return the form for these questions, filled with what is known so far."""
    asked = tuple(panels)
    fields: dict[str, object] = {"keys": tuple(panel.key for panel in asked), "criteria": criteria}
    data = {"version": str(version)}
    for panel in asked:
        key = panel.key
        fields[f"points_{key}"] = _points(panel)
        fields[f"justification_{key}"] = TextAreaField(_("Justification"), [Length(max=4000)])
        fields[f"base_{key}"] = HiddenField()
        fields[f"choice_{key}"] = RadioField(
            _("Which of the two counts"),
            choices=[SelectChoice("mine", _("what stands here")), SelectChoice("saved", _("what was saved"))],
            validate_choice=False,
        )
        data[f"points_{key}"], data[f"justification_{key}"] = known.get(key, NOTHING)
        data[f"base_{key}"] = digest(known.get(key, NOTHING))
    made: type[MarksForm] = type("QuestionsForm", (kind,), fields)
    return made(data=data, **how)


def digest(typed: Typed) -> str:
    """Return by what it is known what stood at a question."""
    return digest_of([_lines(part) for part in typed])[:16]


def _points(panel: Indicator) -> Field:
    if panel.marks == "levels":
        levels = [
            SelectChoice(written(level.points), f"{written(level.points)} · {picked(level)}") for level in panel.levels
        ]
        return RadioField(_("Points"), choices=levels, validate_choice=False)
    return StringField(_("Points"), [Length(max=12)])


def _lines(words: str) -> str:
    """The same text whether a browser sent it or the portal kept it."""
    return words.replace("\r\n", "\n").strip()


class ConflictForm(Form):
    reason = TextAreaField(_("What ties you to this application"), [InputRequired(), Length(min=LEAST, max=1000)])


class PromiseForm(Form):
    promised_on = DateField(_("I will have finished it by"), [InputRequired()])


class DeclineForm(Form):
    reason = TextAreaField(_("Why you cannot review it"), [InputRequired(), Length(min=LEAST, max=1000)])


class RemarkForm(Form):
    words = TextAreaField(_("Your remark"), [InputRequired(), Length(max=4000)])
