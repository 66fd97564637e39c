"""Criteria versions: loaded by one person, approved by another, and never changed from then on."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.errors import Conflict, Forbidden, Invalid, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, CriteriaStatus
from registry.models import CriteriaVersion
from registry.queries import criteria_versions
from registry.services import events


def load(session: Session, actor: Actor, *, content: str) -> CriteriaVersion:
    """Check a criteria set and keep it under the next number of its key, waiting for approval.

    Raises CriteriaFaulty with all faults of the file, Invalid where the newest version says the same.
    """
    policy.may_enter(actor, Action.LOAD_CRITERIA)
    criteria = criteria_versions.read(session, content, source="criteria.yaml")
    digest = digest_of(content)
    earlier = _earlier(session, criteria.key)
    if earlier and earlier[0].digest == digest:
        raise Invalid("criteria_loaded_before", field="content", name=criteria.key, number=earlier[0].number)
    version = CriteriaVersion(
        key=criteria.key,
        number=earlier[0].number + 1 if earlier else 1,
        title=criteria.title.zh,
        title_en=criteria.title.en,
        content=content,
        digest=digest,
        status=CriteriaStatus.DRAFT,
        prepared_by_id=actor.user_id,
        prepared_at=actor.at,
    )
    session.add(version)
    session.flush()
    payload = {"key": version.key, "number": version.number, "digest": digest}
    events.record(session, actor, "load_criteria", "criteria_version", version.id, payload=payload)
    return version


def approve(session: Session, actor: Actor, version: CriteriaVersion, *, digest: str) -> None:
    """Approve a version as its approver saw it.

    Raises Forbidden for the one who loaded it, Conflict where the digest is not that of the content, WrongState
    where it is no draft any more.
    """
    policy.may_enter(actor, Action.APPROVE_CRITERIA)
    if version.prepared_by_id == actor.user_id:
        raise Forbidden("criteria_four_eyes")
    if version.status is not CriteriaStatus.DRAFT:
        raise WrongState("criteria_not_waiting")
    if not version.digest == digest == digest_of(version.content):
        raise Conflict("criteria_changed")
    version.status = CriteriaStatus.APPROVED
    version.approved_by_id, version.approved_at = actor.user_id, actor.at
    payload = {"key": version.key, "number": version.number, "digest": digest}
    events.record(
        session,
        actor,
        "approve_criteria",
        "criteria_version",
        version.id,
        before=CriteriaStatus.DRAFT,
        after=CriteriaStatus.APPROVED,
        payload=payload,
    )


def digest_of(content: str) -> str:
    """Return the digest by which the text of a criteria set is known."""
    return hashlib.sha256(content.encode()).hexdigest()


def _earlier(session: Session, key: str) -> list[CriteriaVersion]:
    """The versions of a key, newest first, locked so that two loads do not take the same number."""
    query = select(CriteriaVersion).where(CriteriaVersion.key == key).order_by(CriteriaVersion.number.desc())
    return list(session.scalars(query.with_for_update()))
