"""The end of a round: set where it had none, then archived once nothing of it can move, and closed to new decisions.

What comes of its awards goes on: certificates are revoked and expire, and a published list is put right where a name
on it is wrong.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.errors import Invalid, WrongState
from registry.domain.filetypes import StoredFile
from registry.domain.policy import Actor, Facts
from registry.domain.reasons import reasoned
from registry.domain.vocabulary import Action, DecisionKind, RoundStatus
from registry.domain.workdays import SHANGHAI
from registry.models import Dossier, Round, RoundCategory, Task
from registry.queries import archiving
from registry.services import events, messages, tasks

# What is still decided of an archived round: its lists are put right, its awards taken back.
LATER = (DecisionKind.CORRECTION, DecisionKind.REVOCATION)


# An end is set once: a slip of the pen must not hold a round open for ever.
LATEST_END = timedelta(days=366)


def end_intake(session: Session, actor: Actor, round_: Round, *, closes_at: datetime, reason: str) -> None:
    """Set the end of an opened round that has none, once, and tell all who are filling in an application there.

    A moment of the running minute is now. Raises Invalid for an earlier one, for one more than a year ahead, since it
    is set once, for one before the round opens, and without a reason; WrongState where the round was never opened, has
    an end already, or is archived.
    """
    policy.require(actor, Action.END_INTAKE, Facts(programme_id=round_.programme_id))
    session.refresh(round_, ["status", "opens_at", "closes_at", "archived_at", "version"], with_for_update=True)
    if round_.status is not RoundStatus.OPENED:
        raise WrongState("round_not_opened")
    if round_.closes_at is not None:
        raise WrongState("intake_has_end")
    if closes_at < actor.at.replace(second=0, microsecond=0):
        raise Invalid("intake_end_in_past", field="closes_at")
    if closes_at > actor.at + LATEST_END:
        raise Invalid("intake_end_too_late", field="closes_at", days=LATEST_END.days)
    end = max(closes_at, actor.at)
    if end <= round_.opens_at:
        raise Invalid("round_closes_before_it_opens", field="closes_at")
    words = reasoned(reason, "reason")
    round_.closes_at = end
    session.flush()
    events.record(
        session,
        actor,
        Action.END_INTAKE,
        "round",
        round_.id,
        programme_id=round_.programme_id,
        payload={"closes_at": end.isoformat(), "reason": words},
    )
    due = end.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    for application in archiving.drafts(session, round_.id):
        messages.to_applicant(session, actor, application, "intake_ends", {"due": due, "reason": words})


def archive(session: Session, actor: Actor, round_: Round, *, language: str) -> Task:
    """Archive a round and ask for its dossiers; its row is kept until the unit of work ends.

    Raises WrongState where it was never opened, is archived already, or something of it can still change; `counts` says
    how many of each there are.
    """
    policy.require(actor, Action.ARCHIVE_ROUND, Facts(programme_id=round_.programme_id))
    session.refresh(round_, ["status", "archived_at", "version"], with_for_update=True)
    if round_.status is not RoundStatus.OPENED:
        raise WrongState("round_not_opened")
    if round_.archived_at is not None:
        raise WrongState("round_archived_already")
    found = archiving.in_the_way(session, round_, actor.at)
    if found:
        counts = {str(one.what): one.count for one in found}
        raise WrongState("round_unsettled", what=tuple(one.what for one in found), counts=counts)
    round_.archived_at, round_.archived_by_id = actor.at, actor.user_id
    session.flush()
    events.record(
        session,
        actor,
        Action.ARCHIVE_ROUND,
        "round",
        round_.id,
        programme_id=round_.programme_id,
        payload=archiving.digests(session, round_.id),
    )
    return tasks.ask_dossiers(session, actor, round_, language=language)


def hold(session: Session, round_id: int) -> None:
    """Keep a round from being archived until the unit of work ends; raises WrongState where it is archived."""
    query = select(Round.archived_at).where(Round.id == round_id).with_for_update(read=True)
    if session.scalar(query) is not None:
        raise WrongState("round_archived")


def refuse(session: Session, kind: DecisionKind, content: Mapping[str, Any], round_category_id: int | None) -> None:
    """Raise WrongState for a proposal that an archived round takes no more; else it is not archived meanwhile."""
    if kind in LATER:
        return
    number = content.get("round") if kind is DecisionKind.POOL else None
    if round_category_id is not None:
        number = session.scalar(select(RoundCategory.round_id).where(RoundCategory.id == round_category_id))
    if number is not None:
        hold(session, number)


def file(
    session: Session,
    actor: Actor,
    where: RoundCategory,
    dossier: Mapping[str, Any],
    files: Mapping[str, StoredFile],
    *,
    at: datetime,
) -> Dossier:
    """File the dossier of a round category with its JSON, workbook and paper, once.

    Raises IntegrityError where it has one.
    """
    row = Dossier(
        round_category_id=where.id,
        digest=dossier["digest"],
        code=dossier["code"],
        evaluations=len(dossier["evaluations"]),
        selections=len(dossier["selections"]),
        written_at=at,
        **{f"{kind}_sha256": stored.sha256 for kind, stored in files.items()},
        **{f"{kind}_size": stored.size for kind, stored in files.items()},
    )
    session.add(row)
    session.flush()
    events.record(
        session,
        actor,
        "write_dossier",
        "dossier",
        row.id,
        programme_id=where.round.programme_id,
        payload={
            "round_category": where.id,
            "digest": row.digest,
            "code": row.code,
            "files": {kind: stored.sha256 for kind, stored in files.items()},
        },
    )
    return row
