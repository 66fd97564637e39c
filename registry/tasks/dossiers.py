"""The dossiers of an archived round, category by category: JSON, the same as a workbook and as a paper, and the proof
that it comes out the same.

What is written is first read back from its file and worked out again, as anybody would do who doubts it; only a dossier
without a difference is filed. Each is filed once, with its event, by whoever has the task; a worker that dies before
that has left nothing but files that no row names, and the next one begins that category again.
"""

import json
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from registry import clock, db, files, jobs
from registry.domain.chain import canonical
from registry.domain.dossier import replay, sealed
from registry.domain.errors import WrongState
from registry.domain.filetypes import StoredFile
from registry.domain.texts import Names
from registry.models import Portal, Task
from registry.queries import dossiers
from registry.rendering import dossier_paper, spreadsheets
from registry.services import archiving, tasks
from registry.tasks import dossier_sheets, dossier_words
from registry.tasks.bench import Bench

# The version of the portal that writes.
CODE = version("registry")
MEDIA_TYPES = {
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
ARCHIVE = "application/zip"
# After how many evaluations that were worked out again the progress is written down.
AT_ONCE = 25
# The time of every entry, so that the same dossiers give the same archive.
BORN = (1980, 1, 1, 0, 0, 0)


def write_all(bench: Bench, task: Task) -> StoredFile:
    """Write what is left of the dossiers of a task, and keep an archive of them all.

    Raises WrongState where one does not come out the same when it is worked out again.
    """
    done = 0
    for number in task.parameters["categories"]:
        with bench.database.reading() as session:
            filed = dossiers.of_category(session, number)
            units = dossiers.missing(session, task.subject_id or 0).get(number, 0)
        if filed is None:
            _write(bench, number, done)
            done += units
            bench.advance(min(done, task.total))
    return _archive(bench, task, done)


def _write(bench: Bench, number: int, done: int) -> None:
    """Write, prove and file the dossier of one category; `done` are the units before it."""
    dossier, at, demo = _read(bench, number, done)
    kept = {"json": _keep(bench, "json", canonical(dossier))}
    dossier = json.loads(files.path_of(bench.folder, kept["json"].sha256).read_bytes())
    _prove(bench, dossier, done)
    read = dossier_words.Read(dossier)
    kept["xlsx"] = _keep(bench, "xlsx", spreadsheets.workbook_of(dossier_sheets.sheets(read, demo=demo)))
    bench.between()
    kept["pdf"] = _keep(bench, "pdf", dossier_paper.render(dossier_words.paper(read, demo=demo)))

    def work(session: Session) -> None:
        held = tasks.held(session, bench.lease)
        archiving.file(session, jobs.worker_at(session), dossiers.whole(session, number), dossier, kept, at=at)
        held.attempts = 0
        session.commit()

    db.run(bench.database, work)


def _read(bench: Bench, number: int, done: int) -> tuple[dict[str, Any], datetime, bool]:
    """Read a dossier part by part, each in a unit of work of its own: nothing of an archived round changes between."""
    with bench.database.reading() as session:
        at, portal = clock.read(session), session.get(Portal, 1)
        demo = portal is not None and portal.demo
    found: dict[str, Any] = {"code": CODE, "written_at": at.isoformat()}
    for key, part in dossiers.PARTS.items():
        with bench.database.reading() as session:
            found[key] = part(session, dossiers.whole(session, number))
        bench.advance(done)
    return sealed(found), at, demo


def _prove(bench: Bench, dossier: Mapping[str, Any], done: int) -> None:
    most = len(dossier["evaluations"])
    units = len(dossier["applications"])

    def each(count: int) -> None:
        if count % AT_ONCE == 0:
            bench.advance(done + units * count // most)

    found = replay(dossier, each).differences
    if found:
        name = Names(**dossier["category"]["name"])
        raise WrongState("dossier_differs", category=name.zh, count=len(found), path=found[0].path)


def _keep(bench: Bench, kind: str, content: bytes) -> StoredFile:
    return files.keep(bench.folder, BytesIO(content), media_type=MEDIA_TYPES[kind])


def _archive(bench: Bench, task: Task, done: int) -> StoredFile:
    with bench.database.reading() as session:
        rows = dossiers.of_round(session, task.subject_id or 0)
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for row in rows:
                for kind in MEDIA_TYPES:
                    content = files.path_of(bench.folder, getattr(row, f"{kind}_sha256")).read_bytes()
                    entry = zipfile.ZipInfo(dossiers.file_name(row, kind), BORN)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(entry, content)
                bench.advance(min(done, task.total))
        file.seek(0)
        return files.keep(bench.folder, file, media_type=ARCHIVE)
