"""The register of awards, and the published lists they rest on."""

from types import SimpleNamespace

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.vocabulary import Validity
from registry.models import AwardEvent, Publication
from registry.queries import public, publications, register, targets
from registry.web import lists
from registry.web.forms import SelectChoice, text
from registry.web.forms.public import SearchForm
from registry.web.paging import paging, wanted_page
from registry.web.public.blueprint import bp
from registry.web.templating import label, moment, named

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
        history=[_told(event) for event in reversed(award.events)],
        target_ids=targets.ids(g.session),
    )


@bp.get("/lists/<int:number>")
def publication(number: int) -> ResponseReturnValue:
    found, before, after = _list(number)
    return render_template(
        "public/publication.html",
        publication=found,
        awards=register.awards_of(g.session, found),
        before=before,
        after=after,
    )


@bp.get(f"/lists/<int:number>.<{lists.EXTENSION}>")
def publication_file(number: int, extension: str) -> ResponseReturnValue:
    return lists.file(lists.of_publication(*_list(number)), extension, f"list-{number}")


def _list(number: int) -> tuple[Publication, Publication | None, Publication | None]:
    """A published list, the one that it replaces, and the one that has replaced it."""
    found = register.publication(g.session, number)
    before = g.session.get(Publication, found.replaces_id) if found.replaces_id else None
    return found, before, publications.replacement(g.session, found)


def _told(event: AwardEvent) -> SimpleNamespace:
    """An event of an award for the macro `timeline`; who did it is not told."""
    happened = _("Awarded") if event.before is None else label(event.after)
    sentence = f"{happened}: {event.reason}" if event.reason else happened
    return SimpleNamespace(time=moment(event.at), datetime=event.at.isoformat(), actor=None, sentence=sentence)


def _search_form() -> SearchForm:
    anything = SelectChoice("", _("all"))
    form = SearchForm(request.args)
    programmes = public.programmes(g.session)
    form.programme.choices = [anything, *(SelectChoice(row.key, named(row)) for row in programmes)]
    form.region.choices = [anything, *(SelectChoice(row.key, named(row)) for row in public.regions_within(g.session))]
    form.status.choices = [anything, *(SelectChoice(word.value, label(word)) for word in _ASKED)]
    return form
