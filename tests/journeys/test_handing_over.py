"""Does nothing ever stay with somebody who has no duty any more (T10)?"""

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from hongyan.journeys import actions
from hongyan.journeys.duties import left_behind
from hongyan.journeys.models import Journey, Transition
from hongyan.journeys.refusals import Refused, Why
from hongyan.journeys.states import Status
from hongyan.members.actions import appointing
from hongyan.members.models import Appointment, User
from hongyan.members.roles import Role
from hongyan.notifications.models import Notice
from hongyan.reports.laws import broken
from tests.journeys.test_caretakers import waiting
from tests.members.test_caring import away, duty_of, hire
from tests.world import NOW, TODAY, World, build_world, journey_at

LAW = "every caretaker has a duty at the host"


def held() -> set[int | None]:
    return set(Journey.objects.open().values_list("caretaker_id", flat=True))


def accepted(world: World, number: int) -> None:
    boss = world.actor("community_secretary")
    for journey in waiting(world, number):
        actions.accept(journey=journey, by=boss, at=NOW, caretaker=world.users["caretaker"])


def test_t10_everything_open_goes_to_the_successor_in_the_same_moment(world: World) -> None:
    for status, member in ((Status.HOSTED, "chen"), (Status.RELOCATING, "luo")):
        journey_at(world, status, member)
    second, boss = hire(world, "second", "贺兰"), world.actor("community_secretary")
    duty = duty_of(world, "caretaker")
    found = left_behind(duty, TODAY)
    assert (found.members, found.otherwise) == (2, world.users["community_secretary"])
    assert second.user in found.successors
    assert actions.dismiss(appointment=duty, by=boss, at=NOW, successor=second.user) == 2
    assert held() == {second.user_id}
    moves = Transition.objects.filter(verb="hand_over")
    assert [(move.by, "贺兰" in move.note) for move in moves] == [(boss.code, True)] * 2
    told = Notice.objects.filter(kind="caretaker_changed").values_list("recipient", flat=True)
    assert set(told) == {f"member:{world.members[key].pk}" for key in ("chen", "luo")}
    assert Notice.objects.get(kind="took_over").recipient == f"user:{second.user_id}"
    assert broken() == []


def test_without_a_successor_the_secretary_takes_over(world: World) -> None:
    journey_at(world, Status.RETURNING)
    boss = world.actor("community_secretary")
    actions.dismiss(appointment=duty_of(world, "caretaker"), by=boss, at=NOW)
    assert held() == {world.users["community_secretary"].pk}


def test_with_nobody_left_the_organisation_is_told(world: World) -> None:
    journey_at(world, Status.HOSTED)
    Appointment.objects.filter(organization=world["tianshui_south"]).exclude(
        user=world.users["caretaker"]
    ).update(revoked_at=NOW, revoked_by="user:1")
    department = world.actor("chengguan_department")
    actions.dismiss(appointment=duty_of(world, "caretaker"), by=department, at=NOW)
    assert held() == {None}
    assert Notice.objects.get(kind="nobody_cares").recipient == f"organization:{world['tianshui_south'].pk}"
    assert broken() == []


def test_whoever_keeps_another_duty_of_care_keeps_his_members(world: World) -> None:
    journey_at(world, Status.HOSTED)
    boss, user = world.actor("community_secretary"), world.users["caretaker"]
    place = world["tianshui_south"]
    window = appointing.appoint(
        user=user, role=Role.WINDOW, organization=place, by=boss, at=NOW, from_on=TODAY
    )
    actions.dismiss(appointment=window, by=boss, at=NOW)
    assert held() == {user.pk}


def test_a_successor_who_cannot_is_refused_and_nothing_happens(world: World) -> None:
    journey_at(world, Status.HOSTED)
    boss, duty = world.actor("community_secretary"), duty_of(world, "caretaker")
    hire(world, "second", "贺兰")
    away(world, "second")
    for who in ("second", "caretaker", "village_secretary"):
        with pytest.raises(Refused) as caught:
            actions.dismiss(appointment=duty, by=boss, at=NOW, successor=world.users[who])
        assert caught.value.refusal.why == Why.NO_SUCCESSOR
    assert Appointment.objects.get(pk=duty.pk).revoked_at is None
    assert held() == {world.users["caretaker"].pk}


def ended(world: World) -> datetime:
    """Let the caretaker's duty end by itself and return the morning after."""
    Appointment.objects.filter(user=world.users["caretaker"]).update(until_on=TODAY)
    return NOW + timedelta(days=1)


def test_what_ends_by_itself_is_handed_over_by_the_clock(world: World) -> None:
    journey_at(world, Status.HOSTED)
    tomorrow = ended(world)
    assert actions.hand_over_due(at=NOW, limit=10) == 0
    assert actions.hand_over_due(at=tomorrow, limit=10) == 1
    assert held() == {world.users["community_secretary"].pk}
    assert actions.hand_over_due(at=tomorrow, limit=10) == 0
    assert Transition.objects.get(verb="hand_over").by == "system:clock"


def test_an_account_that_is_closed_keeps_nobody(world: World) -> None:
    journey_at(world, Status.HOSTED)
    User.objects.filter(pk=world.users["caretaker"].pk).update(is_active=False)
    assert actions.hand_over_due(at=NOW, limit=10) == 1
    assert held() == {world.users["community_secretary"].pk}


def test_a_planted_duty_that_ends_without_a_successor_is_caught_by_the_law(world: World) -> None:
    journey = journey_at(world, Status.HOSTED)
    assert broken() == []
    Appointment.objects.filter(user=world.users["caretaker"]).update(revoked_at=NOW, revoked_by="user:1")
    found = broken()
    assert [(one.law, one.subject) for one in found] == [(LAW, f"journey:{journey.pk}")]


@pytest.mark.django_db(transaction=True)
def test_t10_who_is_named_while_he_leaves_keeps_nobody() -> None:
    world = build_world()
    hire(world, "second", "贺兰")
    boss, duty = world.actor("community_secretary"), duty_of(world, "caretaker")
    journeys, ends = waiting(world, 5), list[str]()
    together = Barrier(len(journeys) + 1)

    def accept(journey: Journey) -> None:
        together.wait()
        try:
            actions.accept(journey=journey, by=boss, at=NOW, caretaker=world.users["caretaker"])
        except Refused as refused:
            ends.append(str(refused.refusal.why))
        finally:
            connection.close()

    def leave() -> None:
        together.wait()
        try:
            actions.dismiss(appointment=duty, by=boss, at=NOW, successor=world.users["second"])
        finally:
            connection.close()

    threads = [Thread(target=accept, args=(journey,)) for journey in journeys] + [Thread(target=leave)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(ends) <= {"caretaker_not_here"}
    assert world.users["caretaker"].pk not in held()
    hosted = Journey.objects.filter(status=Status.HOSTED)
    assert hosted.count() == len(journeys) - len(ends)
    assert broken() == []
