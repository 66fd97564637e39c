"""What a list is narrowed to: words and choices, read from the address."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms import SearchField, SelectField

from registry.domain.searching import LONGEST, too_short
from registry.web.forms import Form, SelectChoice
from registry.web.templating import label, named

Choices = Iterable[tuple[str, str]]


class Filters(Form):
    """The fields of one list. A choice that is not offered counts as none: an old address still shows a list."""

    def value(self, name: str) -> str:
        """Return what is chosen in a field, nothing where it is left open or not offered."""
        return str(self[name].data or "") if name in self else ""

    @property
    def values(self) -> dict[str, str]:
        """What is chosen, as parameters of an address."""
        return {field.name: field.data for field in self if field.data}

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """What the list is narrowed to, in words: what each field asks, and what was said there."""
        return self.chosen_in(self)

    def chosen_in(self, fields: Iterable[Any]) -> list[tuple[str, str]]:
        """Return the same of some of the fields."""
        return [(str(field.label.text), _said(field)) for field in fields if field.data and not self._too_short(field)]

    @property
    def unknown(self) -> list[Any]:
        """The fields that were sent a choice which is not offered."""
        return [field for field in self if request.args.get(field.name, "").strip() and not field.data]

    @property
    def hint(self) -> str:
        """What to say where so little was typed that nothing can be found by it."""
        if any(self._too_short(field) for field in self):
            return str(_("Please type at least two characters to search."))
        return ""

    @staticmethod
    def _too_short(field: Any) -> bool:
        return isinstance(field, SearchField) and too_short(str(field.data or ""))


def filters(words: str | None = None, /, **offered: tuple[str, Choices]) -> Filters:
    """Return the filters of a list: a field for words under its label, and a field with choices for each other name."""
    made = type("FiltersOfList", (Filters,), {})
    if words:
        made.q = SearchField(words, filters=[_tidied], render_kw={"maxlength": LONGEST})  # type: ignore[attr-defined]
    for name, (title, choices) in offered.items():
        every = [SelectChoice("", _("all")), *(SelectChoice(value, text) for value, text in choices)]
        known = {choice.value for choice in every}
        setattr(made, name, SelectField(title, choices=every, validate_choice=False, filters=[_one_of(known)]))
    found: Filters = made(request.args)
    return found


def words_of(kind: Iterable[StrEnum]) -> Choices:
    """Return words of the vocabulary as choices."""
    return [(word.value, label(word)) for word in kind]


def rows_by(key: str, rows: Iterable[Any], title: str = "name") -> Choices:
    """Return rows as choices: by which of their columns they are known, under their names."""
    return [(str(getattr(row, key)), named(row, title)) for row in rows]


def _said(field: Any) -> str:
    if isinstance(field, SelectField):
        offered: Any = field.choices
        return next((str(choice.label) for choice in offered if choice.value == field.data), "")
    return f"“{field.data}”"


def _tidied(text: str | None) -> str:
    return " ".join((text or "").split())[:LONGEST]


def _one_of(known: set[str]) -> Any:
    return lambda value: value if value in known else ""
