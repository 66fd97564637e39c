"""Applications as their applicants see them: the list, the start, where one stands, and its certificate."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from flask import g, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from registry.domain.errors import NotFound
from registry.domain.vocabulary import Action, Intake, Kind, Status
from registry.domain.workflow import WITH_APPLICANT
from registry.models import Application, SiteParty
from registry.queries import applications as tables
from registry.queries import filings, histories, public
from registry.queries import organisations as organisation_tables
from registry.services import applications as services
from registry.services import calendar
from registry.web.applicant.blueprint import bp
from registry.web.forms.applicant import StartForm, choices
from registry.web.templating import happening, label, moment, named
from registry.web.work import committed, tried


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the route, as the macro of steps shows it."""

    label: str
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event, as the macro of timelines shows it."""

    time: str
    datetime: str
    actor: str | None
    sentence: str
    clock_moved: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A site that may apply, with the application that it has already."""

    part: SiteParty
    existing: Application | None
    own: bool

    @property
    def free(self) -> bool:
        return self.existing is None or self.existing.status in services.LEAVING


@bp.get("/applications")
def index() -> ResponseReturnValue:
    at = g.actor.at
    rounds = [row for row in public.current_rounds(g.session, at) if public.intake(row, at) is Intake.OPEN]
    found = tables.of_applicant(g.session, g.actor)
    return render_template(
        "applicant/index.html",
        applications=found,
        deadlines={row.id: deadline_of(row) for row in found},
        rounds=rounds,
        at=at,
    )


@bp.route("/applications/start/<int:number>", methods=["GET", "POST"])
def start(number: int) -> ResponseReturnValue:
    round_category = tables.offered(g.session, number)
    if not g.actor.seats:
        return redirect(url_for("applicant.organisations", start=number), 303)
    offered = _choices(number)
    form = StartForm()
    free = [choice for choice in offered if choice.free]
    form.site.choices = choices((str(choice.part.id), _name_of(choice.part)) for choice in free)
    if len(free) == 1 and not form.is_submitted():
        form.site.data = str(free[0].part.id)
    if form.validate_on_submit():
        part = next(choice.part for choice in free if str(choice.part.id) == form.site.data)
        begun = tried(form, lambda: services.start(g.session, g.actor, round_category, part.site, part.organisation))
        if begun:
            return committed(url_for("applicant.edit", number=begun.id))
        round_category = tables.offered(g.session, number)
    page = render_template(
        "applicant/start.html",
        form=form,
        round_category=round_category,
        choices=offered,
        open=public.intake(round_category.round, g.actor.at) is Intake.OPEN,
        organisations=organisation_tables.of_actor(g.session, g.actor),
    )
    return page, 422 if form.is_submitted() else 200


@bp.get("/applications/<int:number>")
def show(number: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.VIEW_OWN, number)
    correction = services.open_correction(application)
    return render_template(
        "applicant/show.html",
        application=application,
        sheet=filings.sheet(g.session, application),
        steps=steps(application),
        events=[happened(row) for row in histories.of_application(g.session, application, names=False)],
        correction=correction,
        estimated=calendar.of_correction(g.session, correction),
        writable=writable(application),
        signs=signs(application),
        award=tables.award_of(g.session, application),
        outcome=tables.outcome_of(g.session, application),
    )


@bp.get("/applications/<int:number>/receipt")
def receipt(number: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.VIEW_OWN, number)
    if application.receipt is None:
        raise NotFound
    known = histories.of_application(g.session, application, names=False)
    handed_in = [row for row in known if row.action == Action.SUBMIT]
    sheet = filings.sheet(g.session, application)
    return render_template("applicant/receipt.html", application=application, handed_in=handed_in, sheet=sheet)


@bp.get("/applications/<int:number>/certificate")
def certificate(number: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.VIEW_OWN, number)
    found = tables.certificate(g.session, application)
    return send_file(
        BytesIO(found.content),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{found.award.number}.pdf",
    )


def writable(application: Application) -> bool:
    """Tell whether the applicant can write in the filing now."""
    if application.kind is not Kind.FILING or application.status not in WITH_APPLICANT:
        return False
    due = services.deadline(application)
    return due is None or g.actor.at < due


def deadline_of(application: Application) -> datetime | None:
    """Return the moment before which the applicant has to act, where there is one."""
    waits = application.kind is Kind.FILING and application.status in WITH_APPLICANT
    return services.deadline(application) if waits else None


def steps(application: Application) -> list[Step]:
    """Return the route with what is done, where the application stands, and what is to come."""
    ended = application.status is Status.CERTIFIED

    def state(position: int) -> str:
        if position < application.position or ended:
            return "done"
        return "current" if position == application.position else "coming"

    return [
        Step(
            label(step.kind),
            state(step.position),
            label(application.status) if step.position == application.position else "",
        )
        for step in application.round_category.steps
    ]


def happened(row: histories.Happening) -> Happening:
    """Return a line of a history as the macro shows it; an authority's people stand as their role."""
    return Happening(
        time=moment(row.at),
        datetime=row.at.isoformat(),
        actor=row.name or (label(row.role) if row.role else None),
        sentence=happening(row.action),
        clock_moved=row.clock_moved,
    )


def _choices(number: int) -> list[Choice]:
    """The sites of the actor's organisations, with the application that each has in the round category."""
    round_category = tables.offered(g.session, number)
    own = [seat.organisation_id for seat in g.actor.seats]
    parts = organisation_tables.sites(g.session, own, g.actor.at)
    existing = tables.of_sites(g.session, round_category, [part.site_id for part in parts])
    return [
        Choice(part, found := existing.get(part.site_id), found is not None and found.organisation_id in own)
        for part in parts
    ]


def _name_of(part: SiteParty) -> str:
    return f"{named(part.site)} · {named(part.organisation)}"


def signs(application: Application) -> bool:
    """Tell whether the reader signs for the applicant."""
    return any(seat.signatory for seat in g.actor.seats if seat.organisation_id == application.organisation_id)
