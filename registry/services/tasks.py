"""Long work: asked for by a person, taken up by one worker at a time, done unit by unit, its result kept for a while.

A worker has a task on a lease by the machine's clock and renews it with every unit; when the lease has run out another
worker takes the task up. Whatever a worker writes for a task it writes with the task's row locked and its lease looked
at, so that of two workers that believe they have the same task only one writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from registry.domain import policy
from registry.domain.assigning.settings import Settings, written
from registry.domain.chain import digest_of
from registry.domain.errors import Forbidden, Invalid, WrongState
from registry.domain.filetypes import StoredFile
from registry.domain.policy import Actor, Facts
from registry.domain.vocabulary import Action, PlanState, TaskKind, TaskState
from registry.domain.workdays import SHANGHAI
from registry.models import AssignmentPlan, Publication, Round, RoundCategory, Task, User
from registry.queries import dossiers, likeness, publications, tasks
from registry.rendering import lists
from registry.rendering.lists import ListPaper
from registry.services import events

MOST_UNFINISHED = 3
MOST_EXPORTED = 5_000
# The progress of a stability is told in hundredths.
STABILITY_UNITS = 100
# Texts, files and figures.
LIKENESS_UNITS = 3
# What is read, what is worked out, what is wanting, and what is kept; a plan is checked, then it is in effect.
PLAN_UNITS, COMMIT_UNITS = 4, 2
# What one person asked for is kept for two weeks, a public file until it is drawn anew a year later.
KEPT, KEPT_FOR_ALL = timedelta(days=14), timedelta(days=365)
LEASE = timedelta(minutes=2)
# How often a task is taken up without one unit done: more would be a worker that it brings down each time.
MOST_TRIES = 5


class LeaseLostError(Exception):
    """The task is cancelled, finished or another worker's."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Which task a worker has, and under which name."""

    number: int
    owner: str


def ask_stability(
    session: Session, actor: Actor, where: RoundCategory, *, digest: str, changes: Mapping[str, Any], language: str
) -> Task:
    """Ask how firmly each application of a ranking is in under a setting, of frozen figures by their digest."""
    programme_id = session.get_one(Round, where.round_id).programme_id
    policy.require(actor, Action.VIEW_RANKING, Facts(programme_id=programme_id))
    task = Task(
        kind=TaskKind.STABILITY,
        key=key_of_stability(where, digest, changes),
        language=language,
        programme_id=programme_id,
        subject_id=where.round_id,
        parameters={"ranking": where.id, "digest": digest, "changes": dict(changes)},
        total=STABILITY_UNITS,
        name=f"stability-{where.id}-{digest[:8]}.json",
    )
    kept, new = _asked(session, actor, task)
    if new:
        payload = {"task": kept.id, "ranking": where.id, "frozen": digest}
        events.record(
            session, actor, "ask_stability", "round", where.round_id, programme_id=programme_id, payload=payload
        )
    return kept


def key_of_stability(where: RoundCategory, digest: str, changes: Mapping[str, Any]) -> str:
    """Return what makes two stabilities the same: the ranking, its figures, and the setting."""
    return f"stability:{where.id}:{digest_of([digest, changes])}"


def ask_issue(session: Session, actor: Actor, publication: Publication, *, language: str) -> Task:
    """Ask for the certificates of all entries of a list that have none yet.

    Raises WrongState where every entry has one. What is asked for already is not asked for twice.
    """
    where = publication.round_category.round
    policy.require(actor, Action.ISSUE, Facts(programme_id=where.programme_id))
    waiting = publications.waiting(publication)
    if not waiting:
        raise WrongState("list_issued_already")
    task = Task(
        kind=TaskKind.ISSUE,
        key=f"issue:{publication.id}",
        language=language,
        programme_id=where.programme_id,
        subject_id=publication.id,
        parameters={"entries": [entry.id for entry in waiting]},
        total=len(waiting),
        name=f"certificates-{publication.id}.zip",
    )
    kept, new = _asked(session, actor, task)
    if new:
        payload = {"task": kept.id, "entries": kept.total}
        events.record(
            session, actor, "ask_issue", "publication", publication.id, programme_id=where.programme_id, payload=payload
        )
    return kept


def ask_export(
    session: Session, actor: Actor, application_ids: Sequence[int], programme_ids: Sequence[int], *, language: str
) -> Task:
    """Ask for a workbook of applications of these programmes.

    Raises Forbidden where one of the programmes is not the actor's, Invalid for none and for too many applications.
    """
    if not all(policy.permits(actor, Action.EXPORT, Facts(programme_id=number)) for number in programme_ids):
        raise Forbidden
    if not application_ids:
        raise Invalid("export_empty")
    if len(application_ids) > MOST_EXPORTED:
        raise Invalid("export_too_large", count=len(application_ids), most=MOST_EXPORTED)
    programmes = sorted(set(programme_ids))
    parameters = {"applications": list(application_ids), "programmes": programmes}
    task = Task(
        kind=TaskKind.EXPORT,
        key=f"export:{actor.user_id}:{language}:{digest_of(parameters)}",
        language=language,
        programme_id=programmes[0] if len(programmes) == 1 else None,
        subject_id=None,
        parameters=parameters,
        total=len(application_ids),
        name=f"applications-{actor.at.astimezone(SHANGHAI):%Y%m%d}.xlsx",
    )
    kept, new = _asked(session, actor, task)
    if new:
        for number in programmes:
            payload = {"task": kept.id, "applications": kept.total}
            events.record(session, actor, "ask_export", "task", kept.id, programme_id=number, payload=payload)
    return kept


def ask_list(
    session: Session,
    actor: Actor,
    paper: ListPaper,
    *,
    programme_id: int,
    subject_id: int,
    public: bool = False,
    lost: int | None = None,
) -> Task:
    """Ask for a list as a PDF, as it stands now; one that was drawn of the same content is the answer at once.

    A public list is nobody's: it is asked for by whoever comes first, and kept longer. `lost` is the number of a task
    whose file was drawn and is in the store no more. Raises NotFound for a draft of another programme.
    """
    if not public:
        policy.require(actor, Action.VIEW_RANKING, Facts(programme_id=programme_id))
    task = Task(
        kind=TaskKind.LIST,
        key=key_of_list(paper),
        language=paper.language,
        programme_id=programme_id,
        subject_id=subject_id,
        parameters={"paper": lists.packed(paper)},
        total=1,
        name=f"{paper.name}.pdf",
    )
    drawn = tasks.with_file(session, task.key, actor.at)
    if drawn is not None and drawn.id != lost:
        return drawn
    kept, new = _asked(session, actor, task, public=public)
    if new and not public:
        payload = {"list": paper.title, "of": subject_id}
        events.record(session, actor, "ask_list", "task", kept.id, programme_id=programme_id, payload=payload)
    return kept


def ask_dossiers(session: Session, actor: Actor, round_: Round, *, language: str) -> Task:
    """Ask for the dossiers of an archived round: one for each of its categories that has none yet.

    Raises WrongState where the round is not archived, and where every category has its dossier. What is asked for
    already is not asked for twice.
    """
    policy.require(actor, Action.ARCHIVE_ROUND, Facts(programme_id=round_.programme_id))
    if round_.archived_at is None:
        raise WrongState("dossier_of_archived_round")
    waiting = dossiers.missing(session, round_.id)
    if not waiting:
        raise WrongState("dossiers_complete")
    task = Task(
        kind=TaskKind.DOSSIER,
        key=f"dossier:{round_.id}",
        language=language,
        programme_id=round_.programme_id,
        subject_id=round_.id,
        parameters={"categories": list(waiting)},
        total=sum(waiting.values()),
        name=f"dossiers-{round_.id}.zip",
    )
    kept, new = _asked(session, actor, task, limited=False)
    if new:
        payload = {"task": kept.id, "categories": list(waiting)}
        events.record(
            session, actor, "ask_dossiers", "round", round_.id, programme_id=round_.programme_id, payload=payload
        )
    return kept


def ask_likeness(session: Session, actor: Actor, round_: Round, *, language: str) -> Task:
    """Ask for a comparison of what was handed in in a round with all that was in its programme.

    Raises WrongState while nobody has handed in anything, and where the round is archived.
    """
    policy.require(actor, Action.JUDGE_LIKENESS, Facts(programme_id=round_.programme_id))
    if round_.archived_at is not None:
        raise WrongState("round_archived")
    if not likeness.has_any(session, round_):
        raise WrongState("likeness_of_nothing")
    task = Task(
        kind=TaskKind.LIKENESS,
        key=f"likeness:{round_.id}",
        language=language,
        programme_id=round_.programme_id,
        subject_id=round_.id,
        parameters={},
        total=LIKENESS_UNITS,
        name=f"likeness-{round_.id}.json",
    )
    kept, new = _asked(session, actor, task)
    if new:
        payload = {"task": kept.id}
        events.record(
            session, actor, "ask_likeness", "round", round_.id, programme_id=round_.programme_id, payload=payload
        )
    return kept


def ask_plan(
    session: Session,
    actor: Actor,
    round_: Round,
    settings: Settings,
    *,
    language: str,
    lines: Sequence[tuple[int, int, int]] | None = None,
) -> Task:
    """Ask for a plan of who reviews what in a round; for a check of the lines of a file, where given.

    A line is its number, the application and the reviewer. Raises WrongState where the round is archived, and while
    another plan of the round is worked on.
    """
    given = {"settings": written(settings), "lines": None if lines is None else [list(one) for one in lines]}
    return _ask_assignment(session, actor, round_, {"act": "draw_up", **given}, units=PLAN_UNITS, language=language)


def ask_commit(session: Session, actor: Actor, round_: Round, plan: AssignmentPlan, *, language: str) -> Task:
    """Ask for a plan to be put into effect. Raises WrongState where it is over, and as `ask_plan` does."""
    if plan.state is not PlanState.DRAFTED:
        raise WrongState("plan_over")
    given = {"act": "commit", "plan": plan.id}
    return _ask_assignment(session, actor, round_, given, units=COMMIT_UNITS, language=language)


def _ask_assignment(
    session: Session, actor: Actor, round_: Round, parameters: Mapping[str, Any], *, units: int, language: str
) -> Task:
    policy.require(actor, Action.ASSIGN, Facts(programme_id=round_.programme_id))
    if round_.archived_at is not None:
        raise WrongState("round_archived")
    task = Task(
        kind=TaskKind.ASSIGNMENT,
        key=key_of_assignment(round_.id),
        language=language,
        programme_id=round_.programme_id,
        subject_id=round_.id,
        parameters=dict(parameters),
        total=units,
        name=f"assignment-{round_.id}.json",
    )
    kept, new = _asked(session, actor, task)
    if not new and kept.parameters != task.parameters:
        raise WrongState("assigning_under_way")
    if new:
        payload = {"task": kept.id, "act": parameters["act"]}
        events.record(
            session, actor, "ask_assignment", "round", round_.id, programme_id=round_.programme_id, payload=payload
        )
    return kept


def key_of_assignment(round_id: int) -> str:
    """Return what all work on plans of a round has in common: one thing is done at a time."""
    return f"assignment:{round_id}"


def key_of_list(paper: ListPaper) -> str:
    """Return what two tasks that draw the same list have in common: the digest of all that stands on it."""
    return f"list:{digest_of(lists.packed(paper))}"


def cancel(session: Session, actor: Actor, task: Task) -> None:
    """Take back what the actor asked for.

    Raises Forbidden for another's, WrongState where it is over, and for dossiers, which an archived round must have.
    """
    if task.asked_by_id != actor.user_id:
        raise Forbidden
    if task.kind is TaskKind.DOSSIER:
        raise WrongState("task_goes_on")
    if task.state not in tasks.UNFINISHED:
        raise WrongState("task_over")
    _end(task, TaskState.CANCELLED, actor.at)
    payload = {"done": task.done, "total": task.total}
    events.record(session, actor, "cancel_task", "task", task.id, programme_id=task.programme_id, payload=payload)


def take(session: Session, owner: str, *, now: datetime, at: datetime) -> Task | None:
    """Give a worker the next task that waits, or one whose worker is gone; None where there is none.

    `now` is the machine's time, `at` the portal's. What was taken up too often without a unit done is given up here.
    """
    left = and_(Task.state == TaskState.RUNNING, Task.leased_until <= now)
    query = select(Task).where(or_(Task.state == TaskState.QUEUED, left)).order_by(Task.id).limit(1)
    while (task := session.scalar(query.with_for_update(skip_locked=True))) is not None:
        if task.attempts < MOST_TRIES:
            task.state, task.owner, task.leased_until = TaskState.RUNNING, owner, now + LEASE
            task.attempts, task.done = task.attempts + 1, len(task.outcomes)
            session.flush()
            return task
        fail(task, "task_given_up", {"times": task.attempts}, at)
        session.flush()
    return None


def held(session: Session, lease: Lease) -> Task:
    """Return a worker's task, locked until the transaction ends. Raises LeaseLostError where it has it no more."""
    query = select(Task).where(Task.id == lease.number).with_for_update(of=Task)
    task = session.scalar(query.execution_options(populate_existing=True))
    if task is None or task.state is not TaskState.RUNNING or task.owner != lease.owner:
        raise LeaseLostError
    return task


def advance(task: Task, *, now: datetime, done: int) -> None:
    """Say how many units are done, and renew the lease."""
    task.done, task.leased_until = done, now + LEASE


def note(task: Task, outcome: Mapping[str, Any], *, now: datetime) -> None:
    """Write down what came of a unit that is never done again, with the unit itself, and renew the lease."""
    task.outcomes = [*task.outcomes, dict(outcome)]
    task.attempts = 0
    advance(task, now=now, done=len(task.outcomes))


def finish(task: Task, stored: StoredFile, at: datetime) -> None:
    """Keep the result of a task; what it was drawn from is not needed any more."""
    task.sha256, task.size, task.media_type = stored.sha256, stored.size, stored.media_type
    task.done = task.total
    if task.kind is TaskKind.LIST:
        task.parameters = {}
    _end(task, TaskState.DONE, at)


def fail(task: Task, key: str, values: Mapping[str, Any], at: datetime) -> None:
    """End a task without a result, and say why."""
    task.failure, task.failure_values = key, dict(values)
    _end(task, TaskState.FAILED, at)


def release(task: Task) -> None:
    """Put a task back: its worker stops, and the next one goes on."""
    task.state, task.owner, task.leased_until, task.attempts = TaskState.QUEUED, None, None, 0


def sweep(session: Session, at: datetime) -> int:
    """Take away the tasks whose time is over and return how many; their files go with the next sweep of files."""
    gone = session.scalars(delete(Task).where(Task.kept_until <= at).returning(Task.id)).all()
    return len(gone)


def _asked(
    session: Session, actor: Actor, task: Task, *, public: bool = False, limited: bool = True
) -> tuple[Task, bool]:
    """Keep a task that is asked for; one with the same key that is not finished is the answer instead."""
    if not public:
        # Two requests of the same person wait for each other here, so that neither overlooks the other.
        session.scalar(select(User.id).where(User.id == actor.user_id).with_for_update())
    if (before := tasks.unfinished(session, task.key)) is not None:
        return before, False
    if not public:
        if limited and tasks.count_unfinished(session, actor.user_id or 0) >= MOST_UNFINISHED:
            raise WrongState("tasks_too_many", most=MOST_UNFINISHED)
        task.asked_by_id = actor.user_id
    task.asked_at, task.state = actor.at, TaskState.QUEUED
    task.outcomes, task.failure_values = [], {}
    session.add(task)
    session.flush()
    return task, True


def _end(task: Task, state: TaskState, at: datetime) -> None:
    task.state, task.owner, task.leased_until = state, None, None
    task.ended_at = at
    task.kept_until = at + (KEPT if task.asked_by_id else KEPT_FOR_ALL)
