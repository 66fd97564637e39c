"""Long work as whoever asked for it sees it: how far it is, and its result, which waits here."""

from typing import Any

from flask import Blueprint, g, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry import words
from registry.domain.errors import Forbidden, NotFound
from registry.domain.vocabulary import TaskKind
from registry.files import path_of
from registry.models import Publication, Round, Task
from registry.queries import tasks
from registry.services import tasks as working
from registry.web import storage
from registry.web.evidence import hardened
from registry.web.forms import SureForm
from registry.web.templating import named, picked
from registry.web.work import committed

bp = Blueprint("tasks", __name__, url_prefix="/tasks")


@bp.get("")
def index() -> ResponseReturnValue:
    found = tasks.of_person(g.session, g.actor)
    return render_template(
        "tasks/index.html",
        rows=[(task, _about(task)) for task in found],
        unfinished=tasks.UNFINISHED,
        days=working.KEPT.days,
        most=tasks.MOST_SHOWN,
    )


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(number)


def _page(number: int, form: SureForm | None = None) -> str:
    task = tasks.one(g.session, g.actor, number)
    return render_template(
        "tasks/show.html",
        task=task,
        about=_about(task),
        unfinished=task.state in tasks.UNFINISHED,
        may_cancel=task.asked_by_id == g.actor.user_id and task.kind is not TaskKind.DOSSIER,
        may_keep=task.sha256 is not None and tasks.may_keep(g.actor, task),
        failure=_sentence(task.failure, task.failure_values) if task.failure else None,
        issued=sum("certificate" in line for line in task.outcomes),
        failed=[
            (entry.position, picked(entry.content["site"]), _sentence(key, values))
            for entry, key, values in tasks.failed_entries(g.session, task)
        ],
        issues=task.kind is TaskKind.ISSUE,
        sure_form=form or SureForm(None),
    )


@bp.get("/<int:number>/file")
def download(number: int) -> ResponseReturnValue:
    task = tasks.result(g.session, g.actor, number)
    path = path_of(storage.folder(), task.sha256 or "")
    if not path.is_file():
        raise NotFound("result_gone")
    answer = send_file(
        path, mimetype=task.media_type, as_attachment=True, download_name=task.name, etag=False, max_age=0
    )
    return hardened(answer)


@bp.post("/<int:number>/cancel")
def cancel(number: int) -> ResponseReturnValue:
    task, form = tasks.one(g.session, g.actor, number, lock=True), SureForm()
    if task.asked_by_id != g.actor.user_id:
        raise Forbidden
    if not form.validate_on_submit():
        return _page(number, form), 422
    working.cancel(g.session, g.actor, task)
    return committed(url_for(".show", number=number), _("Cancelled. What was done before stays done."))


def _about(task: Task) -> str:
    """What a task is of, in the reader's language."""
    if task.kind is TaskKind.EXPORT:
        return str(_("Applications: %(count)s", count=task.total))
    if task.kind is TaskKind.ISSUE:
        return named(g.session.get_one(Publication, task.subject_id), "title")
    if task.kind in (TaskKind.DOSSIER, TaskKind.LIKENESS, TaskKind.STABILITY, TaskKind.ASSIGNMENT):
        return named(g.session.get_one(Round, task.subject_id), "title")
    return task.name.rsplit(".", 1)[0]


def _sentence(key: str, values: dict[str, Any]) -> str:
    return words.sentence(key, {name: tuple(one) if isinstance(one, list) else one for name, one in values.items()}, _)
