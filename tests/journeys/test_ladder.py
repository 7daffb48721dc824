"""Is everybody who has not been heard of reminded step by step, once each, and nobody else?"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hongyan.journeys import actions
from hongyan.journeys.ladder import DEFAULT_STEPS, GAP, Rule, Way, after, at_once, steps_from
from hongyan.journeys.models import Journey, Reminder
from hongyan.journeys.recording import HEARD
from hongyan.journeys.states import CloseReason, Status
from hongyan.notifications.models import Notice, State
from tests.journeys.test_acceptance import race
from tests.world import NOW, World, add_member, arrival, build_world, journey_at

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EVERY_STEP = [step.number for step in DEFAULT_STEPS]


def made(journey: Journey) -> list[int]:
    """List the steps made for a journey, in the order they were made."""
    return list(journey.reminders.order_by("at", "step").values_list("step", flat=True))


def messages(journey: Journey) -> int:
    """Count the messages to a phone about checking in."""
    about = Notice.objects.filter(subject=f"journey:{journey.pk}", kind="check_in_reminder")
    return about.exclude(channel="app").count()


def pass_days(days: int, start: datetime = NOW) -> None:
    """Let the clock look every hour for so many days."""
    for hours in range(1, days * 24 + 1):
        actions.remind_due(at=start + hours * HOUR)


def test_the_steps_come_when_they_are_due(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    assert made(journey) == [1, 2]
    for days, steps in ((1, [1, 2, 3]), (7, [1, 2, 3, 4]), (10, EVERY_STEP), (60, EVERY_STEP)):
        actions.remind_due(at=NOW + days * DAY - HOUR)
        assert made(journey) == steps[: len(steps) - (days < 60)]
        actions.remind_due(at=NOW + days * DAY)
        assert made(journey) == steps
    assert messages(journey) == 3
    call = journey.reminders.get(way=Way.CALL)
    assert call.due_at
    assert call.due_at > call.at
    journey.refresh_from_db()
    assert (journey.remind_step, journey.remind_at) == (5, None)


def test_the_link_of_every_step_is_told_in_the_member_s_words(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    actions.remind_due(at=NOW + DAY)
    notices = Notice.objects.filter(subject=f"journey:{journey.pk}", kind="check_in_reminder")
    assert sorted(notices.values_list("channel", flat=True)) == ["app", "sms", "sms"]
    assert len({notice.dedupe_key for notice in notices}) == 3


Sign = Callable[[World, Journey, datetime], object]
SIGNS: dict[str, Sign] = {
    "check_in": lambda world, journey, at: actions.check_in(
        journey=journey, arrival=arrival(), by=world.actor("chen"), at=at
    ),
    "contact": lambda world, journey, at: actions.contact(
        journey=journey, by=world.actor("village_secretary"), at=at
    ),
    "abroad": lambda world, journey, at: actions.say_abroad(journey=journey, by=world.actor("chen"), at=at),
    "confirm": lambda world, journey, at: (
        actions.find(journey=journey, by=world.actor("window_clerk"), at=at, note="在窗口遇到"),
        actions.confirm(journey=journey, by=world.actor("village_secretary"), at=at),
    ),
    "start_return": lambda world, journey, at: actions.start_return(
        journey=journey, by=world.actor("chen"), at=at
    ),
    "cancel": lambda world, journey, at: actions.cancel(
        journey=journey, by=world.actor("village_secretary"), at=at, note="误标"
    ),
    "end": lambda world, journey, at: actions.end(
        journey=journey,
        by=world.actor("village_secretary"),
        at=at,
        reason=CloseReason.REMOVED,
        note="组织决定",
    ),
}


@pytest.mark.parametrize("sign", list(SIGNS))
def test_any_sign_of_life_ends_the_ladder_and_takes_back_what_waits(world: World, sign: str) -> None:
    journey = journey_at(world, Status.AWAITING)
    SIGNS[sign](world, journey, NOW + HOUR)
    actions.remind_due(at=NOW + 30 * DAY)
    journey.refresh_from_db()
    assert (journey.remind_from, journey.remind_at) == (None, None)
    assert made(journey) == [1, 2]
    waiting = Notice.objects.filter(kind="check_in_reminder", state__in=(State.WAITING, State.LEASED))
    assert not waiting.exists()


@pytest.mark.parametrize("sign", ["find", "deny", "unreached"])
def test_what_is_no_sign_of_life_ends_nothing(world: World, sign: str) -> None:
    journey, home = journey_at(world, Status.AWAITING), world.actor("village_secretary")
    if sign == "unreached":
        actions.contact(journey=journey, by=home, at=NOW, reached=False)
    else:
        actions.find(journey=journey, by=world.actor("window_clerk"), at=NOW, note="像是本人")
    if sign == "deny":
        actions.deny(journey=journey, by=home, at=NOW, note="不是此人")
    actions.remind_due(at=NOW + DAY)
    assert made(journey) == [1, 2, 3]


def test_who_has_not_left_is_reminded_from_the_morning_of_his_departure(world: World) -> None:
    journey = journey_at(world, Status.PLANNED)
    left = NOW + 3 * DAY
    assert journey.remind_from == left
    actions.remind_due(at=left)
    assert made(journey) == [1, 2]
    actions.remind_due(at=left + DAY)
    assert made(journey) == [1, 2, 3]


def test_an_outage_of_days_is_caught_up_with_a_day_between_messages(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    late = NOW + 9 * DAY
    assert actions.remind_due(at=late) == 1
    assert made(journey) == [1, 2, 3]
    journey.refresh_from_db()
    assert journey.remind_at == late + GAP
    pass_days(2, start=late)
    assert made(journey) == EVERY_STEP
    assert messages(journey) == 3


def test_whom_no_message_reaches_is_called_at_once(world: World) -> None:
    journey, other = journey_at(world, Status.AWAITING), journey_at(world, Status.AWAITING, "luo")
    Notice.objects.filter(subject=f"journey:{journey.pk}", channel="sms").update(
        state=State.FAILED, address_sealed=b"", last_error="isv.MOBILE_NUMBER_ILLEGAL"
    )
    assert actions.remind_due(at=NOW + HOUR) == 1
    assert actions.remind_due(at=NOW + 2 * HOUR) == 0
    assert [made(journey), made(other)] == [[1, 2, 5], [1, 2]]
    # The other steps still come: a number may work again. The call is made once.
    actions.remind_due(at=NOW + 1 * DAY)
    pass_days(11)
    assert sorted(made(journey)) == EVERY_STEP


def test_the_database_knows_no_second_one(world: World) -> None:
    step = journey_at(world, Status.AWAITING).reminders.get(step=1)
    step.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        step.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_two_workers_after_36_hours_remind_each_once() -> None:
    world = build_world()
    for number in range(30):
        add_member(world, f"m{number}", f"贺{number}平", "village")
        journey_at(world, Status.AWAITING, f"m{number}")
    late = NOW + timedelta(hours=36)
    assert race([lambda: actions.remind_due(at=late, limit=7)] * 10) == ["done"] * 10
    while actions.remind_due(at=late):
        pass
    assert Reminder.objects.filter(step=3).count() == 30
    assert Notice.objects.filter(kind="check_in_reminder", channel="sms").count() == 60
    assert Notice.objects.filter(kind="check_in_reminder", channel="app").count() == 30


def test_finding_who_is_due_costs_what_is_due(world: World) -> None:
    for number in range(12):
        add_member(world, f"m{number}", f"贺{number}平", "village")
        journey_at(world, Status.AWAITING, f"m{number}")
    with CaptureQueriesContext(connection) as asked:
        assert actions.remind_due(at=NOW + DAY) == 12
    many = len(asked)
    add_member(world, "last", "贺平", "village")
    journey_at(world, Status.AWAITING, "last", at=NOW)
    with CaptureQueriesContext(connection) as asked:
        assert actions.remind_due(at=NOW + DAY) == 1
    assert len(asked) == many


def test_a_call_is_never_made_in_the_moment_of_marking() -> None:
    steps = steps_from(Rule.CHECK_IN, [(Way.APP, 0), (Way.CALL, 0), (Way.SMS, 0), (Way.SMS, 3)])
    assert [step.number for step in at_once(steps)] == [1]
    assert [step.number for step in at_once(DEFAULT_STEPS)] == [1, 2]
    following = after(DEFAULT_STEPS, 3)
    assert following
    assert following.number == 4


TICKS = st.lists(st.integers(min_value=1, max_value=90), min_size=1, max_size=14)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ticks=TICKS, heard_after=st.none() | st.integers(min_value=0, max_value=400), planned=st.booleans())
def test_whenever_the_clock_looks_each_step_is_made_once_and_none_is_left_out(
    world: World, ticks: list[int], heard_after: int | None, planned: bool
) -> None:
    """Any looks, any outages between them, a sign of life at any hour: the same steps, each once."""
    with transaction.atomic():
        journey = journey_at(world, Status.PLANNED if planned else Status.AWAITING)
        anchor = journey.remind_from
        assert anchor
        now, heard = NOW, False
        for hours in [*ticks, 24 * 10, 24, 24, 24, 24]:
            now += hours * HOUR
            if heard_after is not None and not heard and now >= NOW + heard_after * HOUR:
                Journey.objects.filter(pk=journey.pk).update(**HEARD)
                heard = True
            actions.remind_due(at=now)
            if not heard:
                # Never before its day, and what is due is made: at the latest a day after the message before it.
                due = [step.number for step in DEFAULT_STEPS if anchor + step.delay_days * DAY <= now]
                assert set(made(journey)) <= {1, 2, *due}
        steps = made(journey)
        assert len(steps) == len(set(steps))
        assert heard or sorted(steps) == EVERY_STEP
        assert messages(journey) == len([number for number in steps if number in (2, 3, 4)])
        transaction.set_rollback(True)
