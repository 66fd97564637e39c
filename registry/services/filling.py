"""A filing is filled in: values, claims and evidence, while it is open and within what a correction asks."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from registry.domain import completeness
from registry.domain.answers import parse_input, read
from registry.domain.criteria import CriteriaSet
from registry.domain.errors import Invalid, NotFound, Stale, WrongState
from registry.domain.faults import AnswersFaulty
from registry.domain.filetypes import StoredFile, kept_name
from registry.domain.policy import Actor, require
from registry.domain.texts import plain
from registry.domain.vocabulary import Action, Kind, ScanState, Status, Variant
from registry.domain.workflow import WITH_APPLICANT
from registry.models import Answer, Application, Correction, Evidence, EvidenceLink, Filing, NotApplicable
from registry.queries import blinding, facts, filings
from registry.services import events

LONGEST_REASON = 500
# What is over when somebody is too late, by the status of the application.
LATE = {Status.RETURNED: "correction_overdue", Status.DUE: "filing_overdue"}


def save(
    session: Session,
    actor: Actor,
    application: Application,
    values: Mapping[str, Any],
    *,
    revision: int,
    not_applicable: Mapping[str, str] | None = None,
) -> int:
    """Keep what changed of the values and claims under a new revision and return it; None takes a value back.

    The event says which inputs were saved, the rows hold the values. Raises Stale where somebody saved after the
    revision, Invalid for a value that does not fit its input, WrongState where the application is not open.
    """
    filing = open_for_editing(session, actor, application)
    if filing.revision != revision:
        raise Stale
    sheet = filings.sheet(session, application)
    refuse_locked(application, (*values, *(not_applicable or {})))
    parsed = {key: parse_input(_input_of(sheet.criteria, key), raw) for key, raw in values.items()}
    changed = {key: value for key, value in parsed.items() if value != _declared(sheet, key)}
    _refuse_unreadable(sheet, changed)
    claims = _changed_claims(sheet, not_applicable or {})
    if not changed and not claims:
        return filing.revision
    filing.revision += 1
    filing.saved_at, filing.saved_by_id = actor.at, actor.user_id
    _note_hand(filing, actor)
    session.flush()
    rows = [{"key": key, "value": value} for key, value in changed.items()]
    hand = {"filing_id": filing.id, "revision": filing.revision, "saved_by_id": actor.user_id, "saved_at": actor.at}
    if rows:
        session.execute(insert(Answer), [{**row, **hand} for row in rows])
    _keep_claims(session, filing, claims)
    payload = {"revision": filing.revision, "inputs": sorted(changed), "claims": sorted(claims)}
    _record(session, actor, application, "save", payload)
    return filing.revision


def attach(
    session: Session,
    actor: Actor,
    application: Application,
    stored: StoredFile,
    *,
    name: str,
    bindings: Iterable[completeness.Target],
    page: str = "",
    blind: bool = False,
    told: Iterable[bytes] = (),
) -> Evidence:
    """Tie a stored file to inputs and indicators, `page` saying where in it to look.

    One that is `blind` is a copy without names for the blind review; `told` is what can be read in it. Raises Invalid
    for something that the criteria do not know, for the same file tied to the same things before, and for a copy
    without names that names the applicant, or where no review is blind.
    """
    targets = tuple(dict.fromkeys(bindings))
    filing, sheet = expect_evidence(session, actor, application, targets)
    if blind:
        _refuse_names(session, application, told)
    for other in sheet.evidence:
        if other.sha256 == stored.sha256 and {(link.binding, link.key) for link in other.links} >= set(targets):
            raise Invalid("evidence_attached_before", field="file", name=other.name)
    evidence = Evidence(
        filing_id=filing.id,
        name=kept_name(name),
        sha256=stored.sha256,
        size=stored.size,
        media_type=stored.media_type,
        scan_state=ScanState.NO_SCANNER,
        variant=Variant.BLIND if blind else Variant.ORIGINAL,
        uploaded_by_id=actor.user_id,
        uploaded_at=actor.at,
        links=[EvidenceLink(binding=binding, key=key, page=page.strip()) for binding, key in targets],
    )
    session.add(evidence)
    _note_hand(filing, actor)
    session.flush()
    payload = {"evidence": evidence.id, "sha256": stored.sha256, "size": stored.size}
    _record(session, actor, application, "attach", payload)
    return evidence


def expect_evidence(
    session: Session, actor: Actor, application: Application, bindings: Collection[completeness.Target]
) -> tuple[Filing, filings.Sheet]:
    """Return filing and sheet where a file tied to these things would be taken now; to be asked before one is stored.

    Raises WrongState where the filing is not open, Invalid for something that the criteria or a correction do not ask.
    """
    filing = open_for_editing(session, actor, application)
    sheet = filings.sheet(session, application)
    if not bindings or not {key for _, key in bindings} <= _provable(sheet.criteria):
        raise Invalid("evidence_for_nothing", field="target")
    refuse_locked(application, (key for _, key in bindings))
    return filing, sheet


def remove_evidence(session: Session, actor: Actor, application: Application, evidence: Evidence) -> None:
    """Take a piece of evidence away; its row and file stay on record. Raises NotFound for another filing's."""
    filing = open_for_editing(session, actor, application)
    if evidence.filing_id != filing.id or evidence.removed_at is not None:
        raise NotFound
    evidence.removed_at = actor.at
    _note_hand(filing, actor)
    _record(session, actor, application, "remove_evidence", {"evidence": evidence.id, "sha256": evidence.sha256})


def open_for_editing(session: Session, actor: Actor, application: Application, action: Action = Action.EDIT) -> Filing:
    """Return the filing with its row kept, where the actor may write in it now."""
    require(actor, action, facts.of_application(session, application))
    if application.kind is not Kind.FILING or application.status not in WITH_APPLICANT:
        raise WrongState("moved_on", action=action, kind=application.kind, status=application.status)
    due = deadline(application)
    if due is not None and due <= actor.at:
        late = LATE.get(application.status, "round_closed")
        raise WrongState(late, deadline=due, now=actor.at)
    return session.scalars(
        select(Filing)
        .where(Filing.application_id == application.id, Filing.current)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def open_correction(application: Application) -> Correction | None:
    """Return the correction that the applicant has to make, or None."""
    return next((row for row in application.corrections if row.closed_at is None), None)


def deadline(application: Application) -> datetime | None:
    """Return the moment before which this filing must be submitted, or None where there is none."""
    correction = open_correction(application)
    if application.status is Status.RETURNED and correction is not None:
        return correction.due_at
    if application.status is Status.DUE:
        return application.filing.due_at
    return application.round_category.round.closes_at


def fillers(application: Application) -> frozenset[int]:
    """Return who filled in since the last submission: who saved answers or changed the evidence.

    Where nobody has, it is who saved last, or who started.
    """
    filing = application.filing
    return frozenset(filing.filled_by or (filing.saved_by_id or application.started_by_id,))


def _refuse_names(session: Session, application: Application, told: Iterable[bytes]) -> None:
    if not blinding.is_blind(session, application):
        raise Invalid("no_blind_review", field="blind")
    if blinding.veil(session, application).told_in(told):
        raise Invalid("copy_names_applicant", field="file")


def _refuse_unreadable(sheet: filings.Sheet, changed: Mapping[str, Any]) -> None:
    """Raise Invalid for the first of the changed values that does not fit beside the others and the year."""
    answers = filings.answers(sheet, verified=False)
    inputs = {key: value for key, value in {**answers["inputs"], **changed}.items() if value is not None}
    try:
        read(sheet.criteria, {**answers, "inputs": inputs})
    except AnswersFaulty as error:
        fault = error.faults[0]
        raise Invalid(fault.key, field=fault.path.removeprefix("inputs."), **fault.values) from error


def refuse_locked(application: Application, keys: Iterable[str]) -> None:
    """Raise Invalid for a change outside what a correction asks for, where it names its fields."""
    correction = open_correction(application)
    if correction is None or correction.fields is None:
        return
    for key in keys:
        if key not in correction.fields:
            raise Invalid("field_locked", field=key)


def _input_of(criteria: CriteriaSet, key: str) -> Any:
    entry = criteria.inputs.get(key)
    if entry is None or entry.filled_by == "portal":
        raise Invalid("input_unknown", field=key)
    return entry


def _declared(sheet: filings.Sheet, key: str) -> Any:
    return sheet.declared[key].value if key in sheet.declared else None


def _changed_claims(sheet: filings.Sheet, claims: Mapping[str, str]) -> dict[str, str]:
    allowed = {entry.key for entry in completeness.claimable(sheet.criteria)}
    changed = {}
    for key, entered in claims.items():
        if key not in allowed:
            raise Invalid("claim_not_allowed", field=key)
        reason = plain(entered, key).strip()
        if len(reason) > LONGEST_REASON:
            raise Invalid("text_too_long", field=key, limit=LONGEST_REASON)
        if reason != sheet.not_applicable.get(key, ""):
            changed[key] = reason
    return changed


def _keep_claims(session: Session, filing: Filing, claims: Mapping[str, str]) -> None:
    """Keep the reasons; an empty one takes the claim back."""
    rows = session.scalars(
        select(NotApplicable).where(NotApplicable.filing_id == filing.id, NotApplicable.indicator.in_(claims))
    )
    kept = {row.indicator: row for row in rows}
    for key, reason in claims.items():
        if not reason:
            session.delete(kept[key])
        elif key in kept:
            kept[key].reason = reason
        else:
            session.add(NotApplicable(filing_id=filing.id, indicator=key, reason=reason))


def _provable(criteria: CriteriaSet) -> set[str]:
    return {*criteria.inputs, *criteria.indicators, *(gate.key for gate in criteria.gates)}


def _note_hand(filing: Filing, actor: Actor) -> None:
    filing.filled_by = sorted({*filing.filled_by, actor.user_id})


def _record(session: Session, actor: Actor, application: Application, action: str, payload: Mapping[str, Any]) -> None:
    events.record(
        session,
        actor,
        action,
        "application",
        application.id,
        programme_id=facts.programme_of(session, application),
        application=application,
        payload=payload,
    )
