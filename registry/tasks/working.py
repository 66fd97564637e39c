"""A worker's way through the tasks: it takes one up, does it unit by unit, and keeps what comes of it."""

import logging
from collections.abc import Callable, Mapping

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from registry import clock, db
from registry.config import Config
from registry.domain.errors import DomainError
from registry.domain.filetypes import StoredFile
from registry.domain.vocabulary import TaskKind
from registry.models import Task
from registry.services import tasks
from registry.services.tasks import Lease, LeaseLostError
from registry.tasks import assigning, dossiers, exporting, issuing, likening, listing, steadying
from registry.tasks.bench import Bench

Do = Callable[[Bench, Task], StoredFile]
KINDS: Mapping[TaskKind, Do] = {
    TaskKind.LIST: listing.draw,
    TaskKind.EXPORT: exporting.export,
    TaskKind.ISSUE: issuing.issue_all,
    TaskKind.DOSSIER: dossiers.write_all,
    TaskKind.STABILITY: steadying.work_out,
    TaskKind.LIKENESS: likening.compare,
    TaskKind.ASSIGNMENT: assigning.work,
}

log = logging.getLogger(__name__)


class _StoppedError(Exception):
    """The worker was told to stop."""


def work_off(database: db.Database, config: Config, owner: str, go_on: Callable[[], bool] = lambda: True) -> int:
    """Do task after task until none waits, and return how many were taken up.

    `owner` names this worker among others. `go_on` is asked before each task and after each unit: where it says no, the
    task is put back as far as it is done, and the next worker goes on from there.
    """
    count = 0
    while go_on() and (task := db.run(database, lambda session: _taken(session, owner))) is not None:
        _carry_out(Bench(database, config, Lease(task.id, owner), _between(go_on)), task)
        count += 1
    return count


def _taken(session: Session, owner: str) -> Task | None:
    task = tasks.take(session, owner, now=clock.utc_now(), at=clock.read(session))
    session.commit()
    return task


def _between(go_on: Callable[[], bool]) -> Callable[[], None]:
    def ask() -> None:
        if not go_on():
            raise _StoppedError

    return ask


def _carry_out(bench: Bench, task: Task) -> None:
    """Do one task. Where the database or the disk is away, its lease runs out and it is taken up again."""
    try:
        stored = KINDS[task.kind](bench, task)
        _write(bench, lambda held, session: tasks.finish(held, stored, clock.read(session)))
    except LeaseLostError:
        log.info("task %s is not this worker's any more", task.id)
    except _StoppedError:
        _ended(bench, lambda held, _session: tasks.release(held))
    except DomainError as error:
        key, values = error.key, dict(error.values)
        _ended(bench, lambda held, session: tasks.fail(held, key, values, clock.read(session)))
    except (DBAPIError, OSError):
        log.exception("task %s was interrupted", task.id)
    except Exception:
        log.exception("task %s could not be done", task.id)
        _ended(bench, lambda held, session: tasks.fail(held, "task_broke", {}, clock.read(session)))


def _ended(bench: Bench, act: Callable[[Task, Session], None]) -> None:
    try:
        _write(bench, act)
    except (LeaseLostError, DBAPIError):
        log.info("task %s is left as it is", bench.lease.number)


def _write(bench: Bench, act: Callable[[Task, Session], None]) -> None:
    def work(session: Session) -> None:
        act(tasks.held(session, bench.lease), session)
        session.commit()

    db.run(bench.database, work)
