"""Applications as their applicants see them: the list, where one stands, its receipt and its certificate."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from flask import g, render_template, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import completeness
from registry.domain.errors import NotFound
from registry.domain.vocabulary import Action, Intake, Kind, Status
from registry.domain.workflow import ENDED, WITH_APPLICANT, moves_at
from registry.models import Application
from registry.queries import applications as tables
from registry.queries import cases, feedback, filings, histories, letters, pages, public, visits
from registry.services import calendar, filling, screening
from registry.web import papers
from registry.web.applicant import proofs
from registry.web.applicant.blueprint import bp
from registry.web.applicant.outcomes import again
from registry.web.forms.filters import filters
from registry.web.paging import asked, paging
from registry.web.templating import label, moment
from registry.web.ways import told


@dataclass(frozen=True, slots=True)
class Happening:
    """An event, as the macro of timelines shows it."""

    time: str
    datetime: str
    actor: str | None
    sentence: str
    clock_moved: bool


@bp.get("/applications")
def index() -> ResponseReturnValue:
    at = g.actor.at
    rounds = public.current_rounds(g.session, at, pages.SIZE)
    form = filters(
        _("Name or number"), state=(_("State"), [("open", _("under way")), ("ended", _("ended or certified"))])
    )
    found = tables.of_applicant(g.session, g.actor, form.value("q"), _statuses(form.value("state")), asked())
    return render_template(
        "applicant/index.html",
        applications=found.rows,
        filters=form,
        paging=paging(found),
        deadlines={row.id: deadline_of(row) for row in found.rows},
        rounds=[row for row in rounds if public.intake(row, at) is Intake.OPEN],
        at=at,
    )


def _statuses(state: str) -> list[Status]:
    """Where an application stands that is under way, or is over one way or the other; nothing for either."""
    over = ENDED
    return {"open": [one for one in Status if one not in over], "ended": list(over)}.get(state, [])


@bp.get("/applications/<int:number>")
def show(number: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.VIEW_OWN, number)
    correction = filling.open_correction(application)
    sheet = filings.sheet(g.session, application)
    return render_template(
        "applicant/show.html",
        application=application,
        sheet=sheet,
        proofs=proofs.of(sheet),
        earlier=[(one, cases.value_rows(one)) for one in filings.before(g.session, sheet)],
        events=_history(application),
        correction=correction,
        estimated=calendar.of_correction(g.session, correction),
        writable=writable(application),
        signs=signs(application),
        award=tables.award_of(g.session, application),
        outcome=tables.outcome_of(g.session, application),
        letters=letters.sent(g.session, application),
        feedback=feedback.released(g.session, application) is not None,
        letter_awaited=letters.awaited(g.session, application),
        again=again(application),
        withdrawable=signs(application) and Action.WITHDRAW in moves_at(application.kind, application.status),
        visits=visits.of_application(g.session, application, concluded=True),
    )


@bp.get("/applications/<int:number>/receipt")
def receipt(number: int) -> ResponseReturnValue:
    application, handed_in, sheet = _submitted(number)
    return render_template(
        "applicant/receipt.html",
        application=application,
        handed_in=handed_in,
        sheet=sheet,
        proofs=proofs.of(sheet),
        correction_days=screening.days_to_correct(g.session, application),
    )


@bp.get("/applications/<int:number>/receipt.pdf")
def receipt_file(number: int) -> ResponseReturnValue:
    return papers.receipt(*_submitted(number))


@bp.get("/applications/<int:number>/pledge.pdf")
def pledge_file(number: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.VIEW_OWN, number)
    sentences = completeness.pledged(filings.sheet(g.session, application).criteria)
    if not sentences:
        raise NotFound
    return papers.pledge(application, sentences)


def _submitted(number: int) -> tuple[Application, list[histories.Happening], filings.Sheet]:
    """An application that was submitted, its submissions, newest first, and what stands submitted."""
    application = tables.one(g.session, g.actor, Action.VIEW_OWN, number)
    if application.receipt is None:
        raise NotFound
    known = histories.of_application(g.session, application, names=False)
    handed_in = [row for row in known if row.action == Action.SUBMIT]
    return application, handed_in, filings.sheet(g.session, application, outside=True)


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
    due = filling.deadline(application)
    return due is None or g.actor.at < due


def deadline_of(application: Application) -> datetime | None:
    """Return the moment before which the applicant has to act, where there is one."""
    waits = application.kind is Kind.FILING and application.status in WITH_APPLICANT
    return filling.deadline(application) if waits else None


def happened(row: histories.Happening) -> Happening:
    """Return a line of a history as the macro shows it; an authority's people stand as their role."""
    return Happening(
        time=moment(row.at),
        datetime=row.at.isoformat(),
        actor=row.name or (label(row.role) if row.role else None),
        sentence=told(row),
        clock_moved=row.clock_moved,
    )


def _history(application: Application) -> list[Happening]:
    """What happened, newest first, with when its own people saved answers."""
    known = histories.of_application(g.session, application, names=False, drafts=True)
    saved = [
        Happening(
            moment(one.at),
            one.at.isoformat(),
            one.name,
            _("Entries saved, each change counted: %(count)s", count=one.count),
            False,
        )
        for one in histories.sittings(g.session, application)
    ]
    return sorted([*map(happened, known), *saved], key=lambda one: one.datetime, reverse=True)


def signs(application: Application) -> bool:
    """Tell whether the reader signs for the applicant."""
    return any(seat.signatory for seat in g.actor.seats if seat.organisation_id == application.organisation_id)
