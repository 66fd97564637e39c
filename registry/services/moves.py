"""The third gate: the one place where an application's stage and status are written."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from registry.domain import policy, workflow
from registry.domain.letters import FILED, NO_DATE, moment
from registry.domain.policy import Actor
from registry.domain.routes import parameter
from registry.domain.vocabulary import Action, FilingKind, Kind, LetterKind, Status
from registry.domain.workdays import SHANGHAI, end_of, months_later
from registry.models import Answer, Application, Correction, Filing, NotApplicable, RouteStep
from registry.queries import facts, recommendations
from registry.services import events, letters


def move(
    session: Session,
    actor: Actor,
    application: Application,
    action: Action,
    *,
    payload: Mapping[str, Any] | None = None,
    personal: Mapping[str, str] | None = None,
) -> None:
    """Do one move of the table: new place and event in one act.

    Where the route asks for another filing next, that filing is opened with what was declared in the one before. Raises
    NotFound where the application is not the actor's, Forbidden where it is that of an organisation in which the actor,
    who would judge it, has a seat, WrongState where it has moved on.
    """
    known = facts.of_application(session, application)
    policy.require(actor, action, known)
    steps = steps_of(session, application)
    route = tuple(step.kind for step in steps)
    before = workflow.Place(application.position, application.status)
    passed = recommendations.without_bureau(session, application.site_id, steps)
    after = workflow.advance(route, before, action, _returned_from(session, application), passed=passed)
    kind_before = application.kind
    application.position, application.status = after.position, after.status
    application.kind = route[after.position]
    skipped = [step.level for step in steps[before.position : after.position] if step.position in passed]
    events.record(
        session,
        actor,
        action,
        "application",
        application.id,
        programme_id=known.programme_id,
        application=application,
        before=f"{kind_before}.{before.status}",
        after=f"{application.kind}.{after.status}",
        payload={**(payload or {}), **({"passed": skipped} if skipped else {})},
        personal=personal,
    )
    if after.status is Status.DUE:
        _ask(session, actor, application, steps[after.position])


def steps_of(session: Session, application: Application) -> list[RouteStep]:
    """Return the stages of the application's route, in order."""
    return list(
        session.scalars(
            select(RouteStep)
            .where(RouteStep.round_category_id == application.round_category_id)
            .order_by(RouteStep.position)
        )
    )


def _ask(session: Session, actor: Actor, application: Application, step: RouteStep) -> None:
    """Open the filing of a step and ask the applicant for it.

    It begins with the answers of the one before and with what was claimed not to apply; evidence is not carried over.
    """
    before = session.scalars(select(Filing).where(Filing.application_id == application.id, Filing.current)).one()
    before.current = False
    session.flush()
    today = actor.at.astimezone(SHANGHAI).date()
    months = parameter(Kind.FILING, step.parameters, "months")
    filing = Filing(
        application_id=application.id,
        site_id=application.site_id,
        position=step.position,
        kind=step.filing or FilingKind.APPLICATION,
        due_at=end_of(months_later(today, months)) if months else None,
        revision=1,
        saved_at=before.saved_at,
        saved_by_id=before.saved_by_id,
        filled_by=[],
        submitted_claims={},
    )
    session.add(filing)
    session.flush()
    declared = session.scalars(select(Answer).where(Answer.filing_id == before.id).order_by(Answer.revision))
    for row in {row.key: row for row in declared}.values():
        if row.value is not None:
            session.add(_copied(row, filing, actor))
    for indicator, reason in before.submitted_claims.items():
        session.add(NotApplicable(filing_id=filing.id, indicator=indicator, reason=reason))
    session.flush()
    set_committed_value(application, "filing", filing)
    told = {"title": FILED[filing.kind], "due": moment(filing.due_at) if filing.due_at else NO_DATE}
    letters.send(session, actor, application, LetterKind.FILING_DUE, told)


def _copied(row: Answer, filing: Filing, actor: Actor) -> Answer:
    return Answer(
        filing_id=filing.id,
        key=row.key,
        revision=filing.revision,
        value=row.value,
        saved_by_id=row.saved_by_id,
        saved_at=actor.at,
    )


def _returned_from(session: Session, application: Application) -> int | None:
    return session.scalar(
        select(Correction.from_position).where(
            Correction.application_id == application.id, Correction.closed_at.is_(None)
        )
    )
