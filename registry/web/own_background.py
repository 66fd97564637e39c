"""What a reviewer keeps up to date of oneself: employments and ties, confirmed once a year."""

from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.models import DeclaredTie, Employment
from registry.queries import backgrounds as read
from registry.queries import people
from registry.services import backgrounds as services
from registry.web import backgrounds
from registry.web.forms.backgrounds import EndForm
from registry.web.work import committed

bp = Blueprint("background", __name__, url_prefix="/reviews/background")


@bp.get("")
def show() -> ResponseReturnValue:
    return _page()


@bp.post("/employments")
def add_employment() -> ResponseReturnValue:
    form = backgrounds.employment_form()
    answer = backgrounds.employment_added(people.own(g.session, g.actor, lock=True), form, url_for(".show"))
    return answer or (_page(employment_form=form), 422)


@bp.post("/employments/<int:number>/end")
def end_employment(number: int) -> ResponseReturnValue:
    form = EndForm()
    answer = backgrounds.employment_ended(people.own(g.session, g.actor, lock=True), number, form, url_for(".show"))
    return answer or (_page(end_form=(number, form)), 422)


@bp.post("/employments/<int:number>/take-back")
def take_back_employment(number: int) -> ResponseReturnValue:
    user = people.own(g.session, g.actor, lock=True)
    found: ResponseReturnValue = backgrounds.taken_back(user, Employment, number, url_for(".show"))
    return found


@bp.post("/ties")
def declare_tie() -> ResponseReturnValue:
    form = backgrounds.tie_form()
    answer = backgrounds.tie_declared(people.own(g.session, g.actor, lock=True), form, url_for(".show"))
    return answer or (_page(tie_form=form), 422)


@bp.post("/ties/<int:number>/take-back")
def take_back_tie(number: int) -> ResponseReturnValue:
    user = people.own(g.session, g.actor, lock=True)
    found: ResponseReturnValue = backgrounds.taken_back(user, DeclaredTie, number, url_for(".show"))
    return found


@bp.post("/fields")
def describe() -> ResponseReturnValue:
    form = backgrounds.fields_form(sent=True)
    answer = backgrounds.described(people.own(g.session, g.actor, lock=True), form, url_for(".show"))
    return answer or (_page(fields_form=form), 422)


@bp.post("/confirm")
def confirm() -> ResponseReturnValue:
    services.confirm(g.session, g.actor, people.own(g.session, g.actor, lock=True))
    return committed(url_for(".show"), _("Thank you. You are asked again in a year."))


def _page(**forms: Any) -> str:
    user = people.own(g.session, g.actor)
    due = read.confirmation_due(g.session, user.id, g.actor.at)
    return render_template("background/show.html", due=due, **backgrounds.shown(user, **forms))
