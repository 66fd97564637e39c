"""Feedback to applicants: not before it is final, where the line was, reviewers' reasons, and nobody else's data."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from registry.domain.errors import NotFound
from registry.domain.policy import Actor
from registry.domain.vocabulary import Kind, ReviewStatus, Role
from registry.models import Application, Decision, Evaluation, Letter, RoundCategory
from registry.queries import applications, feedback
from registry.services import decisions, letters, moves
from tests import factories
from tests.factories import NOON

HOUR = timedelta(hours=1)


@pytest.fixture
def officer(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER))


@pytest.fixture
def approver(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.APPROVER), NOON + HOUR)


def where_told(session: Session, **told: int) -> RoundCategory:
    return factories.round_category(
        session,
        round_=factories.round_(session, closes_at=NOON),
        quota=2,
        steps={Kind.PUBLICATION: {"parameters": told}},
    )


def decided(session: Session, officer: Actor, approver: Actor, where: RoundCategory, *totals: str) -> list[Application]:
    """Applications with these totals, of which two are selected and nobody stands in reserve."""
    rows = [factories.application(session, round_category=where, kind=Kind.DELIBERATION) for _ in totals]
    for row, total in zip(rows, totals, strict=True):
        factories.evaluation(session, row, total=total, grade="pass" if Decimal(total) >= 60 else None)
    decision = decisions.propose_selection(session, officer, where, exclusions={}, reason="按总分排序", reserve=0)
    decisions.approve(session, approver, decision, digest=decision.digest, reason="同意")
    return rows


def sent(session: Session, officer: Actor) -> None:
    waiting = [row.id for row in session.query(Letter).where(Letter.state == "waiting")]
    letters.release(session, replace(officer, at=NOON + 2 * HOUR), waiting)


def told(session: Session, row: Application) -> feedback.Feedback | None:
    whole = session.scalars(applications.whole().where(Application.id == row.id)).one()
    return feedback.released(session, whole)


def test_nothing_is_told_while_the_letter_waits(session, officer, approver):
    rows = decided(session, officer, approver, where_told(session, feedback=2, feedback_from=0), "90", "80", "70")
    assert told(session, rows[2]) is None
    sent(session, officer)
    assert told(session, rows[2]) is not None


def test_nothing_is_told_before_the_list_where_the_round_says_so(session, officer, approver):
    rows = decided(session, officer, approver, where_told(session, feedback=2, feedback_from=1), "90", "80", "70")
    sent(session, officer)
    assert told(session, rows[2]) is None
    # Nobody is announced any more: both who were selected withdraw.
    for row in rows[:2]:
        person = factories.persona(session, Role.SIGNATORY, organisation=row.organisation)
        moves.move(session, factories.actor(session, person, NOON + 3 * HOUR), row, moves.workflow.Action.WITHDRAW)
    assert told(session, rows[2]) is not None


def test_a_round_that_tells_nothing_tells_nothing(session, officer, approver):
    rows = decided(session, officer, approver, where_told(session, feedback=0, feedback_from=0), "90", "80", "70")
    sent(session, officer)
    assert told(session, rows[2]) is None
    with pytest.raises(NotFound):
        feedback.prepared(session, session.scalars(applications.whole().where(Application.id == rows[2].id)).one())


def test_the_line_is_the_total_of_the_last_one_selected(session, officer, approver):
    rows = decided(
        session, officer, approver, where_told(session, feedback=1, feedback_from=0), "90", "80", "70.5", "55"
    )
    sent(session, officer)
    found = told(session, rows[2])
    assert (found.standing.last, found.standing.total, found.standing.ranked) == (Decimal(80), Decimal("70.5"), 3)
    assert (found.standing.line["rank"], found.standing.content["quota"]) == (3, 2)
    assert (found.evaluation.total, found.marks) == (Decimal("70.5"), ())


def marked(session: Session, row: Application, evaluation_of: dict[str, dict[str, str]]) -> None:
    for label, points in evaluation_of["novelty"].items():
        assignment = factories.assignment(session, row, reviewer=factories.persona(session, Role.REVIEWER), label=label)
        factories.review(session, assignment, marks={"novelty": points}, status=ReviewStatus.FINISHED)
    factories.evaluation(session, row, total="70", marks=evaluation_of)


@pytest.mark.parametrize(("level", "said"), [(2, [("A", "12"), ("B", "9")]), (1, [])])
def test_the_reasons_stand_by_letters_where_the_round_tells_them(session, officer, approver, level, said):
    where = where_told(session, feedback=level, feedback_from=0)
    rows = [factories.application(session, round_category=where, kind=Kind.DELIBERATION) for _ in range(3)]
    for row, total in zip(rows[:2], ("90", "80"), strict=True):
        factories.evaluation(session, row, total=total)
    marked(session, rows[2], {"novelty": {"A": "12", "B": "9"}})
    # Who was assigned and did not count stays out.
    left_out = factories.assignment(session, rows[2], reviewer=factories.persona(session, Role.REVIEWER), label="C")
    factories.review(session, left_out, marks={"novelty": "1"}, status=ReviewStatus.FINISHED)
    decision = decisions.propose_selection(session, officer, where, exclusions={}, reason="按总分排序", reserve=0)
    decisions.approve(session, approver, decision, digest=decision.digest, reason="同意")
    sent(session, officer)
    found = told(session, rows[2])
    assert [(mark.label, str(mark.points)) for mark in found.marks] == said
    assert {mark.words for mark in found.marks} == ({"理由充分"} if said else set())


def test_figures_without_reasons_have_no_marks_in_their_working(session, officer, approver):
    where = where_told(session, feedback=1, feedback_from=0)
    (row,) = [factories.application(session, round_category=where, kind=Kind.DELIBERATION)]
    line = {"line": "marks", "formula": "", "values": {"A": "12"}, "result": "12", "clauses": [], "source": None}
    figures = factories.result_of(where)
    figures["items"] = [{**item, "working": [line]} for item in figures["items"]]
    factories.evaluation(session, row, result=figures)
    decision = decisions.propose_selection(session, officer, where, exclusions={}, reason="按总分排序", reserve=0)
    decisions.approve(session, approver, decision, digest=decision.digest, reason="同意")
    sent(session, officer)
    panels = {"novelty"}
    working = {item["key"]: item["working"] for item in told(session, row).result["items"]}
    assert all((not lines) == (key in panels) for key, lines in working.items())


def test_a_round_fixed_before_quotes_nobody(session, officer, approver):
    rows = decided(session, officer, approver, where_told(session, feedback_from=0), "90", "80", "70")
    sent(session, officer)
    assert told(session, rows[2]).level == 1


def test_a_proposal_that_waits_tells_nothing(session, officer):
    where = where_told(session, feedback=2, feedback_from=0)
    row = factories.application(session, round_category=where, kind=Kind.DELIBERATION)
    factories.evaluation(session, row, total="90")
    decisions.propose_selection(session, officer, where, exclusions={}, reason="按总分排序")
    assert told(session, row) is None


def test_nothing_of_another_applicant_is_among_it(session, officer, approver):
    rows = decided(session, officer, approver, where_told(session, feedback=2, feedback_from=0), "90", "80", "70")
    sent(session, officer)
    found = told(session, rows[2])
    own = {found.application.id, rows[2].id}
    assert own == {rows[2].id}
    assert isinstance(found.evaluation, Evaluation)
    assert isinstance(session.get(Decision, 1), Decision)
