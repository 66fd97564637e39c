"""Outcomes of a selection: each with its letter, the order of the reserve, and the day on which a place there ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.domain.errors import NotFound, WrongState
from registry.domain.policy import Actor
from registry.domain.vocabulary import Kind, LetterKind, Role, Status
from registry.models import Application, Decision, Letter, Outcome, RoundCategory
from registry.queries import deadlines, reserves
from registry.queries import decisions as decided
from registry.services import decisions, outcomes
from tests import factories
from tests.factories import NOON

WHY = "材料在截止日前未补齐，不予纳入。"
# Noon in Beijing on the last day of January: a month later there is no such day.
LATE = datetime(2027, 1, 31, 4, 0, tzinfo=UTC)


@pytest.fixture
def officer(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER))


@pytest.fixture
def approver(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.APPROVER), NOON + timedelta(hours=1))


def closed(session: Session, quota: int = 1, **parameters: int) -> RoundCategory:
    return factories.round_category(
        session,
        round_=factories.round_(session, closes_at=NOON),
        quota=quota,
        steps={Kind.DELIBERATION: {"parameters": parameters}},
    )


def ranked(session: Session, where: RoundCategory, *totals: str) -> list[Application]:
    rows = [factories.application(session, round_category=where, kind=Kind.DELIBERATION) for _ in totals]
    for row, total in zip(rows, totals, strict=True):
        grade = "pass" if float(total) >= 60 else None
        factories.evaluation(session, row, total=total, grade=grade)
    return rows


def selected(session: Session, officer: Actor, approver: Actor, where: RoundCategory, **values) -> Decision:
    given = {"exclusions": {}, "reason": "按总分排序", **values}
    decision = decisions.propose_selection(session, officer, where, **given)
    decisions.approve(session, approver, decision, digest=decision.digest, reason="同意")
    return decision


def letters_by(session: Session) -> dict[int, Letter]:
    return {row.application_id: row for row in session.scalars(select(Letter).order_by(Letter.id))}


def reserve(session: Session, decision: Decision) -> list[tuple[int, int, date]]:
    rows = session.scalars(
        select(Outcome)
        .where(Outcome.decision_id == decision.id, Outcome.reserve_order.is_not(None))
        .order_by(Outcome.reserve_order)
    )
    return [(row.application_id, row.reserve_order, row.reserve_until) for row in rows]


def test_every_outcome_has_its_letter(session, officer, approver):
    where = closed(session)
    rows = ranked(session, where, "90", "80", "70", "61", "55")
    unfinished = factories.application(session, round_category=where, kind=Kind.REVIEW)
    selected(session, officer, approver, where, exclusions={unfinished.id: WHY}, reserve=2)
    letters = letters_by(session)
    assert [letters[row.id].kind for row in (*rows, unfinished)] == [
        LetterKind.SELECTED,
        LetterKind.RESERVED,
        LetterKind.RESERVED,
        LetterKind.UNSELECTED,
        LetterKind.UNSELECTED,
        LetterKind.EXCLUDED,
    ]
    said = [letters[row.id].body for row in (*rows, unfinished)]
    assert "经综合评议，拟予入选。" in said[0]
    assert "列入储备名单，储备次序为第 1 位，有效期至2027年3月2日。" in said[1]
    assert "列入储备名单，储备次序为第 2 位，有效期至2027年3月2日。" in said[2]
    assert "未予入选。\n\n原因：按总分排序，在名额之外。\n\n" in said[3]
    assert "未予入选。\n\n原因：总分未达到最低等级。\n\n" in said[4]
    assert f"原因：{WHY}" in said[5]
    english = [letters[row.id].body_en for row in (*rows, unfinished)]
    assert "has been selected after deliberation." in english[0]
    assert "is placed in reserve after deliberation, as number 1, until 2 March 2027." in english[1]
    assert "is placed in reserve after deliberation, as number 2, until 2 March 2027." in english[2]
    assert "Reason: In the order of the totals it stands below the places there are.\n\n" in english[3]
    assert "Reason: Its total does not reach the lowest grade.\n\n" in english[4]
    assert "was unfinished when the decision was taken, and was left out of it." in english[5]


def test_the_content_names_the_order_of_the_reserve(session, officer):
    where = closed(session)
    ranked(session, where, "90", "80", "70", "61")
    decision = decisions.propose_selection(session, officer, where, exclusions={}, reason="按总分排序", reserve=2)
    lines = decision.content["applications"]
    assert [(line["result"], line["reserve_order"]) for line in lines] == [
        ("selected", None),
        ("reserved", 1),
        ("reserved", 2),
        ("unselected", None),
    ]


@pytest.mark.parametrize(("months", "until"), [({}, date(2028, 1, 31)), ({"reserve_months": 1}, date(2027, 2, 28))])
def test_a_place_in_reserve_holds_for_the_months_of_the_route(session, officer, months, until):
    where = closed(session, **months)
    rows = ranked(session, where, "90", "80")
    late = factories.actor(session, factories.persona(session, Role.APPROVER), LATE)
    decision = selected(session, officer, late, where)
    assert reserve(session, decision) == [(rows[1].id, 1, until)]


def test_who_stays_in_reserve_stands_before_who_comes_later_and_keeps_its_day(session, officer, approver):
    where = closed(session, quota=1)
    first, second, third = ranked(session, where, "90", "80", "70")
    selected(session, officer, approver, where, reserve=2)
    between = ranked(session, where, "75")[0]
    later = factories.actor(session, factories.persona(session, Role.APPROVER), NOON + timedelta(days=40))
    again = factories.actor(session, factories.persona(session, Role.OFFICER), NOON + timedelta(days=40))
    decision = selected(session, again, later, where, places=0, reserve=3)
    # Forty days after the 2nd of March is the 11th of April.
    assert reserve(session, decision) == [
        (second.id, 1, date(2027, 3, 2)),
        (third.id, 2, date(2027, 3, 2)),
        (between.id, 3, date(2027, 4, 11)),
    ]
    assert len(session.scalars(select(Letter).where(Letter.application_id == third.id)).all()) == 1
    assert first.status is Status.SELECTED


def test_a_place_in_reserve_ends_when_its_last_day_is_over_in_beijing(session, officer, approver):
    where = closed(session)
    row = ranked(session, where, "90", "80")[1]
    selected(session, officer, approver, where)
    last_second = datetime(2027, 3, 2, 15, 59, 59, tzinfo=UTC)
    midnight = datetime(2027, 3, 2, 16, 0, tzinfo=UTC)
    assert reserves.over(session, date(2027, 3, 2)) == []
    with pytest.raises(WrongState) as refusal:
        outcomes.expire(session, factories.worker(last_second), row)
    assert refusal.value.key == "reserve_holds"

    assert reserves.over(session, date(2027, 3, 3)) == [row.id]
    outcomes.expire(session, factories.worker(midnight), row)
    assert row.status is Status.UNSELECTED
    letter = letters_by(session)[row.id]
    assert (letter.kind, letter.subject) == (LetterKind.RESERVE_ENDED, f"储备期满：{row.site.name}")
    assert "的储备资格已于2027年3月2日到期，期间没有空缺名额递补，最终未入选。" in letter.body
    assert "stood in reserve until 2 March 2027. No place became vacant for it" in letter.body_en


def test_nobody_but_the_portal_ends_a_place_in_reserve(session, officer, approver):
    where = closed(session)
    row = ranked(session, where, "90", "80")[1]
    selected(session, officer, approver, where)
    late = factories.actor(session, factories.persona(session, Role.APPROVER), NOON + timedelta(days=400))
    with pytest.raises(NotFound):
        outcomes.expire(session, late, row)


def test_whose_reserve_is_over_is_not_selected_although_the_portal_has_not_ended_it_yet(session, officer, approver):
    where = closed(session, quota=2)
    _first, second = ranked(session, where, "90", "80")
    selected(session, officer, approver, where, places=1)
    assert second.status is Status.RESERVED
    for at, lines in (
        (datetime(2027, 3, 2, 15, 59, tzinfo=UTC), [second.id]),
        (datetime(2027, 3, 2, 16, tzinfo=UTC), []),
    ):
        assert [line.application.id for line in decided.ranking(session, where, at=at).lines] == lines


def test_an_approval_after_the_reserve_ended_is_refused(session, officer, approver):
    where = closed(session, quota=2)
    _first, second = ranked(session, where, "90", "80")
    selected(session, officer, approver, where, places=1)
    on_last_day = datetime(2027, 3, 2, 15, 0, tzinfo=UTC)
    proposer = factories.actor(session, factories.persona(session, Role.OFFICER), on_last_day)
    decision = decisions.propose_selection(session, proposer, where, exclusions={}, reason="递补")
    late = factories.actor(session, factories.persona(session, Role.APPROVER), on_last_day + timedelta(hours=1))
    with pytest.raises(WrongState) as refusal:
        decisions.approve(session, late, decision, digest=decision.digest, reason="")
    assert refusal.value.key == "changed_since_proposed"
    assert second.status is Status.RESERVED


def test_a_vacancy_is_filled_from_the_reserve_before_it_ends(session, officer, approver):
    where = closed(session, quota=2)
    _first, second = ranked(session, where, "90", "80")
    selected(session, officer, approver, where, places=1)
    decision = selected(session, officer, approver, where)
    assert second.status is Status.SELECTED
    assert reserve(session, decision) == []
    assert letters_by(session)[second.id].kind is LetterKind.SELECTED


def test_the_end_of_a_reserve_is_a_deadline_of_the_portal(session, officer, approver):
    where = closed(session)
    ranked(session, where, "90", "80")
    selected(session, officer, approver, where)
    upcoming = deadlines.upcoming(session, NOON + timedelta(days=300))
    assert (upcoming.at, upcoming.kind) == (datetime(2027, 3, 2, 16, tzinfo=UTC), "reserve_ends")
    assert deadlines.upcoming(session, datetime(2027, 3, 2, 16, tzinfo=UTC)) is None
