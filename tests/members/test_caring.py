"""Is it known who looks after members, who is away, and who stands in for him?"""

from datetime import timedelta

import pytest

from hongyan.audit.models import Entry
from hongyan.members.actions import appoint, register_user
from hongyan.members.actions.caring import end_absence, set_capacity, share_out_caretakers, stay_away
from hongyan.members.caring import away_at, care_duties, stand_in
from hongyan.members.models import Absence, Appointment
from hongyan.members.refusals import Refused, Why
from hongyan.members.roles import Role
from hongyan.notifications.models import Notice
from tests.world import NOW, SETUP, TODAY, World

IN_TEN_DAYS = TODAY + timedelta(days=10)


def refused(call: object, **arguments: object) -> Why:
    with pytest.raises(Refused) as caught:
        call(**arguments)  # type: ignore[operator]
    assert "{" not in caught.value.refusal.sentence
    return Why(caught.value.refusal.why)


def duty_of(world: World, key: str) -> Appointment:
    return Appointment.objects.select_related("organization", "user").get(user=world.users[key])


def hire(world: World, key: str, name: str, role: Role = Role.CARETAKER) -> Appointment:
    world.users[key] = register_user(username=key, name=name, by=SETUP, at=NOW)
    place = world["tianshui_south"]
    from_on = TODAY - timedelta(days=1)
    return appoint(user=world.users[key], role=role, organization=place, from_on=from_on, by=SETUP, at=NOW)


def away(world: World, key: str = "caretaker", **rest: object) -> Absence:
    words = {"from_on": TODAY, "until_on": IN_TEN_DAYS, "deputy": None, **rest}
    boss = world.actor("community_secretary")
    return stay_away(appointment=duty_of(world, key), by=boss, at=NOW, **words)  # type: ignore[arg-type]


def test_capacity_is_data_with_who_and_when(world: World) -> None:
    duty, boss = duty_of(world, "caretaker"), world.actor("community_secretary")
    assert duty.capacity == 20
    set_capacity(appointment=duty, capacity=3, by=boss, at=NOW)
    entry = Entry.objects.get(verb="set_capacity")
    assert (entry.actor, entry.at, entry.details["capacity"]) == (boss.code, NOW, 3)
    assert care_duties(world["tianshui_south"].pk, TODAY)[0].appointment.capacity == 3
    stranger = world.actor("other_community_secretary")
    assert refused(set_capacity, appointment=duty, capacity=1, by=stranger, at=NOW) == Why.OUTSIDE
    observer = duty_of(world, "observer")
    park = world.actor("park_secretary")
    assert refused(set_capacity, appointment=observer, capacity=1, by=park, at=NOW) == Why.CARES_FOR_NOBODY


def test_caretakers_stand_by_name(world: World) -> None:
    hire(world, "early", "丁然")
    assert [duty.user.name for duty in care_duties(world["tianshui_south"].pk, TODAY)] == ["丁然", "孟晓棠"]


def test_whoever_is_away_has_a_deputy_until_he_is_back(world: World) -> None:
    place, hers = world["tianshui_south"].pk, world.users["caretaker"].pk
    hire(world, "second", "贺兰", Role.CARETAKER)
    absence = away(world, deputy=world.users["second"])
    assert away_at(place, IN_TEN_DAYS)[hers] == absence
    assert stand_in(hers, place, TODAY) == world.users["second"]
    assert stand_in(hers, place, IN_TEN_DAYS + timedelta(days=1)) is None
    told = set(
        Notice.objects.filter(kind__in=("deputy_for", "caretaker_away")).values_list("recipient", "kind")
    )
    assert told == {
        (f"user:{world.users['second'].pk}", "deputy_for"),
        (f"user:{hers}", "caretaker_away"),
    }
    end_absence(absence=absence, by=world.actor("community_secretary"), at=NOW)
    assert stand_in(hers, place, TODAY) is None
    back = world.actor("community_secretary")
    assert refused(end_absence, absence=absence, by=back, at=NOW) == Why.BACK_ALREADY


def test_without_a_deputy_who_is_there_the_secretary_stands_in(world: World) -> None:
    place, hers = world["tianshui_south"].pk, world.users["caretaker"].pk
    hire(world, "second", "贺兰")
    away(world, deputy=world.users["second"])
    away(world, "second")
    assert stand_in(hers, place, TODAY) == world.users["community_secretary"]


def test_absences_that_cannot_be_are_refused(world: World) -> None:
    duty, boss = duty_of(world, "caretaker"), world.actor("community_secretary")
    words = {"appointment": duty, "by": boss, "at": NOW, "deputy": None}
    yesterday = TODAY - timedelta(days=1)
    assert refused(stay_away, from_on=TODAY, until_on=yesterday, **words) == Why.AWAY_REVERSED
    assert refused(stay_away, from_on=yesterday, until_on=yesterday, **words) == Why.AWAY_OVER
    outsider = {**words, "deputy": world.users["village_secretary"]}
    assert refused(stay_away, from_on=TODAY, until_on=TODAY, **outsider) == Why.NO_DEPUTY
    herself = {**words, "deputy": world.users["caretaker"]}
    assert refused(stay_away, from_on=TODAY, until_on=TODAY, **herself) == Why.NO_DEPUTY
    away(world)
    assert refused(stay_away, from_on=IN_TEN_DAYS, until_on=IN_TEN_DAYS, **words) == Why.AWAY_ALREADY
    assert Absence.objects.count() == 1


def test_who_appoints_caretakers_decides_how_they_are_given(world: World) -> None:
    place = world["tianshui_south"]
    share_out_caretakers(organization=place, automatic=True, by=world.actor("community_secretary"), at=NOW)
    place.refresh_from_db()
    assert place.shares_out
    clerk = world.actor("window_clerk")
    assert refused(share_out_caretakers, organization=place, automatic=False, by=clerk, at=NOW)
    # Saying it twice is one deed.
    share_out_caretakers(organization=place, automatic=True, by=world.actor("community_secretary"), at=NOW)
    assert Entry.objects.filter(verb="set_sharing").count() == 1
