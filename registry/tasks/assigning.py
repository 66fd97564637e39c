"""The assignment of a round as a worker does it: a plan drawn up or a file checked, and a plan put into effect.

What a plan rests on is read at once and worked out with no hold on the database. A plan is put into effect in one unit
of work, so that it is in effect whole or not at all.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry import db, files
from registry.domain.assigning.checking import checked
from registry.domain.assigning.drawing_up import drawn_up
from registry.domain.assigning.settings import Settings, settings_of
from registry.domain.assigning.values import Duo, Placed, Plan, Problem, Shortage
from registry.domain.errors import NotFound, WrongState
from registry.domain.filetypes import StoredFile
from registry.domain.vocabulary import Action, PlanKind, PlanState
from registry.models import AssignmentPlan, Round, Task
from registry.queries import assigning as read
from registry.queries import assignment_plans, backgrounds, rounds
from registry.services import assigning, tasks
from registry.services.assigning import Drawn
from registry.tasks.bench import Bench, asker
from registry.translations import gettext_for
from registry.words.assigning import Called, reason_in_words


def work(bench: Bench, task: Task) -> StoredFile:
    """Do what was asked for of a round's assignment, and return a summary of it as a file."""
    return (_commit if task.parameters["act"] == "commit" else _draw_up)(bench, task)


def _draw_up(bench: Bench, task: Task) -> StoredFile:
    settings, lines = settings_of(task.parameters["settings"]), task.parameters["lines"]
    only = None if lines is None else {application for _line, application, _reviewer in lines}
    with bench.database.reading() as session:
        problem = read.problem(session, asker(session, task), _round(session, task), settings, only)
    if not any(case.needed for case in problem.cases) and lines is None:
        raise WrongState("assigning_nothing")
    if not problem.reviewers:
        raise WrongState("assigning_nobody")
    bench.advance(1)
    drawn = _solved(bench, problem, settings) if lines is None else _read(problem, lines)
    bench.advance(3)

    def keep(session: Session) -> int:
        held, actor = tasks.held(session, bench.lease), asker(session, task)
        round_ = rounds.one(session, actor, Action.ASSIGN, task.subject_id or 0)
        kind = PlanKind.SOLVER if lines is None else PlanKind.CSV
        plan = assigning.keep(session, actor, round_, kind=kind, settings=settings, drawn=drawn)
        held.attempts = 0
        session.commit()
        return plan.id

    number = db.run(bench.database, keep)
    plan = drawn.plan
    return _kept(bench, {"plan": number, "facts": plan.digest, "pairs": [list(one.duo) for one in plan.placed]})


def _solved(bench: Bench, problem: Problem, settings: Settings) -> Drawn:
    # A process that knows the kinds of tasks and does none does not pay for loading the solver.
    plan: Plan = import_module("registry.domain.assigning.planning").planned(problem)
    bench.advance(2)
    short: Callable[[Problem, int], Shortage] = import_module("registry.domain.assigning.missing").shortage
    wanting = short(problem, settings.most) if plan.gaps else None
    return Drawn(plan, len(problem.cases), wanting)


def _read(problem: Problem, lines: Sequence[Sequence[int]]) -> Drawn:
    """Check the lines of a file; those that hold make the plan, which cannot be put into effect while others do not."""
    duos = [Duo(application, reviewer) for _line, application, reviewer in lines]
    faults = checked(problem, duos)
    wrong = {one.row for one in faults}
    plan = drawn_up(problem, [duo for row, duo in enumerate(duos, start=1) if row not in wrong])
    return Drawn(plan, len(problem.cases), faults=[(lines[one.row - 1][0], one) for one in faults])


def _commit(bench: Bench, task: Task) -> StoredFile:
    def commit(session: Session) -> tuple[int, int]:
        held, actor = tasks.held(session, bench.lease), asker(session, task)
        plan = session.scalar(select(AssignmentPlan).where(AssignmentPlan.id == task.parameters["plan"]))
        if plan is None:
            raise NotFound
        if plan.state is PlanState.COMMITTED:
            # A worker put it into effect and could not say so any more.
            return len(assignment_plans.pairs(session, plan)), 0
        count = assigning.commit(session, actor, plan, _why(session, task.language))
        held.attempts = 0
        found = count, len(plan.faults)
        session.commit()
        return found

    count, faults = db.run(bench.database, commit)
    if not count:
        raise WrongState("plan_does_not_hold", count=faults)
    bench.advance(1)
    return _kept(bench, {"plan": task.parameters["plan"], "assigned": count})


def _why(session: Session, language: str) -> Callable[[Placed], str]:
    """Return what puts the reasons of a pair into words, as an officer would write them beside an assignment."""
    gettext = gettext_for(language)
    sets = backgrounds.sets(session)
    called = Called({key: (language == "en" and row.title_en) or row.title for key, row in sets.items()})
    return lambda one: gettext("; ").join(reason_in_words(reason, called, gettext) for reason in one.reasons)


def _round(session: Session, task: Task) -> Round:
    return rounds.one(session, asker(session, task), Action.ASSIGN, task.subject_id or 0)


def _kept(bench: Bench, content: Mapping[str, Any]) -> StoredFile:
    whole = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return files.keep(bench.folder, BytesIO(whole), media_type="application/json")
