"""The auditor: reads all that happened in a programme, checks that the record is whole, and changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.chain import canonical
from registry.domain.vocabulary import (
    Action,
    AwardStatus,
    CriteriaStatus,
    DecisionStatus,
    Kind,
    ObjectionStatus,
    RoundStatus,
    Status,
)
from registry.models import Event
from registry.queries import audit, dossiers, programmes
from registry.web.forms.auditor import EventsForm
from registry.web.forms.filters import filters
from registry.web.paging import asked, paging
from registry.web.templating import happening, label
from registry.words import sentence, subject

# How many of the places where the record breaks are named.
SHOWN = 20

# The words in which the states of other things than applications are kept.
STATES: Mapping[str, type[StrEnum]] = {
    "award": AwardStatus,
    "criteria_version": CriteriaStatus,
    "decision": DecisionStatus,
    "objection": ObjectionStatus,
    "round": RoundStatus,
}

bp = Blueprint("auditor", __name__, url_prefix="/audit")


@dataclass(frozen=True, slots=True)
class Line:
    """An event as the auditor reads it."""

    event: Event
    who: str
    about: str
    before: str
    after: str
    payload: str


@bp.get("")
def index() -> ResponseReturnValue:
    mine = programmes.page(g.session, g.actor, Action.AUDIT, asked=asked())
    check = audit.check(g.session, audit.LATEST)
    broken = [(found.seq, sentence(found.key, {}, _)) for found in check.breaks[:SHOWN]]
    return render_template("auditor/index.html", programmes=mine.rows, paging=paging(mine), check=check, broken=broken)


@bp.get("/programmes/<int:number>")
def programme(number: int) -> ResponseReturnValue:
    row = audit.programme(g.session, g.actor, number)
    form = filters(
        _("Name of the person"),
        action=(_("What happened"), sorted((action, happening(action)) for action in audit.actions_of(g.session, row))),
    )
    number_form = EventsForm(request.args)
    application = number_form.application.data if number_form.validate() else None
    filed = dossiers.of_programme(g.session, row.id, asked("dossiers_"))
    found = audit.events_of(g.session, row, audit.Wanted(application, form.value("action"), form.value("q")), asked())
    return render_template(
        "auditor/programme.html",
        programme=row,
        filters=form,
        form=number_form,
        lines=[_line(event, name) for event, name in found.rows],
        dossiers=filed.rows,
        dossiers_paging=paging(filed, "dossiers_"),
        paging=paging(found),
    )


def _line(event: Event, name: str) -> Line:
    who = name or (_("the portal itself") if event.actor_id is None else "")
    payload = canonical(event.payload).decode() if event.payload else ""
    about = f"{subject(event.subject, _)} {event.subject_id}"
    return Line(event, who, about, _place(event.subject, event.before), _place(event.subject, event.after), payload)


def _place(about: str, text: str | None) -> str:
    """Where something stood, in words; what has none is shown as it is kept."""
    if about in STATES and text in list(STATES[about]):
        return label(STATES[about](text))
    kind, dot, status = (text or "").partition(".")
    if dot and kind in list(Kind) and status in list(Status):
        return f"{label(Kind(kind))} · {label(Status(status))}"
    return text or ""
