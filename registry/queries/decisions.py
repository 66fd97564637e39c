"""What is to be decided and what was: rankings with the evaluation behind each figure, decisions with their people."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from registry.domain import results, selection
from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.quota_rules import Rule
from registry.domain.vocabulary import (
    Action,
    DecisionKind,
    DecisionStatus,
    Kind,
    Result,
    RoundStatus,
    Status,
)
from registry.models import (
    Application,
    Decision,
    Evaluation,
    Filing,
    MeetingOpinion,
    Notice,
    Outcome,
    Programme,
    QuotaRule,
    Round,
    RoundCategory,
    User,
)
from registry.queries import (
    applications,
    deliberating,
    disagreements,
    filings,
    frozen_rounds,
    meetings,
    pages,
    quotas,
    visibility,
)
from registry.queries.frozen_rounds import Applied
from registry.queries.pages import FIRST, Asked, By, Page

# How many stand in reserve unless the proposal says otherwise.
RESERVE = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """The points of one indicator as they were kept, with their working."""

    key: str
    state: str
    points: str
    max: str
    working: tuple[results.Line, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One application of a ranking: its place, the frozen evaluation it rests on, and what a meeting says of it.

    `apart` are the questions on which its reviewers disagree, where the round has a meeting speak of such.
    """

    application: Application
    row: selection.Row
    candidate: selection.Candidate
    evaluation: Evaluation | None
    opinion: MeetingOpinion | None = None
    apart: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal | None:
        """The total by which it is ranked; where the round applies severities, the adjusted one."""
        return self.candidate.total

    @property
    def given(self) -> Decimal | None:
        """The total of the marks as they were given, where another one decides the order; else None."""
        return self.candidate.given

    @property
    def ties(self) -> tuple[tuple[str, Decimal], ...]:
        return _ties(self.evaluation)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of all indicators, in the order of the criteria."""
        items = self.evaluation.result.get("items", ()) if self.evaluation else ()
        return tuple(
            Figure(
                item["key"],
                item["state"],
                item["points"],
                item["max"],
                tuple(results.Line(**line) for line in item["working"]),
            )
            for item in items
        )


@dataclass(frozen=True, slots=True)
class Ranking:
    """All that a selection rests on: places, the lines in order, who is unfinished, and a tie across the cut.

    `meetings` are the digests of the records whose opinions count, by their numbers; `rules` the quota rules, each as
    it is kept and as the ranking took it. `least` and `overrides` are what it was asked for beside the places.
    `applied` are the adjusted totals where the round has them decide, `under_review` how many of the category still
    are.
    """

    round_category: RoundCategory
    free: int | None
    places: int | None
    reserve: int
    lines: tuple[Line, ...]
    last_in: int | None
    across: tuple[Application, ...]
    unfinished: tuple[Application, ...]
    meetings: Mapping[int, str]
    meeting_needed: bool
    rules: tuple[tuple[QuotaRule, Rule], ...]
    least: Decimal | None = None
    overrides: selection.Overrides = field(default_factory=dict)
    applied: Applied | None = None
    under_review: int = 0

    @property
    def without_opinion(self) -> tuple[Line, ...]:
        """The ranked applications of which no meeting has said anything yet, in order."""
        return tuple(line for line in self.lines if line.row.rank is not None and line.opinion is None)

    @property
    def to_deliberate(self) -> tuple[Line, ...]:
        """The ranked applications of which a meeting has to speak still, because their reviewers disagree."""
        return tuple(line for line in self.without_opinion if line.apart)


@dataclass(frozen=True, slots=True)
class Queue:
    """A round category with what waits for a decision in it."""

    round_category: RoundCategory
    ranked: int
    unfinished: int
    selected: int
    proposed: Decision | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions are looked for; None means any."""

    programme_id: int | None = None
    kind: DecisionKind | None = None
    status: DecisionStatus | None = None


def queues(session: Session, actor: Actor, programme_id: int | None = None, asked: Asked = FIRST) -> Page[Queue]:
    """Return a page of the round categories that the actor may rank, newest round first."""
    query = (
        select(RoundCategory)
        .join(RoundCategory.round)
        .where(visibility.of_programmes(Round.programme_id, actor, Action.VIEW_RANKING))
        .where(Round.status == RoundStatus.OPENED)
        .options(*_around())
    )
    if programme_id:
        query = query.where(Round.programme_id == programme_id)
    found = pages.page(session, query, (By(Round.id, descending=True), By(RoundCategory.id)), asked)
    rows = found.rows
    open_ones = {row.round_category_id: row for row in _open_selections(session, [row.id for row in rows])}
    counts = _counts(session, [row.id for row in rows])
    return found.of(
        [
            Queue(
                row,
                ranked=_sum(counts, row.id, deliberating.can_be_decided),
                unfinished=_sum(counts, row.id, deliberating.is_pending),
                selected=_sum(counts, row.id, lambda _kind, status: status in quotas.STANDING),
                proposed=open_ones.get(row.id),
            )
            for row in rows
        ]
    )


def round_category(session: Session, actor: Actor, action: Action, number: int) -> RoundCategory:
    """Return a round category on whose applications the actor may act; raises NotFound where there is none."""
    row = session.scalar(
        select(RoundCategory)
        .join(RoundCategory.round)
        .where(RoundCategory.id == number, visibility.of_programmes(Round.programme_id, actor, action))
        .options(*_around())
    )
    if row is None:
        raise NotFound
    return row


def ranking(
    session: Session,
    round_category: RoundCategory,
    *,
    places: int | None = None,
    reserve: int = RESERVE,
    least: Decimal | None = None,
    overrides: selection.Overrides = selection.NO_OVERRIDES,
    at: datetime | None = None,
    lock: bool = False,
) -> Ranking:
    """Rank what is in deliberation; without a number of places all that the quota leaves free are filled.

    `least` and `overrides` are as in `selection.rank`. Whoever a meeting does not support has no place; at the moment
    `at`, neither has who is barred, and whose time in reserve was over is gone.
    `lock` keeps quota and applications as they are until the unit of work ends.
    """
    free = quotas.free_places(session, round_category, lock=lock)
    places = free if places is None else places
    known = deliberating.standing(session, round_category, at=at, lock=lock)
    decidable, opinions = known.decidable, known.opinions
    evaluations = latest_evaluations(session, list(decidable))
    graded = bool(filings.criteria_of(round_category).grades) if decidable else False
    applied = frozen_rounds.applied(session, round_category) if decidable else None
    allowed = disagreements.deliberated(session, round_category) if decidable else {}
    candidates = {
        row.id: replace(
            _adjusted(_candidate(row, evaluations.get(row.id), graded, opinions.get(row.id)), applied),
            barred=known.barred.get(row.id),
            turn=known.turns.get(row.id),
            groups=known.groups[row.id],
        )
        for row in decidable.values()
    }
    ranked = selection.rank(candidates.values(), places, reserve, known.in_force, least=least, overrides=overrides)
    return Ranking(
        round_category,
        free,
        places,
        reserve,
        tuple(
            Line(
                decidable[row.key],
                row,
                candidates[row.key],
                evaluations.get(row.key),
                opinions.get(row.key),
                disagreements.of_evaluation(allowed, evaluations.get(row.key)),
            )
            for row in ranked.rows
        ),
        ranked.last_in,
        tuple(decidable[key] for key in ranked.across),
        known.unfinished,
        meetings.digests(session, {opinion.meeting_id for opinion in opinions.values()}),
        meetings.needed(session, round_category.id),
        tuple(zip(known.rules, known.in_force, strict=True)),
        least,
        overrides,
        applied,
        known.under_review,
    )


def latest_evaluations(session: Session, application_ids: Sequence[int]) -> dict[int, Evaluation]:
    """Return the last evaluation of each application, by its number."""
    newest = (
        select(func.max(Evaluation.id))
        .join(Filing, Filing.id == Evaluation.filing_id)
        .where(Filing.application_id.in_(application_ids))
        .group_by(Filing.application_id)
    )
    rows = session.execute(
        select(Filing.application_id, Evaluation)
        .join(Filing, Filing.id == Evaluation.filing_id)
        .where(Evaluation.id.in_(newest))
    ).all()
    return {row[0]: row[1] for row in rows}


def index(session: Session, actor: Actor, wanted: Wanted, asked: Asked = FIRST) -> Page[Decision]:
    """Return a page of the decisions that the actor may read and that match, those waiting first, then the newest."""
    query = (
        select(Decision)
        .where(visibility.of_programmes(Decision.programme_id, actor, Action.VIEW_RANKING))
        .options(*around())
    )
    if wanted.programme_id:
        query = query.where(Decision.programme_id == wanted.programme_id)
    if wanted.kind:
        query = query.where(Decision.kind == wanted.kind)
    if wanted.status:
        query = query.where(Decision.status == wanted.status)
    decided = case((Decision.status == DecisionStatus.PROPOSED, 0), else_=1)
    return pages.page(session, query, (By(decided), By(Decision.id, descending=True)), asked)


def recent(session: Session, actor: Actor, limit: int = 50) -> list[Decision]:
    """Return the decisions that the actor may read, those waiting for approval first, then the newest."""
    return list(
        session.scalars(
            select(Decision)
            .where(visibility.of_programmes(Decision.programme_id, actor, Action.VIEW_RANKING))
            .options(*around())
            .order_by(Decision.status != DecisionStatus.PROPOSED, Decision.id.desc())
            .limit(limit)
        )
    )


def one(session: Session, actor: Actor, action: Action, number: int, *, lock: bool = False) -> Decision:
    """Return a decision on which the actor may act, with its outcomes; raises NotFound where there is none."""
    query = (
        select(Decision)
        .where(Decision.id == number, visibility.of_programmes(Decision.programme_id, actor, action))
        .options(*around(), selectinload(Decision.outcomes))
    )
    if lock:
        query = query.with_for_update(of=Decision).execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound
    return row


def waiting_for(session: Session, round_category: RoundCategory) -> Decision | None:
    """Return the selection that waits for approval in a round category, or None."""
    return session.scalar(
        select(Decision).where(
            Decision.round_category_id == round_category.id,
            Decision.kind == DecisionKind.SELECTION,
            Decision.status == DecisionStatus.PROPOSED,
        )
    )


def proposed_publication(session: Session, notice: Notice) -> Decision | None:
    """Return the list that waits for approval after a notice, or None."""
    waiting = session.scalars(
        select(Decision).where(
            Decision.round_category_id == notice.round_category_id,
            Decision.kind == DecisionKind.PUBLICATION,
            Decision.status == DecisionStatus.PROPOSED,
        )
    )
    return next((row for row in waiting if row.content["notice"] == notice.id), None)


def named_in(session: Session, decision: Decision) -> dict[int, Application]:
    """Return the applications that a decision's content names, by their numbers."""
    return by_number(session, [line["application"] for line in decision.content.get("applications", ())])


def by_number(session: Session, numbers: Iterable[int]) -> dict[int, Application]:
    """Return applications by their numbers, with site and applicant."""
    rows = session.scalars(applications.whole().where(Application.id.in_(list(numbers))))
    return {row.id: row for row in rows}


def people(session: Session, *numbers: int | None) -> dict[int, str]:
    """Return the names of people by their numbers."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_([one for one in numbers if one])))
    return {row.id: row.name for row in rows}


def selected_by(session: Session, decision: Decision) -> list[Application]:
    """Return the applications that a selection put in, in the order of their ranks."""
    return list(
        session.scalars(
            applications.whole()
            .join(Outcome, Outcome.application_id == Application.id)
            .where(Outcome.decision_id == decision.id, Outcome.result == Result.SELECTED)
            .order_by(Outcome.rank, Outcome.id)
        )
    )


def _around() -> tuple[Any, ...]:
    return (
        joinedload(RoundCategory.category, innerjoin=True),
        joinedload(RoundCategory.criteria_version, innerjoin=True),
        joinedload(RoundCategory.round, innerjoin=True)
        .joinedload(Round.programme, innerjoin=True)
        .joinedload(Programme.document, innerjoin=True),
        selectinload(RoundCategory.steps),
    )


def around() -> tuple[Any, ...]:
    """Return what a page of a decision reads beside it."""
    return (selectinload(Decision.round_category).options(*_around()),)


def _open_selections(session: Session, numbers: Sequence[int]) -> Sequence[Decision]:
    return session.scalars(
        select(Decision).where(
            Decision.round_category_id.in_(numbers),
            Decision.kind == DecisionKind.SELECTION,
            Decision.status == DecisionStatus.PROPOSED,
        )
    ).all()


def _counts(session: Session, numbers: Sequence[int]) -> Mapping[tuple[int, Kind, Status], int]:
    rows = session.execute(
        select(Application.round_category_id, Application.kind, Application.status, func.count())
        .where(Application.round_category_id.in_(numbers), Application.submitted_at.is_not(None))
        .group_by(Application.round_category_id, Application.kind, Application.status)
    ).all()
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def _sum(counts: Mapping[tuple[int, Kind, Status], int], number: int, wanted: Callable[[Kind, Status], bool]) -> int:
    return sum(many for (row, kind, status), many in counts.items() if row == number and wanted(kind, status))


def _candidate(
    application: Application, evaluation: Evaluation | None, graded: bool, opinion: MeetingOpinion | None
) -> selection.Candidate:
    waits = application.status is Status.RESERVED
    supported = opinion is None or opinion.supported
    if evaluation is None:
        return selection.Candidate(application.id, None, waits=waits, supported=supported)
    eligible = evaluation.result.get("eligible") is True
    reaches = eligible and (evaluation.grade is not None or not graded)
    return selection.Candidate(application.id, evaluation.total, _ties(evaluation), reaches, waits, supported)


def _adjusted(candidate: selection.Candidate, applied: Applied | None) -> selection.Candidate:
    """Return a candidate with its adjusted total where the round has these decide; the given one stands beside it."""
    if applied is None or candidate.total is None:
        return candidate
    return replace(candidate, total=applied.adjusted.totals[candidate.key], given=candidate.total)


def _ties(evaluation: Evaluation | None) -> tuple[tuple[str, Decimal], ...]:
    found = evaluation.result.get("ties", ()) if evaluation else ()
    return tuple((tie["key"], Decimal(tie["points"])) for tie in found)
