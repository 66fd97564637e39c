"""Forms: they parse and check shape; rules stay in the domain, choices are handed in."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs

from registry.domain.errors import Invalid
from registry.domain.texts import plain
from registry.words import sentence

__all__ = ["Form", "SelectChoice", "text"]


def text(field: Field) -> str:
    """Return what was entered into a field of text, without blanks around it."""
    return str(field.data or "").strip()


class Form(FlaskForm):  # type: ignore[misc]
    """A form of the portal; the token against forged requests is checked for the whole application."""

    class Meta:
        csrf = False

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
