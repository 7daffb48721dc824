"""Does home see whom to call and why, and is the outcome registered with one click?"""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hongyan.journeys import actions
from hongyan.journeys.ladder import Way
from hongyan.journeys.ladder_models import Means, Outcome
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.sealing import phone_of
from hongyan.notifications.models import Notice, State
from tests.web.console.people import asked, browser_of, words
from tests.world import NOW, World, add_member, journey_at

DAY = timedelta(days=1)
DESK = "/desk/"


def undelivered(world: World, member: str = "chen", code: str = "MOBILE_NOT_ON_SERVICE") -> Journey:
    """Let somebody's message fail, and the clock notice it."""
    journey = journey_at(world, Status.AWAITING, member)
    Notice.objects.filter(subject=f"journey:{journey.pk}", channel="sms").update(
        state=State.FAILED, address_sealed=b"", last_error=code
    )
    actions.remind_due(at=NOW + timedelta(hours=1))
    return journey


def test_an_undelivered_message_becomes_a_call_in_words(world: World) -> None:
    journey = undelivered(world)
    with time_machine.travel(NOW + timedelta(hours=2)):
        page = browser_of(world, "village_secretary").get(DESK)
        said = words(page.content)
        assert "短信未送达：号码停机或关机，请打电话联系本人" in said
        assert phone_of(world.members["chen"]) in said
        assert "没打通" in said
        # Only home is asked, and nobody without the power to mark.
        for other in ("next_village_secretary", "community_secretary", "town_organiser"):
            assert not browser_of(world, other).get(DESK).context["rows"]
        case = words(
            browser_of(world, "village_secretary").get(reverse("journey", args=[journey.pk])).content
        )
        assert "未送达：号码停机或关机" in case
        assert "报到提醒" in case


@pytest.mark.parametrize(("reached", "outcome"), [("yes", Outcome.REACHED), ("no", Outcome.UNREACHED)])
def test_one_click_registers_how_the_call_ended(world: World, reached: str, outcome: str) -> None:
    journey = undelivered(world)
    with time_machine.travel(NOW + timedelta(hours=2)):
        browser = browser_of(world, "village_secretary")
        row, _ = browser.get(DESK).context["rows"][0]
        step = row.suggestion.step if reached == "yes" else row.suggestion.other
        assert step.fields["reached"] == reached
        browser.post(reverse("contact", args=[journey.pk]), asked(journey, **step.fields))
        assert not browser.get(DESK).context["rows"]
    call = journey.reminders.get(way=Way.CALL)
    assert (call.outcome, call.means) == (outcome, Means.PHONE)
    assert call.called_by == f"user:{world.users['village_secretary'].pk}"
    with time_machine.travel(NOW + DAY):
        rows = browser_of(world, "village_secretary").get(DESK).context["rows"]
    assert [row.journey.pk for row, _ in rows] == ([] if reached == "yes" else [journey.pk])
    if reached == "no":
        assert "没有联系上，请再打一次" in rows[0][0].suggestion.why


def test_a_second_try_by_another_means_closes_the_call(world: World) -> None:
    journey, home = undelivered(world), world.actor("village_secretary")
    journey = actions.contact(journey=journey, by=home, at=NOW + DAY, reached=False)
    journey = actions.contact(journey=journey, by=home, at=NOW + 2 * DAY, means=Means.FAMILY, note="母亲转告")
    call = journey.reminders.get(way=Way.CALL)
    assert (call.outcome, call.means) == (Outcome.REACHED, Means.FAMILY)
    assert journey.transitions.order_by("-number")[0].note == "通过家人已联系上：母亲转告"
    actions.contact(journey=journey, by=home, at=NOW + 3 * DAY, reached=False)
    call.refresh_from_db()
    assert call.outcome == Outcome.REACHED


def test_the_call_comes_after_ten_days_without_an_answer(world: World) -> None:
    journey_at(world, Status.AWAITING)
    for days in range(1, 12):
        actions.remind_due(at=NOW + days * DAY)
    with time_machine.travel(NOW + 11 * DAY):
        said = words(browser_of(world, "village_secretary").get(DESK).content)
    assert "提醒以后仍未报到，请打电话联系本人" in said


def test_whoever_has_checked_in_is_called_no_more(world: World) -> None:
    journey = undelivered(world)
    actions.say_abroad(journey=journey, by=world.actor("chen"), at=NOW + timedelta(hours=2))
    with time_machine.travel(NOW + timedelta(hours=3)):
        assert not browser_of(world, "village_secretary").get(DESK).context["rows"]


def test_many_calls_cost_no_more_queries(world: World) -> None:
    undelivered(world)
    with time_machine.travel(NOW + timedelta(hours=2)):
        browser = browser_of(world, "village_secretary")
        with CaptureQueriesContext(connection) as one:
            browser.get(DESK)
    for number in range(8):
        add_member(world, f"m{number}", f"路{number:02d}", "village")
        undelivered(world, f"m{number}")
    with time_machine.travel(NOW + timedelta(hours=2)), CaptureQueriesContext(connection) as many:
        assert len(browser.get(DESK).context["rows"]) == 9
    assert len(many) <= len(one)
