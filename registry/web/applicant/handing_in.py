"""Handing in: evidence, the signature, and the way back."""

import secrets

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from registry import files
from registry.domain import completeness
from registry.domain.errors import Invalid
from registry.domain.receipts import KEY_BYTES
from registry.domain.vocabulary import Action, Status
from registry.models import Application, Evidence
from registry.queries import applications as tables
from registry.queries import filings
from registry.services import applications as services
from registry.services import evaluators, filling, screening
from registry.services.evaluators import Evaluator
from registry.web import storage
from registry.web.applicant import parts, progress, proofs, scores
from registry.web.applicant.applications import writable
from registry.web.applicant.blueprint import bp
from registry.web.applicant.filling import evidence_page, offer
from registry.web.forms import text
from registry.web.forms.applicant import EvidenceForm, SubmitForm, WithdrawForm
from registry.web.values_in_words import readable
from registry.web.work import committed, meanwhile, tried


@bp.post("/applications/<int:number>/evidence")
def attach(number: int) -> ResponseReturnValue:
    sheet = filings.sheet(g.session, tables.one(g.session, g.actor, Action.EDIT, number))
    form = EvidenceForm()
    offer(sheet, form)
    if form.validate_on_submit() and (attached := tried(form, lambda: _attach(number, form))) is not None:
        there = url_for("applicant.edit", number=number, part=completeness.EVIDENCE)
        return committed(
            there, " ".join(filter(None, [_("The file is attached."), proofs.odd_year(sheet, attached.name)]))
        )
    sheet = filings.sheet(g.session, tables.one(g.session, g.actor, Action.EDIT, number))
    return evidence_page(sheet, form)


@bp.post("/applications/<int:number>/evidence/<int:evidence>/remove")
def remove_evidence(number: int, evidence: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.EDIT, number, lock=True)
    found = filings.evidence(g.session, g.actor, evidence)
    filling.remove_evidence(g.session, g.actor, application, found)
    there = url_for("applicant.edit", number=number, part=completeness.EVIDENCE)
    return committed(there, _("The file is taken away; the record of it stays."))


@bp.route("/applications/<int:number>/submit", methods=["GET", "POST"])
def submit(number: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.SUBMIT, number, lock=request.method == "POST")
    form = SubmitForm(
        evaluator=application.evaluator,
        evaluator_code=application.evaluator_code,
        evaluator_representative=application.evaluator_representative,
    )
    if form.validate_on_submit() and tried(form, lambda: _submit(application, form)):
        return committed(url_for("applicant.receipt", number=number), _("Your application has arrived."))
    if not form.is_submitted() and not writable(application):
        return redirect(url_for("applicant.show", number=number), 303)
    application = tables.one(g.session, g.actor, Action.SUBMIT, number)
    return _submit_page(application, form), 422 if form.is_submitted() else 200


@bp.route("/applications/<int:number>/withdraw", methods=["GET", "POST"])
def withdraw(number: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.WITHDRAW, number, lock=request.method == "POST")
    draft = application.status is Status.DRAFTED
    form = WithdrawForm()
    if form.validate_on_submit() and tried(form, lambda: _withdraw(application, form)):
        said = _("The draft is deleted.") if draft else _("The application is withdrawn.")
        return committed(url_for("applicant.show", number=number), said)
    application = tables.one(g.session, g.actor, Action.WITHDRAW, number)
    page = render_template(
        "applicant/withdraw.html",
        application=application,
        form=form,
        draft=draft,
        sheet=filings.sheet(g.session, application),
    )
    return page, 422 if form.is_submitted() else 200


def _attach(number: int, form: EvidenceForm) -> Evidence:
    upload = form.file.data
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise Invalid("file_missing", field="file")
    name = upload.filename
    filling.expect_evidence(g.session, g.actor, *_bound(number, form))
    with storage.receiving() as keep:
        stored = meanwhile(lambda: keep(upload))
        application, bindings = _bound(number, form)
        return filling.attach(
            g.session,
            g.actor,
            application,
            stored,
            name=name,
            bindings=bindings,
            page=text(form.page),
            blind=bool(form.blind.data),
            told=files.told(storage.folder(), stored.sha256),
        )


def _bound(number: int, form: EvidenceForm) -> tuple[Application, tuple[completeness.Target, ...]]:
    """Return the application, with its row kept, and what the form ties the file to."""
    application = tables.one(g.session, g.actor, Action.EDIT, number, lock=True)
    sheet = filings.sheet(g.session, application)
    chosen = [form.target.data, *(form.also.data or ()), form.other.data]
    return application, proofs.bindings(sheet, filter(None, chosen))


def _submit(application: Application, form: SubmitForm) -> bool:
    firm = Evaluator(text(form.evaluator), text(form.evaluator_code), text(form.evaluator_representative))
    evaluators.name(g.session, g.actor, application, firm)
    services.submit(
        g.session,
        g.actor,
        application,
        revision=form.revision.data or 0,
        receipt_key=secrets.token_bytes(KEY_BYTES),
        digest=form.digest.data,
        confirmed=form.unusual.data,
        aware=form.unmet.data,
    )
    return True


def _withdraw(application: Application, form: WithdrawForm) -> bool:
    services.withdraw(g.session, g.actor, application, reason=text(form.reason))
    return True


def _submit_page(application: Application, form: SubmitForm) -> str:
    sheet = filings.sheet(g.session, application)
    answers = filings.answers(sheet, verified=False)
    far = progress.of(sheet)
    lacks = completeness.lacks(sheet.criteria, answers)
    unusual = completeness.unusual(sheet.criteria, answers)
    contradicting = completeness.contradictions(sheet.criteria, answers)
    titles = {part.key: parts.title_of(part) for part in completeness.parts(sheet.criteria)}
    own = scores.own(sheet)
    unmet = scores.unmet(sheet, own)
    if form.errors and not lacks and not contradicting:
        _ask_for_ticks(form, len(unmet), len(unusual))
    return render_template(
        "applicant/submit.html",
        application=application,
        sheet=sheet,
        form=form,
        digest=filings.shown_digest(sheet),
        lacks=lacks,
        unusual=[
            (place, [parts.warning(finding, sheet.criteria.inputs[place.key]) for finding in found])
            for place, found in unusual.items()
        ],
        contradicting=[
            (place, [parts.warning(finding) for finding in found]) for place, found in contradicting.items()
        ],
        titles=titles,
        proofs=proofs.of(sheet),
        correction_days=screening.days_to_correct(g.session, application),
        links=progress.links(sheet, parts.SUBMISSION, far, signs=True),
        own=own,
        unmet=unmet,
        score=scores.summary(own),
        prospect=scores.prospect(sheet.criteria, own),
        readable=readable,
        due=filling.deadline(application),
        alone=not application.round_category.round.one_person_may_sign,
        own_draft=g.actor.user_id in filling.fillers(application),
    )


def _ask_for_ticks(form: SubmitForm, unmet: int, unusual: int) -> None:
    """Say of a refused submission all that is still to be ticked, whatever it was refused for first."""
    if unmet and not form.unmet.data and not form.unmet.errors:
        form.refuse(Invalid("unmet_unread", field="unmet", count=unmet))
    if unusual and not form.unusual.data and not form.unusual.errors:
        form.refuse(Invalid("unusual_unconfirmed", field="unusual", count=unusual))
