"""When is a working day over: the State Council's calendar, moved days included."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOSING = time(17, 30)
# What the library calls it in any of its languages it is asked in here.
_NEW_YEAR = "(Spring Festival)"


@cache
def _calendar() -> holidays.HolidayBase:
    return holidays.country_holidays("CN")


def is_published(year: int) -> bool:
    """Tell whether the State Council's moved days of this year are known here.

    Of a year that is not, the festivals are still days off and every weekend is one: nothing moves, and some
    deadlines fall a day or two from where they will when the year is published.
    """
    # The library works a year out when it is first asked about a day of it.
    is_working_day(date(year, 7, 1))
    return any(day.year == year for day in _calendar().weekend_workdays)


def spring_festival(year: int) -> date:
    """Return the first day of the lunar year that begins in this year: known long before any day is moved."""
    days = (date(year, 1, 15) + timedelta(days=number) for number in range(45))
    return next(day for day in days if _NEW_YEAR in (_calendar().get(day) or ""))


def is_working_day(day: date) -> bool:
    """Tell whether offices are open on this day."""
    return bool(_calendar().is_working_day(day))


def after_working_days(at: datetime, days: int) -> datetime:
    """Return the closing time of the working day that lies this many working days after `at`."""
    day = at.astimezone(SHANGHAI).date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return datetime.combine(day, CLOSING, SHANGHAI)


def after_days(at: datetime, days: int) -> datetime:
    """Return the closing time of the day that lies this many calendar days after `at`."""
    return datetime.combine(at.astimezone(SHANGHAI).date() + timedelta(days=days), CLOSING, SHANGHAI)
