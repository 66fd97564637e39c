"""How an application came out: its letters, and where its site may apply again."""

from flask import g, render_template
from flask.typing import ResponseReturnValue

from registry.domain.vocabulary import Action, Status
from registry.domain.workdays import SHANGHAI
from registry.models import Application, RoundCategory
from registry.queries import applications as tables
from registry.queries import letters, reapplying
from registry.services import starting
from registry.web import papers
from registry.web.applicant.blueprint import bp


@bp.get("/applications/<int:number>/letters/<int:letter>")
def letter(number: int, letter: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.VIEW_OWN, number)
    found = letters.one(g.session, application, letter)
    return render_template("applicant/letter.html", application=application, letter=found)


@bp.get("/applications/<int:number>/letters/<int:letter>.pdf")
def letter_file(number: int, letter: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.VIEW_OWN, number)
    return papers.letter(application, letters.one(g.session, application, letter))


def again(application: Application) -> list[RoundCategory]:
    """Return where the site may be entered again now; nothing while the application stands or its site is barred."""
    if application.status not in (*starting.LEAVING, Status.FAILED):
        return []
    barred = application.barred_until
    if barred is not None and g.actor.at.astimezone(SHANGHAI).date() < barred:
        return []
    return reapplying.open_to(g.session, application, g.actor.at, starting.LEAVING)
