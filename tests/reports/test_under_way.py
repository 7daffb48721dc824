"""Does a number stay the length of its list and a recount while people move, others fold, and clocks go on?"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from threading import Event, Thread

import pytest
from django.db import connection

from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused
from hongyan.organizations.models import Organization
from hongyan.reports.actions import fold_due
from hongyan.reports.flows import MEASURE_OF, Direction, at_place, spread
from hongyan.reports.measures import Itself, Measure, Subtree, selects
from hongyan.reports.models import Fold
from hongyan.reports.overview import overview
from hongyan.statements import snapshot
from tests.reports.crowd import BRANCHES, MOVES, PLACES, Life, begin, recount, rows, seat, step
from tests.world import NOW, TODAY, World, build_world

# A long campaign asks a thousand times; the suite less often.
TRIPLES = int(os.environ.get("HONGYAN_TEST_TRIPLES", "40"))
MOVERS = 2
# So many people each mover moves about; with more, counting them by hand takes longer than the moves.
PEOPLE = 40


def again(world: World, journey: Journey) -> Journey:
    """Mark somebody anew whose journey is over."""
    journey = Journey.objects.select_related("member", "home").get(pk=journey.pk)
    by = seat(world, journey.home)
    return actions.mark(member=journey.member, by=by, at=NOW, departs_on=TODAY, destination="65")


def move(world: World, number: int, stop: Event, random: Random) -> None:
    """Mark some members and move them about, until told to stop."""
    moving: list[Journey] = []
    while not stop.is_set():
        if len(moving) < PEOPLE:
            life: Life = (random.choice(BRANCHES), random.random() < 0.2, random.random() < 0.2, [])
            moving.append(begin(world, life, number * PEOPLE + len(moving)))
        journey = random.choice(moving)
        with suppress(Refused):
            step(world, journey, random.choice(MOVES), random.choice(PLACES))
        if Journey.objects.get(pk=journey.pk).status == "closed":
            moving[moving.index(journey)] = again(world, journey)


def fold(stop: Event, random: Random) -> None:
    """Fold again and again, each time a little later."""
    turn = 0
    while not stop.wait(random.random() / 20):
        turn += 1
        fold_due(at=NOW + timedelta(minutes=turn))


def wrong(organization: Organization, measure: Measure, own: bool, at: datetime) -> list[str]:
    """Compare one number of one page with its list and with a recount by hand, all at one moment."""
    with snapshot():
        seen = overview(organization, at)
        figures = seen.own.figures if own and seen.own else None if own else seen.figures
        scope = Itself(organization.path) if own else Subtree(organization.path)
        listed = set(Journey.objects.filter(selects(measure, scope, at)).values_list("pk", flat=True))
        counted = recount(rows(at), organization.path, own)[measure]
        shown = figures[measure] if figures else 0
        found = (
            []
            if shown == len(listed) and listed == counted
            else [
                f"{organization.code} {measure} {own}: shows {shown}, lists {len(listed)}, counted {len(counted)}"
            ]
        )
        for direction in Direction:
            found += misplaced(organization, direction, seen.figures[MEASURE_OF[direction]], at)
    return found


def misplaced(organization: Organization, direction: Direction, whole: int, at: datetime) -> list[str]:
    """Compare the places of a page with their lists and with the number they divide."""
    found = spread(organization, direction, at)
    wanted = selects(MEASURE_OF[direction], Subtree(organization.path), at)
    lists = {
        place.code: Journey.objects.filter(wanted, at_place(direction, place.code)).count()
        for place in found.places
    }
    return [
        f"{organization.code} {direction}: {found.total} of {whole}, {place.name} {place.count}"
        for place in found.places
        if place.count != lists[place.code] or found.total != whole
    ]


def beside(calls: list[Callable[[], None]], stop: Event) -> tuple[list[Thread], list[BaseException]]:
    """Begin some work beside this thread; what breaks in it stops everything and is kept."""
    broken: list[BaseException] = []

    def run(call: Callable[[], None]) -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001 - the test raises it
            broken.append(error)
            stop.set()
        finally:
            connection.close()

    threads = [Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    return threads, broken


@pytest.mark.django_db(transaction=True)
def test_a_number_is_its_list_is_a_recount_while_people_move() -> None:
    world, stop, random = build_world(), Event(), Random(5)
    fold_due(at=NOW)
    movers = [lambda number=number: move(world, number, stop, Random(number)) for number in range(MOVERS)]
    threads, broken = beside([*movers, lambda: fold(stop, Random(99))], stop)
    everywhere = list(Organization.objects.order_by("path"))
    found: list[str] = []
    try:
        for _ in range(TRIPLES):
            if stop.is_set() or found:
                break
            at = NOW + timedelta(hours=random.uniform(-30, 60))
            found += wrong(random.choice(everywhere), random.choice(list(Measure)), random.random() < 0.3, at)
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)
    assert not broken, broken
    assert found == []
    assert Journey.objects.count() >= MOVERS
    assert Fold.objects.get().late_until > NOW
