"""The demo's own pages: its clock, and a mailbox in which a person can follow the messages without a mail server."""

from urllib.parse import urlsplit

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry import clock
from registry.demo import ACCOUNTS, PASSWORD, applicants
from registry.domain.errors import NotFound, WrongState
from registry.domain.vocabulary import Action
from registry.queries import applications, filings, people
from registry.services import events, filling
from registry.web.forms.filters import filters
from registry.web.paging import asked, paging
from registry.web.paths import safe_path
from registry.web.templating import moment
from registry.web.work import committed

bp = Blueprint("demo", __name__, url_prefix="/demo")


def _only_in_a_demo() -> None:
    if not g.demo:
        raise NotFound


@bp.post("/clock")
def advance() -> ResponseReturnValue:
    _only_in_a_demo()
    if g.upcoming is None:
        raise NotFound("no_deadline_ahead")
    at = clock.advance(g.session, g.upcoming.at)
    events.record(g.session, g.actor, "move_clock", "portal", 1, payload={"to": at})
    here = safe_path(urlsplit(request.referrer or "").path) or url_for("public.home")
    return committed(here, _("The clock now shows %(time)s.", time=moment(at)))


@bp.get("/mailbox")
def mailbox() -> ResponseReturnValue:
    _only_in_a_demo()
    form = filters(_("Address"))
    found = people.all_messages(g.session, form.value("q"), asked())
    return render_template(
        "demo/mailbox.html",
        messages=found.rows,
        filters=form,
        paging=paging(found),
        demo_accounts=ACCOUNTS,
        demo_password=PASSWORD,
    )


@bp.get("/mailbox/<int:number>")
def message(number: int) -> ResponseReturnValue:
    _only_in_a_demo()
    return render_template("demo/message.html", message=people.one_message(g.session, number))


@bp.post("/applications/<int:number>/example")
def fill_example(number: int) -> ResponseReturnValue:
    """Fill an application that holds nothing yet with the figures of the example that comes with its criteria set."""
    _only_in_a_demo()
    application = applications.one(g.session, g.actor, Action.EDIT, number, lock=True)
    sheet = filings.sheet(g.session, application)
    if sheet.declared or sheet.not_applicable:
        raise WrongState("example_over_answers")
    figures, claims = applicants.example(sheet.criteria.key)
    asked = {key for key, entry in sheet.criteria.inputs.items() if entry.filled_by == "applicant"}
    values = {key: value for key, value in figures.items() if key in asked}
    filling.save(g.session, g.actor, application, values, revision=sheet.filing.revision, not_applicable=claims)
    return committed(url_for("applicant.show", number=number), _("Filled with the figures of an invented example."))
