"""How an application came out: its letters, how it was judged, and where its site may apply again."""

from flask import g, render_template
from flask.typing import ResponseReturnValue

from registry.domain.errors import NotFound
from registry.domain.vocabulary import Action, Status
from registry.domain.workdays import SHANGHAI
from registry.models import Application, RoundCategory
from registry.queries import applications as tables
from registry.queries import feedback as judged
from registry.queries import letters, reapplying
from registry.queries import papers as scores_kept
from registry.services import starting
from registry.web import feedback_words, papers, score_papers
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


@bp.get("/applications/<int:number>/feedback")
def feedback(number: int) -> ResponseReturnValue:
    application, told = _told(number)
    return render_template("applicant/feedback.html", application=application, sheet=feedback_words.sheet(told))


@bp.get("/applications/<int:number>/feedback.pdf")
def feedback_file(number: int) -> ResponseReturnValue:
    application, told = _told(number)
    if told.evaluation is None:
        raise NotFound
    return score_papers.feedback(scores_kept.as_kept(g.session, application, told.evaluation), told)


def _told(number: int) -> tuple[Application, judged.Feedback]:
    """An application with what its applicant is told of its assessment by now; raises NotFound before that."""
    application = tables.one(g.session, g.actor, Action.VIEW_OWN, number)
    told = judged.released(g.session, application)
    if told is None:
        raise NotFound
    return application, told


def again(application: Application) -> list[RoundCategory]:
    """Return where the site may be entered again now; nothing while the application stands or its site is barred."""
    if application.status not in (*starting.LEAVING, Status.FAILED):
        return []
    barred = application.barred_until
    if barred is not None and g.actor.at.astimezone(SHANGHAI).date() < barred:
        return []
    return reapplying.open_to(g.session, application, g.actor.at, starting.LEAVING)
