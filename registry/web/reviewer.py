"""The reviewer: a short list, and one page per application with the evidence beside the questions."""

from typing import Any

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain.vocabulary import Action, Kind
from registry.models import Assignment
from registry.queries import applications, backgrounds, cases, filings, reviews
from registry.services import reviews as reviewing
from registry.web.forms import text
from registry.web.forms.filters import filters
from registry.web.forms.reviewer import ConflictForm, MarksForm, marks_form
from registry.web.paging import asked, paging
from registry.web.work import committed, tried

bp = Blueprint("reviewer", __name__, url_prefix="/reviews")


@bp.get("")
def index() -> ResponseReturnValue:
    form = filters(_("Name of the site"))
    found = reviews.mine(g.session, g.actor, form.value("q"), asked())
    due = backgrounds.confirmation_due(g.session, g.actor.user_id or 0, g.actor.at)
    return render_template("reviewer/index.html", tasks=found.rows, filters=form, paging=paging(found), due=due)


@bp.route("/<int:number>", methods=["GET", "POST"])
def show(number: int) -> ResponseReturnValue:
    assignment = reviews.one(g.session, g.actor, number)
    form = _form(assignment)
    if form.is_submitted() and _overtaken(assignment, form):
        return _page(number, form=form, overtaken=True), 409
    if form.validate_on_submit() and tried(form, lambda: _save(assignment, form)):
        return committed(url_for(".show", number=number), _("Saved. You can go on later."))
    return _page(number, form=form), 422 if form.is_submitted() else 200


@bp.post("/<int:number>/finish")
def finish(number: int) -> ResponseReturnValue:
    assignment = reviews.one(g.session, g.actor, number)
    form = _form(assignment)
    if _overtaken(assignment, form):
        return _page(number, form=form, overtaken=True), 409
    if form.validate_on_submit() and tried(form, lambda: _save(assignment, form) and _finish(assignment)):
        said = _("Your review is finished. You now see the marks of others who have finished.")
        return committed(url_for(".show", number=number), said)
    return _page(number, form=form), 422


@bp.post("/<int:number>/conflict")
def declare_conflict(number: int) -> ResponseReturnValue:
    assignment, form = reviews.one(g.session, g.actor, number), ConflictForm()
    if form.validate_on_submit() and tried(form, lambda: _declare(assignment, text(form.reason))):
        return committed(url_for(".index"), _("Thank you. The application is no longer open to you."))
    return _page(number, conflict_form=form), 422


def _overtaken(assignment: Assignment, form: MarksForm) -> bool:
    """Tell whether an open review was saved elsewhere since this form was shown; to save it again is a choice then."""
    application = applications.one(g.session, g.actor, Action.REVIEW, assignment.application_id)
    version = str(assignment.review.version if assignment.review else 0)
    if not reviews.task_of(assignment, application).open or form.version.data == version:
        return False
    form.version.data = version
    return True


def _save(assignment: Assignment, form: MarksForm) -> int:
    version = int(form.version.data or 0)
    return reviewing.save_marks(g.session, g.actor, assignment, form.marks, version=version)


def _finish(assignment: Assignment) -> bool:
    reviewing.finish(g.session, g.actor, assignment)
    return True


def _declare(assignment: Assignment, reason: str) -> bool:
    reviewing.declare_conflict(g.session, g.actor, assignment, reason=reason)
    return True


def _form(assignment: Assignment) -> MarksForm:
    application = applications.one(g.session, g.actor, Action.REVIEW, assignment.application_id)
    panels = reviews.panels(filings.criteria_of(application.round_category))
    review = assignment.review
    known = reviews.latest_marks(g.session, review) if review else {}
    return marks_form(panels.values(), known, review.version if review else 0)


def _page(
    number: int, *, form: MarksForm | None = None, conflict_form: ConflictForm | None = None, overtaken: bool = False
) -> str:
    assignment = reviews.one(g.session, g.actor, number)
    application = applications.one(g.session, g.actor, Action.REVIEW, assignment.application_id)
    sheet = filings.sheet(g.session, application, outside=True)
    shown: dict[str, Any] = {
        "form": form or _form(assignment),
        "conflict_form": conflict_form or ConflictForm(None),
        "own": reviews.latest_marks(g.session, assignment.review) if assignment.review else {},
        "others": reviews.marks_of_others(g.session, assignment),
        "overtaken": overtaken,
    }
    return render_template(
        "reviewer/show.html",
        assignment=assignment,
        application=application,
        sheet=sheet,
        panels=reviews.panels(sheet.criteria),
        beside={key: cases.evidence_of(sheet, key) for key in reviews.panels(sheet.criteria)},
        rows=cases.value_rows(sheet),
        reading=application.kind is Kind.REVIEW,
        task=reviews.task_of(assignment, application),
        **shown,
    )
