"""Awards: certificates with gapless numbers, and their revocation by two people."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import numbering, policy
from registry.domain.errors import Invalid, WrongState
from registry.domain.letters import Value, day
from registry.domain.policy import Actor, Facts
from registry.domain.reasons import reasoned
from registry.domain.vocabulary import Action, AwardStatus, DecisionKind, Kind, LetterKind, Standing, Status
from registry.domain.workdays import SHANGHAI, months_later
from registry.models import (
    Application,
    Award,
    AwardEvent,
    Certificate,
    Decision,
    Entry,
    NumberSeries,
    Organisation,
    Programme,
    Site,
)
from registry.queries import awards, publications
from registry.rendering import certificate, fonts
from registry.services import events, letters, moves, papers, proposals

# How long the list of statuses is in which every edition has a place, chosen at random.
STATUS_PLACES = 131_072


def issue(
    session: Session, actor: Actor, entry: Entry, *, random_bytes: Callable[[int], bytes], base_url: str
) -> Certificate:
    """Award a published entry: the next number of its programme and year, and the first edition of its certificate.

    The certificate has the names of the list as it stands corrected. `random_bytes` gives as many as asked for. Raises
    Invalid for characters that cannot be printed, WrongState where the entry is not published, its certificate issued
    already, or the entry's credit code not that of the organisation that applied.
    """
    entry = publications.latest_entry(session, entry)
    application = awards.application_of(session, entry)
    programme = application.round_category.round.programme
    policy.require(actor, Action.ISSUE, Facts(programme_id=programme.id))
    if application.kind is not Kind.CERTIFICATE or application.status is not Status.SELECTED:
        raise WrongState("not_to_be_issued")
    _refuse_unconfirmed(session, application)
    _refuse_another(session, entry)
    award = _new_award(session, actor, application, programme)
    code = numbering.verification_code(random_bytes(numbering.CODE_BYTES))
    values = papers.certificate_values(
        session, application, entry, award, code=code, address=f"{base_url}/verify/code/{code}"
    )
    _printable(values)
    content = certificate.render(values)
    edition = Certificate(
        award=award,
        edition=values.edition,
        code=code,
        status_index=_free_place(session, int.from_bytes(random_bytes(4), "big")),
        sha256=papers.digest_of_bytes(content),
        content=content,
        issued_by_id=actor.user_id,
        issued_at=actor.at,
    )
    session.add(edition)
    _enter(session, actor, award, before=None, reason="", decision=None)
    payload = {"number": award.number, "certificate": edition.sha256}
    moves.move(session, actor, application, Action.ISSUE, payload=payload)
    told: dict[str, Value] = {"number": award.number, "until": day(award.valid_until)}
    letters.send(session, actor, application, LetterKind.CERTIFIED, told)
    return edition


def _refuse_unconfirmed(session: Session, application: Application) -> None:
    """Raise WrongState where nobody has confirmed who applied, or for what."""
    organisation = session.get(Organisation, application.organisation_id) if application.organisation_id else None
    standings = [row.status for row in (organisation, session.get(Site, application.site_id)) if row is not None]
    if any(standing is not Standing.CONFIRMED for standing in standings):
        raise WrongState("holder_not_confirmed")


def _refuse_another(session: Session, entry: Entry) -> None:
    """Raise WrongState where an entry has the credit code of somebody else than the organisation that applied."""
    code = entry.content.get("credit_code")
    if code and code != publications.applicants_code(session, entry.application_id):
        raise WrongState("entry_not_of_applicant")


def propose_revocation(session: Session, actor: Actor, award: Award, *, reason: str) -> Decision:
    """Propose to revoke an award. Raises WrongState where it is revoked already."""
    if award.status is not AwardStatus.VALID:
        raise WrongState("award_revoked_already")
    words = reasoned(reason, "reason")
    return proposals.propose(
        session,
        actor,
        DecisionKind.REVOCATION,
        _revocation(award, words),
        programme_id=award.programme_id,
        reason=words,
        award_id=award.id,
    )


def content_now(session: Session, decision: Decision) -> dict[str, Any]:
    """Return the content that a proposed revocation would have if it were drawn up now."""
    return _revocation(_locked(session, decision), decision.reason)


def carry_out(session: Session, actor: Actor, decision: Decision) -> None:
    """Revoke an award as it was approved, and tell its holder."""
    award = _locked(session, decision)
    award.status = AwardStatus.REVOKED
    _enter(session, actor, award, before=AwardStatus.VALID, reason=decision.reason, decision=decision)
    application = session.get_one(Application, award.application_id)
    events.record(
        session,
        actor,
        "revoke",
        "award",
        award.id,
        programme_id=award.programme_id,
        application=application,
        before=AwardStatus.VALID,
        after=AwardStatus.REVOKED,
        payload={"number": award.number, "decision": decision.id, "reason": decision.reason},
    )
    values = {"number": award.number, "reason": decision.reason}
    letters.send(session, actor, application, LetterKind.REVOKED, values, decision=decision)


def _new_award(session: Session, actor: Actor, application: Application, programme: Programme) -> Award:
    first_day = actor.at.astimezone(SHANGHAI).date()
    serial = _next_serial(session, programme, first_day.year)
    award = Award(
        number=numbering.number(programme.issuer_prefix, programme.code, first_day.year, serial),
        programme_id=programme.id,
        year=first_day.year,
        serial=serial,
        application_id=application.id,
        site_id=application.site_id,
        organisation_id=application.organisation_id,
        category_id=application.round_category.category_id,
        status=AwardStatus.VALID,
        valid_from=first_day,
        valid_until=months_later(first_day, 12 * programme.years_valid),
    )
    session.add(award)
    session.flush()
    return award


def _next_serial(session: Session, programme: Programme, year: int) -> int:
    """Take the next serial; the series stays locked until the award is committed, so that no number is lost."""
    series = _series(session, programme, year)
    if series is None:
        # Whoever begins a series holds the programme, so that two do not begin the same one.
        session.scalar(select(Programme.id).where(Programme.id == programme.id).with_for_update())
        series = _series(session, programme, year)
    if series is None:
        series = NumberSeries(programme_id=programme.id, year=year, last=0)
        session.add(series)
    series.last += 1
    return series.last


def _series(session: Session, programme: Programme, year: int) -> NumberSeries | None:
    return session.scalar(
        select(NumberSeries)
        .where(NumberSeries.programme_id == programme.id, NumberSeries.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _printable(values: certificate.Certificate) -> None:
    missing = certificate.missing_glyphs(values)
    characters = dict.fromkeys(character for found in missing.values() for character in found)
    if characters:
        listed = ", ".join(fonts.named(character) for character in characters)
        raise Invalid("certificate_unprintable", site=values.site.zh, characters=listed)


def _free_place(session: Session, chosen: int) -> int:
    place = chosen % STATUS_PLACES
    while session.scalar(select(Certificate.id).where(Certificate.status_index == place)) is not None:
        place = (place + 1) % STATUS_PLACES
    return place


def _enter(
    session: Session,
    actor: Actor,
    award: Award,
    *,
    before: AwardStatus | None,
    reason: str,
    decision: Decision | None,
) -> None:
    session.add(
        AwardEvent(
            award_id=award.id,
            before=before,
            after=award.status,
            decision_id=decision.id if decision else None,
            reason=reason,
            at=actor.at,
        )
    )


def _locked(session: Session, decision: Decision) -> Award:
    return session.get_one(Award, decision.award_id, with_for_update=True, populate_existing=True)


def _revocation(award: Award, reason: str) -> dict[str, Any]:
    return {"award": award.id, "number": award.number, "status": str(award.status), "reason": reason}
