"""What a form says where a field was filled in wrongly: what to enter, by the name of the field.

The library of forms has sentences such as “This field is required.” of its own. A field asks for its sentences here.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, SelectFieldBase

REQUIRED = "This field is required."
FILL = _("Please fill in: %(label)s")
CHOOSE = _("Please choose: %(label)s")
TICK = _("Please tick: %(label)s")
# The sentences of the library, each with ours; figures in them are put in by the library.
SENTENCES: Mapping[str, str] = {
    "Not a valid choice.": _("Choose one of what is offered: %(label)s"),
    "Invalid Choice: could not coerce.": _("Choose one of what is offered: %(label)s"),
    "Invalid choice(s): one or more data inputs could not be coerced.": _("Choose from what is offered: %(label)s"),
    "'%(value)s' is not a valid choice for this field.": _("Choose from what is offered: %(label)s"),
    "'%(value)s' are not valid choices for this field.": _("Choose from what is offered: %(label)s"),
    "Not a valid integer value.": _("%(label)s: enter a whole number in digits, such as 12"),
    "Not a valid decimal value.": _("%(label)s: enter a number in digits, such as 12.5"),
    "Not a valid float value.": _("%(label)s: enter a number in digits, such as 12.5"),
    "Not a valid date value.": _("%(label)s: enter a day, such as 2026-03-01"),
    "Not a valid datetime value.": _("%(label)s: enter day and time, such as 2026-03-01 17:00"),
    "Number must be at least %(min)s.": _("%(label)s: enter %(min)s or more"),
    "Number must be at most %(max)s.": _("%(label)s: enter %(max)s or less"),
    "Number must be between %(min)s and %(max)s.": _("%(label)s: enter a number from %(min)s to %(max)s"),
    "Field must be at least %(min)d character long.": _("%(label)s: write at least %(min)d characters"),
    "Field cannot be longer than %(max)d character.": _("%(label)s: write at most %(max)d characters"),
    "Field must be exactly %(max)d character long.": _("%(label)s: write exactly %(max)d characters"),
    "Field must be between %(min)d and %(max)d characters long.": _(
        "%(label)s: write between %(min)d and %(max)d characters"
    ),
    "Invalid input.": _("%(label)s: this cannot be read as what is asked"),
    "Invalid value, must be one of: %(values)s.": _("Choose one of what is offered: %(label)s"),
}


class Wording:
    """The sentences of one field, as the library asks for them; `others` has those that are not ours."""

    def __init__(self, others: Any) -> None:
        self.field: Field | None = None
        self._others = others

    def gettext(self, text: str) -> str:
        """Return our sentence for one of the library, with the name of the field and room for its figures."""
        ours = None if self.field is None else _required(self.field) if text == REQUIRED else SENTENCES.get(text)
        if self.field is None or ours is None:
            return str(self._others.gettext(text))
        label = str(self.field.label.text).rstrip("。.")
        # Where the library puts in figures, a sign for them in a name is none.
        return str(ours).replace("%(label)s", label.replace("%", "%%") if "%(" in text else label)

    def ngettext(self, singular: str, _plural: str, _number: int) -> str:
        """Return our sentence for one with a number, in which one and many read the same."""
        return self.gettext(singular)


def _required(field: Field) -> str:
    if isinstance(field, BooleanField):
        return str(TICK)
    return str(CHOOSE) if isinstance(field, SelectFieldBase) else str(FILL)
