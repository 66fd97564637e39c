"""Calling applications from the library of their round category to the selection."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from registry.domain.errors import Invalid, WrongState
from registry.domain.policy import Actor, require
from registry.domain.reasons import reasoned
from registry.domain.vocabulary import Action, Status
from registry.domain.workflow import moves_at
from registry.models import Application, RoundCategory
from registry.queries import facts, libraries
from registry.services import messages, moves


def call(session: Session, actor: Actor, application: Application, *, reason: str) -> None:
    """Call one application: it goes on to its next stage, or its applicant is asked for the next filing.

    Raises Invalid without a reason, WrongState where it does not stand in the library.
    """
    words = reasoned(reason, "reason")
    require(actor, Action.CALL, facts.of_application(session, application))
    if Action.CALL not in moves_at(application.kind, application.status):
        raise WrongState("moved_on", action=Action.CALL, kind=application.kind, status=application.status)
    moves.move(session, actor, application, Action.CALL, payload={"reason": words})
    # Who is asked for another filing has the letter that says so.
    if application.status is not Status.DUE:
        messages.to_applicant(session, actor, application, "application_called", {"reason": words})


def call_several(
    session: Session, actor: Actor, round_category: RoundCategory, numbers: Collection[int], *, reason: str
) -> list[Application]:
    """Call several applications of one library for one reason, all of them or none; return them.

    Raises Invalid where none is chosen or one of them does not stand there any more.
    """
    words = reasoned(reason, "reason")
    if not numbers:
        raise Invalid("nothing_chosen", field="applications")
    found = libraries.chosen(session, actor, round_category, numbers)
    if len(found) != len(set(numbers)):
        raise Invalid("library_changed", field="applications")
    for application in found:
        call(session, actor, application, reason=words)
    return found
