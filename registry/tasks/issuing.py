"""The certificates of a published list, one after the other, and all of them in one archive.

Each certificate is a unit of work of its own: the award, its number, its events and the line about it in the task are
committed together. A worker that dies between two of them, or within one, has issued what stands in the task and no
more; whoever goes on begins behind it. One that cannot be issued takes no number and holds up no other.
"""

import secrets
import tempfile
import zipfile
from typing import Any

from sqlalchemy.orm import Session

from registry import clock, db, files
from registry.domain import policy
from registry.domain.errors import DomainError, WrongState
from registry.domain.filetypes import StoredFile
from registry.domain.policy import Facts
from registry.domain.vocabulary import Action
from registry.models import Entry, Task
from registry.queries import awards
from registry.services import awards as awarding
from registry.services import tasks
from registry.tasks.bench import Bench, asker

MEDIA_TYPE = "application/zip"
# The time of every entry, so that the same certificates give the same archive.
BORN = (1980, 1, 1, 0, 0, 0)


def issue_all(bench: Bench, task: Task) -> StoredFile:
    """Issue what is left of a task, and keep the archive of all that it issued.

    Raises WrongState where the asker may not issue any more, or nothing could be issued at all.
    """
    done = {line["entry"] for line in task.outcomes}
    for number in task.parameters["entries"]:
        if number not in done:
            db.run(bench.database, lambda session, number=number: _issue(session, bench, number))  # type: ignore[misc]
            bench.between()
    return _archive(bench)


def _issue(session: Session, bench: Bench, number: int) -> None:
    """Issue one certificate, or write down why there is none; the task's row is locked meanwhile."""
    task = tasks.held(session, bench.lease)
    actor = asker(session, task)
    if not policy.permits(actor, Action.ISSUE, Facts(programme_id=task.programme_id)):
        raise WrongState("task_asker_may_not")
    try:
        edition = awarding.issue(
            session,
            actor,
            session.get_one(Entry, number),
            random_bytes=secrets.token_bytes,
            base_url=bench.config.base_url,
        )
        session.flush()
        outcome: dict[str, Any] = {"entry": number, "certificate": edition.id}
    except DomainError as error:
        # What this one had written goes, its number above all.
        key, values = error.key, {name: _plain(value) for name, value in error.values.items()}
        session.rollback()
        task = tasks.held(session, bench.lease)
        outcome = {"entry": number, "key": key, "values": values}
    tasks.note(task, outcome, now=clock.utc_now())
    session.commit()


def _plain(value: object) -> object:
    return value if isinstance(value, int | str) else str(value)


def _archive(bench: Bench) -> StoredFile:
    with bench.database.reading() as session:
        task = session.get_one(Task, bench.lease.number)
        issued = [line["certificate"] for line in task.outcomes if "certificate" in line]
    if not issued:
        raise WrongState("task_nothing_issued")
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w") as archive:
            for place, number in enumerate(issued, start=1):
                with bench.database.reading() as session:
                    edition = awards.edition(session, number)
                    archive.writestr(zipfile.ZipInfo(f"{edition.award.number}.pdf", BORN), edition.content)
                if place % 100 == 0:
                    bench.advance(len(task.outcomes))
        file.seek(0)
        return files.keep(bench.folder, file, media_type=MEDIA_TYPE)
