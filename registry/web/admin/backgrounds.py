"""What is known of a reviewer for assignment: employments, declared ties, fields, and how many at a time."""

from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.models import DeclaredTie, Employment, User
from registry.queries import backgrounds as read
from registry.queries import people
from registry.services import backgrounds as services
from registry.web import backgrounds
from registry.web.forms import SelectChoice
from registry.web.forms.backgrounds import EndForm, FieldsForm
from registry.web.templating import named
from registry.web.work import committed, tried

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
    form, user = _fields_form(sent=True), _person(number)
    if form.validate_on_submit() and tried(form, lambda: _described(user, form)):
        return committed(_url(number), _("Fields and load are saved."))
    return _page(number, fields_form=form), 422


def _described(user: User, form: FieldsForm) -> bool:
    chosen, known = form["fields"].data or [], list(read.sets(g.session))
    services.describe(g.session, g.actor, user, fields=chosen, most=form.most.data, known=known)
    return True


def _fields_form(user_id: int = 0, *, sent: bool = False) -> FieldsForm:
    profile = read.profile(g.session, user_id)
    kept = {"fields": profile.fields, "most": profile.most} if profile else {}
    form = FieldsForm() if sent else FieldsForm(None, data=kept)
    form.offer(SelectChoice(key, named(row, "title")) for key, row in read.sets(g.session).items())
    return form


def _person(number: int) -> User:
    return people.one(g.session, number, lock=True)


def _url(number: int) -> str:
    return url_for("admin.backgrounds.show", number=number)


def _page(number: int, **forms: Any) -> str:
    given = {"fields_form": _fields_form(number), **forms}
    user = people.one(g.session, number)
    return render_template("admin/backgrounds/show.html", **backgrounds.shown(user, **given))
