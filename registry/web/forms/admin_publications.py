"""Forms of published lists."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from registry.models import Entry
from registry.web.forms import Form, text

# The names of an entry that may be put right, with what each field says in Chinese and in English.
NAMES = {
    "site": (_("Project (site)"), _("Project (site), in English")),
    "organisation": (_("Applicant"), _("Applicant, in English")),
    "region": (_("Region"), _("Region, in English")),
    "category": (_("Category"), _("Category, in English")),
}


class CorrectionForm(Form):
    """A list with its titles, and the names of the entries that were chosen."""

    title = StringField(_("Title of the list"), [InputRequired(), Length(max=200)])
    title_en = StringField(_("Title in English"), [Length(max=200)])
    reason = TextAreaField(_("Reason for the correction"), [InputRequired(), Length(max=2000)])
    # By the position of an entry: what of it stands in the form.
    parts: dict[int, tuple[str, ...]] = {}  # noqa: RUF012 - each form that is made has its own

    @property
    def corrections(self) -> dict[int, dict[str, Any]]:
        """What was entered, by the position of the entry."""
        return {
            position: {part: self._entered(position, part) for part in parts} for position, parts in self.parts.items()
        }

    def _entered(self, position: int, part: str) -> Any:
        name = f"entry_{position}_{part}"
        if part == "credit_code":
            return text(self[name])
        return {"zh": text(self[f"{name}_zh"]), "en": text(self[f"{name}_en"])}


def correction_form(entries: Iterable[Entry]) -> type[CorrectionForm]:
    """Return the form with the fields of these entries, each with what was published."""
    fields: dict[str, Any] = {}
    parts: dict[int, tuple[str, ...]] = {}
    for entry in entries:
        known = tuple(part for part in (*NAMES, "credit_code") if entry.content.get(part))
        parts[entry.position] = known
        for part in known:
            name = f"entry_{entry.position}_{part}"
            published = entry.content[part]
            if part == "credit_code":
                label = _("Unified Social Credit Code")
                fields[name] = StringField(label, [InputRequired(), Length(max=30)], default=published)
                continue
            chinese, english = NAMES[part]
            fields[f"{name}_zh"] = StringField(chinese, [InputRequired(), Length(max=200)], default=published["zh"])
            fields[f"{name}_en"] = StringField(english, [Length(max=300)], default=published["en"])
    return type("CorrectionForm", (CorrectionForm,), {**fields, "parts": parts})
