"""Programmes: set up with issuers, numbers and categories, by hand or from a file."""

from collections.abc import Iterable

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry import seeds
from registry.domain.eligibility import full_name
from registry.domain.errors import NotFound
from registry.domain.vocabulary import Action, CategoryOutcome, Level, Once, SiteKind
from registry.models import Programme, Region
from registry.queries import catalogue, holdings, places
from registry.queries import programmes as programmes_of
from registry.services import outlines, programmes
from registry.services.programmes import Authority
from registry.web import reading
from registry.web.forms import Form, SelectChoice, text
from registry.web.forms.admin_programmes import CategoryForm, ProgrammeForm
from registry.web.forms.filters import filters
from registry.web.paging import asked, paging
from registry.web.templating import clause_ref, label, named
from registry.web.work import committed, tried

bp = Blueprint("programmes", __name__, url_prefix="/programmes")


@bp.get("/")
def index() -> ResponseReturnValue:
    return _index(Form(None))


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = ProgrammeForm()
    form.offer(
        [SelectChoice(row.key, named(row, "title")) for row in catalogue.documents(g.session)],
        [SelectChoice(level, label(level)) for level in Level],
        _choices(catalogue.regions(g.session)),
    )
    if form.validate_on_submit():
        programme = tried(form, lambda: _created(form))
        if programme:
            url = url_for("admin.programmes.show", number=programme.id)
            return committed(url, _("The programme is set up. Now add its categories."))
    return render_template("admin/programmes/new.html", form=form), 422 if form.is_submitted() else 200


@bp.post("/files/<string(maxlength=60):key>")
def set_up(key: str) -> ResponseReturnValue:
    outline = next((one for one in seeds.offered()[0] if one.key == key), None)
    if outline is None:
        raise NotFound
    form = Form()
    programme = tried(form, lambda: outlines.set_up(g.session, g.actor, outline))
    if programme:
        url = url_for("admin.programmes.show", number=programme.id)
        return committed(url, _("The programme is set up as its file says."))
    return _index(form), 422


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    programme = programmes_of.one(g.session, number)
    return _page(programme, _category_form(programme))


@bp.post("/<int:number>/categories")
def add_category(number: int) -> ResponseReturnValue:
    programme = programmes_of.one(g.session, number)
    form = _category_form(programme)
    if form.validate_on_submit() and tried(form, lambda: _added(programme, form)):
        return committed(url_for("admin.programmes.show", number=number), _("The category is added."))
    return _page(programmes_of.one(g.session, number), form), 422


def _index(form: Form) -> str:
    narrowed = filters(_("Name of the programme"))
    found = programmes_of.page(g.session, g.actor, Action.MANAGE_PROGRAMMES, narrowed.value("q"), asked())
    known = programmes_of.keys(g.session)
    usable, faulty = seeds.offered()
    return render_template(
        "admin/programmes/index.html",
        programmes=found.rows,
        filters=narrowed,
        paging=paging(found),
        offered=[outline for outline in usable if outline.key not in known],
        faulty=faulty,
        documents={row.key: row for row in catalogue.documents(g.session)},
        region_name=reading.region_name,
        form=form,
    )


def _page(programme: Programme, form: CategoryForm) -> str:
    return render_template(
        "admin/programmes/show.html",
        programme=programme,
        form=form,
        region_name=reading.region_name,
        category_name=reading.category_name,
        kind_of=SiteKind,
        level_of=Level,
    )


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
        region_key=form.region_key.data,
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
        site_kinds=[SiteKind(kind) for kind in form.site_kinds.data or ()],
        levels=[Level(level) for level in form.levels.data or ()],
        named_regions=form.named_regions.data or (),
        after=form.after.data or (),
        once=Once(form.once.data) if form.once.data else None,
    )


def _category_form(programme: Programme) -> CategoryForm:
    form = CategoryForm()
    form.offer(
        clauses=[
            SelectChoice(clause.ref, f"{clause_ref(clause.ref)} {named(clause, 'title')}")
            for clause in programme.document.clauses
        ],
        outcomes=[SelectChoice(outcome, label(outcome)) for outcome in CategoryOutcome],
        kinds=[SelectChoice(kind, label(kind)) for kind in SiteKind],
        levels=[SelectChoice(level, label(level)) for level in Level],
        regions=_choices(places.within(g.session, programme.region_key)),
        categories=[
            SelectChoice(full_name(row.programme.key, row.key), f"{named(row.programme)} · {named(row)}")
            for row in holdings.every_category(g.session)
        ],
        once=[SelectChoice("", _("as often as it is selected")), *(SelectChoice(one, label(one)) for one in Once)],
    )
    return form


def _choices(regions: Iterable[Region]) -> list[SelectChoice]:
    return [SelectChoice(row.key, named(row)) for row in regions]
