"""The reviewer: a short list, and one page per application with the evidence beside the questions."""

from collections.abc import Callable
from datetime import date
from typing import Any, cast

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.vocabulary import Action, Kind
from registry.models import Assignment
from registry.queries import applications, backgrounds, blinding, cases, filings, questions, remarks, reviews
from registry.queries import marks as marks_of
from registry.services import conflicts, invitations, marking
from registry.services import remarks as discussing
from registry.web.forms import Form, text
from registry.web.forms.filters import filters
from registry.web.forms.reviewer import (
    ChangeForm,
    ConflictForm,
    DeclineForm,
    MarksForm,
    PromiseForm,
    RemarkForm,
    marks_form,
)
from registry.web.paging import asked, paging
from registry.web.templating import picked
from registry.web.work import afterwards, committed, tried

bp = Blueprint("reviewer", __name__, url_prefix="/reviews")
# The answer to a form that was acted on: its reader is sent on to another page.
DONE = 303


@bp.get("")
def index() -> ResponseReturnValue:
    form = filters(_("Name of the site"))
    found = reviews.mine(g.session, g.actor, form.value("q"), asked())
    due = backgrounds.confirmation_due(g.session, g.actor.user_id or 0, g.actor.at)
    said = remarks.counts(g.session, [task.application.id for task in found.rows if task.finished])
    return render_template(
        "reviewer/index.html", tasks=found.rows, filters=form, paging=paging(found), due=due, said=said
    )


@bp.route("/<int:number>", methods=["GET", "POST"])
def show(number: int) -> ResponseReturnValue:
    assignment = reviews.one(g.session, g.actor, number)
    form = _form(assignment)
    if not form.is_submitted():
        if assignment.opened_at is None:
            actor = g.actor
            afterwards(lambda session: invitations.note_opened(session, actor, number))
        return _page(number, form=form)
    return _saved(assignment, form, lambda: _("Saved. You can go on later."))


@bp.post("/<int:number>/finish")
def finish(number: int) -> ResponseReturnValue:
    assignment = reviews.one(g.session, g.actor, number)
    form = _form(assignment)
    form.finishing = True
    said = _("Your review is finished. You now see the marks of others who have finished.")
    return _saved(assignment, form, lambda: said, lambda: marking.finish(g.session, g.actor, assignment))


@bp.post("/<int:number>/marks/<string:key>")
def change_mark(number: int, key: str) -> ResponseReturnValue:
    assignment = reviews.one(g.session, g.actor, number)
    form, version = _change_form(assignment, key), assignment.review.version if assignment.review else 0
    if key in _change_forms(assignment) and form.version.data != str(version):
        # To send it again is a choice, made with the marks as they stand now before one's eyes.
        form.version.data = str(version)
        form.form_errors.append(
            _("A mark of yours was changed elsewhere in the meantime. See how they stand now; send again what counts.")
        )
        return _again(number, 409, change_form=(key, form))
    code = _sent(form, lambda: _change(assignment, key, form))
    if code == DONE:
        return committed(url_for(".show", number=number), _("Your mark is changed. The first one stays on record."))
    return _again(number, code, change_form=(key, form))


@bp.post("/<int:number>/remarks")
def remark(number: int) -> ResponseReturnValue:
    assignment, form = reviews.one(g.session, g.actor, number), RemarkForm()
    code = _sent(form, lambda: discussing.say(g.session, g.actor, assignment, text(form.words)))
    if code == DONE:
        return committed(url_for(".show", number=number, _anchor="discussion"), _("Your remark is there to read."))
    return _again(number, code, remark_form=form)


@bp.post("/<int:number>/acknowledge")
def acknowledge(number: int) -> ResponseReturnValue:
    assignment, form = reviews.one(g.session, g.actor, number), PromiseForm()
    code = _sent(
        form,
        lambda: invitations.acknowledge(g.session, g.actor, assignment, promised_on=cast(date, form.promised_on.data)),
    )
    if code == DONE:
        return committed(url_for(".show", number=number), _("Thank you. The office knows when to expect it."))
    return _again(number, code, promise_form=form)


@bp.post("/<int:number>/decline")
def decline(number: int) -> ResponseReturnValue:
    assignment, form = reviews.one(g.session, g.actor, number), _decline_form()
    code = _sent(form, lambda: invitations.decline(g.session, g.actor, assignment, reason=text(form.reason)))
    if code == DONE:
        return committed(url_for(".index"), _("Thank you. The office will ask somebody else."))
    return _again(number, code, decline_form=form)


@bp.post("/<int:number>/conflict")
def declare_conflict(number: int) -> ResponseReturnValue:
    assignment, form = reviews.one(g.session, g.actor, number), ConflictForm()
    code = _sent(form, lambda: conflicts.declare_conflict(g.session, g.actor, assignment, reason=text(form.reason)))
    if code == DONE:
        return committed(url_for(".index"), _("Thank you. The application is no longer open to you."))
    return _again(number, code, conflict_form=form)


def _saved(
    assignment: Assignment, form: MarksForm, said: Callable[[], str], then: Callable[[], None] = lambda: None
) -> ResponseReturnValue:
    """Keep what was entered, unless the same question was saved elsewhere with other words: that is a choice then."""
    kept, version = questions.typed(assignment.review), assignment.review.version if assignment.review else 0
    if not _open(assignment) or form.version.data == str(version):
        form.choose(kept)
    elif not form.merge(kept, version):
        return _again(assignment.id, 409, form=form, overtaken=True)
    number = assignment.id

    def act() -> None:
        marking.save_marks(g.session, g.actor, assignment, form.marks, version=int(form.version.data or 0))
        then()

    code = _sent(form, act)
    if code == DONE:
        return committed(url_for(".show", number=number), said())
    return _again(number, code, form=form)


def _open(assignment: Assignment) -> bool:
    application = applications.one(g.session, g.actor, Action.REVIEW, assignment.application_id)
    return reviews.task_of(assignment, application).open


def _change(assignment: Assignment, key: str, form: ChangeForm) -> None:
    points, justification = form.typed(key)
    marking.change_mark(
        g.session,
        g.actor,
        assignment,
        key,
        points=points,
        justification=justification,
        reason=text(form.reason),
        version=int(form.version.data or 0),
    )


def _sent(form: Form, act: Callable[[], object]) -> int:
    """Return DONE where what was sent is acted on, 422 where a value is refused, 409 where the time for it is over.

    What is refused is said at the form, which keeps all that was entered; the unit of work is rolled back then.
    """
    if not form.validate_on_submit():
        return 422

    def acted() -> bool:
        try:
            act()
        except WrongState as late:
            over.append(late)
            raise Invalid(late.key, None, **late.values) from late
        return True

    over: list[WrongState] = []
    if tried(form, acted):
        return DONE
    return 409 if over else 422


def _form(assignment: Assignment) -> MarksForm:
    application = applications.one(g.session, g.actor, Action.REVIEW, assignment.application_id)
    criteria = filings.criteria_of(application.round_category)
    review = assignment.review
    form: MarksForm = marks_form(
        criteria, reviews.panels(criteria).values(), questions.typed(review), review.version if review else 0
    )
    return form


def _change_forms(assignment: Assignment) -> dict[str, ChangeForm]:
    """The forms by which each mark of a finished review can be changed; none where the round lets marks stay."""
    application = applications.one(g.session, g.actor, Action.REVIEW, assignment.application_id)
    task, review = reviews.task_of(assignment, application), assignment.review
    at_work = (application.kind, application.status) == reviews.AT_WORK
    if not task.finished or review is None or not at_work or not marking.marks_may_change(g.session, application):
        return {}
    return {
        key: _change_form(assignment, key) for key in reviews.panels(filings.criteria_of(application.round_category))
    }


def _change_form(assignment: Assignment, key: str) -> Any:
    """Return the form by which one mark is changed, whether it can be changed now or not."""
    application = applications.one(g.session, g.actor, Action.REVIEW, assignment.application_id)
    criteria, review = filings.criteria_of(application.round_category), assignment.review
    panel = reviews.panels(criteria).get(key)
    if panel is None:
        raise NotFound
    known, version = questions.typed(review), review.version if review else 0
    return marks_form(criteria, [panel], known, version, kind=ChangeForm, prefix=f"change-{key}-")


def _decline_form(*sent: None) -> DeclineForm:
    # The page has another field for a reason.
    return DeclineForm(*sent, prefix="decline-")


def _again(number: int, code: int, **forms: Any) -> ResponseReturnValue:
    """Return the page with a form that was refused; where the page has no place for it any more, with its words."""
    place, form = next(iter(forms.items()))
    key, form = form if place == "change_form" else ("", form)
    assignment = reviews.one(g.session, g.actor, number)
    task = reviews.task_of(assignment, applications.one(g.session, g.actor, Action.REVIEW, assignment.application_id))
    at_work = (task.application.kind, task.application.status) == reviews.AT_WORK
    shown = {
        "form": task.open,
        "change_form": key in _change_forms(assignment),
        "remark_form": task.finished and at_work,
        "promise_form": task.open,
        "decline_form": task.open,
        "conflict_form": at_work,
    }
    if shown[place]:
        return _page(number, **forms), code
    return _page(number, unsaved=form, unsaved_words=_words(form)), 409


def _words(form: Form) -> list[tuple[str, str]]:
    """Return what was typed into a form, each under what it answers."""
    found = []
    if isinstance(form, MarksForm):
        found = [(picked(form.criteria.indicators[key].title), "\n".join(form.typed(key)).strip()) for key in form.keys]
    found += [(str(field.label.text), text(field)) for field in form if field.short_name in ("reason", "words")]
    return [(label, words) for label, words in found if words]


def _page(number: int, **forms: Any) -> str:
    assignment = reviews.one(g.session, g.actor, number)
    application = applications.one(g.session, g.actor, Action.REVIEW, assignment.application_id)
    seen = blinding.seen(
        g.session, application, filings.sheet(g.session, application, outside=True), material=_("Material")
    )
    task = reviews.task_of(assignment, application)
    at_work = (application.kind, application.status) == reviews.AT_WORK
    changing = forms.pop("change_form", None)
    changes = {key: form for key, form in _change_forms(assignment).items() if not changing or key != changing[0]}
    application, sheet = seen.application, seen.sheet
    shown: dict[str, Any] = {
        "form": _form(assignment),
        "conflict_form": ConflictForm(None),
        "decline_form": _decline_form(None),
        "promise_form": PromiseForm(None, data={"promised_on": assignment.promised_on or reviews.last_day(assignment)}),
        "remark_form": RemarkForm(None),
        "overtaken": False,
        "unsaved": None,
        "unsaved_words": [],
        **forms,
    }
    return render_template(
        "reviewer/show.html",
        assignment=assignment,
        application=application,
        seen=seen,
        sheet=sheet,
        panels=reviews.panels(sheet.criteria),
        questions=questions.of_sheet(sheet, assignment),
        rows=[
            row for row in cases.value_rows(sheet) if not (seen.blind and row.entry.identifying and row.present is None)
        ],
        reading=application.kind is Kind.REVIEW,
        task=task,
        at_work=at_work,
        invitation=reviews.invitation(assignment),
        saved=questions.typed(assignment.review),
        own=marks_of.own(assignment),
        others=blinding.hide(seen, marks_of.of_others(g.session, assignment)),
        remarks=blinding.hide(seen, remarks.for_reviewer(g.session, assignment)),
        changes=changes | ({changing[0]: changing[1]} if changing else {}),
        changing=changing[0] if changing else "",
        **shown,
    )
