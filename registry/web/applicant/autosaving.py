"""Saving as it is typed: what fits is kept, and the answer says what did not, what is asked now and how far it is."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from registry.domain import completeness
from registry.domain.completeness import Part
from registry.domain.vocabulary import Action
from registry.queries import applications as tables
from registry.queries import filings
from registry.web.applicant import helping, parts, progress, scores
from registry.web.applicant.applications import signs, writable
from registry.web.applicant.blueprint import bp
from registry.web.applicant.filling import changes_since, moment_with_seconds, save_what_fits

MOST_VALUES = 500


class Sent(NamedTuple):
    """An autosave: values and claims over a revision, and which fields of the page were refused before."""

    revision: object
    values: dict[str, Any]
    claims: dict[str, Any]
    refused: list[str]


@bp.post("/applications/<int:number>/autosave")
def autosave(number: int) -> ResponseReturnValue:
    application = tables.one(g.session, g.actor, Action.EDIT, number, lock=True)
    if not writable(application):
        return {"refused": _("This can no longer be filled in. Load the page again.")}, 409
    sent = _sent(request.get_json())
    if sent is None:
        return {"refused": _("The request was not understood")}, 400
    if sent.revision != application.filing.revision:
        return {"revision": application.filing.revision, "changed": changes_since(application, sent.revision)}, 409
    sheet = filings.sheet(g.session, application)
    kept, faults = parts.parsed(sheet.criteria, sent.values)
    reasons, refused = parts.reasons(sent.claims)
    faults |= refused
    new = save_what_fits(application, kept, reasons, faults)
    sheet = filings.sheet(g.session, application)
    g.session.commit()
    answers = filings.answers(sheet, verified=False)
    own = scores.own(sheet)
    return {
        "revision": new,
        "saved_at": moment_with_seconds(),
        "faults": {key: parts.sentence(error) for key, error in faults.items()},
        "warnings": parts.warnings(sheet.criteria, answers),
        "contradictions": parts.contradictions(sheet.criteria, answers),
        "unmet": parts.unmet(sheet.criteria, answers),
        "score": scores.summary(own),
        "failed": scores.failed(own),
        "short": scores.falls_short(scores.prospect(sheet.criteria, own)),
        "missing": len(completeness.lacks(sheet.criteria, answers)),
        "read": {
            key: helping.read_as(sheet.criteria.inputs[key], sheet.declared[key].value, sent.values[key])
            for key in kept
            if key in sheet.declared
        },
        **_far(sheet, sent.values, {*sent.refused, *faults} - kept.keys()),
    }


def _far(sheet: filings.Sheet, sent: Mapping[str, Any], refused: Collection[str]) -> dict[str, Any]:
    """How far the filing is, and of the part to which the inputs belong: what is asked and what comes after it."""
    here = _part_of(sheet, sent)
    far = progress.of(sheet, here.key if here else "", refused)
    beyond = far.beyond if here else far.next
    links = progress.links(sheet, here.key if here else "", far, signs=signs(sheet.application))
    return {
        "answered": far.answered,
        "asked": far.asked,
        "here": far.said(here.key) if here else "",
        "shown": parts.asked_in(sheet, here) if here else [],
        "open": far.open_in(here.key) if here else [],
        "beyond": {"title": beyond.title, "url": beyond.url} if beyond else None,
        "parts": render_template("applicant/_parts.html", links=links) if here else "",
    }


def _part_of(sheet: filings.Sheet, sent: Mapping[str, Any]) -> Part | None:
    return next((part for part in completeness.parts(sheet.criteria) if set(part.inputs) & sent.keys()), None)


def _sent(body: object) -> Sent | None:
    """Return what an autosave sent, or None where it has another shape."""
    if not isinstance(body, dict):
        return None
    values, claims, refused = body.get("values", {}), body.get("not_applicable", {}), body.get("refused", [])
    if not isinstance(values, dict) or not isinstance(claims, dict) or not isinstance(refused, list):
        return None
    if len(values) + len(claims) + len(refused) > MOST_VALUES:
        return None
    return Sent(body.get("revision"), values, claims, [key for key in refused if isinstance(key, str)])
