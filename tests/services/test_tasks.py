"""Long work: how it is asked for, who may see it, how a worker has it, and how long it is kept."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.domain.errors import Forbidden, Invalid, NotFound, WrongState
from registry.domain.filetypes import StoredFile
from registry.domain.policy import Actor
from registry.domain.vocabulary import DecisionKind, Kind, Role, TaskKind, TaskState
from registry.models import Event, Publication, RoundCategory, Task
from registry.queries import publications
from registry.queries import tasks as tasks_of
from registry.rendering import lists
from registry.rendering.lists import Column, ListPaper
from registry.services import tasks
from registry.services.tasks import Lease, LeaseLostError
from tests import factories
from tests.factories import NOON

FILE = StoredFile("a" * 64, 10, "application/zip")
LATER = NOON + timedelta(minutes=2)
PAPER = ListPaper(
    language="zh",
    title="名单",
    state="公示",
    facts=(("计划", "国家"),),
    notes=(),
    columns=(Column("序号", 5, number=True), Column("项目", 20)),
    rows=((1, "城北水厂"),),
    issuers=(),
    signed="",
    seal="",
    page="{page}/{pages}",
    unprintable="{characters}",
    at=NOON,
    name="名单",
)


def acting(session: Session, role: Role, **given) -> Actor:
    return factories.actor(session, factories.persona(session, role, **given))


def published(session: Session, *positions: int, where: RoundCategory | None = None) -> Publication:
    where = where or factories.round_category(session, quota=9)
    listed = factories.decision(session, where, kind=DecisionKind.PUBLICATION)
    publication = factories.publication(session, listed)
    for position in positions:
        application = factories.application(session, round_category=where, kind=Kind.CERTIFICATE)
        factories.entry(session, publication, application, position=position)
    session.commit()
    return publications.whole(session, publication.id)


def asked(session: Session, actor: Actor, *positions: int) -> Task:
    return tasks.ask_issue(session, actor, published(session, *(positions or (1,))), language="zh")


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Task)) or 0


def test_an_issue_waits_with_all_its_entries_and_says_who_asked(session):
    officer = acting(session, Role.OFFICER)
    task = asked(session, officer, 1, 2)
    assert (task.kind, task.state, task.done, task.total) == (TaskKind.ISSUE, TaskState.QUEUED, 0, 2)
    (event,) = session.scalars(select(Event).where(Event.action == "ask_issue")).all()
    assert (event.actor_id, event.payload) == (officer.user_id, {"task": task.id, "entries": 2})


def test_what_is_asked_for_already_is_not_asked_for_twice(session):
    officer, colleague = acting(session, Role.OFFICER), acting(session, Role.OFFICER)
    task = asked(session, officer)
    publication = publications.whole(session, task.subject_id)
    assert tasks.ask_issue(session, colleague, publication, language="en").id == task.id
    assert (count(session), task.asked_by_id) == (1, officer.user_id)
    assert len(session.scalars(select(Event).where(Event.action == "ask_issue")).all()) == 1


def test_a_list_with_nothing_to_issue_and_one_of_another_programme_are_refused(session):
    with pytest.raises(WrongState) as refusal:
        tasks.ask_issue(session, acting(session, Role.OFFICER), published(session), language="zh")
    assert refusal.value.key == "list_issued_already"
    stranger = acting(session, Role.OFFICER, programme=factories.programme(session))
    with pytest.raises(NotFound):
        asked(session, stranger)


def test_at_most_three_of_a_person_are_unfinished(session):
    officer = acting(session, Role.OFFICER)
    first, *_others = [asked(session, officer) for _ in range(3)]
    with pytest.raises(WrongState) as refusal:
        asked(session, officer)
    assert (refusal.value.key, refusal.value.values) == ("tasks_too_many", {"most": 3})
    asked(session, acting(session, Role.OFFICER))
    tasks.cancel(session, officer, first)
    asked(session, officer)
    assert count(session) == 5


def test_only_whoever_asked_cancels_and_only_while_it_is_not_over(session):
    officer = acting(session, Role.OFFICER)
    task = asked(session, officer)
    with pytest.raises(Forbidden):
        tasks.cancel(session, acting(session, Role.OFFICER), task)
    tasks.cancel(session, officer, task)
    assert (task.state, task.ended_at) == (TaskState.CANCELLED, NOON)
    with pytest.raises(WrongState) as refusal:
        tasks.cancel(session, officer, task)
    assert refusal.value.key == "task_over"


def test_an_export_is_of_applications_that_the_asker_may_export(session):
    programme = factories.programme(session)
    officer = acting(session, Role.OFFICER, programme=programme)
    with pytest.raises(Invalid) as refusal:
        tasks.ask_export(session, officer, [], [programme.id], language="zh")
    assert refusal.value.key == "export_empty"
    with pytest.raises(Invalid) as refusal:
        tasks.ask_export(session, officer, range(5001), [programme.id], language="zh")
    assert (refusal.value.key, refusal.value.values["count"]) == ("export_too_large", 5001)
    with pytest.raises(Forbidden):
        tasks.ask_export(session, officer, [1], [programme.id, programme.id + 1], language="zh")
    with pytest.raises(Forbidden):
        tasks.ask_export(session, acting(session, Role.APPROVER), [1], [programme.id], language="zh")
    task = tasks.ask_export(session, officer, [1, 2], [programme.id], language="zh")
    assert (task.total, task.programme_id) == (2, programme.id)
    assert session.scalars(select(Event.programme_id).where(Event.action == "ask_export")).all() == [programme.id]


def test_a_list_drawn_before_is_the_answer_to_whoever_asks_for_the_same(session):
    programme = factories.programme(session)
    officer = acting(session, Role.OFFICER)
    about = {"programme_id": programme.id, "subject_id": 1}
    task = tasks.ask_list(session, officer, PAPER, **about)
    assert lists.unpacked(task.parameters["paper"]) == PAPER
    task.state, task.owner, task.leased_until = TaskState.RUNNING, "a", LATER
    tasks.finish(task, FILE, NOON)
    session.flush()
    assert (task.parameters, task.kept_until) == ({}, NOON + timedelta(days=14))
    assert tasks.ask_list(session, acting(session, Role.APPROVER), PAPER, **about).id == task.id
    assert tasks.ask_list(session, officer, replace(PAPER, title="另一份名单"), **about).id != task.id
    two_weeks_on = replace(officer, at=NOON + timedelta(days=14))
    assert tasks.ask_list(session, two_weeks_on, PAPER, **about).id != task.id


def test_a_public_list_is_nobodys_and_kept_for_a_year(session):
    programme = factories.programme(session)
    task = tasks.ask_list(session, Actor(NOON), PAPER, programme_id=programme.id, subject_id=1, public=True)
    assert task.asked_by_id is None
    task.state, task.owner, task.leased_until = TaskState.RUNNING, "a", LATER
    tasks.finish(task, FILE, NOON)
    assert task.kept_until == NOON + timedelta(days=365)
    assert session.scalars(select(Event)).all() == []


def test_a_draft_is_not_drawn_for_those_who_may_not_see_it(session):
    programme = factories.programme(session)
    stranger = acting(session, Role.OFFICER, programme=factories.programme(session))
    with pytest.raises(NotFound):
        tasks.ask_list(session, stranger, PAPER, programme_id=programme.id, subject_id=1)


def test_colleagues_see_an_issue_and_nobody_else_an_export(session):
    programme = factories.programme(session)
    officer = acting(session, Role.OFFICER, programme=programme)
    auditor, stranger = acting(session, Role.AUDITOR, programme=programme), acting(session, Role.DRAFTER)
    where = factories.round_category(session, round_=factories.round_(session, programme=programme), quota=9)
    issue = tasks.ask_issue(session, officer, published(session, 1, where=where), language="zh")
    export = tasks.ask_export(session, officer, [1], [programme.id], language="zh")
    assert tasks_of.one(session, auditor, issue.id).id == issue.id
    for actor, number in ((auditor, export.id), (stranger, issue.id), (stranger, export.id)):
        with pytest.raises(NotFound):
            tasks_of.one(session, actor, number)
    assert [task.id for task in tasks_of.of_person(session, officer)] == [export.id, issue.id]
    assert tasks_of.of_person(session, auditor) == []


def test_whoever_lost_the_role_sees_the_task_and_not_its_file(session):
    officer = acting(session, Role.OFFICER)
    task = asked(session, officer)
    with pytest.raises(NotFound):
        tasks_of.result(session, officer, task.id)
    task.state, task.owner, task.leased_until = TaskState.RUNNING, "a", LATER
    tasks.finish(task, FILE, NOON)
    session.flush()
    assert tasks_of.result(session, officer, task.id).sha256 == FILE.sha256
    without = replace(officer, holdings=())
    assert tasks_of.one(session, without, task.id).id == task.id
    with pytest.raises(Forbidden):
        tasks_of.result(session, without, task.id)


def test_a_worker_has_a_task_until_its_lease_runs_out(session):
    task = asked(session, acting(session, Role.OFFICER))
    assert tasks.take(session, "a", now=NOON, at=NOON) is task
    assert (task.state, task.owner, task.leased_until, task.attempts) == (TaskState.RUNNING, "a", LATER, 1)
    assert tasks.take(session, "b", now=LATER - timedelta(seconds=1), at=NOON) is None
    assert tasks.held(session, Lease(task.id, "a")) is task
    assert tasks.take(session, "b", now=LATER, at=NOON) is task
    with pytest.raises(LeaseLostError):
        tasks.held(session, Lease(task.id, "a"))


def test_a_unit_renews_the_lease_and_the_first_asked_is_the_first_taken(session):
    officer = acting(session, Role.OFFICER)
    first, second = asked(session, officer), asked(session, officer)
    assert tasks.take(session, "a", now=NOON, at=NOON) is first
    tasks.note(first, {"entry": 1, "certificate": 1}, now=LATER)
    session.flush()
    assert tasks.take(session, "b", now=LATER, at=NOON) is second
    assert tasks.take(session, "c", now=LATER + timedelta(seconds=119), at=NOON) is None
    assert (first.done, first.attempts) == (1, 0)


def test_what_brings_its_worker_down_each_time_is_given_up(session):
    task = asked(session, acting(session, Role.OFFICER))
    for turn in range(5):
        assert tasks.take(session, "a", now=NOON + turn * timedelta(minutes=2), at=NOON) is task
    assert tasks.take(session, "a", now=NOON + timedelta(minutes=10), at=NOON) is None
    assert (task.state, task.failure, task.failure_values) == (TaskState.FAILED, "task_given_up", {"times": 5})


def test_a_cancelled_task_is_no_workers_any_more(session):
    officer = acting(session, Role.OFFICER)
    task = asked(session, officer)
    tasks.take(session, "a", now=NOON, at=NOON)
    tasks.cancel(session, officer, task)
    with pytest.raises(LeaseLostError):
        tasks.held(session, Lease(task.id, "a"))


def test_tasks_go_after_two_weeks_and_unfinished_ones_stay(session):
    officer = acting(session, Role.OFFICER)
    task, waiting = asked(session, officer), asked(session, officer)
    tasks.cancel(session, officer, task)
    assert tasks.sweep(session, NOON + timedelta(days=14, seconds=-1)) == 0
    assert tasks.sweep(session, NOON + timedelta(days=14)) == 1
    assert session.scalars(select(Task.id)).all() == [waiting.id]
