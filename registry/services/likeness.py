"""Likeness of applications: compared on an officer's word, what was found kept for somebody to judge."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.errors import NotFound
from registry.domain.policy import Actor, Facts
from registry.domain.reasons import reasoned
from registry.domain.ties.values import Decision
from registry.domain.vocabulary import Action, LikenessKind
from registry.models import Application, LikenessFinding, LikenessParty, LikenessVerdict, Round
from registry.queries import facts, likeness
from registry.services import archiving, events


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is alike in several applications, as a comparison has it."""

    fingerprint: str
    kind: LikenessKind
    why: tuple[str, ...]
    measure: Mapping[str, Any]
    content: Mapping[str, Any]
    applications: tuple[int, ...]


def keep(session: Session, actor: Actor, round_: Round, found: Iterable[Found], at: datetime) -> int:
    """Keep what a comparison found and none before it did, and return how many that are.

    Raises WrongState where the round is archived.
    """
    archiving.hold(session, round_.id)
    before = likeness.known(session, round_)
    every = list(found)
    new = [one for one in every if one.fingerprint not in before]
    for one in new:
        row = LikenessFinding(
            round_id=round_.id,
            fingerprint=one.fingerprint,
            kind=one.kind,
            why=list(one.why),
            measure=dict(one.measure),
            content=dict(one.content),
            found_at=at,
            parties=[LikenessParty(application_id=number) for number in one.applications],
        )
        session.add(row)
    payload = {"found": len(every), "new": len(new)}
    events.record(
        session, actor, "find_likeness", "round", round_.id, programme_id=round_.programme_id, payload=payload
    )
    return len(new)


def judge(
    session: Session, actor: Actor, round_: Round, finding: LikenessFinding, *, decision: Decision, reason: str
) -> LikenessVerdict:
    """Remember whether a likeness is one that matters, wherever it is found again.

    Raises Invalid without a reason, Forbidden for who has a seat in one of the applicants, WrongState where the round
    is archived.
    """
    policy.require(actor, Action.JUDGE_LIKENESS, Facts(programme_id=round_.programme_id))
    if finding.round_id != round_.id:
        raise NotFound
    for party in finding.parties:
        touched = facts.of_application(session, session.get_one(Application, party.application_id))
        policy.require(actor, Action.JUDGE_LIKENESS, touched)
    archiving.hold(session, round_.id)
    words = reasoned(reason, "reason")
    row = LikenessVerdict(
        fingerprint=finding.fingerprint,
        finding_id=finding.id,
        decision=decision,
        reason=words,
        judged_by_id=actor.user_id,
        judged_at=actor.at,
    )
    session.add(row)
    events.record(
        session,
        actor,
        "judge_likeness",
        "likeness_finding",
        finding.id,
        programme_id=round_.programme_id,
        payload={"round": round_.id, "decision": decision, "fingerprint": finding.fingerprint},
        personal={"text": words},
    )
    return row
