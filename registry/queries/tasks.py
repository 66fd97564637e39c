"""Long work: what a person asked for, how far it is, and who may have its result."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from registry.domain import policy
from registry.domain.errors import Forbidden, NotFound
from registry.domain.policy import Actor, Facts
from registry.domain.vocabulary import Action, TaskKind, TaskState
from registry.models import Entry, Task
from registry.queries import visibility

MOST_SHOWN = 100
UNFINISHED = (TaskState.QUEUED, TaskState.RUNNING)
# What colleagues of the same programme may see and keep too; an export is of what its asker may see, and theirs alone.
SHARED = (
    TaskKind.LIST,
    TaskKind.ISSUE,
    TaskKind.DOSSIER,
    TaskKind.STABILITY,
    TaskKind.LIKENESS,
    TaskKind.ASSIGNMENT,
)


def of_person(session: Session, actor: Actor) -> Sequence[Task]:
    """Return what the actor asked for and is still kept, newest first; at most a hundred."""
    query = select(Task).where(Task.asked_by_id == actor.user_id).order_by(Task.id.desc()).limit(MOST_SHOWN)
    return session.scalars(query).all()


def one(session: Session, actor: Actor, number: int, *, lock: bool = False) -> Task:
    """Return a task that the actor asked for, or that colleagues share; raises NotFound for others."""
    query = select(Task).where(Task.id == number, _visible(actor)).options(joinedload(Task.asked_by))
    if lock:
        query = query.with_for_update(of=Task).execution_options(populate_existing=True)
    task = session.scalar(query)
    if task is None:
        raise NotFound
    return task


def result(session: Session, actor: Actor, number: int) -> Task:
    """Return a task whose file the actor may have now.

    Raises NotFound where there is none yet, Forbidden where the actor asked for it and has lost the role since.
    """
    task = one(session, actor, number)
    if task.sha256 is None:
        raise NotFound
    if not may_keep(actor, task):
        raise Forbidden
    return task


def may_keep(actor: Actor, task: Task) -> bool:
    """Tell whether the actor, who sees a task, may have its file as things stand now."""
    if task.kind is TaskKind.EXPORT:
        return may_export(actor, task)
    return policy.permits(actor, Action.VIEW_RANKING, Facts(programme_id=task.programme_id))


def may_export(actor: Actor, task: Task) -> bool:
    """Tell whether the actor may export applications of every programme that an export has."""
    programmes = task.parameters["programmes"]
    return all(policy.permits(actor, Action.EXPORT, Facts(programme_id=number)) for number in programmes)


def unfinished(session: Session, key: str) -> Task | None:
    """Return the task of a key that is not finished, or None."""
    return session.scalar(select(Task).where(Task.key == key, Task.state.in_(UNFINISHED)))


def with_file(session: Session, key: str, at: datetime) -> Task | None:
    """Return the latest task of a key whose file is kept, or None."""
    query = select(Task).where(Task.key == key, Task.state == TaskState.DONE, Task.kept_until > at)
    return session.scalar(query.order_by(Task.id.desc()).limit(1))


def latest(session: Session, key: str) -> Task | None:
    """Return the latest task of a key that is kept, whatever came of it, or None."""
    return session.scalar(select(Task).where(Task.key == key).order_by(Task.id.desc()).limit(1))


def count_unfinished(session: Session, user_id: int) -> int:
    """Return how many tasks of a person are not finished."""
    query = select(func.count()).select_from(Task).where(Task.asked_by_id == user_id, Task.state.in_(UNFINISHED))
    return session.scalar(query) or 0


def issuing(session: Session, publication_ids: Sequence[int]) -> dict[int, Task]:
    """Return the unfinished issue of each of the lists that has one."""
    query = select(Task).where(
        Task.kind == TaskKind.ISSUE, Task.subject_id.in_(publication_ids), Task.state.in_(UNFINISHED)
    )
    return {task.subject_id: task for task in session.scalars(query) if task.subject_id is not None}


def failed_entries(session: Session, task: Task) -> list[tuple[Entry, str, dict[str, Any]]]:
    """Return the entries of an issue that had no certificate, each with the key and the values of why."""
    failed = {line["entry"]: line for line in task.outcomes if "key" in line}
    rows = session.scalars(select(Entry).where(Entry.id.in_(failed)).order_by(Entry.position))
    return [(row, failed[row.id]["key"], failed[row.id]["values"]) for row in rows]


def _visible(actor: Actor) -> ColumnElement[bool]:
    ids = visibility.programme_ids(actor, Action.VIEW_RANKING)
    shared = true() if ids is None else Task.programme_id.in_(ids)
    return or_(Task.asked_by_id == actor.user_id, and_(Task.kind.in_(SHARED), shared))
