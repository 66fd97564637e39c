"""The third gate: the one place where an application's stage and status are written."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import policy, workflow
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, Status
from registry.models import Application, Correction, RouteStep
from registry.queries import facts, recommendations
from registry.services import events, later_filings


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
    passed = recommendations.without_bureau(session, application.site_id, steps[before.position :])
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
        later_filings.ask(session, actor, application, steps[after.position])


def steps_of(session: Session, application: Application) -> list[RouteStep]:
    """Return the stages of the application's route, in order."""
    return list(
        session.scalars(
            select(RouteStep)
            .where(RouteStep.round_category_id == application.round_category_id)
            .order_by(RouteStep.position)
        )
    )


def _returned_from(session: Session, application: Application) -> int | None:
    return session.scalar(
        select(Correction.from_position).where(
            Correction.application_id == application.id, Correction.closed_at.is_(None)
        )
    )
