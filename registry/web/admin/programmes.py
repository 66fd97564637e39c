"""Programmes: set up with issuers, numbers and categories."""

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.vocabulary import CategoryOutcome, Level
from registry.models import Programme
from registry.queries import catalogue
from registry.queries import programmes as programmes_of
from registry.services import programmes
from registry.services.programmes import Authority
from registry.web.forms import SelectChoice, text
from registry.web.forms.admin_programmes import CategoryForm, ProgrammeForm
from registry.web.templating import label, named
from registry.web.work import committed, tried

bp = Blueprint("programmes", __name__, url_prefix="/programmes")


@bp.get("/")
def index() -> ResponseReturnValue:
    return render_template("admin/programmes/index.html", programmes=programmes_of.everything(g.session))


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = ProgrammeForm()
    form.offer(
        [SelectChoice(row.key, named(row, "title")) for row in catalogue.documents(g.session)],
        [SelectChoice(level, label(level)) for level in Level],
        [SelectChoice(row.key, named(row)) for row in catalogue.regions(g.session)],
    )
    if form.validate_on_submit():
        programme = tried(form, lambda: _created(form))
        if programme:
            url = url_for("admin.programmes.show", number=programme.id)
            return committed(url, _("The programme is set up. Now add its categories."))
    return render_template("admin/programmes/new.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    programme = programmes_of.one(g.session, number)
    return render_template("admin/programmes/show.html", programme=programme, form=_category_form(programme))


@bp.post("/<int:number>/categories")
def add_category(number: int) -> ResponseReturnValue:
    programme = programmes_of.one(g.session, number)
    form = _category_form(programme)
    if form.validate_on_submit() and tried(form, lambda: _added(programme, form)):
        return committed(url_for("admin.programmes.show", number=number), _("The category is added."))
    programme = programmes_of.one(g.session, number)
    return render_template("admin/programmes/show.html", programme=programme, form=form), 422


def _created(form: ProgrammeForm) -> Programme:
    level, region_key = Level(form.level.data), form.region.data
    return programmes.create(
        g.session,
        g.actor,
        key=text(form.key),
        name=text(form.name),
        name_en=text(form.name_en),
        document_key=form.document_key.data,
        issuer_prefix=text(form.issuer_prefix),
        code=text(form.code),
        years_valid=form.years_valid.data or 0,
        issuers=[Authority(name, name_en, level, region_key) for name, name_en in form.named_issuers()],
    )


def _added(programme: Programme, form: CategoryForm) -> object:
    return programmes.add_category(
        g.session,
        g.actor,
        programme,
        key=text(form.key),
        name=text(form.name),
        name_en=text(form.name_en),
        clause_ref=form.clause_ref.data,
        outcome=CategoryOutcome(form.outcome.data),
    )


def _category_form(programme: Programme) -> CategoryForm:
    form = CategoryForm()
    clauses = [
        SelectChoice(clause.ref, f"{clause.ref} {named(clause, 'title')}") for clause in programme.document.clauses
    ]
    form.offer(clauses, [SelectChoice(outcome, label(outcome)) for outcome in CategoryOutcome])
    return form
