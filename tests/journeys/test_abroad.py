"""Does a member who is abroad say so once, to those who answer for him, without anything else moving?"""

from datetime import timedelta

import pytest

from hongyan.audit.models import Entry
from hongyan.journeys import actions, periods
from hongyan.journeys.abroad import KIND, said_abroad_at, why_not_say_abroad
from hongyan.journeys.models import Handoff, Journey
from hongyan.journeys.refusals import Refused, Why
from hongyan.journeys.states import Answer, Status
from hongyan.journeys.terms import in_force
from hongyan.notifications.models import Notice, State
from hongyan.reports.laws import broken
from hongyan.web.console.desk_rows import desk_cases
from tests.world import NOW, World, arrival, journey_at

LATER = NOW + timedelta(hours=1)


def told(journey: Journey) -> set[str]:
    return set(
        Notice.objects.filter(kind=KIND, subject=f"journey:{journey.pk}").values_list("recipient", flat=True)
    )


@pytest.mark.parametrize("status", [Status.PLANNED, Status.AWAITING, Status.HOSTED])
def test_those_who_answer_for_him_are_told_once_and_nothing_moves(world: World, status: Status) -> None:
    journey = journey_at(world, status)
    before = (journey.status, journey.version, journey.holder_id)
    for _ in range(2):
        now = actions.say_abroad(journey=journey, by=world.actor("chen"), at=LATER)
    assert (now.status, now.version, now.holder_id) == before
    # The desk that looks for a branch for him must not look on.
    expected = {f"organization:{journey.home_id}", f"organization:{journey.holder_id}"}
    if status == Status.HOSTED:
        expected.add(f"organization:{journey.host_id}")
    assert told(journey) == expected
    assert Notice.objects.filter(kind=KIND).count() == len(expected)
    assert Entry.objects.filter(verb="say_abroad").count() == 1
    assert said_abroad_at(now) == LATER
    # Nobody is named: the desks that read it may only know the routing card.
    assert "陈望川" not in str(list(Notice.objects.filter(kind=KIND).values_list("facts", flat=True)))


def test_he_is_not_asked_to_check_in_any_more(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    reminders = Notice.objects.filter(kind="check_in_reminder", subject=f"journey:{journey.pk}")
    assert reminders.exclude(state=State.WITHDRAWN).exists()
    actions.say_abroad(journey=journey, by=world.actor("chen"), at=LATER)
    assert not reminders.filter(state__in=(State.WAITING, State.LEASED)).exists()


def test_checking_in_again_says_that_he_is_back(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    actions.say_abroad(journey=journey, by=world.actor("chen"), at=NOW)
    back = actions.check_in(journey=journey, arrival=arrival(), by=world.actor("chen"), at=LATER)
    assert said_abroad_at(back) is None


@pytest.mark.parametrize("who", ["luo", "next_village_secretary", "community_secretary"])
def test_nobody_but_home_says_it_for_him(world: World, who: str) -> None:
    journey = journey_at(world, Status.AWAITING)
    refusal = why_not_say_abroad(journey, world.actor(who))
    assert refusal is not None
    assert refusal.why == Why.NOT_YOURS
    with pytest.raises(Refused):
        actions.say_abroad(journey=journey, by=world.actor(who), at=LATER)
    assert told(journey) == set()


@pytest.mark.parametrize("status", [Status.RETURNING, Status.CLOSED])
def test_whoever_is_on_his_way_home_is_not_abroad(world: World, status: Status) -> None:
    journey = journey_at(world, status)
    with pytest.raises(Refused, match="not_now"):
        actions.say_abroad(journey=journey, by=world.actor("chen"), at=LATER)


def test_home_says_it_for_him_and_keeps_him_with_a_contact_every_half_year(world: World) -> None:
    home, journey = world.actor("village_secretary"), journey_at(world, Status.AWAITING)
    now = actions.say_abroad(journey=journey, by=home, at=NOW)
    assert (now.status, now.holder_id, now.abroad_by) == (Status.AWAITING, journey.home_id, home.code)
    assert now.due_at == periods.abroad_contact_due(NOW, in_force(NOW))
    assert actions.remind_due(at=NOW + timedelta(days=60), limit=100) == 0
    half_a_year = NOW + timedelta(days=181)
    assert not desk_cases(home, half_a_year - timedelta(days=3)).exists()
    assert desk_cases(home, half_a_year).get().pk == journey.pk
    now = actions.contact(journey=now, by=home, at=half_a_year)
    assert now.due_at == periods.abroad_contact_due(half_a_year, in_force(half_a_year))
    assert broken() == []


def test_who_is_back_in_the_country_is_awaited_as_usual(world: World) -> None:
    journey = actions.say_abroad(journey=journey_at(world, Status.HOSTED), by=world.actor("chen"), at=NOW)
    talked = actions.contact(journey=journey, by=world.actor("caretaker"), at=NOW)
    assert talked.due_at == periods.abroad_contact_due(NOW, in_force(NOW))
    back = actions.relocate(journey=talked, arrival=arrival("620105002009"), by=world.actor("chen"), at=LATER)
    assert (back.abroad_at, back.abroad_by) == (None, "")
    assert broken() == []


@pytest.mark.parametrize("status", [Status.PLANNED, Status.AWAITING])
def test_who_departs_or_was_not_met_stays_abroad(world: World, status: Status) -> None:
    journey = actions.say_abroad(journey=journey_at(world, status), by=world.actor("chen"), at=NOW)
    kept = journey.due_at
    if status == Status.PLANNED:
        journey = actions.depart(journey=journey, by=world.actor("village_secretary"), at=LATER)
    assert (journey.status, journey.due_at) == (Status.AWAITING, kept)


@pytest.mark.parametrize("who", ["chen", "village_secretary"])
def test_a_desk_that_looked_for_a_branch_gives_the_case_back_to_home(world: World, who: str) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    desk = world.actor("community_secretary")
    assert desk_cases(desk, LATER).filter(pk=journey.pk).exists()
    now = actions.say_abroad(journey=journey, by=world.actor(who), at=LATER)
    assert (now.status, now.holder_id, now.version) == (Status.AWAITING, now.home_id, journey.version + 1)
    assert now.due_at == periods.abroad_contact_due(LATER, in_force(LATER))
    assert not desk_cases(desk, LATER).filter(pk=journey.pk).exists()
    assert {f"organization:{journey.holder_id}", f"organization:{journey.home_id}"} == told(journey)
    last = Handoff.objects.get(journey=journey)
    assert (last.answer, last.answered_at) == (Answer.SUPERSEDED, LATER)
    # Said once more nothing more happens, and nobody is reminded to check in.
    again = actions.say_abroad(journey=now, by=world.actor("chen"), at=LATER + timedelta(days=1))
    assert again.version == now.version
    assert actions.remind_due(at=LATER + timedelta(days=60), limit=100) == 0
    assert desk_cases(world.actor("village_secretary"), LATER + timedelta(days=182)).get().pk == journey.pk
    assert broken() == []
    # Back in the country he goes on as everybody does.
    back = actions.check_in(
        journey=again, arrival=arrival(), by=world.actor("chen"), at=LATER + timedelta(days=9)
    )
    assert (back.status, back.abroad_at) == (Status.DISPATCHING, None)
    assert desk_cases(desk, LATER + timedelta(days=9)).filter(pk=journey.pk).exists()
    assert broken() == []


def test_who_goes_abroad_while_he_moves_stays_with_the_host_who_answers_for_him(world: World) -> None:
    journey = journey_at(world, Status.RELOCATING)
    now = actions.say_abroad(journey=journey, by=world.actor("chen"), at=LATER)
    assert (now.status, now.holder_id) == (Status.HOSTED, now.host_id)
    due = periods.abroad_contact_due(LATER, in_force(LATER))
    assert {now.due_at, now.host_due_at, now.home_due_at} == {due}
    assert broken() == []


def test_a_desk_that_accepts_a_moment_later_is_told_who_was_faster(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    actions.say_abroad(journey=journey, by=world.actor("chen"), at=LATER)
    with pytest.raises(Refused) as stopped:
        actions.accept(
            journey=journey, by=world.actor("community_secretary"), at=LATER, expect=journey.version
        )
    assert stopped.value.refusal.why == Why.STALE


def test_a_case_that_stood_on_a_desk_before_is_given_back_when_it_is_said_again(world: World) -> None:
    journey = journey_at(world, Status.DISPATCHING)
    Journey.objects.filter(pk=journey.pk).update(abroad_at=NOW, abroad_by="user:1")
    assert "no desk looks for a branch for whoever is abroad" in {one.law for one in broken()}
    now = actions.say_abroad(journey=journey, by=world.actor("village_secretary"), at=LATER)
    assert now.status == Status.AWAITING
    assert broken() == []
