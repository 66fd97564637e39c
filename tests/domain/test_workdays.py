"""Working days, against the notices that ministries and cities really gave."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from registry.domain.calendar import load_calendar
from registry.domain.errors import Invalid
from registry.domain.faults import CriteriaFaulty
from registry.domain.workdays import (
    add_workdays,
    deadline,
    estimated,
    is_workday,
    notice_days,
    unannounced,
)

SHANGHAI = timezone(timedelta(hours=8))
CALENDAR = Path(__file__).parents[2] / "criteria" / "calendar" / "cn.yaml"

# The arrangements of the General Office of the State Council, written down from the texts of its notices: the days off
# from … to …, and the weekend days that are worked. A year has days of its neighbours' notices where they reach over.
ARRANGEMENTS = {
    # 国办发明电〔2018〕15号, Labour Day changed by 〔2019〕3号
    2019: (
        "01-01..01-01 02-04..02-10 04-05..04-07 05-01..05-04 06-07..06-09 09-13..09-15 10-01..10-07",
        "02-02 02-03 04-28 05-05 09-29 10-12",
    ),
    # 〔2019〕16号; Spring Festival prolonged to 2 February by 〔2020〕1号, so that 1 February is not worked
    2020: (
        "01-01..01-01 01-24..02-02 04-04..04-06 05-01..05-05 06-25..06-27 10-01..10-08",
        "01-19 04-26 05-09 06-28 09-27 10-10",
    ),
    # 〔2020〕27号
    2021: (
        "01-01..01-03 02-11..02-17 04-03..04-05 05-01..05-05 06-12..06-14 09-19..09-21 10-01..10-07",
        "02-07 02-20 04-25 05-08 09-18 09-26 10-09",
    ),
    # 〔2021〕11号; 31 December by 〔2022〕16号
    2022: (
        "01-01..01-03 01-31..02-06 04-03..04-05 04-30..05-04 06-03..06-05 09-10..09-12 10-01..10-07 12-31..12-31",
        "01-29 01-30 04-02 04-24 05-07 10-08 10-09",
    ),
    # 〔2022〕16号
    2023: (
        "01-01..01-02 01-21..01-27 04-05..04-05 04-29..05-03 06-22..06-24 09-29..10-06",
        "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    ),
    # 〔2023〕7号; 9 February, the eve of the Spring Festival, is only recommended
    2024: (
        "01-01..01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-10..06-10 09-15..09-17 10-01..10-07",
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    # 〔2024〕12号
    2025: (
        "01-01..01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    # 〔2025〕7号
    2026: (
        "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}


def own() -> dict[date, bool]:
    """The overrides of the portal's own calendar."""
    days = load_calendar(CALENDAR.read_text(encoding="utf-8"), source="cn.yaml")
    return {day.date: day.worked for day in days}


def midnight_after(*day: int) -> datetime:
    """The first instant after a day in Shanghai."""
    return datetime(*day, tzinfo=SHANGHAI) + timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        # National eco-industrial parks: 3-6 (4), 7 is the Dragon Boat Festival, 10-14 (5), 17-18 (2).
        (date(2019, 6, 3), date(2019, 6, 18), 11),
        (date(2020, 9, 21), date(2020, 9, 25), 5),  # Guangzhou Tianhe
        (date(2023, 2, 8), date(2023, 2, 14), 5),  # National Development and Reform Commission
        (date(2023, 12, 18), date(2023, 12, 22), 5),  # national ecological farms
    ],
)
def test_notices_of_the_past_are_counted_as_announced(first, last, count):
    assert notice_days(first, last) == count
    assert add_workdays(first, count, count_start=True) == last


def test_a_notice_that_ends_before_it_begins_is_refused():
    with pytest.raises(Invalid) as refusal:
        notice_days(date(2026, 3, 3), date(2026, 3, 2))
    assert refusal.value.key == "workdays_order"


def test_national_day_2026_and_the_days_made_up_for_it():
    # The State Council's notice for 2026: off from 1 to 7 October, worked on 20 September and 10 October.
    assert [is_workday(date(2026, 10, day)) for day in range(1, 12)] == [False] * 7 + [True] * 3 + [False]
    assert is_workday(date(2026, 9, 20))
    # After Monday 28 September: 29, 30, 8, 9 and the made-up Saturday, 10 October.
    assert add_workdays(date(2026, 9, 28), 5, count_start=False) == date(2026, 10, 10)
    assert add_workdays(date(2026, 9, 28), 5, count_start=True) == date(2026, 10, 9)


def test_a_day_of_december_may_be_made_up_for_the_next_year():
    # The notice for 2006: Saturday 31 December 2005 is worked.
    assert is_workday(date(2005, 12, 31))


def test_a_start_that_is_not_worked_is_never_counted():
    # Saturday 14 March 2026; the Monday after is the first day either way.
    assert add_workdays(date(2026, 3, 14), 1, count_start=True) == date(2026, 3, 16)
    assert add_workdays(date(2026, 3, 14), 1, count_start=False) == date(2026, 3, 16)


def test_overrides_stand_above_the_library():
    overrides = {date(2026, 3, 16): False, date(2026, 3, 14): True}
    assert not is_workday(date(2026, 3, 16), overrides)
    assert add_workdays(date(2026, 3, 13), 2, True, overrides) == date(2026, 3, 14)
    assert notice_days(date(2026, 3, 13), date(2026, 3, 17), overrides) == 3  # 13, 14 and 17
    # 14, 17; the 16th is off, so the deadline is the end of the 17th.
    start = datetime(2026, 3, 13, 9, tzinfo=SHANGHAI)
    assert deadline(start, 2, False, overrides) == datetime(2026, 3, 18, tzinfo=SHANGHAI)


def test_a_deadline_is_the_midnight_in_shanghai_that_ends_the_last_day():
    # Five days after Monday 9 March 2026 are over on Monday the 16th; its midnight is 16:00 in UTC.
    start = datetime(2026, 3, 9, 10, 30, tzinfo=SHANGHAI)
    assert deadline(start, 5, count_start=False) == datetime(2026, 3, 16, 16, tzinfo=UTC)
    assert deadline(start, 5, count_start=True) == datetime(2026, 3, 13, 16, tzinfo=UTC)


def test_the_day_a_deadline_starts_from_is_the_day_in_shanghai():
    # 17:00 on Monday in UTC is 01:00 on Tuesday in Shanghai; one day later Wednesday is over.
    start = datetime(2026, 3, 9, 17, tzinfo=UTC)
    assert deadline(start, 1, count_start=False) == datetime(2026, 3, 11, 16, tzinfo=UTC)


def test_a_start_without_a_zone_is_refused():
    with pytest.raises(Invalid) as refusal:
        deadline(datetime(2026, 3, 9), 1, count_start=False)  # noqa: DTZ001
    assert refusal.value.key == "workdays_zone"


@pytest.mark.parametrize("n", [0, -1])
def test_a_count_below_one_is_refused(n):
    with pytest.raises(Invalid) as refusal:
        add_workdays(date(2026, 3, 9), n, count_start=True)
    assert (refusal.value.key, refusal.value.values) == ("workdays_count", {"count": n})


def test_a_year_is_estimated_until_its_arrangement_is_known():
    assert not estimated(2026)
    assert estimated(2060)
    assert not estimated(2060, {date(2060, 1, 1): False})
    assert estimated(2060, {date(2059, 12, 31): True})


@pytest.mark.parametrize("year", list(ARRANGEMENTS))
def test_every_day_of_a_year_is_as_the_state_council_arranged_it(year):
    off, worked = (part.split() for part in ARRANGEMENTS[year])
    holidays = [tuple(date.fromisoformat(f"{year}-{end}") for end in span.split("..")) for span in off]
    made_up = {date.fromisoformat(f"{year}-{day}") for day in worked}
    overrides = own()
    wrong = []
    for offset in range((date(year + 1, 1, 1) - date(year, 1, 1)).days):
        day = date(year, 1, 1) + timedelta(days=offset)
        expected = day in made_up or (day.weekday() < 5 and not any(first <= day <= last for first, last in holidays))
        if is_workday(day, overrides) is not expected:
            wrong.append(day)
    assert wrong == []


def test_the_days_around_new_year_2019_belong_to_its_notice():
    # 〔2018〕15号: off from 30 December 2018 to 1 January 2019, Saturday 29 December is worked.
    assert is_workday(date(2018, 12, 29))
    assert not is_workday(date(2018, 12, 31))


def test_the_spring_festival_of_2020_was_prolonged():
    # The first notice had Saturday 1 February worked; the second had everybody back on Monday the 3rd.
    assert notice_days(date(2020, 1, 23), date(2020, 2, 3)) == 2


# The four cases of the public notices again, by the route's two ways of counting.


@pytest.mark.parametrize(
    ("first", "days", "last"),
    [
        (date(2019, 6, 3), 11, date(2019, 6, 18)),
        (date(2020, 9, 21), 5, date(2020, 9, 25)),
        (date(2023, 2, 8), 5, date(2023, 2, 14)),
        (date(2023, 12, 18), 5, date(2023, 12, 22)),
    ],
)
def test_the_notices_of_the_past_counted_the_day_they_began(first, days, last):
    opened = datetime(first.year, first.month, first.day, 9, tzinfo=SHANGHAI)
    overrides = own()
    assert deadline(opened, days, True, overrides) == midnight_after(last.year, last.month, last.day)
    # Counted from the day after, they end a working day later.
    following = add_workdays(last, 1, count_start=False)
    expected = midnight_after(following.year, following.month, following.day)
    assert deadline(opened, days, False, overrides) == expected


# Years that are not announced


def test_2027_is_estimated_and_2019_to_2026_are_not():
    assert [year for year in range(2019, 2028) if estimated(year, own())] == [2027]


@pytest.mark.parametrize(
    ("start", "last", "year"),
    [
        ((2026, 11, 2), (2026, 11, 9), None),
        ((2026, 12, 21), (2026, 12, 28), None),
        ((2026, 12, 22), (2026, 12, 29), 2027),  # a holiday that begins by then would be in the notice for 2027
        ((2026, 12, 28), (2027, 1, 5), 2027),
        ((2027, 3, 1), (2027, 3, 8), 2027),
        ((2025, 12, 29), (2026, 1, 6), None),
        ((2027, 12, 30), (2028, 1, 7), 2027),  # the first of two
    ],
)
def test_a_deadline_rests_on_the_years_it_reaches_into(start, last, year):
    begun, over = datetime(*start, 9, tzinfo=SHANGHAI), midnight_after(*last)
    assert unannounced(begun, over) == year


def test_the_end_of_a_deadline_is_a_day_in_shanghai_whatever_its_zone():
    # 16:00 in UTC on 28 December ends the 28th; 16:00 on the 29th ends the 29th.
    start = datetime(2026, 12, 21, 1, tzinfo=UTC)
    assert unannounced(start, datetime(2026, 12, 28, 16, tzinfo=UTC)) is None
    assert unannounced(start, datetime(2026, 12, 29, 16, tzinfo=UTC)) == 2027


def test_a_year_that_is_entered_is_no_longer_estimated():
    entered = {date(2027, 2, 5): False}
    begun, over = datetime(2026, 12, 28, 9, tzinfo=SHANGHAI), midnight_after(2027, 1, 5)
    assert unannounced(begun, over, entered) is None


# The file


def test_a_calendar_is_read_with_its_sources():
    text = """\
days:
  - {date: '2027-02-04', worked: false, source: 国办发明电〔2026〕1号, note: {zh: 春节, en: Spring Festival}}
  - {date: 2027-02-13, worked: true, source: 国办发明电〔2026〕1号, note: {zh: 补班, en: Made up}}
"""
    days = load_calendar(text, source="cn.yaml")
    assert [(day.date, day.worked, day.note.en) for day in days] == [
        (date(2027, 2, 4), False, "Spring Festival"),
        (date(2027, 2, 13), True, "Made up"),
    ]
    assert days[0].source == "国办发明电〔2026〕1号"


def test_all_faults_of_a_calendar_are_named_by_line():
    text = """\
days:
  - {date: 2027-02-30, worked: false, source: a, note: {zh: 一, en: One}}
  - {date: 2027-02-04, worked: perhaps, source: a, note: {zh: 一, en: One}}
  - {date: 2027-02-05, worked: true, note: {zh: 一, en: One}}
  - {date: 2027-02-06, worked: true, source: a, note: {zh: 一}, why: b}
  - {date: 2027-02-05, worked: true, source: a, note: {zh: 一, en: One}}
  - {date: 27-2-7, worked: true, source: a, note: {zh: 一, en: One}}
"""
    with pytest.raises(CriteriaFaulty) as refused:
        load_calendar(text, source="cn.yaml")
    assert [(fault.line, fault.path, fault.key) for fault in refused.value.faults] == [
        (2, "days[0].date", "date_expected"),
        (3, "days[1].worked", "flag_expected"),
        (4, "days[2].source", "field_missing"),
        (5, "days[3].note.en", "field_missing"),
        (5, "days[3].why", "field_unknown"),
        (6, "days[4].date", "yaml_duplicate"),
        (7, "days[5].date", "date_expected"),
    ]
    assert refused.value.faults[5].values == {"name": "2027-02-05", "first": "4"}


@pytest.mark.parametrize("text", ["[]", "days: 3", "{}"])
def test_what_is_no_calendar_is_refused(text):
    with pytest.raises(CriteriaFaulty):
        load_calendar(text, source="cn.yaml")
