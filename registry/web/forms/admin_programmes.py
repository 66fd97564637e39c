"""Forms for programmes and their categories."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from registry.web.forms import Form, SelectChoice

_NAME = (InputRequired(), Length(max=120))


class ProgrammeForm(Form):
    name = StringField(_("Name in Chinese"), _NAME)
    name_en = StringField(_("Name in English"), _NAME)
    key = StringField(
        _("Key"),
        [InputRequired(), Regexp(r"^[a-z][a-z0-9-]{1,59}$", message=_("Small letters, digits and hyphens."))],
        description=_("Stands in the address of its page: small letters, digits and hyphens."),
    )
    document_key = SelectField(_("Document that asks for it"), [InputRequired()])
    region_key = SelectField(
        _("Region of the programme"),
        [InputRequired()],
        default="cn",
        description=_("Only sites that lie in it may apply."),
    )
    issuers = TextAreaField(
        _("Issuers"),
        [InputRequired(), Length(max=2000)],
        description=_("One a line, in the order in which they sign: name in Chinese | name in English."),
    )
    level = SelectField(_("Level of the issuers"), [InputRequired()])
    region = SelectField(_("Region of the issuers"), [InputRequired()])
    issuer_prefix = StringField(
        _("Issuer's prefix"),
        [InputRequired(), Length(max=6)],
        description=_("Two to six capital letters with which every number begins, such as GJ."),
    )
    code = StringField(
        _("Code"),
        [InputRequired(), Length(max=12)],
        description=_("Capital letters and digits after the prefix, such as WWTP in GJ-WWTP-2026-0007."),
    )
    years_valid = IntegerField(_("Years for which an award is valid"), [InputRequired(), NumberRange(1, 10)], default=3)

    def offer(
        self, documents: Iterable[SelectChoice], levels: Iterable[SelectChoice], regions: Iterable[SelectChoice]
    ) -> None:
        """Set what can be chosen."""
        self.document_key.choices, self.level.choices = [*documents], [*levels]
        self.region_key.choices = self.region.choices = [*regions]

    def named_issuers(self) -> list[tuple[str, str]]:
        """The names of the issuers in Chinese and English, in order; a line without a bar has no English name."""
        lines = (line.partition("|") for line in (self.issuers.data or "").splitlines() if line.strip())
        return [(name.strip(), name_en.strip()) for name, _bar, name_en in lines]


def _ticks(label: str, description: str) -> SelectMultipleField:
    widget, option = ListWidget(prefix_label=False), CheckboxInput()
    return SelectMultipleField(label, widget=widget, option_widget=option, description=description)


class CategoryForm(Form):
    name = StringField(_("Name in Chinese"), _NAME)
    name_en = StringField(_("Name in English"), _NAME)
    key = StringField(
        _("Key"),
        [InputRequired(), Length(max=60)],
        description=_("Letters, digits and hyphens, as criteria sets name it, such as GW-01."),
    )
    clause_ref = SelectField(_("Clause that asks for it"), [InputRequired()])
    outcome = SelectField(_("What the selected get"), [InputRequired()])
    site_kinds = _ticks(_("Kinds of sites"), _("Which may apply. None ticked: all kinds."))
    levels = _ticks(_("Levels of regions"), _("On which level the site's region may be. None ticked: every level."))
    named_regions = _ticks(
        _("Named regions"), _("Where the document names who takes part, these alone may apply. None ticked: all.")
    )
    after = _ticks(
        _("Awards that are needed first"),
        _("The site, or the organisation that applies, must hold a valid award in one of these. None ticked: none."),
    )
    once = SelectField(_("How often it is given while an award is valid"), default="")

    def offer(
        self,
        *,
        clauses: Iterable[SelectChoice],
        outcomes: Iterable[SelectChoice],
        kinds: Iterable[SelectChoice],
        levels: Iterable[SelectChoice],
        regions: Iterable[SelectChoice],
        categories: Iterable[SelectChoice],
        once: Iterable[SelectChoice],
    ) -> None:
        """Set what can be chosen."""
        self.clause_ref.choices, self.outcome.choices = [*clauses], [*outcomes]
        self.site_kinds.choices, self.levels.choices = [*kinds], [*levels]
        self.named_regions.choices = [*regions]
        self.after.choices, self.once.choices = [*categories], [*once]
