"""Filling in: the parts of the form, the saving behind them, and the score as it stands."""

from collections.abc import Mapping
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import completeness
from registry.domain.completeness import Part, PartKind
from registry.domain.errors import Invalid
from registry.domain.vocabulary import Action, Binding
from registry.models import Application
from registry.queries import applications as tables
from registry.queries import filings
from registry.services import filling
from registry.web import score_papers
from registry.web.applicant import helping, parts, progress, proofs, scores
from registry.web.applicant.applications import signs, writable
from registry.web.applicant.blueprint import bp
from registry.web.forms.applicant import (
    EvidenceForm,
    claims_form,
    entered,
    entered_claims,
    part_form,
    show_again,
)
from registry.web.templating import moment
from registry.web.values_in_words import readable
from registry.web.work import committed

MOST_VALUES = 500


@bp.route("/applications/<int:number>/edit", defaults={"part": ""}, methods=["GET", "POST"])
@bp.route("/applications/<int:number>/edit/<string(maxlength=80):part>", methods=["GET", "POST"])
def edit(number: int, part: str) -> ResponseReturnValue:
    writes = request.method == "POST"
    application = tables.one(g.session, g.actor, Action.EDIT, number, lock=writes)
    if not writable(application) and not writes:
        return redirect(url_for("applicant.show", number=number), 303)
    sheet = filings.sheet(g.session, application)
    here = parts.part_of(sheet, part)
    if here.kind is PartKind.EVIDENCE:
        return evidence_page(sheet)
    form, questions = _form_of(sheet, here)
    if not writes:
        return _page(sheet, here, form, questions)
    valid = form.validate()
    if form.revision.data != sheet.filing.revision:
        return _overtaken(sheet, here, form, questions)
    if not valid:
        return _page(sheet, here, form, questions), 422
    return _saved(application, here, form, questions)


@bp.post("/applications/<int:number>/autosave")
def autosave(number: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.EDIT, number, lock=True)
    if not writable(application):
        return {"refused": _("This can no longer be filled in. Load the page again.")}, 409
    sent = _sent(request.get_json())
    if sent is None:
        return {"refused": _("The request was not understood")}, 400
    revision, values, claims = sent
    if revision != application.filing.revision:
        return {"revision": application.filing.revision, "changed": _changes(application, revision)}, 409
    sheet = filings.sheet(g.session, application)
    kept, faults = parts.parsed(sheet.criteria, values)
    reasons, refused = parts.reasons(claims)
    faults |= refused
    new = _save_what_fits(application, kept, reasons, faults)
    sheet = filings.sheet(g.session, application)
    g.session.commit()
    return {
        "revision": new,
        "saved_at": moment_with_seconds(),
        "faults": {key: parts.sentence(error) for key, error in faults.items()},
        "warnings": parts.warnings(sheet.criteria, filings.answers(sheet, verified=False)),
        "contradictions": parts.contradictions(sheet.criteria, filings.answers(sheet, verified=False)),
        "unmet": parts.unmet(sheet.criteria, filings.answers(sheet, verified=False)),
        "score": scores.summary(own := scores.own(sheet)),
        "failed": scores.failed(own),
        "missing": len(completeness.lacks(sheet.criteria, filings.answers(sheet, verified=False))),
        "read": {
            key: helping.read_as(sheet.criteria.inputs[key], sheet.declared[key].value, values[key])
            for key in kept
            if key in sheet.declared
        },
        **_far(sheet, values),
    }


@bp.get("/applications/<int:number>/score")
def score(number: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.VIEW_OWN, number)
    sheet = filings.sheet(g.session, application)
    own = scores.own(sheet)
    return render_template(
        "applicant/score.html",
        application=application,
        criteria=sheet.criteria,
        score=own,
        summary=scores.summary(own),
        prospect=scores.prospect(sheet.criteria, own),
        unmet=scores.unmet(sheet, own),
        sections=scores.sections(g.session, sheet),
        gates=scores.gates(g.session, sheet),
        writable=writable(application),
    )


@bp.get("/applications/<int:number>/score.pdf")
def score_file(number: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.VIEW_OWN, number)
    return score_papers.own(application, filings.sheet(g.session, application))


def evidence_page(sheet: filings.Sheet, form: EvidenceForm | None = None) -> ResponseReturnValue:
    """Return the page of the part that holds the evidence, with the refusals of a form where there is one."""
    refused = form is not None
    known = proofs.of(sheet)
    upcoming = f"wanted.{known.next.number}" if known.next else None
    form = form or EvidenceForm(target=request.args.get("for") or upcoming)
    form.target.choices = scores.targets(sheet)
    far = progress.of(sheet, completeness.EVIDENCE)
    page = render_template(
        "applicant/evidence.html",
        form=form,
        sheet=sheet,
        application=sheet.application,
        proofs=known,
        links=parts.links(
            sheet, completeness.EVIDENCE, {key: far.said(key) for key in far.by_part}, signs=signs(sheet.application)
        ),
        progress=far,
        writable=writable(sheet.application),
        signs=signs(sheet.application),
        title_of_target=lambda link: parts.target_title(sheet.criteria, (link.binding, link.key)),
    )
    return page, 422 if refused else 200


def moment_with_seconds() -> str:
    """The present moment by the clock of the portal, to the second."""
    return f"{moment(g.actor.at)}:{g.actor.at.second:02d}"[-8:]


def _far(sheet: filings.Sheet, sent: Mapping[str, Any]) -> dict[str, Any]:
    """How far the filing is, and of the part to which the inputs belong: what is asked and what comes after it."""
    here = next((part for part in completeness.parts(sheet.criteria) if set(part.inputs) & sent.keys()), None)
    far = progress.of(sheet, here.key if here else "")
    beyond = far.beyond if here else far.next
    return {
        "answered": far.answered,
        "asked": far.asked,
        "here": far.said(here.key) if here else "",
        "shown": parts.asked_in(sheet, here) if here else [],
        "open": far.open_in(here.key) if here else [],
        "beyond": {"title": beyond.title, "url": beyond.url} if beyond else None,
    }


def _sent(body: object) -> tuple[object, dict[str, Any], dict[str, Any]] | None:
    """Return revision, values and claims of an autosave, or None where it has another shape."""
    if not isinstance(body, dict):
        return None
    values, claims = body.get("values", {}), body.get("not_applicable", {})
    if not isinstance(values, dict) or not isinstance(claims, dict) or len(values) + len(claims) > MOST_VALUES:
        return None
    return body.get("revision"), values, claims


def _save_what_fits(
    application: Application, kept: dict[str, Any], reasons: dict[str, str], faults: dict[str, Invalid]
) -> int:
    """Save the values, without those that do not fit beside the others: these join the faults."""
    while True:
        revision = application.filing.revision
        try:
            return filling.save(g.session, g.actor, application, kept, revision=revision, not_applicable=reasons)
        except Invalid as error:
            if error.field not in kept:
                raise
            faults[error.field] = error
            del kept[error.field]


def _form_of(sheet: filings.Sheet, part: Part) -> tuple[Any, list[parts.Question]]:
    revision = sheet.filing.revision
    if part.kind is PartKind.CLAIMS:
        return claims_form(parts.claims(sheet), sheet.not_applicable, revision), []
    questions = parts.questions(sheet, part)
    declared = {key: found.value for key, found in sheet.declared.items()}
    return part_form(parts.entries_of(questions), declared, revision), questions


def _saved(application: Application, part: Part, form: Any, questions: list[parts.Question]) -> ResponseReturnValue:
    """Save what fits. What does not fit is shown again as it was typed; what was saved beside it stays saved."""
    sheet = filings.sheet(g.session, application)
    claims = entered_claims(form, parts.claims(sheet)) if part.kind is PartKind.CLAIMS else {}
    typed = entered(form, parts.entries_of(questions))
    # What stood there hidden and empty was not answered.
    unseen = {item.entry.key for item in questions if item.hidden and not typed.get(item.entry.key)}
    kept, faults = parts.parsed(sheet.criteria, {key: raw for key, raw in typed.items() if key not in unseen})
    _save_what_fits(application, kept, claims, faults)
    if not faults:
        opened = _opened(application, part, questions)
        if opened:
            here = url_for("applicant.edit", number=application.id, part=part.key, _anchor=f"input_{opened[0]}")
            said = _("Saved. By your answers more is asked on this page: %(count)s", count=len(opened))
            return committed(here, said)
        return committed(_onward(sheet, part), _("Saved at %(time)s.", time=moment_with_seconds()))
    g.session.commit()
    for key, error in faults.items():
        # A table of rows has a field for each of them and none of its own.
        field = f"input_{key}" if f"input_{key}" in form else f"input_{key}-0"
        form.refuse(Invalid(error.key, field=field, **parts.legible(error.values)))
    return _page(filings.sheet(g.session, application), part, form, questions, refused=len(faults)), 422


def _opened(application: Application, part: Part, questions: list[parts.Question]) -> list[str]:
    """Return what an answer on the page has opened on it and is not answered: nobody could see it before."""
    sheet = filings.sheet(g.session, application)
    hidden = {item.entry.key for item in questions if item.hidden}
    return [key for key in parts.asked_in(sheet, part) if key in hidden and key not in sheet.declared]


def _onward(sheet: filings.Sheet, part: Part) -> str:
    following = parts.after(sheet, part.key) if request.form.get("go") == "on" else part.key
    if following is None:
        endpoint = "applicant.submit" if signs(sheet.application) else "applicant.show"
        return url_for(endpoint, number=sheet.application.id)
    return url_for("applicant.edit", number=sheet.application.id, part=following)


def _overtaken(sheet: filings.Sheet, part: Part, form: Any, questions: list[parts.Question]) -> ResponseReturnValue:
    """Show what was typed beside what somebody else saved in the meantime; saving again is then a choice.

    A field that this person had not touched shows what is saved now, so that saving again does not bring back the old.
    """
    since = form.revision.data or 0
    before = filings.declared_at(g.session, sheet.filing, since)
    entries = parts.entries_of(questions)
    typed, _faults = parts.parsed(sheet.criteria, entered(form, entries))
    for entry in entries:
        if entry.key in typed and typed[entry.key] == before.get(entry.key) and entry.key in sheet.declared:
            show_again(form, entry, sheet.declared[entry.key].value)
    changes = _changes(sheet.application, since)
    return _page(sheet, part, form, questions, changes), 409


def _changes(application: Application, revision: object) -> list[dict[str, str]]:
    """What was saved after a revision: the input, its value now, by whom and when."""
    since = revision if isinstance(revision, int) else 0
    sheet = filings.sheet(g.session, application)
    return [
        {
            "key": change.key,
            "title": parts.target_title(sheet.criteria, (Binding.INPUT, change.key)),
            "value": readable(sheet.criteria.inputs[change.key], sheet.declared[change.key].value),
            "by": change.name,
            "at": moment(change.at),
        }
        for change in filings.changes_since(g.session, application.filing, since)
    ]


def _page(
    sheet: filings.Sheet,
    part: Part,
    form: Any,
    questions: list[parts.Question],
    changes: list[dict[str, str]] | None = None,
    refused: int = 0,
) -> str:
    far, own = progress.of(sheet, part.key), scores.own(sheet)
    return render_template(
        "applicant/edit.html",
        application=sheet.application,
        sheet=sheet,
        part=part,
        title=parts.title_of(part),
        form=form,
        questions=questions,
        rows=parts.paired(questions),
        shared=parts.shared(questions),
        declares=parts.declares(sheet, questions),
        claims=parts.claims(sheet) if part.kind is PartKind.CLAIMS else [],
        links=parts.links(sheet, part.key, {key: far.said(key) for key in far.by_part}, signs=signs(sheet.application)),
        following=parts.after(sheet, part.key),
        open_here=far.open_in(part.key),
        progress=far,
        score=scores.summary(own),
        failed=scores.failed(own),
        correction=filling.open_correction(sheet.application),
        due=filling.deadline(sheet.application),
        changes=changes,
        refused=refused,
    )
