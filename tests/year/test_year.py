"""Does a season of the year, with its peak and its outage, keep every law and every promise; is a lapse seen?"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from tests.year import expectation
from tests.year.campaign import Result, passed, prepared
from tests.year.picture import drawn
from tests.year.report import reminded
from tests.year.simulation import Year
from tests.year.temper import OUTAGE, PEAK

PEOPLE, SEED = 40, 4
# The first weeks of the peak, with the outage in them.
FIRST, DAYS = date(2026, 2, 20), 55


def season(first: date = FIRST, days: int = DAYS, **faulty: str) -> tuple[Year, Result]:
    year = prepared(PEOPLE, SEED, first=first, days=days, faulty=faulty)
    return year, passed(year)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.django_db(transaction=True)
def test_a_season_with_its_peak_and_its_outage_keeps_every_promise() -> None:
    year, result = season()
    assert result.violations == []
    assert (result.duplicate, result.missing) == ([], [])
    assert not result.refused
    assert result.expected > 2 * PEOPLE
    assert result.digests > DAYS // 2
    assert result.evenings == DAYS
    assert result.whole_checks >= (2 if connection.vendor == "sqlite" else DAYS)
    assert any(PEAK <= leave.marked_at.date() < PEAK + timedelta(days=14) for leave in year.leaves.values())
    assert not any(OUTAGE[0] <= look < OUTAGE[1] for look in year.looks)
    assert result.figures["journeys"] == PEOPLE
    assert result.figures["% checked in"] > 80
    assert Journey.objects.filter(status=Status.HOSTED).exists()
    assert result.curve == sorted(result.curve)
    assert drawn({"with": result.curve, "without": result.curve}).count("<polyline") == 2


# By fault: when those leave whom it meets (all on the first day), and the law that sees it as well.
LAPSES = {
    "twice_after_the_outage": (date(2026, 3, 2), ""),
    "without_one_day": (date(2026, 2, 25), ""),
    "leaving_out_one_day": (date(2026, 2, 25), "no step of a running ladder is left out"),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", LAPSES)
def test_a_job_that_lapses_is_found(fault: str) -> None:
    first, law = LAPSES[fault]
    _, result = season(first, 6, remind_due=f"tests.year.faults.{fault}")
    assert bool(result.duplicate) is (fault != "leaving_out_one_day")
    assert bool(result.missing) is (fault != "twice_after_the_outage")
    assert {one.split(":")[0][6:] for one in result.violations} == ({law} if law else set())


@pytest.mark.django_db(transaction=True)
def test_a_digest_that_is_left_out_is_found() -> None:
    _, result = season(date(2026, 2, 24), 4, digest_due="tests.year.faults.digests_lost")
    assert {one.partition(":")[0] for one in result.violations} == {"2026-02-26 digest missing"}


@pytest.mark.django_db(transaction=True)
def test_a_moment_or_a_night_that_differs_is_seen_row_by_row() -> None:
    year, result = season(days=4)
    assert (result.duplicate, result.missing) == ([], [])
    pk = max(year.leaves)
    year.leaves[pk].marked_at += timedelta(minutes=1)
    found = reminded(year)
    assert len(found.missing) >= 2
    assert all(f"journey:{pk} " in one for one in (*found.missing, *found.duplicate))


def test_the_expectation_knows_days_nights_and_rest() -> None:
    looks = [at(day, *moment) for day in range(1, 20) for moment in ((9, 30), (21, 30))]
    marked: dict[str, Any] = {"marked_at": at(1, 10), "departs_on": date(2026, 6, 1)}
    steps = expectation.steps(**marked, heard_at=None, looks=looks)
    assert [(one.step, one.at, one.goes_at) for one in steps] == [
        (1, at(1, 10), at(1, 10)),
        (2, at(1, 10), at(1, 10)),
        # Due at ten, seen in the evening: it goes in the morning.
        (3, at(2, 21, 30), at(3, 9)),
        (4, at(8, 21, 30), at(9, 9)),
        (5, at(11, 21, 30), at(11, 21, 30)),
    ]
    # The workers stood still for a week: the messages keep a night between them, the call comes with the second.
    late = [look for look in looks if look > at(12, 0)]
    steps = expectation.steps(**marked, heard_at=None, looks=late)
    assert [(one.step, one.at) for one in steps[2:]] == [
        (3, at(12, 9, 30)),
        (4, at(13, 9, 30)),
        (5, at(13, 9, 30)),
    ]
    assert len(expectation.steps(**marked, heard_at=at(5, 12), looks=looks)) == 3
    assert len(expectation.steps(**marked, heard_at=None, looks=looks, ladder=False)) == 2
    assert expectation.by_day(at(1, 20, 59)) == at(1, 20, 59)
    assert expectation.by_day(at(1, 21)) == at(2, 9)
    assert expectation.by_day(at(1, 8, 59)) == at(1, 9)
