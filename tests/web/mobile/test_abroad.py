"""Does the page for addresses offer a plain choice to somebody who is abroad, and does his branch learn it?"""

import time_machine
from django.test import Client

from hongyan.journeys.links import path_for
from hongyan.journeys.states import Status
from hongyan.notifications.models import Notice
from tests.web.console.people import browser_of, words
from tests.web.mobile.pages import LIGHT
from tests.world import NOW, World, journey_at


def test_the_choice_stands_on_the_page_for_addresses_and_reaches_the_branch(
    client: Client, world: World
) -> None:
    with time_machine.travel(NOW, tick=False):
        journey = journey_at(world, Status.AWAITING)
        link = path_for(journey)
        by_hand = client.get(link + "place/by-hand/").content.decode()
        assert f'href="{link}abroad/">我在境外</a>' in by_hand
        page = client.get(link + "abroad/")
        text = words(page.content)
        assert "告诉党支部我在境外" in text
        assert "不问国家、城市和住址" in text
        assert LIGHT.excess(page.content) == 0
        assert not Notice.objects.filter(kind="says_abroad").exists()
        assert client.post(link + "abroad/").url == link + "abroad/"  # type: ignore[attr-defined]
        assert "已经告诉三雷镇三陶村党支部" in words(client.get(link + "abroad/").content)
        secretary = browser_of(world, "village_secretary")
        assert "一名流动党员说自己在境外" in words(secretary.get("/desk/").content)
        assert "本人告知在境外" in words(secretary.get(f"/journeys/{journey.pk}/").content)


def test_a_case_that_has_ended_offers_nothing(client: Client, world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        link = path_for(journey_at(world, Status.RETURNING))
        assert client.get(link + "abroad/").url == link  # type: ignore[attr-defined]
        said = client.post(link + "abroad/")
        assert said.status_code == 409
        assert "登记在境外" in words(said.content)
