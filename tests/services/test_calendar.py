"""The override table of the working days follows its file, and deadlines follow the table."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry import seeds
from registry.domain.faults import CriteriaFaulty
from registry.domain.policy import Actor
from registry.domain.vocabulary import Kind, Role
from registry.models import Application, CalendarDay, Decision, Event, Notice, RoundCategory
from registry.services import calendar, catalogue, decisions, notices, screening
from tests import factories
from tests.factories import NOON

# NOON is on Monday 2 March 2026.
OFF = "{date: 2026-03-04, worked: false, source: 示例, note: {zh: 放假, en: Off}}"
WORKED = "{date: 2026-03-07, worked: true, source: 示例, note: {zh: 补班, en: Made up}}"
YEAR = "{date: 2027-02-05, worked: false, source: 示例, note: {zh: 春节, en: Spring Festival}}"
NOTE = "营业执照已过期，须更换后重新提交。"


def text(*days: str) -> str:
    return "days:\n" + "".join(f"  - {day}\n" for day in days) if days else "days: []\n"


def enter(session: Session, *days: str) -> None:
    calendar.sync(session, factories.worker(), text(*days))


def events(session: Session) -> list[dict[str, object]]:
    return list(session.scalars(select(Event.payload).where(Event.action == "sync_calendar").order_by(Event.seq)))


def midnight(month: int, day: int, year: int = 2026) -> datetime:
    """The midnight in Shanghai that ends a day."""
    return datetime(year, month, day, 16, tzinfo=UTC)


# The table and its file


def test_the_file_comes_into_the_table(session: Session) -> None:
    enter(session, OFF, WORKED)
    row = session.get_one(CalendarDay, date(2026, 3, 7))
    assert (row.worked, row.source, row.note, row.note_en) == (True, "示例", "补班", "Made up")
    assert calendar.overrides(session) == {date(2026, 3, 4): False, date(2026, 3, 7): True}
    assert events(session) == [{"worked": ["2026-03-07"], "off": ["2026-03-04"], "removed": []}]


def test_a_second_time_nothing_happens(session: Session) -> None:
    enter(session, OFF)
    enter(session, OFF)
    assert len(events(session)) == 1


def test_what_changed_is_changed_and_what_the_file_no_longer_has_is_taken_away(session: Session) -> None:
    enter(session, OFF, WORKED)
    enter(session, OFF.replace("false", "true"))
    assert calendar.overrides(session) == {date(2026, 3, 4): True}
    assert events(session)[1] == {"worked": ["2026-03-04"], "off": [], "removed": ["2026-03-07"]}


def test_a_new_note_alone_is_a_change(session: Session) -> None:
    enter(session, OFF)
    enter(session, OFF.replace("en: Off", "en: Day off"))
    assert session.get_one(CalendarDay, date(2026, 3, 4)).note_en == "Day off"
    assert len(events(session)) == 2


def test_a_faulty_file_changes_nothing(session: Session) -> None:
    enter(session, OFF)
    with pytest.raises(CriteriaFaulty):
        enter(session, WORKED, OFF.replace("false", "no"))
    assert calendar.overrides(session) == {date(2026, 3, 4): False}
    assert len(events(session)) == 1


def test_the_catalogue_brings_the_calendar_and_leaves_it_where_it_is_given_none(session: Session) -> None:
    catalogue.sync(session, factories.worker(), documents={}, regions={}, calendar=text(OFF))
    catalogue.sync(session, factories.worker(), documents={}, regions={})
    assert calendar.overrides(session) == {date(2026, 3, 4): False}


def test_the_portals_own_calendar_fits(session: Session) -> None:
    seeds.sync(session, factories.worker())
    kept = session.scalar(select(func.count(CalendarDay.day))) or 0
    # The library is right about every year that was announced; nothing is entered, and nothing to record.
    assert (kept, events(session)) == (0, [])


# Deadlines


def closing(session: Session, selection: Decision) -> datetime:
    """Announce a selection at NOON and return when its notice closes."""
    officer = factories.actor(session, factories.persona(session, Role.OFFICER), NOON)
    approver = factories.actor(session, factories.persona(session, Role.APPROVER), NOON)
    proposal = notices.propose(session, officer, selection, reason="按名次公示")
    decisions.approve(session, approver, proposal, digest=proposal.digest, reason="")
    return session.scalars(select(Notice.closes_at).where(Notice.approval_id == proposal.id)).one()


@pytest.mark.parametrize(
    ("days", "count_start", "closes"),
    [
        ((), 0, (3, 9)),  # 3, 4, 5, 6, 9
        ((), 1, (3, 6)),  # 2, 3, 4, 5, 6
        ((OFF,), 0, (3, 10)),  # 3, 5, 6, 9, 10
        ((OFF,), 1, (3, 9)),  # 2, 3, 5, 6, 9
        ((WORKED,), 0, (3, 7)),  # 3, 4, 5, 6, 7
        ((OFF, WORKED), 0, (3, 9)),  # 3, 5, 6, 7, 9
    ],
)
def test_a_notice_ends_by_the_table_and_by_what_the_route_says_of_its_first_day(
    session: Session, days: tuple[str, ...], count_start: int, closes: tuple[int, int]
) -> None:
    enter(session, *days)
    told = {Kind.NOTICE: {"parameters": {"working_days": 5, "count_start": count_start}}}
    where = factories.round_category(session, steps=told)
    decision = factories.decision(session, where)
    selected = factories.application(session, round_category=where, kind=Kind.NOTICE)
    factories.outcome(session, decision, selected)
    assert closing(session, decision) == midnight(*closes)


def test_a_round_from_before_the_setting_does_not_count_the_first_day(session: Session) -> None:
    told = {Kind.NOTICE: {"parameters": {"working_days": 5}}}
    where = factories.round_category(session, steps=told)
    decision = factories.decision(session, where)
    factories.outcome(session, decision, factories.application(session, round_category=where, kind=Kind.NOTICE))
    assert closing(session, decision) == midnight(3, 9)


@pytest.mark.parametrize(
    ("days", "count_start", "due"),
    [
        ((), 0, (3, 5)),  # 3, 4, 5
        ((), 1, (3, 4)),  # 2, 3, 4
        ((OFF,), 0, (3, 6)),  # 3, 5, 6
        ((OFF,), 1, (3, 5)),  # 2, 3, 5
    ],
)
def test_a_correction_is_due_by_the_table_and_by_what_the_route_says_of_its_first_day(
    session: Session, days: tuple[str, ...], count_start: int, due: tuple[int, int]
) -> None:
    enter(session, *days)
    told = {Kind.SCREENING: {"parameters": {"working_days": 10, "count_start": count_start}}}
    where = factories.round_category(session, steps=told)
    correction = screening.send_back(session, _officer(session), _waiting(session, where), note=NOTE, working_days=3)
    assert correction.due_at == midnight(*due)


def test_what_is_set_does_not_move_when_the_table_changes(session: Session) -> None:
    correction = screening.send_back(session, _officer(session), _waiting(session), note=NOTE, working_days=3)
    enter(session, OFF)
    session.refresh(correction)
    assert correction.due_at == midnight(3, 5)


# Years that are not announced


def test_a_deadline_into_2027_is_estimated_until_the_year_is_entered(session: Session) -> None:
    monday = datetime(2026, 12, 28, 4, tzinfo=UTC)
    # 29, 30, 31; 1 January is off, 2 and 3 are a weekend; 4 and 5.
    over = calendar.deadline(session, monday, 5, count_start=False)
    assert over == midnight(1, 5, 2027)
    assert calendar.unannounced(session, monday, over) == 2027
    enter(session, YEAR)
    assert calendar.unannounced(session, monday, over) is None


def test_a_correction_is_estimated_as_long_as_it_is_open(session: Session) -> None:
    monday = datetime(2026, 12, 28, 4, tzinfo=UTC)
    officer = factories.actor(session, factories.persona(session, Role.OFFICER), monday)
    correction = screening.send_back(session, officer, _waiting(session), note=NOTE, working_days=5)
    assert calendar.of_correction(session, correction) == 2027
    correction.closed_at = monday
    assert calendar.of_correction(session, correction) is None
    assert calendar.of_correction(session, None) is None


def _officer(session: Session) -> Actor:
    return factories.actor(session, factories.persona(session, Role.OFFICER), NOON)


def _waiting(session: Session, where: RoundCategory | None = None) -> Application:
    return factories.application(session, round_category=where, kind=Kind.SCREENING)
