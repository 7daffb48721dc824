"""Is a working day what the State Council says it is, moved days and unpublished years included?"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.geography.calendar import (
    CLOSING,
    SHANGHAI,
    after_days,
    after_working_days,
    is_published,
    is_working_day,
)

# The notices of the State Council on 2025 and 2026: weekends that are worked, weekdays that are off.
WORKED = {
    2025: ("01-26", "02-08", "04-27", "09-28", "10-11"),
    2026: ("01-04", "02-14", "02-28", "05-09", "09-20", "10-10"),
}
OFF = {
    2025: ("01-01", "01-28", "01-29", "01-30", "01-31", "02-03", "02-04", "04-04", "05-01", "05-02", "05-05", "06-02",
           "10-01", "10-02", "10-03", "10-06", "10-07", "10-08"),
    2026: ("01-01", "01-02", "02-16", "02-17", "02-18", "02-19", "02-20", "02-23", "04-06", "05-01", "05-04", "05-05",
           "06-19", "09-25", "10-01", "10-02", "10-05", "10-06", "10-07"),
}  # fmt: skip
# A year whose days nobody has published when this is written, nor can know here.
UNKNOWN = 2041


def days_of(year: int) -> list[date]:
    return [
        date(year, 1, 1) + timedelta(days=number)
        for number in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_of_a_published_year_is_as_the_notice_says(year: int) -> None:
    worked = {date.fromisoformat(f"{year}-{day}") for day in WORKED[year]}
    off = {date.fromisoformat(f"{year}-{day}") for day in OFF[year]}
    assert all(day.weekday() >= 5 for day in worked)
    assert all(day.weekday() < 5 for day in off)
    for day in days_of(year):
        expected = day in worked or (day.weekday() < 5 and day not in off)
        assert is_working_day(day) == expected, day
    assert is_published(year)


def test_a_calendar_without_moved_days_would_be_caught() -> None:
    assert any(is_working_day(day) != (day.weekday() < 5) for day in days_of(2026))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        # Before the Spring Festival of 2026: Saturday 14 February is worked, nine days off follow.
        ("2026-02-12T10:00", 1, "2026-02-13"),
        ("2026-02-12T10:00", 2, "2026-02-14"),
        ("2026-02-13T10:00", 2, "2026-02-24"),
        ("2026-02-14T10:00", 1, "2026-02-24"),
        ("2026-02-18T10:00", 2, "2026-02-25"),
        # Saturday 28 February is worked.
        ("2026-02-26T16:00", 2, "2026-02-28"),
        ("2026-02-27T18:00", 2, "2026-03-02"),
        # National Day: Sunday 20 September and Saturday 10 October are worked.
        ("2026-09-18T09:00", 1, "2026-09-20"),
        ("2026-09-30T09:00", 2, "2026-10-09"),
        ("2026-10-09T09:00", 1, "2026-10-10"),
        # An ordinary weekend, and the turn of a year.
        ("2026-03-06T09:00", 2, "2026-03-10"),
        ("2025-12-31T09:00", 1, "2026-01-04"),
        ("2025-12-31T23:30", 2, "2026-01-05"),
    ],
)
def test_working_days_go_round_what_was_moved(start: str, days: int, end: str) -> None:
    due = after_working_days(datetime.fromisoformat(start).replace(tzinfo=SHANGHAI), days)
    assert due == datetime.combine(date.fromisoformat(end), CLOSING, SHANGHAI)


def test_the_day_is_that_of_shanghai() -> None:
    # 23:30 on the 12th in London is the morning of the 13th here.
    assert after_working_days(datetime(2026, 2, 12, 23, 30, tzinfo=UTC), 1).date() == date(2026, 2, 14)
    assert after_days(datetime(2026, 2, 12, 23, 30, tzinfo=UTC), 1).date() == date(2026, 2, 14)


def test_an_unpublished_year_falls_back_to_weekends_and_festivals() -> None:
    assert not is_published(UNKNOWN)
    assert not any(is_working_day(day) for day in days_of(UNKNOWN) if day.weekday() >= 5)
    for festival in (date(UNKNOWN, 1, 1), date(UNKNOWN, 5, 1), date(UNKNOWN, 10, 1), date(UNKNOWN, 10, 2)):
        assert not is_working_day(festival)
    # Of a usual year some 250 days are worked.
    assert 240 <= sum(map(is_working_day, days_of(UNKNOWN))) <= 255


@given(st.dates(date(2025, 1, 1), date(2026, 11, 30)), st.times(), st.integers(1, 15))
def test_between_a_moment_and_its_deadline_lie_exactly_so_many_working_days(
    day: date, hour: time, days: int
) -> None:
    at = datetime.combine(day, hour, SHANGHAI)
    due = after_working_days(at, days)
    between = [at.date() + timedelta(days=number) for number in range(1, (due.date() - at.date()).days + 1)]
    assert sum(map(is_working_day, between)) == days
    assert is_working_day(due.date())
    assert due > at
