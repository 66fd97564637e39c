"""The register of awards, and the published lists they rest on."""

from types import SimpleNamespace

from flask import g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.vocabulary import Validity
from registry.models import AwardEvent, Publication
from registry.queries import objections, public, publications, register, targets
from registry.web import lists
from registry.web.forms.filters import Filters, filters, rows_by, words_of
from registry.web.paging import asked, paging
from registry.web.public.blueprint import bp
from registry.web.templating import label, moment

_ASKED = (Validity.VALID, Validity.EXPIRED, Validity.REVOKED)


@bp.get("/projects")
def projects() -> ResponseReturnValue:
    form = _search_form()
    wanted = register.Search(
        form.value("q"),
        form.value("programme"),
        form.value("region"),
        form.value("status"),
        int(form.value("year") or 0) or None,
    )
    found = register.search(g.session, wanted, g.actor.at, asked())
    return render_template(
        "public/projects.html",
        filters=form,
        rows=[(award, register.validity(award, g.actor.at)) for award in found.rows],
        paging=paging(found),
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
    found, before, after = _list(number, whole=False)
    form = filters(_("Name or code on the list"))
    entries = register.entries(g.session, found, form.value("q"), asked())
    return render_template(
        "public/publication.html",
        publication=found,
        filters=form,
        entries=entries.rows,
        paging=paging(entries),
        awards=register.awards_of(g.session, entries.rows),
        before=before,
        after=after,
        voices=objections.voices_before(g.session, found, g.actor.at),
    )


@bp.get(f"/lists/<int:number>.<{lists.EXTENSION}>")
def publication_file(number: int, extension: str) -> ResponseReturnValue:
    found, before, after = _list(number)
    paper = lists.of_publication(found, before, after)
    programme_id = found.round_category.round.programme_id
    return lists.public_file(paper, extension, f"list-{number}", number=number, programme_id=programme_id)


def _list(number: int, *, whole: bool = True) -> tuple[Publication, Publication | None, Publication | None]:
    """A published list, the one that it replaces, and the one that has replaced it."""
    found = register.publication(g.session, number, whole=whole)
    before = g.session.get(Publication, found.replaces_id) if found.replaces_id else None
    return found, before, publications.replacement(g.session, found)


def _told(event: AwardEvent) -> SimpleNamespace:
    """An event of an award for the macro `timeline`; who did it is not told."""
    happened = _("Awarded") if event.before is None else label(event.after)
    sentence = f"{happened}: {event.reason}" if event.reason else happened
    return SimpleNamespace(time=moment(event.at), datetime=event.at.isoformat(), actor=None, sentence=sentence)


def _search_form() -> Filters:
    return filters(
        _("Name or number"),
        programme=(_("Programme"), rows_by("key", public.programme_names(g.session))),
        region=(_("Region"), rows_by("key", public.regions_within(g.session))),
        status=(_("Standing"), words_of(_ASKED)),
        year=(_("Year"), [(str(year), str(year)) for year in register.years(g.session)]),
    )
