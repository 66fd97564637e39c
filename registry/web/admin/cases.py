"""The office's cases: the list, one application with all of it, and what the office does with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import policy, workflow
from registry.domain.errors import NotFound
from registry.domain.ties.values import Decision, Judged
from registry.domain.vocabulary import Action, FormPoint, Kind, Result, Status
from registry.domain.vocabulary import Ground as Reason
from registry.models import Application, ScreeningItem, User
from registry.queries import (
    applications,
    cases,
    decisions,
    disagreements,
    facts,
    filings,
    letters,
    likeness,
    notices,
    papers,
    people,
    prechecks,
    public,
    reviews,
    ties,
    visibility,
    visits,
)
from registry.queries import candidates as candidates_of
from registry.queries import settled as decided
from registry.queries import terminations as terminations_of
from registry.queries.prechecks import Ground, Proposal
from registry.services import (
    calendar,
    conflicts,
    evaluations,
    filling,
    libraries,
    remarks,
    screening,
    tasks,
    terminations,
)
from registry.services import reviews as reviewing
from registry.web import likeness_words, score_papers
from registry.web.forms import Form, SureForm, text
from registry.web.forms.admin_cases import (
    AssignForm,
    ReasonForm,
    ReturnForm,
    ScreeningForm,
    screening_form,
    value_form,
)
from registry.web.forms.backgrounds import JudgeForm
from registry.web.forms.filters import Filters, filters, rows_by, words_of
from registry.web.forms.reviewer import RemarkForm
from registry.web.paging import asked, here, paging
from registry.web.templating import label, language_of_reader, named, picked
from registry.web.tie_words import way
from registry.web.work import committed, tried


@dataclass(frozen=True, slots=True)
class Tied:
    """Somebody who reviews an application or might, with what ties them to it."""

    person: User
    assigned: bool
    found: Judged


bp = Blueprint("cases", __name__, url_prefix="/cases")


@bp.get("")
def index() -> ResponseReturnValue:
    return _index(_filters())


def _index(form: Filters) -> str:
    wanted = _wanted(form)
    found = cases.index(g.session, g.actor, wanted, asked())
    return render_template(
        "admin/cases/index.html",
        filters=form,
        wanted=wanted,
        rows=found.rows,
        paging=paging(found),
        address=here,
        may_export=visibility.programme_ids(g.actor, Action.EXPORT) != frozenset(),
    )


@bp.post("/export")
def export() -> ResponseReturnValue:
    form = _filters()
    # What an old address leaves out of a list would be put into a file that nobody asked for.
    for field in form.unknown:
        field.errors = [_("This choice does not exist here. Choose one of the list, or all.")]
    if form.errors:
        return _index(form), 422
    found = cases.to_export(g.session, g.actor, _wanted(form))
    if not found:
        set_ones = [field for field in form if field.data]
        (set_ones or list(form))[0].errors = [
            _("No application that you may export fits. Change or clear the filters.")
        ]
        return _index(form), 422
    numbers, programmes = [number for number, _programme in found], {programme for _number, programme in found}
    task = tried(
        form,
        lambda: tasks.ask_export(g.session, g.actor, numbers, sorted(programmes), language=language_of_reader()),
    )
    return committed(url_for("tasks.show", number=task.id)) if task else (_index(form), 422)


@bp.get("/<int:number>")
def show(number: int) -> ResponseReturnValue:
    return _page(number)


@bp.route("/<int:number>/values/<string(maxlength=60):key>", methods=["GET", "POST"])
def verify_value(number: int, key: str) -> ResponseReturnValue:
    application = _taken(number, Action.VERIFY_VALUE)
    sheet = filings.sheet(g.session, application, outside=True)
    if key not in sheet.criteria.inputs:
        raise NotFound
    row = cases.value_row(sheet, key)
    form = value_form(row.entry, row.present)
    if form.validate_on_submit() and tried(
        form,
        lambda: screening.verify_value(
            g.session, g.actor, application, key=key, value=form.raw, reason=text(form.reason)
        ),
    ):
        return committed(_back_to_values(application), _("The value is established."))
    application = applications.one(g.session, g.actor, Action.VERIFY_VALUE, number)
    sheet = filings.sheet(g.session, application, outside=True)
    page = render_template(
        "admin/cases/verify_value.html",
        application=application,
        row=cases.value_row(sheet, key),
        established=cases.established(g.session, sheet, key),
        back=_back_to_values(application),
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/<int:number>/screening")
def screen(number: int) -> ResponseReturnValue:
    application = _taken(number, Action.ACCEPT)
    sheet = filings.sheet(g.session, application, outside=True)
    form = _screening_form(_titles(sheet), screening.items_of(g.session, application), {}, sent=True)
    if Action.ACCEPT in _open(application) and _overtaken(application, form):
        return _page(number, screening_form=form, overtaken=True), 409
    if form.validate_on_submit() and _done(form, lambda: _screened(application, form)):
        return committed(_back(number), _SCREENED[text(form.decision)]())
    return _page(number, screening_form=form), 422


@bp.post("/<int:number>/return")
def return_(number: int) -> ResponseReturnValue:
    application, form = _taken(number, Action.RETURN), ReturnForm()
    if form.validate_on_submit() and tried(
        form,
        lambda: screening.send_back(
            g.session, g.actor, application, note=text(form.note), working_days=form.working_days.data or 0
        ),
    ):
        return committed(_back(number), _("The application is with the applicant again."))
    return _page(number, return_form=form), 422


@bp.post("/<int:number>/call")
def call(number: int) -> ResponseReturnValue:
    application, form = _taken(number, Action.CALL), _call_form()
    if form.validate_on_submit() and _done(
        form, lambda: libraries.call(g.session, g.actor, application, reason=text(form.reason))
    ):
        return committed(_back(number), _("The application is called to the selection."))
    return _page(number, call_form=form), 422


@bp.post("/<int:number>/score")
def score(number: int) -> ResponseReturnValue:
    application, form = _taken(number, Action.SCORE), SureForm()
    if cases.one(g.session, g.actor, number).score.eligible is False and not form.validate_on_submit():
        return _page(number, score_form=form), 422
    evaluations.score(g.session, g.actor, application)
    failed = application.status is Status.FAILED
    said = _("A requirement is not met: the application ends here.") if failed else _("The score is kept.")
    return committed(_back(number, "score"), said)


@bp.get("/<int:number>/scores/<int:evaluation>.pdf")
def score_file(number: int, evaluation: int) -> ResponseReturnValue:
    return score_papers.kept(papers.kept_score(g.session, g.actor, number, evaluation))


@bp.post("/<int:number>/reviewers")
def assign(number: int) -> ResponseReturnValue:
    application, form = _taken(number, Action.ASSIGN), AssignForm()
    if form.validate_on_submit() and tried(
        form,
        lambda: reviewing.assign(
            g.session, g.actor, application, people.one(g.session, form.reviewer.data), why=text(form.why)
        ),
    ):
        return committed(_back(number, "review"), _("The reviewer is assigned."))
    return _page(number, assign_form=form), 422


@bp.post("/<int:number>/reviewers/<int:assignment>/end")
def unassign(number: int, assignment: int) -> ResponseReturnValue:
    row, form = reviews.of_office(g.session, g.actor, number, assignment), ReasonForm()
    if form.validate_on_submit() and _done(
        form, lambda: reviewing.unassign(g.session, g.actor, row, reason=text(form.reason))
    ):
        return committed(_back(number, "review"), _("The reviewer is taken off."))
    return _page(number, unassign_form=(assignment, form)), 422


@bp.post("/<int:number>/reviewers/<int:assignment>/clear")
def clear_conflict(number: int, assignment: int) -> ResponseReturnValue:
    row, form = reviews.of_office(g.session, g.actor, number, assignment), ReasonForm()
    if form.validate_on_submit() and _done(
        form, lambda: conflicts.clear_conflict(g.session, g.actor, row, reason=text(form.reason))
    ):
        return committed(_back(number, "review"), _("The conflict is cleared; the reviewer can go on."))
    return _page(number, clear_form=(assignment, form)), 422


@bp.post("/<int:number>/ties")
def judge_tie(number: int) -> ResponseReturnValue:
    application, form = _taken(number, Action.ASSIGN), JudgeForm()
    if form.validate_on_submit() and _done(
        form,
        lambda: conflicts.judge_tie(
            g.session,
            g.actor,
            application,
            people.one(g.session, form.person.data or 0),
            fingerprint=form.fingerprint.data or "",
            decision=Decision(text(form.decision)),
            reason=text(form.reason),
            of_organisations=bool(form.of_organisations.data),
        ),
    ):
        return committed(_back(number, "ties"), _("Kept in mind, with your reason, wherever this tie is found again."))
    return _page(number, judge_form=form), 422


@bp.post("/<int:number>/remarks")
def remark(number: int) -> ResponseReturnValue:
    application, form = _taken(number, Action.ASSIGN), RemarkForm()
    if form.validate_on_submit() and tried(
        form, lambda: remarks.say_of_office(g.session, g.actor, application, text(form.words))
    ):
        return committed(_back(number, "discussion"), _("Your remark is there to read."))
    return _page(number, remark_form=form), 422


@bp.post("/<int:number>/review")
def conclude_review(number: int) -> ResponseReturnValue:
    application = _taken(number, Action.CONCLUDE_REVIEW)
    reviewing.conclude(g.session, g.actor, application)
    return committed(_back(number, "score"), _("The review is concluded and the final score is kept."))


@bp.post("/<int:number>/termination")
def propose_termination(number: int) -> ResponseReturnValue:
    application, form = _taken(number, Action.PROPOSE), _termination_form()
    if form.validate_on_submit():
        decision = tried(form, lambda: terminations.propose(g.session, g.actor, application, reason=text(form.reason)))
        if decision:
            url = url_for("admin.decisions.show", number=decision.id)
            return committed(url, _("Proposed. Another person approves or rejects it."))
    return _page(number, termination_form=form), 422


_GROUNDS: dict[Ground, Callable[[], str]] = {
    Ground.NOTHING_MISSING: lambda: _("Nothing that is asked is missing; whether it is consistent is yours to judge."),
    Ground.CONFIRMED: lambda: _("Its bureau has confirmed it."),
    Ground.NO_ORGANISATION: lambda: _("No organisation applies; the place itself does."),
    Ground.PASSED: lambda: _("Met by the values as they stand."),
    Ground.FAILED: lambda: _("Not met by the values as they stand."),
    Ground.NOT_CALLED_FOR: lambda: _("Not asked of this application by the values as they stand."),
}
_SCREENED: dict[str, Callable[[], str]] = {
    "keep": lambda: _("The checklist is saved."),
    "accept": lambda: _("Accepted: the application goes on."),
    "refuse": lambda: _("Refused; the site may apply again."),
    "bar": lambda: _("Barred: the site cannot apply in this programme before its time is over."),
}


def _screening_form(
    titles: dict[str, str], items: dict[str, ScreeningItem], proposed: dict[str, Proposal], *, sent: bool
) -> ScreeningForm:
    said = {key: (proposal, _GROUNDS[proposal.ground]()) for key, proposal in proposed.items()}
    return screening_form(titles, items, screening.digest_of_items(items), proposed=said, sent=sent)


def _overtaken(application: Application, form: ScreeningForm) -> bool:
    """Tell whether the checklist was saved since this form was shown; to save it again is a choice then."""
    now = screening.digest_of_items(screening.items_of(g.session, application))
    if form.seen.data == now:
        return False
    form.seen.data = now
    return True


def _screened(application: Application, form: ScreeningForm) -> None:
    screening.check(g.session, g.actor, application, form.items)
    match text(form.decision):
        case "accept":
            screening.accept(g.session, g.actor, application)
        case "refuse":
            screening.refuse(g.session, g.actor, application, reason=text(form.reason))
        case "bar":
            screening.bar(g.session, g.actor, application, reason=text(form.reason), months=form.months.data or 0)


def _done(form: Form, act: Callable[[], None]) -> bool:
    """Tell whether an act without a value was not refused."""

    def acted() -> bool:
        act()
        return True

    return bool(tried(form, acted))


def _taken(number: int, action: Action) -> Application:
    return applications.one(g.session, g.actor, action, number, lock=request.method == "POST")


def _back(number: int, part: str | None = None) -> str:
    return url_for("admin.cases.show", number=number, _anchor=part)


def _back_to_values(application: Application) -> str:
    """Where the values stand that are established now: at its stage those of the site visit."""
    if application.kind is Kind.SITE_VISIT:
        return url_for("admin.visits.show", number=application.id, _anchor="values")
    return _back(application.id, "values")


def _filters() -> Filters:
    categories = cases.categories(g.session, g.actor)
    programmes = {row.round.programme_id: row.round.programme for row in categories}
    return filters(
        _("Name or number"),
        stage=(_("Stage"), words_of(Kind)),
        status=(_("Status"), words_of(Status)),
        programme=(_("Programme"), rows_by("id", programmes.values())),
        category=(
            _("Round and category"),
            [(str(row.id), f"{named(row.round, 'title')} · {named(row.category)}") for row in categories],
        ),
        region=(_("Region"), rows_by("key", public.regions_within(g.session))),
    )


def _wanted(form: Filters) -> cases.Wanted:
    stage, status, order = form.value("stage"), form.value("status"), request.args.get("order", "submitted")
    return cases.Wanted(
        stage=Kind(stage) if stage else None,
        status=Status(status) if status else None,
        round_category_id=int(form.value("category") or 0) or None,
        programme_id=int(form.value("programme") or 0) or None,
        region=form.value("region"),
        words=form.value("q"),
        order=order.removeprefix("-"),
        descending=order.startswith("-"),
    )


def _titles(sheet: filings.Sheet) -> dict[str, str]:
    """The checklist in the reader's language."""
    gates = {gate.key: picked(gate.title) for gate in sheet.criteria.gates}
    keys = screening.checklist(sheet.criteria, sheet.application.round_category)
    return {key: gates[key] if key in gates else label(FormPoint(key)) for key in keys}


def _open(application: Application) -> frozenset[Action]:
    """What this reader can do with the application now."""
    possible = set(workflow.moves_at(application.kind, application.status))
    if application.status is Status.WAITING:
        possible |= {Action.VERIFY_VALUE} if _establishes(application) else set()
        possible |= {Action.ASSIGN} if application.kind is Kind.REVIEW else set()
    known = facts.of_application(g.session, application)
    return frozenset(action for action in possible if policy.permits(g.actor, action, known))


def _establishes(application: Application) -> bool:
    """Tell whether values are established at this stage; those of a site visit once there is a record to rest on."""
    if application.kind is Kind.SITE_VISIT:
        return visits.here(g.session, application) is not None
    return application.kind in screening.VALUES_AT


def _termination_form(*sent: None) -> ReasonForm:
    # The page has another field for a reason.
    return ReasonForm(*sent, prefix="termination-")


def _call_form(*sent: None) -> ReasonForm:
    # The page has another field for a reason.
    return ReasonForm(*sent, prefix="call-")


def _may_terminate(application: Application) -> bool:
    known = facts.of_application(g.session, application)
    ends = Action.TERMINATE in workflow.moves_at(application.kind, application.status)
    return ends and policy.permits(g.actor, Action.PROPOSE, known)


def _ties(case: cases.Case, candidates: list[candidates_of.Candidate]) -> list[Tied]:
    """Who is tied to the application: whoever reviews it, then whoever might, each with all that was found."""
    assigned = {row.reviewer_id: row.reviewer for row in (*case.assignments, *case.recused)}
    known = {candidate.user.id: candidate.ties for candidate in candidates}
    missing = [person for number, person in assigned.items() if number not in known]
    known |= ties.of_application(g.session, case.application, missing, g.actor.at)
    people_ = {**{candidate.user.id: candidate.user for candidate in candidates}, **assigned}
    rows = [Tied(people_[number], number in assigned, found) for number, found in known.items()]
    tied = [row for row in rows if row.found.standing or row.found.dismissed]
    return sorted(tied, key=lambda row: (not row.assigned, not row.found.blocks, row.person.id))


def _disagreed(case: cases.Case) -> tuple[str, ...]:
    """The questions on which the reviewers disagree so that something follows; nobody sees it before the marks."""
    where = case.application.round_category
    if case.application.kind is Kind.REVIEW:
        return tuple(one.panel for one in disagreements.of_review(g.session, case.application)) if case.marks else ()
    allowed = disagreements.deliberated(g.session, where)
    return disagreements.of_evaluation(allowed, case.evaluations[0] if case.evaluations else None)


def _page(number: int, **forms: Any) -> str:
    case = cases.one(g.session, g.actor, number)
    application = case.application
    titles, can = _titles(case.sheet), _open(application)
    proposed = prechecks.proposals(case.sheet, case.score) if Action.ACCEPT in can else {}
    finished, assigned, needed = reviewing.progress(g.session, application) if Action.ASSIGN in can else (0, 0, 1)
    days = screening.working_days_of(g.session, application)
    shown = {
        "screening_form": _screening_form(titles, case.items, proposed, sent=False),
        "return_form": ReturnForm(None, data={"working_days": days}),
        "assign_form": AssignForm(None),
        "unassign_form": (0, ReasonForm(None)),
        "clear_form": (0, ReasonForm(None)),
        "judge_form": JudgeForm(None),
        "remark_form": RemarkForm(None),
        "termination_form": _termination_form(None),
        "call_form": _call_form(None),
        "score_form": SureForm(None),
        "overtaken": False,
        **forms,
    }
    settled = decided.of_application(g.session, application)
    candidates = candidates_of.of_application(g.session, application, g.actor.at) if Action.ASSIGN in can else []
    tied = _ties(case, candidates)
    return render_template(
        "admin/cases/show.html",
        case=case,
        settled=settled,
        people=decisions.people(g.session, settled.decision.proposed_by_id, settled.decision.decided_by_id)
        if settled
        else {},
        places=notices.places(g.session, settled.notices) if settled else {},
        result_of=Result,
        ground_of=Reason,
        application=application,
        rows=cases.value_rows(case.sheet),
        lacking_papers=cases.lacking_papers(case.sheet),
        earlier=[(one, cases.value_rows(one.sheet)) for one in case.earlier],
        titles=titles,
        panels=reviews.panels(case.sheet.criteria),
        candidates=[one for one in candidates if one.user.id not in {row.reviewer_id for row in case.assignments}],
        ties=tied,
        likenesses=likeness_words.shown(likeness.of_application(g.session, g.actor, application)),
        whose=likeness_words.whose,
        invitation=reviews.invitation,
        last_day=reviews.last_day,
        judges=ties.judges(g.session, [row.found for row in tied]),
        way=way,
        needed=needed,
        disagreed=_disagreed(case),
        ready=finished >= max(needed, assigned),
        visits=visits.of_application(g.session, application),
        can=can,
        may_terminate=_may_terminate(application),
        termination=terminations_of.waiting(g.session, application),
        letters=letters.written(g.session, application),
        estimated=calendar.of_correction(g.session, filling.open_correction(application)),
        **shown,
    )
