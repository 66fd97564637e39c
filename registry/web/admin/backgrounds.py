"""What is known of a reviewer for assignment: employments, declared ties, fields, and how many at a time."""

from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue

from registry.models import DeclaredTie, Employment, User
from registry.queries import people
from registry.web import backgrounds
from registry.web.forms.backgrounds import EndForm

bp = Blueprint("backgrounds", __name__, url_prefix="/people/<int:number>/background")


@bp.get("")
def show(number: int) -> ResponseReturnValue:
    return _page(number)


@bp.post("/employments")
def add_employment(number: int) -> ResponseReturnValue:
    form = backgrounds.employment_form()
    return backgrounds.employment_added(_person(number), form, _url(number)) or (
        _page(number, employment_form=form),
        422,
    )


@bp.post("/employments/<int:row>/end")
def end_employment(number: int, row: int) -> ResponseReturnValue:
    form = EndForm()
    answer = backgrounds.employment_ended(_person(number), row, form, _url(number))
    return answer or (_page(number, end_form=(row, form)), 422)


@bp.post("/employments/<int:row>/take-back")
def take_back_employment(number: int, row: int) -> ResponseReturnValue:
    found: ResponseReturnValue = backgrounds.taken_back(_person(number), Employment, row, _url(number))
    return found


@bp.post("/ties")
def declare_tie(number: int) -> ResponseReturnValue:
    form = backgrounds.tie_form()
    return backgrounds.tie_declared(_person(number), form, _url(number)) or (_page(number, tie_form=form), 422)


@bp.post("/ties/<int:row>/take-back")
def take_back_tie(number: int, row: int) -> ResponseReturnValue:
    found: ResponseReturnValue = backgrounds.taken_back(_person(number), DeclaredTie, row, _url(number))
    return found


@bp.post("/fields")
def describe(number: int) -> ResponseReturnValue:
    form = backgrounds.fields_form(sent=True)
    return backgrounds.described(_person(number), form, _url(number)) or (_page(number, fields_form=form), 422)


def _person(number: int) -> User:
    return people.one(g.session, number, lock=True)


def _url(number: int) -> str:
    return url_for("admin.backgrounds.show", number=number)


def _page(number: int, **forms: Any) -> str:
    return render_template("admin/backgrounds/show.html", **backgrounds.shown(people.one(g.session, number), **forms))
