"""Do the bands of time away divide a figure, and does each one's list hold exactly whom it counts?"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.reports import stays as reports_stays
from hongyan.reports.flows import MEASURE_OF, Direction
from hongyan.reports.measures import Measure, Subtree, selects
from hongyan.reports.overview import overview
from hongyan.reports.stays import BANDS, away, months_before, stays
from tests.reports.crowd import LATER, LIVES, Life, populate
from tests.reports.test_overview import FAST, undone
from tests.world import World, journey_at

TODAY = LATER.astimezone(SHANGHAI).date()


def months_away(left: date, today: date) -> int:
    """Count full months by walking from the day somebody left, not by going back from today as the product does."""
    months = 0
    while months_before(today, months + 1) >= left:
        months += 1
    return months


def by_hand(days: list[date]) -> list[int]:
    """Count the bands in Python."""
    counts = [0] * len(BANDS)
    for left in days:
        if left > TODAY:
            counts[0] += 1
            continue
        months = months_away(left, TODAY)
        ends = (3, 6, 12, 24, 36, 60)
        counts[1 + sum(months >= end for end in ends)] += 1
    return counts


@FAST
@given(lives=LIVES, gone=st.lists(st.integers(-40, 2600), min_size=8, max_size=8))
def test_the_bands_add_up_and_open_what_they_count(world: World, lives: list[Life], gone: list[int]) -> None:
    with undone():
        populate(world, lives)
        for journey, days in zip(Journey.objects.order_by("pk"), gone, strict=False):
            Journey.objects.filter(pk=journey.pk).update(departs_on=TODAY - timedelta(days=days))
        for key in ("nation", "gansu", "minqin", "tianshui_south"):
            figures = overview(world[key], LATER).figures
            for direction in Direction:
                predicate = selects(MEASURE_OF[direction], Subtree(world[key].path), LATER)
                chosen = Journey.objects.filter(predicate)
                found = stays(world[key], direction, LATER)
                assert found.total == figures[MEASURE_OF[direction]]
                assert [stay.count for stay in found.bands] == by_hand(
                    list(chosen.values_list("departs_on", flat=True))
                )
                for stay in found.bands:
                    listed = chosen.filter(away(stay.band.low, stay.band.high, LATER))
                    assert listed.count() == stay.count


@pytest.mark.parametrize(
    ("today", "months", "day"),
    [
        (date(2026, 7, 15), 3, date(2026, 4, 15)),
        (date(2026, 5, 31), 3, date(2026, 2, 28)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
        (date(2026, 1, 10), 1, date(2025, 12, 10)),
        (date(2026, 1, 31), 14, date(2024, 11, 30)),
    ],
)
def test_months_go_back_by_the_calendar(today: date, months: int, day: date) -> None:
    assert months_before(today, months) == day


def test_a_day_decides_between_two_bands(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    for left, band in (
        (months_before(TODAY, 3), 2),
        (months_before(TODAY, 3) + timedelta(days=1), 1),
        (TODAY, 1),
        (TODAY + timedelta(days=1), 0),
        (months_before(TODAY, 60), 7),
    ):
        Journey.objects.filter(pk=journey.pk).update(departs_on=left)
        counts = [stay.count for stay in stays(world["gansu"], Direction.OUT, LATER).bands]
        assert counts.index(1) == band, left


def test_today_is_today_in_china(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    midnight = datetime(2026, 9, 1, 0, 30, tzinfo=SHANGHAI)
    Journey.objects.filter(pk=journey.pk).update(departs_on=date(2026, 6, 1))
    assert stays(world["gansu"], Direction.OUT, midnight).bands[2].count == 1
    assert stays(world["gansu"], Direction.OUT, midnight - timedelta(hours=1)).bands[1].count == 1


def test_the_bands_leave_nothing_out_and_meet_nowhere() -> None:
    assert BANDS[0].low is None
    assert BANDS[-1].high is None
    assert all(
        one.high == other.low and one.high is not None for one, other in zip(BANDS, BANDS[1:], strict=False)
    )


def test_a_planted_gap_is_caught(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    journey = journey_at(world, Status.AWAITING)
    Journey.objects.filter(pk=journey.pk).update(departs_on=months_before(TODAY, 4))
    monkeypatch.setattr(reports_stays, "BANDS", (*BANDS[:2], *BANDS[3:]))
    assert (
        stays(world["gansu"], Direction.OUT, LATER).total
        != overview(world["gansu"], LATER).figures[Measure.OUT]
    )


def test_a_pyramid_costs_one_query_a_side(
    world: World, django_assert_num_queries: Callable[..., Any]
) -> None:
    journey_at(world, Status.HOSTED)
    for direction in Direction:
        with django_assert_num_queries(1):
            stays(world["nation"], direction, LATER)
