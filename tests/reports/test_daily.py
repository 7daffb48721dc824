"""Is each day of the year as busy as the moves made on it, wherever people have moved since?"""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.states import Status, Verb
from hongyan.organizations.models import Organization
from hongyan.reports.daily import WEEKS, Happening, Year, year
from tests.reports.crowd import LATER, LIVES, Life, populate
from tests.reports.test_overview import FAST, undone
from tests.world import NOW, World, journey_at


def by_hand(organization: Organization, at: datetime) -> dict[Happening, Counter[date]]:
    """Count the moves in Python from plain rows."""
    counts: dict[Happening, Counter[date]] = {what: Counter() for what in Happening}
    today = at.astimezone(SHANGHAI).date()
    first = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    for move in Transition.objects.all():
        day = move.at.astimezone(SHANGHAI).date()
        if not (first <= day and move.at <= at):
            continue
        ours = move.home_path.startswith(organization.path)
        if ours and move.verb == Verb.CHECK_IN:
            counts[Happening.CHECKED_IN][day] += 1
        if ours and move.verb == Verb.MARK:
            counts[Happening.MARKED][day] += 1
        here = move.host_path.startswith(organization.path) and not move.home_path.startswith(move.host_path)
        if here and move.verb == Verb.ACCEPT:
            counts[Happening.TAKEN_IN][day] += 1
    return counts


def counted(found: Year) -> dict[Happening, Counter[date]]:
    """Read what the product counted."""
    return {what: Counter(found.counts[what]) for what in Happening}


@FAST
@given(lives=LIVES)
def test_every_day_is_what_was_done_on_it(world: World, lives: list[Life]) -> None:
    with undone():
        populate(world, lives)
        # Everything happened this minute: spread it over more than the year that is told, night hours too.
        for place, move in enumerate(Transition.objects.order_by("pk")):
            Transition.objects.filter(pk=move.pk).update(at=NOW - timedelta(hours=53 * place % 9300))
        for key in ("nation", "gansu", "minqin", "tianshui_south", "xiaoshan"):
            assert counted(year(world[key], LATER)) == by_hand(world[key], LATER)


def test_a_day_begins_at_midnight_in_china(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    move = Transition.objects.get(journey=journey, verb=Verb.CHECK_IN)
    midnight = datetime(2026, 3, 9, tzinfo=SHANGHAI)
    for at, day in ((midnight, date(2026, 3, 9)), (midnight - timedelta(seconds=1), date(2026, 3, 8))):
        Transition.objects.filter(pk=move.pk).update(at=at)
        found = year(world["gansu"], datetime(2026, 4, 1, 12, tzinfo=SHANGHAI))
        assert found.counts[Happening.CHECKED_IN] == {day: 1}


def test_the_year_is_of_whole_weeks_and_ends_today(world: World) -> None:
    found = year(world["gansu"], LATER)
    assert found.first.weekday() == 0
    assert found.last == LATER.astimezone(SHANGHAI).date()
    assert 52 * 7 < (found.last - found.first).days + 1 <= WEEKS * 7


def test_what_happened_stays_where_it_happened(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    before = counted(year(world["minqin"], LATER))
    assert before[Happening.CHECKED_IN].total() == 1
    Journey.objects.filter(pk=journey.pk).update(home_path=world["lanzhou"].path, home=world["lanzhou"])
    assert counted(year(world["minqin"], LATER)) == before
    assert not year(world["lanzhou"], LATER).counts[Happening.CHECKED_IN]


def test_a_year_costs_two_queries_and_reads_an_index(
    world: World, django_assert_num_queries: Callable[..., Any]
) -> None:
    journey_at(world, Status.HOSTED)
    for key in ("nation", "village"):
        with django_assert_num_queries(2):
            year(world[key], LATER)
    with CaptureQueriesContext(connection) as asked:
        year(world["gansu"], LATER)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Of a handful of rows it would read the table.
            cursor.execute("SET LOCAL enable_seqscan = off")
        plans = []
        for query in asked.captured_queries:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{query['sql']}")
            plans.append(str(cursor.fetchall()))
    assert "transition_left" in plans[0]
    assert "transition_came" in plans[1]
