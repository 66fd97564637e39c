"""The register of awards, and the published lists they rest on."""

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields import SelectChoice

from registry.domain.vocabulary import Validity
from registry.queries import catalogue, register
from registry.web.forms import text
from registry.web.forms.public import SearchForm
from registry.web.paging import paging, wanted_page
from registry.web.public.blueprint import bp
from registry.web.templating import label, named

_ASKED = (Validity.VALID, Validity.EXPIRED, Validity.REVOKED)


@bp.get("/projects")
def projects() -> ResponseReturnValue:
    form = _search_form()
    wanted = register.Search()
    if form.validate():
        wanted = register.Search(text(form.q), form.programme.data, form.region.data, form.status.data)
    page = wanted_page()
    found = register.search(g.session, wanted, g.actor.at, page)
    return render_template(
        "public/projects.html",
        form=form,
        wanted=wanted,
        rows=[(award, register.validity(award, g.actor.at)) for award in found.rows],
        paging=paging(page, found.total, register.PAGE),
    )


@bp.get("/projects/<string(maxlength=40):number>")
def project(number: str) -> ResponseReturnValue:
    award = register.award(g.session, number)
    return render_template(
        "public/project.html",
        award=award,
        validity=register.validity(award, g.actor.at),
        entry=register.entry_of(g.session, award),
    )


@bp.get("/lists/<int:number>")
def publication(number: int) -> ResponseReturnValue:
    found = register.publication(g.session, number)
    return render_template(
        "public/publication.html",
        publication=found,
        awards=register.awards_of(g.session, found),
        regions=catalogue.region_names(g.session),
    )


def _search_form() -> SearchForm:
    anything = SelectChoice("", _("all"))
    form = SearchForm(request.args)
    programmes = catalogue.programmes(g.session)
    form.programme.choices = [anything, *(SelectChoice(row.key, named(row)) for row in programmes)]
    form.region.choices = [anything, *(SelectChoice(row.key, named(row)) for row in catalogue.regions(g.session))]
    form.status.choices = [anything, *(SelectChoice(word.value, label(word)) for word in _ASKED)]
    return form
