"""Filling in: the parts of the form, the saving behind them, and the score as it stands."""

from collections.abc import Collection
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
from registry.queries import blinding, filings
from registry.services import filling, screening
from registry.web import score_papers
from registry.web.applicant import parts, progress, proofs, scores
from registry.web.applicant.applications import signs, writable
from registry.web.applicant.blueprint import bp
from registry.web.forms import SelectChoice
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
    form = form or _evidence_form(known)
    asked = {f"wanted.{paper.number}" for paper in known.papers if paper.asked} | {form.target.data}
    offer(sheet, form)
    papers = [one for one in proofs.targets(sheet) if one.value in asked]
    form.target.choices, form.also.choices = [SelectChoice("", "–"), *papers], papers
    far = progress.of(sheet, completeness.EVIDENCE)
    page = render_template(
        "applicant/evidence.html",
        form=form,
        sheet=sheet,
        application=sheet.application,
        proofs=known,
        links=progress.links(sheet, completeness.EVIDENCE, far, signs=signs(sheet.application)),
        progress=far,
        short=scores.falls_short(scores.prospect(sheet.criteria, scores.own(sheet))),
        writable=writable(sheet.application),
        signs=signs(sheet.application),
        blind=blinding.is_blind(g.session, sheet.application),
        correction_days=screening.days_to_correct(g.session, sheet.application),
    )
    return page, 422 if refused else 200


def offer(sheet: filings.Sheet, form: EvidenceForm) -> None:
    """Put into the form of a file all that it may prove."""
    form.target.choices = form.also.choices = [*proofs.targets(sheet), *proofs.singles(sheet)]
    form.other.choices = [SelectChoice("", "–"), *proofs.singles(sheet)]


def _evidence_form(known: proofs.Proofs) -> EvidenceForm:
    """Return the form as it comes: at the paper or the question that a link names, else at what is due next."""
    named = request.args.get("for", "")
    if named and not named.startswith("wanted."):
        return EvidenceForm(other=named)
    return EvidenceForm(target=named or (f"wanted.{known.next.number}" if known.next else ""))


def moment_with_seconds() -> str:
    """The present moment by the clock of the portal, to the second."""
    return f"{moment(g.actor.at)}:{g.actor.at.second:02d}"[-8:]


def save_what_fits(
    application: Application, kept: dict[str, Any], reasons: dict[str, str], faults: dict[str, Invalid]
) -> int:
    """Save the values that fit beside the others and return the revision; the others join the faults."""
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
    form = part_form(parts.entries_of(questions), declared, revision)
    for item in questions:
        if item.indicator is not None and f"input_{item.entry.key}" in form:
            form[f"input_{item.entry.key}"].label.text = item.heading
    return form, questions


def _saved(application: Application, part: Part, form: Any, questions: list[parts.Question]) -> ResponseReturnValue:
    """Save what fits. What does not fit is shown again as it was typed; what was saved beside it stays saved."""
    sheet = filings.sheet(g.session, application)
    claims = entered_claims(form, parts.claims(sheet)) if part.kind is PartKind.CLAIMS else {}
    typed = entered(form, parts.entries_of(questions))
    # What stood there hidden and empty was not answered.
    unseen = {item.entry.key for item in questions if item.hidden and not typed.get(item.entry.key)}
    kept, faults = parts.parsed(sheet.criteria, {key: raw for key, raw in typed.items() if key not in unseen})
    save_what_fits(application, kept, claims, faults)
    if not faults:
        opened = _opened(application, part, questions)
        if opened:
            here = url_for("applicant.edit", number=application.id, part=part.key, _anchor=f"input_{opened[0]}")
            said = _("Saved. By your answers more is asked on this page: %(count)s", count=len(opened))
            return committed(here, said)
        return committed(*_onward(sheet, part))
    g.session.commit()
    for key, error in faults.items():
        # A table of rows has a field for each of them and none of its own.
        field = f"input_{key}" if f"input_{key}" in form else f"input_{key}-0"
        form.refuse(Invalid(error.key, field=field, **parts.legible(error.values)))
    return _page(filings.sheet(g.session, application), part, form, questions, refused=faults), 422


def _opened(application: Application, part: Part, questions: list[parts.Question]) -> list[str]:
    """Return what an answer on the page has opened on it and is not answered: nobody could see it before."""
    sheet = filings.sheet(g.session, application)
    hidden = {item.entry.key for item in questions if item.hidden}
    return [key for key in parts.asked_in(sheet, part) if key in hidden and key not in sheet.declared]


def _onward(sheet: filings.Sheet, part: Part) -> tuple[str, str | None]:
    """Return where a save leads; what follows says when it was only where the form has no line of its own for that."""
    number = sheet.application.id
    following = parts.after(sheet, part.key) if request.form.get("go") == "on" else part.key
    if following is None:
        endpoint = "applicant.submit" if signs(sheet.application) else "applicant.show"
        return url_for(endpoint, number=number), _("Saved at %(time)s.", time=moment_with_seconds())
    return url_for("applicant.edit", number=number, part=following), None


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
    changes = changes_since(sheet.application, since)
    return _page(sheet, part, form, questions, changes), 409


def changes_since(application: Application, revision: object) -> list[dict[str, str]]:
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
    refused: Collection[str] = (),
) -> str:
    far, own = progress.of(sheet, part.key, refused), scores.own(sheet)
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
        links=progress.links(sheet, part.key, far, signs=signs(sheet.application)),
        following=parts.after(sheet, part.key),
        open_here=far.open_in(part.key),
        progress=far,
        score=scores.summary(own),
        failed=scores.failed(own),
        short=scores.falls_short(scores.prospect(sheet.criteria, own)),
        papers=len(completeness.wanted(sheet.criteria)),
        correction=filling.open_correction(sheet.application),
        due=filling.deadline(sheet.application),
        changes=changes,
        refused=len(refused),
    )
