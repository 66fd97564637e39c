"""Somebody checked before being invited or assigned: every application under way to which the person is tied."""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from registry.domain.ties.values import Link, LinkKind, Organisation, Person
from registry.queries import candidates, ties
from registry.web.forms import SelectChoice, text
from registry.web.forms.backgrounds import CheckForm
from registry.web.tie_words import way

bp = Blueprint("ties", __name__, url_prefix="/ties")


@bp.get("")
def index() -> ResponseReturnValue:
    known = {row.id: row for row in candidates.people_of_office(g.session, g.actor)}
    form = CheckForm(request.args)
    form.offer(SelectChoice(str(number), row.name) for number, row in known.items())
    person: Person | None = None
    if (chosen := text(form.person)).isdecimal() and int(chosen) in known:
        person = ties.person_of(g.session, known[int(chosen)])
    elif text(form.name) or text(form.employer) or text(form.code):
        to = Organisation(text(form.employer), text(form.code).upper())
        links = (Link(LinkKind.EMPLOYER, to),) if to.name or to.code else ()
        person = Person(0, text(form.name), links)
    found = ties.open_applications(g.session, g.actor, person) if person else []
    judges = ties.judges(g.session, [one.judged for one in found])
    return render_template("admin/ties/index.html", form=form, person=person, found=found, judges=judges, way=way)
