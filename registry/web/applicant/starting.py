"""Starting an application: which sites fit, which do not and why."""

from dataclasses import dataclass

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.errors import Invalid
from registry.domain.vocabulary import Intake
from registry.models import Application, RoundCategory, SiteParty
from registry.queries import applications as tables
from registry.queries import organisations as organisation_tables
from registry.queries import public
from registry.queries.pages import Page
from registry.services import starting
from registry.web.applicant import parts
from registry.web.applicant.blueprint import bp
from registry.web.forms.applicant import StartForm, choices
from registry.web.forms.filters import Filters, filters
from registry.web.paging import asked, here, paging
from registry.web.templating import named
from registry.web.work import committed, tried

# How many sites are offered at a time.
SITES_AT_A_TIME = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """A site of the reader's organisations, with the application that it has already and why it cannot have one."""

    part: SiteParty
    existing: Application | None
    own: bool
    refusal: Invalid | None

    @property
    def taken(self) -> bool:
        return self.existing is not None and self.existing.status not in starting.LEAVING

    @property
    def free(self) -> bool:
        return not self.taken and self.refusal is None

    @property
    def why(self) -> str:
        """Why the site cannot apply, as a sentence."""
        return parts.sentence(self.refusal) if self.refusal else ""


@bp.route("/applications/start/<int:number>", methods=["GET", "POST"])
def start(number: int) -> ResponseReturnValue:
    round_category = tables.offered(g.session, number)
    if not g.actor.seats:
        # Who is asked to take a seat answers that first; anybody else enters an organisation.
        asked_to = organisation_tables.asked(g.session, g.actor)
        there = "applicant.organisations" if asked_to else "applicant.found_organisation"
        return redirect(url_for(there, start=number), 303)
    form, narrowed = StartForm(), filters(_("Name of the site"))
    found = _sites(narrowed)
    offered = _choices(round_category, found.rows)
    if form.validate_on_submit():
        part = next((choice.part for choice in offered if str(choice.part.id) == form.site.data), None)
        begun = tried(form, lambda: _start(round_category, part))
        if begun:
            return committed(url_for("applicant.edit", number=begun.id))
        round_category = tables.offered(g.session, number)
        found = _sites(narrowed)
        offered = _choices(round_category, found.rows)
    free = [choice for choice in offered if choice.free]
    form.site.choices = choices((str(choice.part.id), _name_of(choice.part)) for choice in free)
    if len(free) == 1 and found.total == 1 and not form.is_submitted():
        form.site.data = str(free[0].part.id)
    page = render_template(
        "applicant/start.html",
        form=form,
        round_category=round_category,
        choices=offered,
        filters=narrowed,
        paging=paging(found),
        address=here(""),
        open=public.intake(round_category.round, g.actor.at) is Intake.OPEN,
        organisations=organisation_tables.page(g.session, g.actor).rows,
    )
    return page, 422 if form.is_submitted() else 200


def _start(round_category: RoundCategory, part: SiteParty | None) -> Application:
    if part is None:
        raise Invalid("no_part_in_site", field="site")
    return starting.start(g.session, g.actor, round_category, part.site, part.organisation)


def _sites(narrowed: Filters) -> Page[SiteParty]:
    """Some of the sites of the actor's organisations: of each it is asked much whether it may apply."""
    own = [seat.organisation_id for seat in g.actor.seats]
    return organisation_tables.sites_page(
        g.session, own, g.actor.at, narrowed.value("q"), asked(), size=SITES_AT_A_TIME
    )


def _choices(round_category: RoundCategory, rows: list[SiteParty]) -> list[Choice]:
    """Sites of the actor's organisations, with the application that each has in the round category."""
    own = [seat.organisation_id for seat in g.actor.seats]
    existing = tables.of_sites(g.session, round_category, [part.site_id for part in rows])
    return [
        Choice(
            part,
            found := existing.get(part.site_id),
            found is not None and found.organisation_id in own,
            starting.refusal(g.session, g.actor, round_category, part.site, part.organisation),
        )
        for part in rows
    ]


def _name_of(part: SiteParty) -> str:
    return f"{named(part.site)} · {named(part.organisation)}"
