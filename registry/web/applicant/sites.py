"""The sites of an organisation: entered, and put right while no bureau has confirmed them."""

import re

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.errors import WrongState
from registry.domain.vocabulary import Action, Intake, PartyRole, SiteKind
from registry.models import Application, Organisation, Site
from registry.queries import applications as tables_of_applications
from registry.queries import organisations as tables
from registry.queries import public
from registry.services import sites, starting
from registry.web.applicant import parts
from registry.web.applicant.blueprint import bp
from registry.web.applicant.organisations import kinds_offered, regions_offered
from registry.web.forms import text
from registry.web.forms.applicant import CorrectSiteForm, SiteForm, choices
from registry.web.printing import warn_unprintable
from registry.web.work import committed, tried

# The credit code of the holder, the number of the permit and its check letter.
PERMIT = re.compile(r"[0-9A-Z]{18}[0-9]{3}[0-9A-Z]")


@bp.route("/organisations/<int:number>/sites/new", methods=["GET", "POST"])
def add_site(number: int) -> ResponseReturnValue:
    found = tables.one(g.session, g.actor, Action.APPLY, number)
    form = SiteForm(region_key=found.region_key)
    form.kind.choices, form.role.choices = kinds_offered(SiteKind), kinds_offered(PartyRole)
    form.region_key.choices = choices(regions_offered(), first="–")
    if form.validate_on_submit() and (site := tried(form, lambda: _add(found, form))):
        warn_unprintable(text(form.name), text(form.name_en))
        _warn_of_permit(text(form.permit_number))
        begun = _begin(found, site)
        if begun is not None:
            said = _("The site is entered, and its application is started.")
            return committed(url_for("applicant.edit", number=begun.id), said)
        return committed(_onward(number), _("The site is entered."))
    page = render_template("applicant/add_site.html", form=form, organisation=found)
    return page, 422 if form.is_submitted() else 200


@bp.route("/organisations/<int:number>/sites/<int:site>", methods=["GET", "POST"])
def edit_site(number: int, site: int) -> ResponseReturnValue:
    found = tables.one(g.session, g.actor, Action.APPLY, number)
    row = tables.site(g.session, found, site, g.actor.at)
    form = CorrectSiteForm(obj=row)
    form.region_key.choices = choices(regions_offered(), first="–")
    closed = _closed(row)
    if closed is None and form.validate_on_submit() and tried(form, lambda: _correct(found, row, form)):
        warn_unprintable(row.name, row.name_en)
        _warn_of_permit(row.permit_number)
        return committed(_onward(number), _("The site is corrected."))
    page = render_template("applicant/edit_site.html", form=form, organisation=found, site=row, closed=closed)
    return page, (409 if closed else 422) if form.is_submitted() else 200


def _warn_of_permit(number: str) -> None:
    """Say of a number that is no discharge permit's how such a number looks; it is kept all the same."""
    if number and not PERMIT.fullmatch(number.strip()):
        flash(_("The permit number is kept as typed. A discharge permit has 22 characters: credit code, then four."))


def _closed(site: Site) -> str | None:
    """Return why the organisation can no longer correct a site, or None."""
    try:
        sites.refuse_decided(g.session, site)
    except WrongState as error:
        return parts.sentence(error)
    return None


def _begin(found: Organisation, site: Site) -> Application | None:
    """Start the application for which the site was entered, where there is one and the round takes the site."""
    wanted = request.args.get("start", type=int)
    if not wanted:
        return None
    round_category = tables_of_applications.offered(g.session, wanted)
    if public.intake(round_category.round, g.actor.at) is not Intake.OPEN:
        return None
    if starting.refusal(g.session, g.actor, round_category, site, found) is not None:
        return None
    return starting.start(g.session, g.actor, round_category, site, found)


def _onward(number: int) -> str:
    """Back to the application that somebody was about to start, where there is one, else to the organisation."""
    wanted = request.args.get("start", type=int)
    if wanted:
        return url_for("applicant.start", number=wanted)
    return url_for("applicant.organisation", number=number)


def _add(found: Organisation, form: SiteForm) -> Site:
    return sites.add(
        g.session,
        g.actor,
        found,
        kind=SiteKind(form.kind.data),
        role=PartyRole(form.role.data),
        **_entered(form),
    )


def _correct(found: Organisation, site: Site, form: CorrectSiteForm) -> bool:
    sites.correct(g.session, g.actor, found, site, **_entered(form))
    return True


def _entered(form: CorrectSiteForm) -> dict[str, str]:
    return {
        "name": text(form.name),
        "name_en": text(form.name_en),
        "address": text(form.address),
        "permit_number": text(form.permit_number),
        "region_key": text(form.region_key),
    }
