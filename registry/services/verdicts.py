"""What was decided about ties that were found: remembered by fingerprint, never changed."""

from sqlalchemy.orm import Session

from registry.domain.errors import Invalid
from registry.domain.policy import Actor
from registry.domain.reasons import reasoned
from registry.domain.ties.values import Decision, Finding
from registry.domain.ties.verdicts import may_dismiss
from registry.models import Application, TieVerdict
from registry.queries import facts
from registry.services import events


def remember(
    session: Session,
    actor: Actor,
    application: Application,
    finding: Finding,
    decision: Decision,
    *,
    reason: str,
    of_organisations: bool = False,
) -> TieVerdict:
    """Keep what was decided about a finding, with the way that was judged.

    Raises Invalid without a reason, for one's own tie, for one that nobody can dismiss, and where nothing lies between
    two organisations.
    """
    words = reasoned(reason, "reason")
    if finding.person == actor.user_id:
        raise Invalid("tie_of_oneself", field="reason")
    if decision is Decision.DISMISSED:
        may_dismiss(finding)
    if of_organisations and not finding.between:
        raise Invalid("tie_of_one_organisation", field="of_organisations")
    programme_id = facts.programme_of(session, application)
    verdict = TieVerdict(
        fingerprint=finding.between if of_organisations else finding.fingerprint,
        of_organisations=of_organisations,
        programme_id=programme_id,
        application_id=application.id,
        user_id=finding.person,
        way=[node.name for node in finding.nodes],
        decision=decision,
        reason=words,
        judged_by_id=actor.user_id,
        judged_at=actor.at,
    )
    session.add(verdict)
    events.record(
        session,
        actor,
        "judge_tie",
        "application",
        application.id,
        programme_id=programme_id,
        application=application,
        payload={
            "person": finding.person,
            "fingerprint": verdict.fingerprint,
            "of_organisations": of_organisations,
            "decision": decision,
        },
        personal={"text": words, "way": " → ".join(verdict.way)},
    )
    return verdict
