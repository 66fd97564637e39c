"""What still stands in the way of archiving a round, and the digests of what it was decided by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.domain.vocabulary import (
    DecisionKind,
    DecisionStatus,
    Intake,
    Kind,
    Status,
    Unsettled,
)
from registry.domain.workflow import ENDED
from registry.models import Application, Decision, Notice, Objection, Publication, Round, RoundCategory
from registry.queries import public
from registry.queries.objections import UNANSWERED

# Where an application still moves on; a draft that was never handed in counts for nothing once the intake is over.
_STANDING: dict[Status, Unsettled] = {
    Status.WAITING: Unsettled.WAITING,
    Status.RETURNED: Unsettled.RETURNED,
    Status.DUE: Unsettled.DUE,
    Status.RESERVED: Unsettled.RESERVED,
}
_SELECTED: dict[Kind, Unsettled] = {
    Kind.NOTICE: Unsettled.TO_ANNOUNCE,
    Kind.PUBLICATION: Unsettled.TO_PUBLISH,
    Kind.CERTIFICATE: Unsettled.TO_CERTIFY,
}


@dataclass(frozen=True, slots=True)
class InTheWay:
    """Something that can still change a round: how many there are, and the numbers of the rows where it is a few."""

    what: Unsettled
    count: int
    numbers: tuple[int, ...] = ()


def in_the_way(session: Session, round_: Round, at: datetime) -> list[InTheWay]:
    """Return what keeps an opened round from being archived at a moment, in the order of `Unsettled`."""
    found = [
        *_of_intake(round_, at),
        *_of_applications(session, round_.id),
        *_of_proposals(session, round_),
        *_of_notices(session, round_.id, at),
    ]
    order = list(Unsettled)
    return sorted(found, key=lambda one: order.index(one.what))


def drafts(session: Session, round_id: int) -> list[Application]:
    """Return the applications of a round that were never handed in, in the order in which they were started."""
    query = (
        select(Application)
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .where(RoundCategory.round_id == round_id, Application.status == Status.DRAFTED)
    )
    return list(session.scalars(query.order_by(Application.id)))


def digests(session: Session, round_id: int) -> dict[str, Any]:
    """Return the digests of the criteria, decisions and lists of a round, by its categories."""
    rows = session.execute(
        select(RoundCategory.id, RoundCategory.pinned_digest)
        .where(RoundCategory.round_id == round_id)
        .order_by(RoundCategory.id)
    )
    criteria = {row.id: row.pinned_digest for row in rows}
    decided = session.execute(
        select(Decision.round_category_id, Decision.digest)
        .where(Decision.round_category_id.in_(criteria), Decision.status == DecisionStatus.APPROVED)
        .order_by(Decision.id)
    ).all()
    listed = session.execute(
        select(Publication.round_category_id, Publication.digest)
        .where(Publication.round_category_id.in_(criteria))
        .order_by(Publication.id)
    ).all()
    return {
        str(number): {
            "criteria": digest,
            "decisions": [row.digest for row in decided if row.round_category_id == number],
            "publications": [row.digest for row in listed if row.round_category_id == number],
        }
        for number, digest in criteria.items()
    }


def _of_intake(round_: Round, at: datetime) -> Iterable[InTheWay]:
    if public.intake(round_, at) is not Intake.OVER:
        yield InTheWay(Unsettled.INTAKE_OPEN, 1)


def _of_applications(session: Session, round_id: int) -> Iterable[InTheWay]:
    rows = session.execute(
        select(Application.kind, Application.status, func.count())
        .join(RoundCategory, RoundCategory.id == Application.round_category_id)
        .where(RoundCategory.round_id == round_id, Application.status.not_in((*ENDED, Status.DRAFTED)))
        .group_by(Application.kind, Application.status)
    )
    counts: dict[Unsettled, int] = {}
    for kind, status, count in rows:
        what = _SELECTED[kind] if status is Status.SELECTED else _STANDING[status]
        counts[what] = counts.get(what, 0) + count
    return [InTheWay(what, count) for what, count in counts.items()]


def _of_proposals(session: Session, round_: Round) -> Iterable[InTheWay]:
    """Whatever waits for the approver; a proposal of the pool names its round and no category."""
    proposed = Decision.status == DecisionStatus.PROPOSED
    of_category = select(RoundCategory.id).where(RoundCategory.round_id == round_.id)
    numbers = set(session.scalars(select(Decision.id).where(proposed, Decision.round_category_id.in_(of_category))))
    pools = session.execute(
        select(Decision.id, Decision.content).where(
            proposed, Decision.kind == DecisionKind.POOL, Decision.programme_id == round_.programme_id
        )
    )
    numbers |= {row.id for row in pools if row.content.get("round") == round_.id}
    if numbers:
        yield InTheWay(Unsettled.PROPOSED, len(numbers), tuple(sorted(numbers)))


def _of_notices(session: Session, round_id: int, at: datetime) -> Iterable[InTheWay]:
    of_round = Notice.round_category_id.in_(select(RoundCategory.id).where(RoundCategory.round_id == round_id))
    rows = session.execute(select(Notice.id, Notice.closes_at).where(of_round, Notice.cleared_at.is_(None))).all()
    running = tuple(row.id for row in rows if at < row.closes_at)
    ended = tuple(row.id for row in rows if at >= row.closes_at)
    if running:
        yield InTheWay(Unsettled.NOTICE_RUNNING, len(running), running)
    if ended:
        yield InTheWay(Unsettled.NOTICE_NOT_CLEARED, len(ended), ended)
    objected = session.scalars(
        select(Objection.notice_id)
        .join(Notice, Notice.id == Objection.notice_id)
        .where(of_round, Objection.status.in_(UNANSWERED))
    ).all()
    if objected:
        yield InTheWay(Unsettled.OBJECTION_OPEN, len(objected), tuple(sorted(set(objected))))
