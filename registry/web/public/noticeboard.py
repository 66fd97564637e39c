"""Notices: what is announced, and how anyone objects to it while the notice runs."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from flask import current_app, g, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from registry.domain.errors import Invalid, NotFound
from registry.domain.filetypes import StoredFile
from registry.models import Notice, Objection
from registry.queries import finding, objections, public, register
from registry.queries import notices as of_route
from registry.services import calendar
from registry.services import objections as objecting
from registry.services.objections import Said
from registry.web import lists, storage
from registry.web.forms import SelectChoice, text
from registry.web.forms.filters import filters, rows_by
from registry.web.forms.public import MOST_FILES, ObjectionForm
from registry.web.paging import asked, paging
from registry.web.public.blueprint import bp
from registry.web.public.counting import WITHIN, Lately
from registry.web.templating import picked
from registry.web.work import committed, meanwhile, tried

_FORM_ITSELF = 1024 * 1024
# From one address within an hour: objections without a name, and receipts that do not exist.
MOST_ANONYMOUS = 5
WRONG_RECEIPTS = 20
_LATER = {"Retry-After": str(int(WITHIN.total_seconds()))}
_ANONYMOUS, _WRONG = "registry.anonymous_objections", "registry.wrong_receipts"


@bp.record_once
def _start_counting(state: BlueprintSetupState) -> None:
    state.app.extensions[_ANONYMOUS] = Lately(MOST_ANONYMOUS)
    state.app.extensions[_WRONG] = Lately(WRONG_RECEIPTS)


@bp.url_value_preprocessor
def _take_several_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let an objection's form be as large as its files together.

    The limit of the application is that of one file, and it is asked as soon as the form's token is read: before any
    view, and before what else could be registered to run ahead of it.
    """
    if endpoint == "public.object":
        request.max_content_length = MOST_FILES * storage.limit() + _FORM_ITSELF


@bp.get("/notices")
def notices() -> ResponseReturnValue:
    form = filters(
        _("Name of the round or category"),
        programme=(_("Programme"), rows_by("key", public.programme_names(g.session))),
        state=(_("State"), [("open", _("open for objections")), ("ended", _("ended"))]),
    )
    state = {"open": True, "ended": False}.get(form.value("state"))
    wanted = register.Announced(form.value("q"), form.value("programme"), state)
    found = register.announced(g.session, wanted, g.actor.at, asked())
    return render_template(
        "public/notices.html",
        notices=found.rows,
        places=of_route.places(g.session, found.rows),
        filters=form,
        paging=paging(found),
    )


@bp.get("/notices/<int:number>")
def notice(number: int) -> ResponseReturnValue:
    found = register.notice(g.session, number, g.actor.at)
    running, form = _running(found, g.actor.at), filters(_("Name or code on the list"))
    entries = finding.among(found.entries, form.value("q"), asked())
    return render_template(
        "public/notice.html",
        announced=found,
        place=of_route.places(g.session, [found])[found.id],
        filters=form,
        entries=entries.rows,
        paging=paging(entries),
        running=running,
        estimated=calendar.unannounced(g.session, found.opens_at, found.closes_at) if running else None,
        gone={number: lists.left(status) for number, status in register.gone_from(g.session, found).items()},
        voices=objections.voices(g.session, found, g.actor.at),
        rules=objections.rules(g.session, found),
        publication=register.publication_after(g.session, found),
    )


@bp.get(f"/notices/<int:number>.<{lists.EXTENSION}>")
def notice_file(number: int, extension: str) -> ResponseReturnValue:
    found = register.notice(g.session, number, g.actor.at)
    paper = lists.of_notice(found, register.gone_from(g.session, found))
    programme_id = found.round_category.round.programme_id
    return lists.public_file(paper, extension, f"notice-{number}", number=number, programme_id=programme_id)


@bp.route("/notices/<int:number>/objection", methods=["GET", "POST"])
def object(number: int) -> ResponseReturnValue:  # noqa: A001
    if request.method == "POST":
        with _as_nobody():
            meanwhile(lambda: None)
    form = ObjectionForm()
    found = register.notice(g.session, number, g.actor.at)
    rules = objections.rules(g.session, found)
    form.application.choices = _entries(found)
    form.offer(anonymous=rules.anonymous)
    running = _running(found, g.actor.at)
    if running and form.validate_on_submit():
        if form.anonymous and _lately(_ANONYMOUS).too_many(_address(), g.actor.at):
            return _object_page(found, form, rules, running, too_many=True), 429, _LATER
        receipt = secrets.token_urlsafe(24)
        if tried(form, lambda: _object(number, form, receipt)):
            if form.anonymous:
                _lately(_ANONYMOUS).count(_address(), g.actor.at)
            return committed(url_for(".objection_receipt", receipt=receipt), _("Your objection was received."))
        found = register.notice(g.session, number, g.actor.at)
    page = _object_page(found, form, rules, running)
    return page, (422 if running else 409) if form.is_submitted() else 200


@bp.get("/objections/<string(minlength=20, maxlength=80):receipt>")
def objection_receipt(receipt: str) -> ResponseReturnValue:
    found = register.find_objection(g.session, receipt)
    if found is None:
        return _missed()
    entries = [entry for entry in found.notice.entries if entry["application_id"] == found.application_id]
    return render_template(
        "public/objection_receipt.html",
        objection=found,
        entry=entries[0],
        overdue=found.reply is None and found.answer_due_at <= g.actor.at,
    )


def _missed() -> ResponseReturnValue:
    """Say of any receipt that there is none, and to who tries too many that they wait."""
    wrong = _lately(_WRONG)
    if not wrong.too_many(_address(), g.actor.at):
        wrong.count(_address(), g.actor.at)
        raise NotFound
    page = render_template(
        "error.html",
        code=429,
        title=_("Too many wrong receipts"),
        text=_("From your address came too many receipts that do not exist. Try again in an hour."),
        action={"label": _("Notices"), "url": url_for(".notices")},
    )
    return page, 429, _LATER


def _lately(which: str) -> Lately:
    found: Lately = current_app.extensions[which]
    return found


def _address() -> str:
    return request.remote_addr or ""


def _object_page(
    notice: Notice, form: ObjectionForm, rules: objections.Rules, running: bool, *, too_many: bool = False
) -> str:
    return render_template(
        "public/object.html", announced=notice, form=form, rules=rules, running=running, too_many=too_many
    )


def _object(number: int, form: ObjectionForm, receipt: str) -> Objection:
    """Ask whether the objection is taken, keep the files while the unit of work holds nothing, then take it."""
    said = Said(
        application=form.application.data,
        statement=text(form.statement),
        name=text(form.name),
        contact=text(form.contact),
        anonymous=form.anonymous,
    )
    objecting.expect(g.session, g.actor, register.notice(g.session, number, g.actor.at), said)
    with storage.receiving() as keep, _as_nobody():
        kept = meanwhile(lambda: [_stored(keep, file) for file in form.files.data or () if file])
        notice = register.notice(g.session, number, g.actor.at)
        return objecting.take(g.session, g.actor, notice, said, files=kept, receipt=receipt)


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Let the key of the form be claimed by nobody: beside the receipt it would name whoever is signed in.

    `meanwhile` undoes the claim that was made for an account and makes it anew.
    """
    actor, g.actor = g.actor, objecting.nobody(g.actor)
    try:
        yield
    finally:
        g.actor = actor


def _stored(keep: Callable[[FileStorage], StoredFile], file: FileStorage) -> tuple[str, StoredFile]:
    try:
        return file.filename or "", keep(file)
    except Invalid as error:
        raise Invalid(error.key, field="files", **error.values) from error


def _running(notice: Notice, at: datetime) -> bool:
    return at < notice.closes_at


def _entries(notice: Notice) -> list[SelectChoice]:
    return [SelectChoice(entry["application_id"], _entry_name(entry)) for entry in notice.entries]


def _entry_name(entry: Mapping[str, Any]) -> str:
    return f"{entry['position']}. {picked(entry['site'])}"
