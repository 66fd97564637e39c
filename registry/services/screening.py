"""The formal check: the checklist, what becomes of the application, and values established beside the declared ones."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.answers import Answer, parse_input
from registry.domain.chain import digest_of
from registry.domain.criteria import CriteriaSet
from registry.domain.errors import Invalid, WrongState
from registry.domain.letters import day
from registry.domain.policy import Actor
from registry.domain.reasons import reasoned
from registry.domain.routes import parameter
from registry.domain.vocabulary import Action, FormPoint, Kind, LetterKind, Status
from registry.domain.workdays import SHANGHAI, months_later
from registry.models import Application, Correction, RoundCategory, ScreeningItem, Site, User, Verification
from registry.queries import facts, filings, visits
from registry.services import calendar, events, letters, messages, moves, recommendations

MOST_WORKING_DAYS = 60
# The stages at which values are established.
VALUES_AT = (Kind.SCREENING, Kind.SCORING, Kind.REVIEW, Kind.SITE_VISIT)
MONTHS_BARRED = 36
MOST_MONTHS = 60
# What was found of each item, with a note: it holds, it does not, or with None it does not apply.
Items = Mapping[str, tuple[bool | None, str]]
# The points of form that stand for a confirmation, with what makes it where it is still pending.
CONFIRMING = {
    FormPoint.ORGANISATION_CONFIRMED: recommendations.settle_organisation,
    FormPoint.SITE_CONFIRMED: recommendations.settle_site,
}


def checklist(criteria: CriteriaSet, round_category: RoundCategory) -> tuple[str, ...]:
    """Return the keys of the formal check in order: the points of form, then the gates that the round has on."""
    switched = round_category.settings.get("gates", {})
    gates = (gate.key for gate in criteria.gates if switched.get(gate.key, gate.default == "on"))
    return (*(point.value for point in FormPoint), *gates)


def check(session: Session, actor: Actor, application: Application, items: Items) -> None:
    """Keep what was found of items of the checklist; the others stay as they are.

    Raises Invalid for an item that is not on the checklist, and for one that does not apply without a note why.
    """
    _waiting(session, actor, application, Action.ACCEPT, Kind.SCREENING)
    known = _checklist_of(application)
    checker = session.get_one(User, actor.user_id)
    rows = items_of(session, application)
    for key, (held, note) in items.items():
        if key not in known:
            raise Invalid("screening_item_unknown", item=key)
        if held is None and not note.strip():
            raise Invalid("screening_item_not_called_for", field=f"note_{key}")
        row = rows.get(key)
        if row is None:
            row = ScreeningItem(application_id=application.id, position=application.position, key=key)
            session.add(row)
        row.held, row.note = held, note.strip()
        row.checked_by_id, row.checked_at = checker.id, actor.at
    held_of = {key: held for key, (held, _note) in items.items()}
    _record(session, actor, application, "check", {"held": held_of})


def accept(session: Session, actor: Actor, application: Application) -> None:
    """Let an application go on; what the checklist finds confirmed and no bureau has confirmed yet is confirmed now.

    Raises Invalid where an item is unchecked, or does not hold without a note, and where another organisation or site
    is confirmed in the same right.
    """
    _waiting(session, actor, application, Action.ACCEPT, Kind.SCREENING)
    rows = items_of(session, application)
    for key in _checklist_of(application):
        if key not in rows:
            raise Invalid("screening_item_unchecked", field=f"held_{key}")
        if not rows[key].held and not rows[key].note:
            raise Invalid("screening_item_unexplained", field=f"note_{key}")
    for point, settle in CONFIRMING.items():
        if rows[point].held:
            settle(session, actor, application)
    moves.move(session, actor, application, Action.ACCEPT)


def refuse(session: Session, actor: Actor, application: Application, *, reason: str) -> None:
    """Refuse an application in screening; the site may apply again in the same round."""
    words = reasoned(reason, "reason")
    moves.move(session, actor, application, Action.REFUSE, payload={"reason": words})
    letters.send(session, actor, application, LetterKind.REFUSED, {"reason": words})


def bar(session: Session, actor: Actor, application: Application, *, reason: str, months: int = MONTHS_BARRED) -> None:
    """Bar a site and its organisation in screening: for so many months they cannot apply in the programme.

    None of the documents says for how long. Three years is what the rules for green factories set before a new
    application after a revocation (撤销后三年内不得重新申报). Raises Invalid for a time that is too short or too long.
    """
    words = reasoned(reason, "reason")
    if not 1 <= months <= MOST_MONTHS:
        raise Invalid("months_outside", field="months", least=1, most=MOST_MONTHS)
    _waiting(session, actor, application, Action.BAR, Kind.SCREENING)
    # Whoever starts or submits for this site at the same moment keeps its row too, and one sees the other.
    session.scalar(select(Site.id).where(Site.id == application.site_id).with_for_update())
    until = months_later(actor.at.astimezone(SHANGHAI).date(), months)
    # The database knows no barred application without its day: both change in one flush.
    with session.no_autoflush:
        application.barred_until = until
        payload = {"reason": words, "months": months, "until": until.isoformat()}
        moves.move(session, actor, application, Action.BAR, payload=payload)
    letters.send(session, actor, application, LetterKind.BARRED, {"reason": words, "until": day(until)})


def send_back(session: Session, actor: Actor, application: Application, *, note: str, working_days: int) -> Correction:
    """Return an application to the applicant, with what to correct and until when.

    The route says whether the day of the return counts.
    """
    words = reasoned(note, "note")
    if not 1 <= working_days <= MOST_WORKING_DAYS:
        raise Invalid("working_days_outside", field="working_days", least=1, most=MOST_WORKING_DAYS)
    count_start = bool(parameter(Kind.SCREENING, _screening_of(session, application), "count_start"))
    due_at = calendar.deadline(session, actor.at, working_days, count_start=count_start)
    correction = Correction(
        application_id=application.id,
        from_position=application.position,
        note=words,
        due_at=due_at,
        returned_by_id=actor.user_id,
        returned_at=actor.at,
    )
    payload = {"note": words, "working_days": working_days, "due_at": due_at.isoformat()}
    moves.move(session, actor, application, Action.RETURN, payload=payload)
    session.add(correction)
    session.flush()
    due = due_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    values = {"note": words, "due": due}
    messages.to_applicant(session, actor, application, "application_returned", values)
    return correction


def working_days_of(session: Session, application: Application) -> int:
    """Return the working days that the route gives for a correction of what is with the office."""
    return parameter(Kind.SCREENING, _screening_of(session, application), "working_days")


def days_to_correct(session: Session, application: Application) -> int:
    """Return the working days that the next screening of the route gives for a correction, 0 where it has none."""
    ahead = [step for step in moves.steps_of(session, application) if step.position >= application.position]
    step = next((step for step in ahead if step.kind is Kind.SCREENING), None)
    return parameter(Kind.SCREENING, step.parameters, "working_days") if step else 0


def verify_value(
    session: Session, actor: Actor, application: Application, *, key: str, value: object, reason: str
) -> Verification:
    """Establish a value beside the declared one; it counts until the applicant declares a new one.

    At the stage of the site visit it is a finding of the visit. Raises Invalid for a key that the criteria do not ask,
    and for a value that its input does not take, WrongState where the visit it would rest on is not recorded yet.
    """
    _waiting(session, actor, application, Action.VERIFY_VALUE, *VALUES_AT)
    visit = visits.here(session, application) if application.kind is Kind.SITE_VISIT else None
    if application.kind is Kind.SITE_VISIT and visit is None:
        raise WrongState("visit_not_recorded")
    sheet = filings.sheet(session, application, outside=True)
    stored = _parsed(sheet.criteria, key, value)
    declared = sheet.declared.get(key)
    verification = Verification(
        filing_id=sheet.filing.id,
        key=key,
        answer_revision=declared.revision if declared else 0,
        stage=application.kind,
        value=stored,
        reason=reasoned(reason, "reason"),
        visit_id=visit.id if visit else None,
        verified_by_id=actor.user_id,
        verified_at=actor.at,
    )
    session.add(verification)
    payload = {"key": key, "value": stored, "reason": verification.reason, **({"visit": visit.id} if visit else {})}
    _record(session, actor, application, "verify_value", payload)
    return verification


def items_of(session: Session, application: Application) -> dict[str, ScreeningItem]:
    """Return what was found so far of each item of the checklist, at the latest check of this application."""
    of_it = ScreeningItem.application_id == application.id
    latest = select(func.max(ScreeningItem.position)).where(of_it).scalar_subquery()
    here = application.position if application.kind is Kind.SCREENING else latest
    rows = session.scalars(select(ScreeningItem).where(of_it, ScreeningItem.position == here))
    return {row.key: row for row in rows}


def _screening_of(session: Session, application: Application) -> Mapping[str, int]:
    """What the route tells the last screening at or before the application's place; a return later goes by it too."""
    steps = [step for step in moves.steps_of(session, application) if step.position <= application.position]
    return next((step.parameters for step in reversed(steps) if step.kind is Kind.SCREENING), {})


def _parsed(criteria: CriteriaSet, key: str, value: object) -> Answer:
    entry = criteria.inputs.get(key)
    if entry is None:
        raise Invalid("input_unknown", field="value")
    try:
        stored = parse_input(entry, value)
    except Invalid as error:
        raise Invalid(error.key, field="value", **error.values) from None
    if stored is None:
        raise Invalid("verified_value_needed", field="value")
    return stored


def digest_of_items(items: Mapping[str, ScreeningItem]) -> str:
    """Return a digest of what was found, by which a page tells that something was found since it was shown."""
    return digest_of({key: [row.held, row.note] for key, row in items.items()})


def _checklist_of(application: Application) -> tuple[str, ...]:
    return checklist(filings.criteria_of(application.round_category), application.round_category)


def _waiting(session: Session, actor: Actor, application: Application, action: Action, *kinds: Kind) -> None:
    policy.require(actor, action, facts.of_application(session, application))
    if application.kind not in kinds or application.status is not Status.WAITING:
        raise WrongState("moved_on", action=action, kind=application.kind, status=application.status)


def _record(
    session: Session, actor: Actor, application: Application, action: str, payload: Mapping[str, object]
) -> None:
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
