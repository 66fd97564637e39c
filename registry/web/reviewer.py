"""The reviewer: a short list, and one page per application with the evidence beside the questions."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.errors import DomainError, NotFound, WrongState
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
    Typed,
    marks_form,
)
from registry.web.paging import asked, paging
from registry.web.work import afterwards, committed, tried

bp = Blueprint("reviewer", __name__, url_prefix="/reviews")


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
    form = _change_forms(assignment).get(key)
    if form is None:
        raise _unchangeable(assignment, key)
    if form.validate_on_submit() and _done(form, lambda: _change(assignment, key, form)):
        return committed(url_for(".show", number=number), _("Your mark is changed. The first one stays on record."))
    return _page(number, change_form=(key, form)), 422


@bp.post("/<int:number>/remarks")
def remark(number: int) -> ResponseReturnValue:
    assignment, form = reviews.one(g.session, g.actor, number), RemarkForm()
    if form.validate_on_submit() and tried(
        form, lambda: discussing.say(g.session, g.actor, assignment, text(form.words))
    ):
        return committed(url_for(".show", number=number, _anchor="discussion"), _("Your remark is there to read."))
    return _page(number, remark_form=form), 422


@bp.post("/<int:number>/acknowledge")
def acknowledge(number: int) -> ResponseReturnValue:
    assignment, form = reviews.one(g.session, g.actor, number), PromiseForm()
    day = form.promised_on.data
    if (
        form.validate_on_submit()
        and day
        and _done(form, lambda: invitations.acknowledge(g.session, g.actor, assignment, promised_on=day))
    ):
        return committed(url_for(".show", number=number), _("Thank you. The office knows when to expect it."))
    return _page(number, promise_form=form), 422


@bp.post("/<int:number>/decline")
def decline(number: int) -> ResponseReturnValue:
    assignment, form = reviews.one(g.session, g.actor, number), _decline_form()
    if form.validate_on_submit() and _done(
        form, lambda: invitations.decline(g.session, g.actor, assignment, reason=text(form.reason))
    ):
        return committed(url_for(".index"), _("Thank you. The office will ask somebody else."))
    return _page(number, decline_form=form), 422


@bp.post("/<int:number>/conflict")
def declare_conflict(number: int) -> ResponseReturnValue:
    assignment, form = reviews.one(g.session, g.actor, number), ConflictForm()
    if form.validate_on_submit() and _done(
        form, lambda: conflicts.declare_conflict(g.session, g.actor, assignment, reason=text(form.reason))
    ):
        return committed(url_for(".index"), _("Thank you. The application is no longer open to you."))
    return _page(number, conflict_form=form), 422


def _saved(
    assignment: Assignment, form: MarksForm, said: Callable[[], str], then: Callable[[], None] = lambda: None
) -> ResponseReturnValue:
    """Keep what was entered, unless the same question was saved elsewhere with other words: that is a choice then."""
    kept, version = questions.typed(assignment.review), assignment.review.version if assignment.review else 0
    if not _open(assignment) or form.version.data == str(version):
        form.choose(kept)
    elif not form.merge(kept, version):
        return _page(assignment.id, form=form, overtaken=True), 409
    number = assignment.id

    def act() -> bool:
        marking.save_marks(g.session, g.actor, assignment, form.marks, version=int(form.version.data or 0))
        then()
        return True

    if form.validate_on_submit() and tried(form, act):
        return committed(url_for(".show", number=number), said())
    return _page(number, form=form), 422


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


def _done(form: Form, act: Callable[[], None]) -> bool:
    """Tell whether an act without a value was not refused."""

    def acted() -> bool:
        act()
        return True

    return bool(tried(form, acted))


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
    criteria = filings.criteria_of(application.round_category)
    known: Mapping[str, Typed] = questions.typed(review)
    return {
        key: marks_form(criteria, [panel], known, review.version, kind=ChangeForm, prefix=f"change-{key}-")
        for key, panel in reviews.panels(criteria).items()
    }


def _unchangeable(assignment: Assignment, key: str) -> DomainError:
    """Return why a mark cannot be changed."""
    application = applications.one(g.session, g.actor, Action.REVIEW, assignment.application_id)
    if key not in reviews.panels(filings.criteria_of(application.round_category)):
        return NotFound()
    return WrongState("marks_stay" if reviews.is_finished(assignment) else "review_not_finished")


def _decline_form(*sent: None) -> DeclineForm:
    # The page has another field for a reason.
    return DeclineForm(*sent, prefix="decline-")


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
