"""Meetings that deliberated: their records, and what they say of each application."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from registry.domain import routes
from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action, DecisionKind, DecisionStatus, Kind
from registry.models import (
    Application,
    Decision,
    Meeting,
    MeetingOpinion,
    Round,
    RoundCategory,
    RouteStep,
    User,
)
from registry.queries import applications, visibility


@dataclass(frozen=True, slots=True)
class Record:
    """The record of a meeting, who wrote it, by which it was replaced, and the applications that it names."""

    meeting: Meeting
    recorder: str
    replaced_by: int | None
    applications: Mapping[int, Application]

    def recused(self, application: int) -> list[dict[str, Any]]:
        """Return who stayed out of an application, each with the reason."""
        return [one for one in self.meeting.recusals if one["application"] == application]


def one(session: Session, actor: Actor, action: Action, number: int) -> Record:
    """Return the record of a meeting on which the actor may act; raises NotFound where there is none."""
    query = (
        _whole()
        .join(Round, Round.id == RoundCategory.round_id)
        .where(Meeting.id == number, visibility.of_programmes(Round.programme_id, actor, action))
    )
    found = _records(session, query)
    if not found:
        raise NotFound
    return found[0]


def of_category(session: Session, round_category: RoundCategory) -> list[Record]:
    """Return all records of a round category, the latest first; those that were replaced are among them."""
    return _records(session, _whole().where(Meeting.round_category_id == round_category.id))


def of_decision(session: Session, decision: Decision) -> list[Record]:
    """Return the records that a selection rests on, as its content names them."""
    numbers = [meeting["id"] for meeting in decision.content.get("meetings", ())]
    return _records(session, _whole().where(Meeting.id.in_(numbers))) if numbers else []


def standing(session: Session, round_category_id: int) -> dict[int, MeetingOpinion]:
    """Return, by application, the opinion that counts: that of the latest meeting whose record is not replaced."""
    rows = session.scalars(
        select(MeetingOpinion)
        .join(Meeting, Meeting.id == MeetingOpinion.meeting_id)
        .where(Meeting.round_category_id == round_category_id, ~_replaced())
        .order_by(Meeting.held_on, Meeting.id)
    )
    return {row.application_id: row for row in rows}


def digests(session: Session, numbers: Collection[int]) -> dict[int, str]:
    """Return the digests of records by their numbers."""
    rows = session.execute(select(Meeting.id, Meeting.digest).where(Meeting.id.in_(numbers)).order_by(Meeting.id))
    return {row.id: row.digest for row in rows}


def needed(session: Session, round_category_id: int) -> bool:
    """Tell whether the route asks for the record of a meeting before a selection."""
    parameters = session.scalars(
        select(RouteStep.parameters).where(
            RouteStep.round_category_id == round_category_id, RouteStep.kind == Kind.DELIBERATION
        )
    ).first()
    return parameters is not None and routes.parameter(Kind.DELIBERATION, parameters, "meeting") == 1


def is_latest(session: Session, meeting: Meeting) -> bool:
    """Tell whether no other meeting of the round category was recorded since."""
    later = exists().where(Meeting.round_category_id == meeting.round_category_id, Meeting.id > meeting.id)
    return not session.scalar(select(later))


def is_decided_on(session: Session, meeting: Meeting) -> bool:
    """Tell whether an approved selection rests on the record of a meeting."""
    contents = session.scalars(
        select(Decision.content).where(
            Decision.round_category_id == meeting.round_category_id,
            Decision.kind == DecisionKind.SELECTION,
            Decision.status == DecisionStatus.APPROVED,
        )
    )
    return any(meeting.id == named["id"] for content in contents for named in content.get("meetings", ()))


def _replaced() -> Any:
    newer = aliased(Meeting)
    return exists().where(newer.replaces_id == Meeting.id)


def _whole() -> Select[Meeting]:
    return (
        select(Meeting)
        .join(RoundCategory, RoundCategory.id == Meeting.round_category_id)
        .options(
            selectinload(Meeting.opinions),
            joinedload(Meeting.round_category, innerjoin=True).options(
                joinedload(RoundCategory.category, innerjoin=True),
                joinedload(RoundCategory.round, innerjoin=True).joinedload(Round.programme, innerjoin=True),
            ),
        )
        .order_by(Meeting.id.desc())
    )


def _records(session: Session, query: Select[Meeting]) -> list[Record]:
    meetings = session.scalars(query).all()
    recorders = select(User.id, User.name).where(User.id.in_([row.recorded_by_id for row in meetings]))
    names = {row.id: row.name for row in session.execute(recorders)}
    newer = select(Meeting.replaces_id, Meeting.id).where(Meeting.replaces_id.in_([row.id for row in meetings]))
    replaced = {row.replaces_id: row.id for row in session.execute(newer)}
    named = _named(session, meetings)
    return [
        Record(
            row,
            names[row.recorded_by_id],
            replaced.get(row.id),
            {opinion.application_id: named[opinion.application_id] for opinion in row.opinions},
        )
        for row in meetings
    ]


def _named(session: Session, meetings: Sequence[Meeting]) -> dict[int, Application]:
    numbers = {opinion.application_id for row in meetings for opinion in row.opinions}
    rows = session.scalars(applications.whole().where(Application.id.in_(numbers)))
    return {row.id: row for row in rows}
