"""Records of meetings that deliberated; a record never changes, a correction is another one in its place."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.chain import digest_of
from registry.domain.deliberation import Opinion, Present, Recusal, check_recusals, checked, voters
from registry.domain.errors import Invalid, WrongState
from registry.domain.policy import Actor
from registry.domain.reasons import reasoned, stated
from registry.domain.vocabulary import Action, MeetingMethod, MeetingPart
from registry.domain.workdays import SHANGHAI
from registry.models import Application, Meeting, MeetingOpinion, Round, RoundCategory
from registry.queries import decisions, facts
from registry.queries import meetings as records
from registry.services import archiving, events


@dataclass(frozen=True, slots=True)
class Minutes:
    """What is recorded of a meeting."""

    held_on: date
    place: str
    present: Sequence[Present]
    recusals: Sequence[Recusal]
    method: MeetingMethod
    opinions: Sequence[Opinion]
    conclusion: str


def record(
    session: Session,
    actor: Actor,
    round_category: RoundCategory,
    minutes: Minutes,
    *,
    replaces: Meeting | None = None,
) -> Meeting:
    """Record a meeting on applications in deliberation, or with `replaces` a correction of the latest record.

    Raises Invalid, naming the field, for what cannot be: see `domain.deliberation`; a day in the future or before an
    application was submitted; no opinion on anything; an application that is not in deliberation; no reason for one
    whose reviewers disagree, where the round has a meeting speak of such. Raises WrongState
    where another record came since, or a decision rests on the one to be replaced. Raises Forbidden for who has a seat
    in an organisation whose application is spoken of.
    """
    programme_id = session.get_one(Round, round_category.round_id).programme_id
    policy.require(actor, Action.RECORD_MEETING, policy.Facts(programme_id=programme_id))
    archiving.hold(session, round_category.round_id)
    # The rows are kept until the end, so that what is said is said of a ranking that stands.
    ranking = decisions.ranking(session, round_category, at=actor.at, lock=True)
    if replaces is not None:
        _check_replaced(session, round_category, replaces)
    known = {line.application.id: line.application for line in ranking.lines}
    opinions = _checked(minutes, known, {line.application.id for line in ranking.lines if line.apart})
    content = {"applications": [{"application": opinion.application} for opinion in opinions]}
    for touched in facts.of_matter(session, programme_id, content):
        policy.require(actor, Action.RECORD_MEETING, touched)
    _check_day(actor, minutes.held_on, [known[opinion.application] for opinion in opinions])
    meeting = Meeting(
        round_category_id=round_category.id,
        replaces_id=replaces.id if replaces else None,
        held_on=minutes.held_on,
        place=stated(minutes.place, "place"),
        chair=next(person.name for person in minutes.present if person.part is MeetingPart.CHAIR),
        present=[person.as_dict() for person in minutes.present],
        recusals=[recusal.as_dict() for recusal in minutes.recusals],
        method=minutes.method,
        conclusion=reasoned(minutes.conclusion, "conclusion"),
        recorded_by_id=actor.user_id,
        recorded_at=actor.at,
        opinions=[_row(opinion) for opinion in opinions],
    )
    meeting.digest = digest_of(content_of(meeting))
    session.add(meeting)
    session.flush()
    _note(session, actor, programme_id, meeting)
    return meeting


def content_of(meeting: Meeting) -> dict[str, Any]:
    """Return all that the digest of a record stands for; the opinions are loaded."""
    opinions = sorted(meeting.opinions, key=lambda row: row.application_id)
    return {
        "round_category": meeting.round_category_id,
        "replaces": meeting.replaces_id,
        "held_on": meeting.held_on.isoformat(),
        "place": meeting.place,
        "chair": meeting.chair,
        "present": meeting.present,
        "recusals": meeting.recusals,
        "method": str(meeting.method),
        "conclusion": meeting.conclusion,
        "opinions": [
            [row.application_id, row.supported, row.in_favour, row.against, row.abstained, row.reason]
            for row in opinions
        ],
    }


def _checked(minutes: Minutes, known: Mapping[int, Application], apart: Collection[int]) -> list[Opinion]:
    """Check what was said; of those in `apart`, whose reviewers disagree, the meeting says why it comes to it."""
    numbers = [opinion.application for opinion in minutes.opinions]
    if not numbers:
        raise Invalid("meeting_without_opinion")
    if len(set(numbers)) != len(numbers) or not set(numbers) <= set(known):
        raise Invalid("opinion_on_no_candidate")
    check_recusals(minutes.recusals, minutes.present)
    for recusal in minutes.recusals:
        if recusal.application not in numbers:
            raise Invalid("recusal_without_opinion", field=f"supported_{recusal.application}")
    return [
        checked(
            opinion,
            minutes.method,
            voters(opinion.application, minutes.present, minutes.recusals),
            explained=opinion.application in apart,
        )
        for opinion in sorted(minutes.opinions, key=lambda one: one.application)
    ]


def _check_day(actor: Actor, held_on: date, spoken_of: Sequence[Application]) -> None:
    if held_on > actor.at.astimezone(SHANGHAI).date():
        raise Invalid("day_in_future", field="held_on")
    for application in spoken_of:
        submitted = application.submitted_at
        if submitted is not None and held_on < submitted.astimezone(SHANGHAI).date():
            raise Invalid("day_before_submission", field="held_on", day=submitted.astimezone(SHANGHAI).date())


def _check_replaced(session: Session, round_category: RoundCategory, replaces: Meeting) -> None:
    if replaces.round_category_id != round_category.id or not records.is_latest(session, replaces):
        raise WrongState("meeting_not_latest")
    if records.is_decided_on(session, replaces):
        raise WrongState("meeting_decided_on")


def _row(opinion: Opinion) -> MeetingOpinion:
    return MeetingOpinion(
        application_id=opinion.application,
        supported=opinion.supported,
        in_favour=opinion.in_favour,
        against=opinion.against,
        abstained=opinion.abstained,
        reason=opinion.reason,
    )


def _note(session: Session, actor: Actor, programme_id: int, meeting: Meeting) -> None:
    events.record(
        session,
        actor,
        "record_meeting",
        "meeting",
        meeting.id,
        programme_id=programme_id,
        payload={
            "round_category": meeting.round_category_id,
            "replaces": meeting.replaces_id,
            "held_on": meeting.held_on.isoformat(),
            "method": meeting.method,
            "supported": {str(row.application_id): row.supported for row in meeting.opinions},
            "digest": meeting.digest,
        },
        personal={f"present_{place}": person["name"] for place, person in enumerate(meeting.present, start=1)},
    )
