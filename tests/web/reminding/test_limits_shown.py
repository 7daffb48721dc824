"""Does the contact person read that a message waits because of a limit, and until when?"""

from datetime import timedelta
from typing import Any

import time_machine
from django.urls import reverse

from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.notifications.limits import NUMBER_LIMIT
from hongyan.notifications.models import Notice, Sending
from tests.web.console.people import browser_of, words
from tests.world import NOW, World, journey_at

HOUR = timedelta(hours=1)


def case(world: World, journey: Journey) -> str:
    """Read the case as its contact person does."""
    with time_machine.travel(NOW + HOUR):
        page = browser_of(world, "village_secretary").get(reverse("journey", args=[journey.pk]))
    return words(page.content)


def test_a_number_that_has_had_enough(world: World) -> None:
    journey = journey_at(world, Status.AWAITING)
    Notice.objects.filter(channel="sms").update(not_before=NOW + 20 * HOUR, last_error=NUMBER_LIMIT)
    assert "因限额顺延，" in case(world, journey)


def test_a_gateway_that_has_had_enough(world: World, settings: Any) -> None:
    settings.HONGYAN_SENDING_LIMITS = {"sms": (0, 1, 0)}
    journey = journey_at(world, Status.AWAITING)
    assert "正在发送" in case(world, journey)
    sent = Notice.objects.get(channel="app")
    Sending.objects.create(notice=sent, channel="sms", at=NOW + HOUR / 2)
    said = case(world, journey)
    assert "因限额顺延，" in said
    assert "以后发送" in said
