"""Working days in China: weekends, the State Council's holidays and the days made up for them.

Overrides say of a day whether it is worked, True for a made-up day and False for a day off; they stand
above the library, so that an operator may enter an arrangement that the library does not know yet. `calendar` reads
them from their file.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from holidays import HolidayBase, country_holidays
from holidays.countries.china import ChinaStaticHolidays

from registry.domain.errors import Invalid

SHANGHAI = ZoneInfo("Asia/Shanghai")
NO_OVERRIDES: Mapping[date, bool] = {}

_ONE_DAY = timedelta(days=1)
# The holiday of a new year, and the days made up for it, reach back to 29 December (as for 2019).
_NEW_YEAR = timedelta(days=3)


def is_workday(day: date, overrides: Mapping[date, bool] = NO_OVERRIDES) -> bool:
    """Tell whether a day is worked."""
    return overrides[day] if day in overrides else bool(_calendar(day.year).is_working_day(day))


def add_workdays(start: date, n: int, count_start: bool, overrides: Mapping[date, bool] = NO_OVERRIDES) -> date:
    """Return the n-th working day from a day on; that day counts only if asked for, and only if worked."""
    if n < 1:
        raise Invalid("workdays_count", count=n)
    day = start if count_start else start + _ONE_DAY
    left = n
    while True:
        left -= is_workday(day, overrides)
        if left == 0:
            return day
        day += _ONE_DAY


def deadline(start: datetime, n: int, count_start: bool, overrides: Mapping[date, bool] = NO_OVERRIDES) -> datetime:
    """Return the first instant that is too late, in UTC: 24:00 in Shanghai of the n-th working day.

    What comes before it is in time (`now < deadline`), so no second of the last day is lost.
    """
    if start.tzinfo is None:
        raise Invalid("workdays_zone", start=start.isoformat())
    last = add_workdays(start.astimezone(SHANGHAI).date(), n, count_start, overrides)
    return end_of(last)


def months_later(day: date, months: int) -> date:
    """Return the same day so many months on, or the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def end_of(day: date) -> datetime:
    """Return the first instant after a day in Shanghai, in UTC: what comes before it is in time."""
    return datetime.combine(day + _ONE_DAY, time(), SHANGHAI).astimezone(UTC)


def notice_days(first: date, last: date, overrides: Mapping[date, bool] = NO_OVERRIDES) -> int:
    """Count the working days of a notice that stands from a first day to a last, both counted."""
    if last < first:
        raise Invalid("workdays_order", first=first, last=last)
    days = (last - first).days + 1
    return sum(is_workday(first + timedelta(days=offset), overrides) for offset in range(days))


def estimated(year: int, overrides: Mapping[date, bool] = NO_OVERRIDES) -> bool:
    """Tell whether a year's arrangement is still to be announced, so that its days are only a guess."""
    entered = any(day.year == year for day in overrides)
    return not entered and year not in ChinaStaticHolidays.special_public_holidays


def unannounced(start: datetime, end: datetime, overrides: Mapping[date, bool] = NO_OVERRIDES) -> int | None:
    """Return the first year still to be announced that a deadline rests on, or None.

    The deadline is counted from a moment and is over at `end`, the first instant too late. A last day from 29 December
    on rests on the next year too, whose holiday may begin by then.
    """
    last = end.astimezone(SHANGHAI).date() - _ONE_DAY
    years = range(start.astimezone(SHANGHAI).year, (last + _NEW_YEAR).year + 1)
    return next((year for year in years if estimated(year, overrides)), None)


@cache
def _calendar(year: int) -> HolidayBase:
    # The last days of a year may be made up for a holiday of the next.
    return country_holidays("CN", years=(year, year + 1), expand=False)
