"""Forms: they parse and check shape; rules stay in the domain, choices are handed in."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, PasswordField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired

from registry.domain.errors import Invalid
from registry.domain.texts import plain
from registry.web.forms.wording import Wording
from registry.words import sentence

__all__ = ["Form", "SelectChoice", "SureForm", "confirming", "each", "not_sure", "text"]


def confirming(of: str, *, asked: bool = True) -> BooleanField:
    """Return the tick that stands before what cannot be undone; `of` tells it from others on the same page.

    Where it is not always asked, its form says when.
    """
    checks = [InputRequired(message=not_sure())] if asked else []
    return BooleanField(_("I have read this and want it done."), checks, id=f"{of}-sure")


def not_sure() -> Any:
    """Return what is said where the tick is missing."""
    return _("Tick the box if you want this; nothing has happened yet.")


def text(field: Field) -> str:
    """Return what was entered into a field of text, without blanks around it."""
    return str(field.data or "").strip()


class Form(FlaskForm):  # type: ignore[misc]
    """A form of the portal; the token against forged requests is checked for the whole application."""

    class Meta:
        csrf = False

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Bind a field, which says by its own name what is to be entered."""
            wording = Wording(options["translations"])
            wording.field = unbound_field.bind(form=form, **{**options, "translations": wording})
            return wording.field

    def validate(self, extra_validators: Mapping[str, object] | None = None) -> bool:
        """Check all fields, and that what was typed into them can be kept as text."""
        held = bool(super().validate(extra_validators))
        for field in self:
            if isinstance(field.data, str) and not isinstance(field, PasswordField):
                try:
                    field.data = plain(field.data, field.name)
                except Invalid as error:
                    self.refuse(error)
                    held = False
        return held

    def refuse(self, error: Invalid) -> None:
        """Show a refused value at its field, or above the form where it belongs to none."""
        text = sentence(error.key, error.values, gettext)
        field: Any = self._fields.get(error.field) if error.field else None
        if field is None:
            self.form_errors.append(text)
        else:
            field.errors = [*field.errors, text]


class SureForm(Form):
    """The question before an act that cannot be undone and asks for nothing else."""

    sure = confirming("act")

    def of(self, line: object) -> "SureForm":
        """Return the same form, its tick told from those of the other lines of a page."""
        self.sure.id = self.sure.label.field_id = f"sure-{line}"
        return self


def each(line: int, refused: tuple[int, SureForm] | None) -> Field:
    """Return the tick of a line of a page: the one that was refused where it is of this line, else a new one."""
    form = refused[1] if refused and refused[0] == line else SureForm(None)
    return form.of(line).sure
