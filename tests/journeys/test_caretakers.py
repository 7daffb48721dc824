"""Does everybody who is taken in find a caretaker with room, in fair shares, also when many come at once (T25)?"""

from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from hongyan.journeys import actions, caretakers
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused, Why
from hongyan.journeys.sharing import Carer
from hongyan.journeys.states import Status
from hongyan.members.actions.caring import set_capacity, share_out_caretakers
from hongyan.notifications.models import Notice
from hongyan.organizations.models import Organization
from hongyan.reports.laws import broken
from tests.members.test_caring import away, duty_of, hire
from tests.world import NOW, TODAY, World, add_member, arrival, build_world, journey_at


def waiting(world: World, number: int) -> list[Journey]:
    """Bring so many members to the community's desk."""
    home, found = world.actor("village_secretary"), []
    for one in range(number):
        member = add_member(world, f"many{one}", f"钟{one}", "village")
        journey = actions.mark(member=member, by=home, at=NOW, departs_on=TODAY, destination="620102")
        me = world.actor(f"many{one}")
        found.append(actions.check_in(journey=journey, arrival=arrival(), by=me, at=NOW))
    return found


def by_rule(world: World) -> Organization:
    boss = world.actor("community_secretary")
    share_out_caretakers(organization=world["tianshui_south"], automatic=True, by=boss, at=NOW)
    return world["tianshui_south"]


def got() -> Counter[int | None]:
    return Counter(Journey.objects.filter(status=Status.HOSTED).values_list("caretaker_id", flat=True))


def test_the_smallest_load_is_suggested(world: World) -> None:
    journey_at(world, Status.HOSTED)
    second = hire(world, "second", "贺兰")
    place = world["tianshui_south"].pk
    assert caretakers.loads_at(place, NOW) == {world.users["caretaker"].pk: (1, 1)}
    assert caretakers.suggested(place, NOW) == second.user_id
    away(world, "second")
    assert caretakers.suggested(place, NOW) == world.users["caretaker"].pk
    set_capacity(
        appointment=duty_of(world, "caretaker"), capacity=1, by=world.actor("community_secretary"), at=NOW
    )
    assert caretakers.suggested(place, NOW) is None


def test_by_hand_nobody_is_named_by_himself(world: World) -> None:
    (journey,) = waiting(world, 1)
    assert actions.accept(journey=journey, by=world.actor("community_secretary"), at=NOW).caretaker_id is None


def test_by_rule_everybody_finds_a_caretaker_in_fair_shares(world: World) -> None:
    by_rule(world)
    hire(world, "second", "贺兰")
    hire(world, "third", "骆宾")
    for journey in waiting(world, 7):
        actions.accept(journey=journey, by=world.actor("community_secretary"), at=NOW)
    assert sorted(got().values()) == [2, 2, 3]
    moved = Journey.objects.filter(caretaker__isnull=False)
    assert all((row.caretaker_at, row.caretaker_by) == (NOW, row.accepted_by) for row in moved)
    assert broken() == []


def test_whoever_is_away_or_full_is_given_nobody(world: World) -> None:
    by_rule(world)
    boss = world.actor("community_secretary")
    set_capacity(appointment=hire(world, "second", "贺兰"), capacity=2, by=boss, at=NOW)
    absence = away(world)
    journeys = waiting(world, 4)
    with pytest.raises(Refused) as caught:
        actions.accept(journey=journeys[0], by=boss, at=NOW, caretaker=world.users["caretaker"])
    assert caught.value.refusal.why == Why.CARETAKER_AWAY
    for journey in journeys[:3]:
        actions.accept(journey=journey, by=boss, at=NOW)
    assert got() == {world.users["second"].pk: 2, None: 1}
    # Back again: as if she had never been away.
    after = NOW + timedelta(days=(absence.until_on - TODAY).days + 1)
    actions.accept(journey=journeys[3], by=boss, at=after)
    assert got()[world.users["caretaker"].pk] == 1


def test_those_without_a_caretaker_get_one_in_one_go(world: World) -> None:
    boss, place = world.actor("community_secretary"), world["tianshui_south"]
    second = hire(world, "second", "贺兰")
    set_capacity(appointment=second, capacity=2, by=boss, at=NOW)
    set_capacity(appointment=duty_of(world, "caretaker"), capacity=3, by=boss, at=NOW)
    for journey in waiting(world, 6):
        actions.accept(journey=journey, by=boss, at=NOW)
    assert actions.assign_caretakers(organization=place, by=boss, at=NOW) == 5
    assert got() == {world.users["caretaker"].pk: 3, second.user_id: 2, None: 1}
    assert Notice.objects.filter(kind="caretaker_named").count() == 5
    assert actions.assign_caretakers(organization=place, by=boss, at=NOW) == 0
    assert broken() == []
    with pytest.raises(Refused):
        actions.assign_caretakers(organization=place, by=world.actor("street_organiser"), at=NOW)


def accepted_in_parallel(number: int) -> World:
    world = build_world()
    by_rule(world)
    hire(world, "second", "贺兰")
    hire(world, "third", "骆宾")
    journeys, boss = waiting(world, number), world.actor("community_secretary")
    together = Barrier(number)

    def accept(journey: Journey) -> None:
        together.wait()
        try:
            actions.accept(journey=journey, by=boss, at=NOW)
        finally:
            connection.close()

    threads = [Thread(target=accept, args=(journey,)) for journey in journeys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return world


@pytest.mark.django_db(transaction=True)
def test_t25_parallel_acceptances_keep_fair_shares() -> None:
    accepted_in_parallel(9)
    assert sorted(got().values()) == [3, 3, 3]
    assert broken() == []


@pytest.mark.django_db(transaction=True)
def test_a_planted_choice_that_never_looks_again_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "hongyan.journeys.caretakers.share_out",
        lambda carers, number: [min(one.person for one in carers)] * number,
    )
    accepted_in_parallel(6)
    assert max(got().values()) > 6 / 3 + 1


def test_loads_count_those_who_are_still_here(world: World) -> None:
    journey = journey_at(world, Status.RETURNING)
    place, hers = world["tianshui_south"].pk, world.users["caretaker"].pk
    assert journey.caretaker_id == hers
    assert caretakers.carers_at(place, NOW) == [Carer(hers, 0, 1, 20)]
    assert caretakers.carers_at(place, NOW + timedelta(days=31)) == [Carer(hers, 0, 0, 20)]
