"""Applications, as their applicants hand them in: submit, withdraw, and lapse where nobody did."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import completeness, requirements
from registry.domain.errors import Invalid, Stale, WrongState
from registry.domain.letters import moment
from registry.domain.policy import Actor, require
from registry.domain.receipts import receipt_number
from registry.domain.vocabulary import Action, Kind, LetterKind, SeatStatus, Status
from registry.domain.workdays import SHANGHAI
from registry.models import Application, Evidence, Filing, Membership, Organisation, Site, User
from registry.queries import facts, filings
from registry.services import eligibility, evaluators, filling, letters, messages, moves, starting


def submit(
    session: Session,
    actor: Actor,
    application: Application,
    *,
    revision: int,
    receipt_key: bytes,
    digest: str | None = None,
    confirmed: bool = True,
    aware: bool = True,
) -> None:
    """Submit the filing as it stands, or submit it again after a correction, and send the signatory a receipt.

    What was submitted at this revision already is left as it is. `digest`, where given, is that of the content which
    the signatory was shown, `confirmed` whether figures were confirmed that are unusual or hardly fit each other,
    `aware` whether it was read which requirements are not met: the office decides about those.
    Raises Stale where the content is another by now, Invalid where something is missing, where figures contradict each
    other for certain, such figures are not confirmed or such requirements not read, an award is missing that is asked
    for first or one is held that is given once, and WrongState after the deadline
    or where the signatory may not be who filled in.
    """
    known = facts.of_application(session, application)
    require(actor, Action.SUBMIT, known)
    if application.kind is not Kind.FILING and application.receipt and application.filing.revision == revision:
        return
    filing = filling.open_for_editing(session, actor, application, Action.SUBMIT)
    # What is signed is the site as it stands: whoever corrects it comes before or after.
    starting.hold(session, application.site)
    sheet = filings.sheet(session, application)
    content = filings.content_digest(sheet)
    if filing.revision != revision or (digest is not None and digest != filings.shown_digest(sheet)):
        raise Stale
    _refuse_same_person(actor, application)
    starting.refuse_barred(session, actor, application.round_category, application.site, application.organisation)
    today = actor.at.astimezone(SHANGHAI).date()
    eligibility.require_awards(session, application.round_category, application.site, application.organisation, today)
    lacks = completeness.lacks(sheet.criteria, filings.answers(sheet, verified=False))
    if lacks:
        raise Invalid("filing_incomplete", count=len(lacks))
    contradicting = completeness.contradictions(sheet.criteria, filings.answers(sheet, verified=False))
    if contradicting:
        raise Invalid("figures_contradict", count=len(contradicting))
    unmet = () if aware else requirements.unmet(sheet.criteria, filings.answers(sheet, verified=False))
    if unmet:
        raise Invalid("unmet_unread", field="unmet", count=len(unmet))
    unusual = completeness.unusual(sheet.criteria, filings.answers(sheet, verified=False))
    if unusual and not confirmed:
        raise Invalid("unusual_unconfirmed", field="unusual", count=len(unusual))
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
    words = reason.strip()[: filling.LONGEST_REASON]
    moves.move(session, actor, application, Action.WITHDRAW, personal={"text": words})
    application.withdrawal_reason = words
    _close_correction(application, actor.at)
    letters.send(session, actor, application, LetterKind.WITHDRAWN, {"reason": words})


def lapse(session: Session, actor: Actor, application: Application) -> None:
    """End an application whose correction or later filing was not handed in by its date.

    Raises WrongState before that date, and where there is none.
    """
    awaited = application.status in (Status.DUE, Status.RETURNED)
    due = filling.deadline(application) if awaited else None
    if due is None or actor.at < due:
        raise WrongState("correction_not_overdue")
    moves.move(session, actor, application, Action.LAPSE)
    _close_correction(application, actor.at)
    letters.send(session, actor, application, LetterKind.LAPSED, {"due": moment(due)})


def _refuse_same_person(actor: Actor, application: Application) -> None:
    """Unless the round allows it, who signs is none of those who filled in."""
    if application.round_category.round.one_person_may_sign:
        return
    if actor.user_id in filling.fillers(application):
        raise WrongState("signs_own_draft")


def _keep_submitted(session: Session, filing: Filing, sheet: filings.Sheet) -> None:
    """Keep beside the filing what was submitted: the revision, the claims, and which evidence."""
    filing.submitted_revision, filing.submitted_claims = filing.revision, dict(sheet.not_applicable)
    filing.filled_by = []
    standing = {file.id for file in sheet.evidence}
    for file in session.scalars(select(Evidence).where(Evidence.filing_id == filing.id)):
        file.submitted = file.id in standing


def _snapshot(session: Session, application: Application) -> dict[str, Any]:
    """The applicant, the site and the firm that evaluated, where one is named, as they were when this was submitted."""
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
        **({"evaluator": asdict(evaluators.of(application))} if application.evaluator else {}),
    }


def _close_correction(application: Application, at: datetime) -> None:
    correction = filling.open_correction(application)
    if correction is not None:
        correction.closed_at = at


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
