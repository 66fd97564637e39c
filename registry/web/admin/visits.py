"""Site visits: the record, the photographs, the values they establish, and their end."""

from datetime import date
from pathlib import PurePath
from typing import cast

from flask import Blueprint, g, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from registry.domain import policy, workflow
from registry.domain.attending import read_people, write_people
from registry.domain.errors import Invalid, NotFound
from registry.domain.vocabulary import Action, Kind, Status
from registry.files import path_of
from registry.models import Application, SiteVisit, VisitPhoto
from registry.queries import applications, cases, facts, filings, visits
from registry.services import visits as visiting
from registry.web import storage
from registry.web.evidence import hardened
from registry.web.forms import text
from registry.web.forms.admin_visits import PhotoForm, VisitForm
from registry.web.work import committed, meanwhile, tried

bp = Blueprint("visits", __name__, url_prefix="/visits")


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(number)


@bp.post("/<int:number>/record")
def record(number: int) -> ResponseReturnValue:
    application, form = _taken(number, Action.VISIT), VisitForm()
    if Action.CONCLUDE_VISIT in _open(application) and _overtaken(application, form):
        return _page(number, visit_form=form, overtaken=True), 409
    if form.validate_on_submit() and tried(form, lambda: _record(application, form)):
        return committed(
            _back(number, "photographs"), _("The visit is recorded. It can be changed until it is concluded.")
        )
    return _page(number, visit_form=form), 422


@bp.post("/<int:number>/photographs")
def add_photo(number: int) -> ResponseReturnValue:
    applications.one(g.session, g.actor, Action.VISIT, number)
    form = PhotoForm()
    if form.validate_on_submit() and tried(form, lambda: _add_photo(number, form)):
        return committed(_back(number, "photographs"), _("The photograph is added."))
    return _page(number, photo_form=form), 422


@bp.post("/<int:number>/photographs/<int:photo>/remove")
def remove_photo(number: int, photo: int) -> ResponseReturnValue:
    application = _taken(number, Action.VISIT)
    visiting.remove_photo(g.session, g.actor, application, visits.photo(g.session, g.actor, Action.VISIT, photo))
    return committed(_back(number, "photographs"), _("The photograph is taken away; the record of it stays."))


@bp.get("/photographs/<int:number>")
def photo(number: int) -> ResponseReturnValue:
    found = visits.photo(g.session, g.actor, Action.VIEW_CASE, number)
    path = path_of(storage.folder(), found.sha256)
    if found.media_type not in visiting.PHOTOGRAPHS.values() or not path.is_file():
        raise NotFound("evidence_not_readable")
    # Shown in the page as a picture, which it was found to be; as a page of its own it may do nothing.
    answer = send_file(path, mimetype=found.media_type, download_name=_file_name(found), etag=False, max_age=0)
    return hardened(answer)


@bp.post("/<int:number>/conclude")
def conclude(number: int) -> ResponseReturnValue:
    application = _taken(number, Action.CONCLUDE_VISIT)
    visiting.conclude(g.session, g.actor, application)
    failed = application.status is Status.FAILED
    said = _("A requirement is not met: the application ends here.") if failed else _("The visit is concluded.")
    return committed(url_for("admin.cases.show", number=number, _anchor="visit"), said)


def _record(application: Application, form: VisitForm) -> SiteVisit:
    return visiting.record(
        g.session,
        g.actor,
        application,
        version=form.version.data or 0,
        visited_on=cast(date, form.visited_on.data),
        team=read_people(text(form.team), "team", least=1, most=visiting.MOST_TEAM),
        met=read_people(text(form.met), "met", most=visiting.MOST_MET),
        findings=text(form.findings),
    )


def _overtaken(application: Application, form: VisitForm) -> bool:
    """Tell whether the visit was saved elsewhere since this form was shown; to save it again is a choice then."""
    visit = visits.here(g.session, application)
    version = visit.version if visit else 0
    if form.version.data == version:
        return False
    form.version.data = version
    form.version.raw_data = [str(version)]
    return True


def _add_photo(number: int, form: PhotoForm) -> VisitPhoto:
    upload = form.file.data
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise Invalid("file_missing", field="file")
    name, caption = upload.filename, text(form.caption)
    visiting.expect_photo(g.session, g.actor, _taken(number, Action.VISIT), name=name)
    with storage.receiving() as keep:
        stored = meanwhile(lambda: keep(upload))
        application = _taken(number, Action.VISIT)
        return visiting.add_photo(g.session, g.actor, application, stored, name=name, caption=caption)


def _file_name(found: VisitPhoto) -> str:
    return PurePath(found.name).name or f"photograph-{found.id}"


def _taken(number: int, action: Action) -> Application:
    return applications.one(g.session, g.actor, action, number, lock=request.method == "POST")


def _back(number: int, part: str) -> str:
    return url_for(".show", number=number, _anchor=part)


def _open(application: Application) -> frozenset[Action]:
    """What this reader can do with the visit now."""
    if application.kind is not Kind.SITE_VISIT:
        return frozenset()
    known = facts.of_application(g.session, application)
    moves = workflow.moves_at(application.kind, application.status)
    return frozenset(action for action in moves if policy.permits(g.actor, action, known))


def _form(visit: SiteVisit | None) -> VisitForm:
    if visit is None:
        return VisitForm(None, data={"version": 0})
    data = {
        "version": visit.version,
        "visited_on": visit.visited_on,
        "team": write_people(visit.team),
        "met": write_people(visit.met),
        "findings": visit.findings,
    }
    return VisitForm(None, data=data)


def _page(
    number: int, *, visit_form: VisitForm | None = None, photo_form: PhotoForm | None = None, overtaken: bool = False
) -> str:
    application = applications.one(g.session, g.actor, Action.VIEW_CASE, number)
    found = visits.of_application(g.session, application)
    here = next((visit for visit in found if visit.row.position == application.position), None)
    at_work = Action.CONCLUDE_VISIT in _open(application)
    return render_template(
        "admin/visits/show.html",
        application=application,
        visits=found,
        here=here,
        at_work=at_work,
        rows=cases.value_rows(filings.sheet(g.session, application, outside=True)) if at_work else [],
        visit_form=visit_form or _form(here.row if here else None),
        photo_form=photo_form or PhotoForm(None),
        most_photos=visiting.MOST_PHOTOS,
        overtaken=overtaken,
    )
