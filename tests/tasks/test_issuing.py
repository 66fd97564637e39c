"""Certificates issued one by one by workers: each once, whatever becomes of a worker, with numbers without a gap."""

import multiprocessing
import os
import signal
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from registry import clock, db, jobs
from registry.cli.worker import worker
from registry.config import as_environment
from registry.domain.vocabulary import DecisionKind, Kind, Role, Status, TaskState
from registry.files import path_of
from registry.models import Application, Award, Certificate, Event, Grant, NumberSeries, Task
from registry.queries import publications
from registry.services import integrity, tasks
from registry.tasks import work_off
from tests import factories
from tests.factories import NOON

NAMES = {
    "organisation": {"zh": "滨江水务有限公司", "en": ""},
    "region": {"zh": "滨江区", "en": ""},
    "category": {"zh": "污水处理", "en": ""},
}


class Office:
    """A published list whose certificates an officer has asked for."""

    def __init__(self, session, *sites):
        where = factories.round_category(session, quota=9)
        listed = factories.decision(session, where, kind=DecisionKind.PUBLICATION)
        publication = factories.publication(session, listed)
        for position, site in enumerate(sites, start=1):
            application = factories.application(session, round_category=where, kind=Kind.CERTIFICATE)
            content = {"site": {"zh": site, "en": ""}, **NAMES}
            factories.entry(session, publication, application, position=position, content=content)
        self.person = factories.persona(session, Role.OFFICER)
        session.commit()
        actor = factories.actor(session, self.person)
        self.publication = publication.id
        self.task = tasks.ask_issue(session, actor, publications.whole(session, publication.id), language="zh").id
        session.commit()


@pytest.fixture
def office(session, at):
    at(NOON)
    return Office(session, "城北水质净化厂", "东湖再生水厂", "西溪水质净化厂", "南山水质净化厂")


def kept(database, number) -> Task:
    with database.reading() as session:
        return session.get_one(Task, number)


def serials(database) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(select(Award.serial).order_by(Award.serial)))


def archived(config, task) -> list[str]:
    with zipfile.ZipFile(path_of(config.data / "files", task.sha256)) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def stop_after(units: int):
    """A worker that is told to stop when so many units are done; the first question comes before it takes a task up."""
    asked = iter(range(units))
    return lambda: next(asked, None) is not None


def die_after(url, config, units: int, moment) -> None:
    """A worker process that is killed when so many units are done."""
    clock.utc_now = lambda: moment
    left = iter(range(units))

    def go_on() -> bool:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return True

    work_off(db.connect(url), config, "killed", go_on)


def test_all_are_issued_in_order_with_an_archive_of_them(database, config, office):
    assert work_off(database, config, "a") == 1
    task = kept(database, office.task)
    assert (task.state, task.done, task.total, task.media_type) == (TaskState.DONE, 4, 4, "application/zip")
    with database.reading() as session:
        numbers = session.scalars(select(Award.number).order_by(Award.id)).all()
        issued_by = set(session.scalars(select(Certificate.issued_by_id)))
        actors = set(session.scalars(select(Event.actor_id).where(Event.action == "issue")))
    assert archived(config, task) == [f"{number}.pdf" for number in numbers]
    assert (issued_by, actors) == ({office.person.id}, {office.person.id})
    assert serials(database) == [1, 2, 3, 4]
    assert work_off(database, config, "a") == 0


@pytest.mark.parametrize("units", [1, 2, 4])
def test_a_worker_killed_between_two_certificates_is_gone_on_with_once(
    database, database_url, config, office, at, units
):
    """It is asked whether to go on once before it takes a task up, then after each certificate."""
    process = multiprocessing.get_context("spawn").Process(
        target=die_after, args=(database_url, config, units, NOON), daemon=True
    )
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    before = kept(database, office.task)
    assert (before.state, before.owner, before.done) == (TaskState.RUNNING, "killed", units)
    assert work_off(database, config, "b") == 0
    at(NOON + tasks.LEASE)
    assert work_off(database, config, "b") == 1
    task = kept(database, office.task)
    assert (task.state, task.outcomes[:units], task.done) == (TaskState.DONE, before.outcomes, 4)
    assert serials(database) == [1, 2, 3, 4]
    assert len(archived(config, task)) == 4
    with database.reading() as session:
        found = {violation.key for violation in integrity.violations(session)}
    assert {key for key in found if key.startswith(("award_numbers", "award_certificate", "task", "chain"))} == set()


def test_one_that_is_told_to_stop_puts_the_task_back_for_the_next(database, config, office):
    assert work_off(database, config, "a", stop_after(3)) == 1
    task = kept(database, office.task)
    assert (task.state, task.owner, task.done) == (TaskState.QUEUED, None, 3)
    assert work_off(database, config, "b") == 1
    assert serials(database) == [1, 2, 3, 4]


def test_two_workers_on_one_database_never_issue_one_twice(database, config, office, session):
    other = Office(session, "另一座水厂", "又一座水厂")
    begin = threading.Barrier(3)

    def work(owner: str) -> int:
        begin.wait(10)
        return work_off(database, config, owner)

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, ("a", "b", "c"))) == 2
    assert {kept(database, number).state for number in (office.task, other.task)} == {TaskState.DONE}
    with database.reading() as session:
        assert len(session.scalars(select(Certificate.id)).all()) == 6
        assert sorted(session.scalars(select(NumberSeries.last))) == [2, 4]


def test_a_slow_worker_whose_lease_has_run_out_writes_nothing_more(database, config, office, at):
    """Another one has taken the task over between two of its certificates."""
    done = []

    def go_on() -> bool:
        if len(done) == 2:
            at(NOON + tasks.LEASE * 2)
            assert work_off(database, config, "fast") == 1
        done.append(1)
        return True

    assert work_off(database, config, "slow", go_on) == 1
    assert kept(database, office.task).state is TaskState.DONE
    assert serials(database) == [1, 2, 3, 4]


def test_one_that_cannot_be_issued_takes_no_number_and_is_named(database, config, session, at):
    at(NOON)
    office = Office(session, "城北水质净化厂", "东湖\U0001f600水厂", "西溪水质净化厂")
    assert work_off(database, config, "a") == 1
    task = kept(database, office.task)
    assert (task.state, task.done) == (TaskState.DONE, 3)
    (failed,) = [line for line in task.outcomes if "key" in line]
    assert failed["key"] == "certificate_unprintable"
    assert failed["values"] == {"site": "东湖\U0001f600水厂", "characters": "\U0001f600 (U+1F600)"}
    assert (serials(database), len(archived(config, task))) == ([1, 2], 2)


def test_where_none_can_be_issued_it_fails_and_says_so(database, config, session, at):
    at(NOON)
    office = Office(session, "东湖\U0001f600水厂")
    work_off(database, config, "a")
    task = kept(database, office.task)
    assert (task.state, task.failure, task.sha256) == (TaskState.FAILED, "task_nothing_issued", None)


def test_it_stops_where_the_asker_has_lost_the_role(database, config, office):
    left = count()

    def go_on() -> bool:
        if next(left) == 2:
            with database.writing() as session:
                session.execute(update(Grant).where(Grant.user_id == office.person.id).values(ended_at=NOON))
                session.commit()
        return True

    work_off(database, config, "a", go_on)
    task = kept(database, office.task)
    assert (task.state, task.failure, task.done) == (TaskState.FAILED, "task_asker_may_not", 2)
    assert serials(database) == [1, 2]
    with database.reading() as session:
        waiting = session.scalars(select(Application.id).where(Application.status == Status.SELECTED)).all()
        assert len(waiting) == 2


def test_a_cancelled_one_goes_no_further(database, config, office):
    left = count()

    def go_on() -> bool:
        if next(left) == 2:
            with database.writing() as session:
                task = session.get_one(Task, office.task)
                tasks.cancel(session, factories.actor(session, office.person), task)
                session.commit()
        return True

    work_off(database, config, "a", go_on)
    assert kept(database, office.task).state is TaskState.CANCELLED
    assert serials(database) == [1, 2]


def test_what_breaks_is_said_without_a_secret_and_holds_up_no_other(database, config, office, session, monkeypatch):
    other = Office(session, "另一座水厂")
    with database.writing() as writing:
        writing.execute(update(Task).where(Task.id == office.task).values(parameters={}))
        writing.commit()
    assert work_off(database, config, "a") == 2
    assert kept(database, office.task).failure == "task_broke"
    assert kept(database, other.task).state is TaskState.DONE


def test_the_command_does_what_waits_and_sweeps_what_is_over(database, config, office, at, monkeypatch):
    for name, value in as_environment(config).items():
        monkeypatch.setenv(name, value)
    assert CliRunner().invoke(worker, ["--once"]).exit_code == 0
    task = kept(database, office.task)
    path = path_of(config.data / "files", task.sha256)
    assert (task.state, path.is_file()) == (TaskState.DONE, True)
    long_ago = time.time() - 2 * 86_400
    os.utime(path, (long_ago, long_ago))
    assert (jobs.sweep(database, config), path.is_file()) == (0, True)
    at(NOON + timedelta(days=14))
    assert (jobs.sweep(database, config), path.is_file()) == (1, False)
    with database.reading() as session:
        assert session.get(Task, task.id) is None
