"""Applications, as their applicants handle them: start, fill in, prove, submit, withdraw."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from registry.domain import completeness
from registry.domain.answers import parse_input, read
from registry.domain.criteria import CriteriaSet
from registry.domain.errors import Invalid, NotFound, Stale, WrongState
from registry.domain.faults import AnswersFaulty
from registry.domain.filetypes import StoredFile, kept_name
from registry.domain.letters import moment
from registry.domain.policy import Actor, Facts, require
from registry.domain.receipts import receipt_number
from registry.domain.texts import plain
from registry.domain.vocabulary import (
    Action,
    FilingKind,
    Kind,
    LetterKind,
    RoundStatus,
    ScanState,
    SeatStatus,
    Standing,
    Status,
)
from registry.domain.workdays import SHANGHAI
from registry.domain.workflow import WITH_APPLICANT
from registry.models import (
    Answer,
    Application,
    Correction,
    Evidence,
    EvidenceLink,
    Filing,
    Membership,
    NotApplicable,
    Organisation,
    Round,
    RoundCategory,
    RouteStep,
    Site,
    SiteParty,
    User,
)
from registry.queries import bars, facts, filings
from registry.services import eligibility, events, letters, messages, moves

# After these the site may apply again in the same round category; the database says the same by a unique index.
LEAVING = frozenset(
    {
        Status.WITHDRAWN,
        Status.LAPSED,
        Status.DECLINED,
        Status.REFUSED,
        Status.BARRED,  # once its time is over
        Status.FAILED,
        Status.EXCLUDED,
        Status.UNSELECTED,
    }
)
LONGEST_REASON = 500
# What is over when somebody is too late, by the status of the application.
LATE = {Status.RETURNED: "correction_overdue", Status.DUE: "filing_overdue"}


def start(
    session: Session, actor: Actor, round_category: RoundCategory, site: Site, organisation: Organisation
) -> Application:
    """Start an application of a site in a round category.

    Raises WrongState outside the round's time, Invalid where the organisation has no part in the site or was refused,
    where the site is none that the category takes, and where it has an application there already or is barred.
    """
    require(actor, Action.APPLY, Facts(organisation_id=organisation.id))
    _refuse_closed(session.get_one(Round, round_category.round_id), actor.at)
    # Of two who start for one site at the same moment, the second waits here and then sees the first.
    _hold(session, site)
    _refuse_strangers(session, actor, site, organisation)
    eligibility.require(session, round_category, site)
    _refuse_barred(session, actor, round_category, site, organisation)
    _refuse_second(session, round_category, site)
    application = Application(
        round_category=round_category,
        site=site,
        organisation=organisation,
        position=0,
        kind=Kind.FILING,
        status=Status.DRAFTED,
        started_by_id=actor.user_id,
        started_at=actor.at,
        corrections=[],
    )
    session.add(application)
    session.flush()
    filing = Filing(application_id=application.id, site_id=site.id, kind=_first_filing(session, round_category))
    session.add(filing)
    session.flush()
    set_committed_value(application, "filing", filing)
    events.record(
        session,
        actor,
        "start",
        "application",
        application.id,
        programme_id=facts.programme_of(session, application),
        application=application,
        after=f"{Kind.FILING}.{Status.DRAFTED}",
        payload={"site": site.id, "organisation": organisation.id, "round_category": round_category.id},
    )
    return application


def refusal(session: Session, actor: Actor, round_category: RoundCategory, site: Site) -> Invalid | None:
    """Return why a site cannot apply in a round category now, whoever would start; None where it can."""
    try:
        eligibility.require(session, round_category, site)
        _refuse_barred(session, actor, round_category, site, None)
        _refuse_second(session, round_category, site)
    except Invalid as error:
        return error
    return None


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
    filing = _open_for_editing(session, actor, application)
    if filing.revision != revision:
        raise Stale
    sheet = filings.sheet(session, application)
    _refuse_locked(application, (*values, *(not_applicable or {})))
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


def _refuse_unreadable(sheet: filings.Sheet, changed: Mapping[str, Any]) -> None:
    """Raise Invalid for the first of the changed values that does not fit beside the others and the year."""
    answers = filings.answers(sheet, verified=False)
    inputs = {key: value for key, value in {**answers["inputs"], **changed}.items() if value is not None}
    try:
        read(sheet.criteria, {**answers, "inputs": inputs})
    except AnswersFaulty as error:
        fault = error.faults[0]
        raise Invalid(fault.key, field=fault.path.removeprefix("inputs."), **fault.values) from error


def attach(
    session: Session,
    actor: Actor,
    application: Application,
    stored: StoredFile,
    *,
    name: str,
    bindings: Iterable[completeness.Target],
    page: str = "",
) -> Evidence:
    """Tie a stored file to inputs and indicators, `page` saying where in it to look.

    Raises Invalid for something that the criteria do not know, and for the same file tied to the same things before.
    """
    targets = tuple(dict.fromkeys(bindings))
    filing, sheet = expect_evidence(session, actor, application, targets)
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
    filing = _open_for_editing(session, actor, application)
    sheet = filings.sheet(session, application)
    if not bindings or not {key for _, key in bindings} <= _provable(sheet.criteria):
        raise Invalid("evidence_for_nothing", field="target")
    _refuse_locked(application, (key for _, key in bindings))
    return filing, sheet


def remove_evidence(session: Session, actor: Actor, application: Application, evidence: Evidence) -> None:
    """Take a piece of evidence away; its row and file stay on record. Raises NotFound for another filing's."""
    filing = _open_for_editing(session, actor, application)
    if evidence.filing_id != filing.id or evidence.removed_at is not None:
        raise NotFound
    evidence.removed_at = actor.at
    _note_hand(filing, actor)
    _record(session, actor, application, "remove_evidence", {"evidence": evidence.id, "sha256": evidence.sha256})


def submit(
    session: Session,
    actor: Actor,
    application: Application,
    *,
    revision: int,
    receipt_key: bytes,
    digest: str | None = None,
) -> None:
    """Submit the filing as it stands, or submit it again after a correction, and send the signatory a receipt.

    What was submitted at this revision already is left as it is. `digest`, where given, is that of the content which
    the signatory was shown. Raises Stale where the content is another by now, Invalid where something is missing, and
    WrongState after the deadline or where the signatory may not be who filled in.
    """
    known = facts.of_application(session, application)
    require(actor, Action.SUBMIT, known)
    if application.kind is not Kind.FILING and application.receipt and application.filing.revision == revision:
        return
    filing = _open_for_editing(session, actor, application, Action.SUBMIT)
    # What is signed is the site as it stands: whoever corrects it comes before or after.
    _hold(session, application.site)
    sheet = filings.sheet(session, application)
    content = filings.content_digest(sheet)
    if filing.revision != revision or (digest is not None and digest != content):
        raise Stale
    _refuse_same_person(actor, application)
    _refuse_barred(session, actor, application.round_category, application.site, application.organisation)
    lacks = completeness.lacks(sheet.criteria, filings.answers(sheet, verified=False))
    if lacks:
        raise Invalid("filing_incomplete", count=len(lacks))
    snapshot = _snapshot(session, application)
    # The database refuses a draft that is submitted and anything later that is not: both change in one flush.
    with session.no_autoflush:
        application.applicant = snapshot
        application.submitted_by_id, application.content_digest = actor.user_id, content
        if application.submitted_at is None:
            application.submitted_at, application.receipt = actor.at, receipt_number(receipt_key)
        filing.submitted_at = filing.submitted_at or actor.at
        payload = {"receipt": application.receipt, "digest": content, "revision": revision, "filing": filing.kind}
        moves.move(session, actor, application, Action.SUBMIT, payload=payload)
    _keep_submitted(session, filing, sheet)
    _close_correction(application, actor.at)
    _tell(session, actor, application, "submitted", path=f"/applications/{application.id}/receipt")


def withdraw(session: Session, actor: Actor, application: Application, *, reason: str) -> None:
    """Withdraw the application. Raises Invalid without a reason, WrongState once it is decided."""
    if not reason.strip():
        raise Invalid("reason_missing", field="reason")
    words = reason.strip()[:LONGEST_REASON]
    moves.move(session, actor, application, Action.WITHDRAW, personal={"text": words})
    application.withdrawal_reason = words
    _close_correction(application, actor.at)
    letters.send(session, actor, application, LetterKind.WITHDRAWN, {"reason": words})


def lapse(session: Session, actor: Actor, application: Application) -> None:
    """End an application whose correction or later filing was not handed in by its date.

    Raises WrongState before that date, and where there is none.
    """
    awaited = application.status in (Status.DUE, Status.RETURNED)
    due = deadline(application) if awaited else None
    if due is None or actor.at < due:
        raise WrongState("correction_not_overdue")
    moves.move(session, actor, application, Action.LAPSE)
    _close_correction(application, actor.at)
    letters.send(session, actor, application, LetterKind.LAPSED, {"due": moment(due)})


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


def _first_filing(session: Session, round_category: RoundCategory) -> FilingKind:
    """Return what the route asks to be filed first."""
    step = select(RouteStep.filing).where(RouteStep.round_category_id == round_category.id, RouteStep.position == 0)
    return session.scalar(step) or FilingKind.APPLICATION


def _refuse_closed(round_: Round, at: datetime) -> None:
    over = round_.closes_at is not None and round_.closes_at <= at
    if round_.status is not RoundStatus.OPENED or at < round_.opens_at:
        raise WrongState("round_not_open_yet", opens=round_.opens_at, now=at)
    if over:
        raise WrongState("round_closed", deadline=round_.closes_at, now=at)


def _refuse_strangers(session: Session, actor: Actor, site: Site, organisation: Organisation) -> None:
    today = actor.at.astimezone(SHANGHAI).date()
    part = session.scalar(
        select(SiteParty.id).where(
            SiteParty.site_id == site.id,
            SiteParty.organisation_id == organisation.id,
            SiteParty.since <= today,
            or_(SiteParty.until.is_(None), SiteParty.until >= today),
        )
    )
    if part is None or site.merged_into_id is not None:
        raise Invalid("no_part_in_site", field="site")
    if Standing.REFUSED in (organisation.status, site.status):
        raise Invalid("refused_by_bureau", field="site")


def _refuse_second(session: Session, round_category: RoundCategory, site: Site) -> None:
    """Refuse a site that has applied here already."""
    same = select(Application.id).where(
        Application.round_category_id == round_category.id,
        Application.site_id == site.id,
        Application.status.not_in(LEAVING),
    )
    if session.scalar(same) is not None:
        raise Invalid("applied_already", field="site")


def _hold(session: Session, site: Site) -> None:
    """Keep the row of the site as it stands now, as whoever starts, submits, corrects or bars does."""
    session.get_one(Site, site.id, with_for_update=True, populate_existing=True)


def _refuse_barred(
    session: Session, actor: Actor, round_category: RoundCategory, site: Site, organisation: Organisation | None
) -> None:
    """Refuse whoever is barred from the programme until a later day; who writes holds the site first."""
    programme_id = session.get_one(Round, round_category.round_id).programme_id
    found = bars.of_programme(session, programme_id, actor.at.astimezone(SHANGHAI).date())
    until = found.of(site.id, organisation.credit_code if organisation else "")
    if until is not None:
        raise Invalid("barred_until", field="site", day=until)


def _open_for_editing(session: Session, actor: Actor, application: Application, action: Action = Action.EDIT) -> Filing:
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


def _refuse_locked(application: Application, keys: Iterable[str]) -> None:
    """Refuse a change outside what a correction asks for, where it names its fields."""
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


def _refuse_same_person(actor: Actor, application: Application) -> None:
    """Unless the round allows it, who signs is none of those who filled in."""
    if application.round_category.round.one_person_may_sign:
        return
    if actor.user_id in fillers(application):
        raise WrongState("signs_own_draft")


def _note_hand(filing: Filing, actor: Actor) -> None:
    filing.filled_by = sorted({*filing.filled_by, actor.user_id})


def _keep_submitted(session: Session, filing: Filing, sheet: filings.Sheet) -> None:
    """Keep beside the filing what was submitted: the revision, the claims, and which evidence."""
    filing.submitted_revision, filing.submitted_claims = filing.revision, dict(sheet.not_applicable)
    filing.filled_by = []
    standing = {file.id for file in sheet.evidence}
    for file in session.scalars(select(Evidence).where(Evidence.filing_id == filing.id)):
        file.submitted = file.id in standing


def _snapshot(session: Session, application: Application) -> dict[str, Any]:
    """The applicant and the site as they were when this was submitted."""
    organisation = session.get_one(Organisation, application.organisation_id)
    site = session.get_one(Site, application.site_id)
    of_organisation = (
        "name",
        "name_en",
        "credit_code",
        "legal_representative",
        "kind",
        "industry",
        "region_key",
        "status",
    )
    of_site = ("name", "name_en", "kind", "address", "permit_number", "region_key", "status")
    return {
        **{name: getattr(organisation, name) for name in of_organisation},
        "site": {name: getattr(site, name) for name in of_site},
    }


def _close_correction(application: Application, at: datetime) -> None:
    correction = open_correction(application)
    if correction is not None:
        correction.closed_at = at


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


def _tell(session: Session, actor: Actor, application: Application, key: str, *, path: str) -> None:
    """Send a message to the signatories of the organisation."""
    site = session.get_one(Site, application.site_id)
    values = {
        **messages.naming(site=site),
        "receipt": application.receipt or "",
        "digest": application.content_digest or "",
    }
    signatories = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == application.organisation_id,
            Membership.signatory,
            Membership.status == SeatStatus.ACTIVE,
        )
        .order_by(User.id)
    )
    for user in signatories:
        messages.queue(session, actor, user, key, values, path=path)
