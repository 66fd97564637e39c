"""Forms for plans of who reviews what."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from registry.domain.assigning.settings import Settings
from registry.domain.assigning.values import Demand, Level
from registry.web.forms import Form, SelectChoice, text

NOWHERE = "none"


class RulesForm(Form):
    """What a plan has to keep to, whoever draws it up."""

    most = IntegerField(
        _("Open reviews of an expert, at most"),
        [InputRequired(), NumberRange(1, 500)],
        default=20,
        description=_("For experts who have no limit of their own."),
    )
    apart = SelectField(
        _("Not from the region of the site"),
        choices=[
            SelectChoice("city", _("not from the same city")),
            SelectChoice("district", _("not from the same district or county")),
            SelectChoice("province", _("not from the same province")),
            SelectChoice(NOWHERE, _("the region does not matter")),
        ],
    )
    demand = RadioField(
        _("Expertise"),
        choices=[
            SelectChoice(Demand.ANY.value, _("experts of the field alone")),
            SelectChoice(Demand.NONE.value, _("others too, where no expert of the field is left")),
        ],
        default=Demand.ANY.value,
    )
    unjudged = BooleanField(_("Leave out whoever has a possible tie that nobody has judged yet"), default=True)

    def settings(self, seed: str, round_category: int | None = None) -> Settings:
        """Return what was entered."""
        apart = text(self.apart)
        return Settings(
            seed=seed,
            most=self.most.data or 1,
            apart=None if apart == NOWHERE else Level[apart.upper()],
            demand=Demand(text(self.demand)),
            unjudged=bool(self.unjudged.data),
            round_category=round_category,
        )


class PlanForm(RulesForm):
    """What a plan is to be drawn up by."""

    category = SelectField(_("Applications"))
    seed = StringField(
        _("Seed"),
        [InputRequired(), Length(max=40)],
        description=_(
            "Decides between plans that are equally good. The same seed and the same facts give the same plan."
        ),
    )

    def offer(self, categories: Iterable[SelectChoice]) -> None:
        """Set the categories of the round that can be chosen."""
        self.category.choices = [SelectChoice("", _("of all categories")), *categories]

    @property
    def entered(self) -> Settings:
        """What was entered."""
        return self.settings(text(self.seed), int(text(self.category)) if text(self.category) else None)


class FileForm(RulesForm):
    """A plan as a file; its lines are held against the same rules."""

    file = FileField(_("File"), [FileRequired(_("Choose a file."))])
