"""Dossiers as a worker writes them: each once, whatever becomes of the worker, and the same when worked out again."""

import json
import multiprocessing
import os
import signal
import zipfile
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pypdf
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from registry import clock, db, jobs
from registry.cli import registry
from registry.domain.chain import canonical
from registry.domain.vocabulary import ConflictState, Kind, ReviewStatus, Role, RoundStatus, Status, TaskState
from registry.files import path_of
from registry.models import Dossier, Event, Grant, Round, RoundCategory, Task, User
from registry.queries import actors, dossiers
from registry.queries import archiving as standing
from registry.services import archiving, decisions, evaluations, integrity, tasks
from registry.tasks import dossiers as writing
from registry.tasks import work_off
from tests import factories
from tests.factories import NOON, ROUTE
from tests.tasks.test_exporting import sheets
from tests.world import MOMENT, config_for

LATER = NOON + timedelta(days=40)


class Archived:
    """A round with two categories: in one somebody was selected and somebody not, in the other nobody applied."""

    def __init__(self, session):
        self.round = factories.round_(session, closes_at=NOON)
        self.where = factories.round_category(session, round_=self.round)
        self.empty = factories.round_category(session, round_=self.round)
        officer = factories.actor(session, factories.persona(session, Role.OFFICER), LATER)
        approver = factories.actor(session, factories.persona(session, Role.APPROVER), LATER)
        self.first, self.second = self.judged(session, officer, "90"), self.judged(session, officer, "50")
        decision = decisions.propose_selection(
            session, officer, self.where, exclusions={}, reason="按总分排序", places=1, reserve=0
        )
        decisions.approve(session, approver, decision, digest=decision.digest, reason="同意")
        self.first.kind, self.first.position = Kind.CERTIFICATE, ROUTE.index(Kind.CERTIFICATE)
        self.first.status = Status.CERTIFIED
        session.flush()
        self.task = archiving.archive(session, officer, self.round, language="zh").id
        session.commit()

    def judged(self, session, officer, share):
        """An application of which one reviewer's marks count, and those of another, recused one do not."""
        answers = {"licensed": True, "reused": share}
        row = factories.application(session, round_category=self.where, kind=Kind.REVIEW, answers=answers)
        counted = factories.assignment(session, row, label="A")
        factories.review(session, counted, marks={"novelty": "40"}, status=ReviewStatus.FINISHED)
        recused = {"conflict": ConflictState.DECLARED, "conflict_reason": "曾在该单位任职"}
        factories.review(session, factories.assignment(session, row, label="B", **recused), marks={"novelty": "0"})
        evaluations.evaluate(session, officer, row)
        row.kind, row.position = Kind.DELIBERATION, ROUTE.index(Kind.DELIBERATION)
        session.flush()
        return row


@pytest.fixture
def archived(session, at):
    at(LATER)
    return Archived(session)


def kept(database, number) -> Task:
    with database.reading() as session:
        return session.get_one(Task, number)


def filed(database) -> list[Dossier]:
    with database.reading() as session:
        return list(session.scalars(select(Dossier).order_by(Dossier.id)))


def content_of(config, dossier):
    return json.loads(path_of(config.data / "files", dossier.json_sha256).read_bytes())


def test_each_category_has_its_dossier_and_its_event(database, config, archived):
    assert work_off(database, config, "a") == 1
    task, rows = kept(database, archived.task), filed(database)
    assert (task.state, task.done, task.total, task.failure) == (TaskState.DONE, 4, 4, None)
    assert [(row.round_category_id, row.evaluations, row.selections) for row in rows] == [
        (archived.where.id, 2, 1),
        (archived.empty.id, 0, 0),
    ]
    with database.reading() as session:
        found = session.scalars(select(Event).where(Event.action == "write_dossier").order_by(Event.seq)).all()
        violated = {one.key for one in integrity.violations(session)}
    assert [key for key in violated if key.startswith(("archived", "dossier", "task", "chain"))] == []
    assert [event.payload["digest"] for event in found] == [row.digest for row in rows]
    assert {event.actor_id for event in found} == {None}
    with zipfile.ZipFile(path_of(config.data / "files", task.sha256)) as archive:
        assert len(archive.namelist()) == 6
        assert archive.testzip() is None
        whole = archive.read(next(name for name in archive.namelist() if name.endswith(f"{rows[0].digest[:8]}.json")))
    assert sha256(whole).hexdigest() == rows[0].json_sha256


def test_the_json_is_canonical_and_holds_its_own_digest(database, config, archived):
    work_off(database, config, "a")
    row = filed(database)[0]
    raw = path_of(config.data / "files", row.json_sha256).read_bytes()
    found = json.loads(raw)
    assert canonical(found) == raw
    digest = found.pop("digest")
    assert digest == row.digest == sha256(canonical(found)).hexdigest()
    assert (found["round"]["archived_at"], found["code"]) == (LATER.isoformat(), row.code)


def test_the_workbook_says_the_same(database, config, archived):
    work_off(database, config, "a")
    row = filed(database)[0]

    class OfRow:
        sha256 = row.xlsx_sha256

    about, criteria, applications, ranking, marks, *_others = sheets(config, OfRow)
    assert row.digest in str(about)
    assert [line["A"] for line in criteria if line.get("A") in ("reuse", "novelty")] == ["reuse", "novelty"]
    # 90 % of 60 points and 40 of the one reviewer who counts; 50 % and 40.
    both = (_id(archived.first), _id(archived.second))
    assert [line["I"] for line in applications if line.get("A") in both] == ["94", "70"]
    assert [(line["B"], line["E"]) for line in ranking if line.get("C") == _id(archived.first)] == [("1", "94")]
    said = {(line["C"], line["E"], line["F"]) for line in marks if line.get("A") == _id(archived.first)}
    assert said == {("A", "40", "是 yes"), ("B", "0", "否 no")}
    assert "曾在该单位任职" in str(marks)


def _id(application) -> str:
    return str(application.id)


def test_the_paper_says_digest_people_figures_and_how_to_check(database, config, archived):
    work_off(database, config, "a")
    row = filed(database)[0]
    reader = pypdf.PdfReader(BytesIO(path_of(config.data / "files", row.pdf_sha256).read_bytes()))
    text = "".join(page.extract_text() for page in reader.pages)
    assert row.digest in text
    for words in ("94.00", "70.00", "registry rounds replay", "评审 2 份", "Recused"):
        assert words in text


def die_after(url, data, units, moment) -> None:
    """A worker process that is killed when it was asked so many times whether to go on."""
    clock.utc_now = lambda: moment
    left = iter(range(units))

    def go_on() -> bool:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return True

    work_off(db.connect(url), data, "killed", go_on)


# A worker is asked once before it begins, then after each part that it has read, and between workbook and paper.
WHOLE = 1 + len(dossiers.PARTS) + 1


# In the first category, at its last files, between the two categories, in the second.
@pytest.mark.parametrize("units", [3, WHOLE - 1, WHOLE, WHOLE + 8])
def test_a_worker_killed_on_the_way_is_gone_on_with_and_each_dossier_written_once(
    database, database_url, config, archived, at, units
):
    process = multiprocessing.get_context("spawn").Process(
        target=die_after, args=(database_url, config, units, LATER), daemon=True
    )
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    before = filed(database)
    assert len(before) == (1 if units >= WHOLE else 0)
    assert work_off(database, config, "b") == 0
    at(LATER + tasks.LEASE)
    assert work_off(database, config, "b") == 1
    rows = filed(database)
    assert kept(database, archived.task).state is TaskState.DONE
    assert [row.round_category_id for row in rows] == [archived.where.id, archived.empty.id]
    assert [row.digest for row in rows[: len(before)]] == [row.digest for row in before]


def test_one_that_does_not_come_out_the_same_is_not_filed_and_the_task_says_where(
    database, config, archived, monkeypatch
):
    part = dossiers.PARTS["evaluations"]

    def raised(session, where):
        found = part(session, where)
        for row in found:
            row["figures"] = {**row["figures"], "base": "1.00"}
        return found

    monkeypatch.setattr(dossiers, "PARTS", {**dossiers.PARTS, "evaluations": raised})
    work_off(database, config, "a")
    task = kept(database, archived.task)
    assert (task.state, task.failure) == (TaskState.FAILED, "dossier_differs")
    assert (task.failure_values["count"], task.failure_values["path"]) == (2, "evaluations[0].figures.base")
    assert filed(database) == []
    with database.reading() as session:
        assert "archived_filed" in {one.key for one in integrity.violations(session)}


def test_its_files_are_never_swept_away(database, config, archived, at):
    work_off(database, config, "a")
    files = config.data / "files"
    for path in files.rglob("*"):
        if path.is_file():
            os.utime(path, (0, 0))
    at(LATER + timedelta(days=400))
    jobs.sweep(database, config)
    for row in filed(database):
        for kind in writing.MEDIA_TYPES:
            assert path_of(files, getattr(row, f"{kind}_sha256")).is_file()


def test_the_rounds_of_the_demonstration_are_replayed_from_their_files(
    world_database, world_url, world_folder, at, tmp_path
):
    """Two rounds are settled as they stand; a third is a year later, when nobody stands in reserve any more."""
    config = config_for(world_url, tmp_path)
    later = MOMENT + timedelta(days=400)
    at(later)
    jobs.turn(world_database, config)
    with world_database.writing() as session:
        rows = session.scalars(select(Round).where(Round.status == RoundStatus.OPENED).order_by(Round.id)).all()
        for row in (row for row in rows if not standing.in_the_way(session, row, later)):
            grants = session.scalars(
                select(User)
                .join(Grant, Grant.user_id == User.id)
                .where(Grant.role == Role.OFFICER, Grant.programme_id == row.programme_id)
            )
            archiving.archive(session, actors.load(session, grants.first(), later), row, language="zh")
        session.commit()
    work_off(world_database, config, "a")
    found = filed(world_database)
    with world_database.reading() as session:
        assert {task.state for task in session.scalars(select(Task))} == {TaskState.DONE}
        assert len({session.get_one(RoundCategory, row.round_category_id).round_id for row in found}) >= 3
        assert [one.key for one in integrity.violations(session) if one.key.startswith(("archived", "dossier"))] == []
    for row in found:
        path = path_of(tmp_path / "files", row.json_sha256)
        result = CliRunner().invoke(registry, ["rounds", "replay", str(path)])
        said = f"{row.evaluations} evaluations and {row.selections} selections worked out again: identical"
        assert (result.exit_code, result.output.splitlines()[0]) == (0, said)
