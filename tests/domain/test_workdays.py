"""Working days, against the notices that ministries and cities really gave."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from registry.domain.errors import Invalid
from registry.domain.workdays import add_workdays, deadline, estimated, is_workday, notice_days

SHANGHAI = timezone(timedelta(hours=8))


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
