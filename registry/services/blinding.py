"""What an officer says of files in blind review: whether reviewers who must not know the applicant may read one."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.errors import Invalid, NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, Kind
from registry.models import Application, BlindRuling, Evidence, Filing, RoundCategory
from registry.queries import blinding, facts
from registry.services import archiving, events


def rule(
    session: Session,
    actor: Actor,
    application: Application,
    evidence: Evidence,
    *,
    readable: bool,
    told: Iterable[bytes] = (),
) -> BlindRuling:
    """Keep an officer's word on a file of an application; until another it stands before that of the applicant.

    `told` is what can be read in the file. Raises Invalid where a file is to be opened that names the applicant,
    WrongState where the review is not blind or over, NotFound for a file of another application.
    """
    known = facts.of_application(session, application)
    policy.require(actor, Action.ASSIGN, known)
    if session.get_one(Filing, evidence.filing_id).application_id != application.id:
        raise NotFound
    archiving.hold(session, session.get_one(RoundCategory, application.round_category_id).round_id)
    if not known.blind or not before_its_end(application):
        raise WrongState("not_reviewed_blind")
    if readable and blinding.veil(session, application).told_in(told):
        raise Invalid("file_names_applicant", field="readable")
    ruling = BlindRuling(evidence_id=evidence.id, readable=readable, ruled_by_id=actor.user_id, ruled_at=actor.at)
    session.add(ruling)
    events.record(
        session,
        actor,
        "open_file" if readable else "withhold_file",
        "application",
        application.id,
        programme_id=known.programme_id,
        application=application,
        payload={"evidence": evidence.id, "sha256": evidence.sha256},
    )
    return ruling


def before_its_end(application: Application) -> bool:
    """Tell whether an application that was loaded with its route is still before the end of its expert review."""
    steps = application.round_category.steps
    return any(step.kind is Kind.REVIEW and step.position >= application.position for step in steps)
