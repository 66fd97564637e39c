"""Reviewers who are late: why, and the reminders that go to one or to all of them."""

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import policy
from registry.domain.errors import NotFound
from registry.domain.policy import Facts
from registry.domain.vocabulary import Action, Concern
from registry.queries import invitations, reviews, rounds
from registry.services import invitations as inviting
from registry.web.forms.filters import Filters, filters, words_of
from registry.web.paging import asked, paging
from registry.web.work import committed

bp = Blueprint("reviewing", __name__)


@bp.get("/rounds/<int:number>/reviewers")
def show(number: int) -> ResponseReturnValue:
    round_ = rounds.one(g.session, g.actor, Action.VIEW_CASE, number)
    form = _filters()
    wanted = form.value("concern")
    found = invitations.late(g.session, g.actor, number, form.value("q"), Concern(wanted) if wanted else None, asked())
    return render_template(
        "admin/reviewing/show.html",
        round_=round_,
        rows=found.rows,
        counts=invitations.concerns(g.session, g.actor, number),
        filters=form,
        paging=paging(found),
        invitation=reviews.invitation,
        may_remind=policy.permits(g.actor, Action.ASSIGN, Facts(programme_id=round_.programme_id)),
    )


@bp.post("/rounds/<int:number>/reviewers")
def remind_all(number: int) -> ResponseReturnValue:
    round_ = rounds.one(g.session, g.actor, Action.ASSIGN, number)
    wanted = request.form.get("concern", "")
    rows = invitations.all_late(
        g.session, g.actor, number, Concern(wanted) if wanted in Concern.__members__.values() else None
    )
    people = inviting.remind(g.session, g.actor, round_, rows)
    return committed(url_for(".show", number=number), _("Reminded, people: %(count)s.", count=people))


@bp.post("/rounds/<int:number>/reviewers/<int:assignment>/remind")
def remind(number: int, assignment: int) -> ResponseReturnValue:
    round_ = rounds.one(g.session, g.actor, Action.ASSIGN, number)
    rows = invitations.one(g.session, g.actor, number, assignment)
    if not rows:
        raise NotFound
    inviting.remind(g.session, g.actor, round_, rows)
    return committed(url_for(".show", number=number), _("The reminder goes out."))


@bp.post("/cases/<int:number>/reviewers/<int:assignment>/bounced")
def note_bounce(number: int, assignment: int) -> ResponseReturnValue:
    row = reviews.of_office(g.session, g.actor, number, assignment)
    inviting.note_bounce(g.session, g.actor, row)
    return committed(url_for("admin.cases.show", number=number, _anchor="review"), _("Noted: the message came back."))


def _filters() -> Filters:
    return filters(_("Name of the site"), concern=(_("Why"), words_of(Concern)))
