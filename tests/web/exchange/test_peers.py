"""Does the page of neighbours say what waits and what was just done, in words and with nobody's name?"""

from datetime import timedelta

import time_machine

from hongyan.exchange import actions
from hongyan.exchange.models import Message
from hongyan.exchange.peer_wording import Way
from hongyan.journeys import actions as journeys
from hongyan.journeys.states import Status
from tests.exchange.neighbour import Neighbour, acquainted
from tests.web.console.people import browser_of, words
from tests.world import NOW, World, arrival, journey_at


def tried(world: World) -> Message:
    """Let a message wait that has been tried in vain."""
    peer = acquainted(world, Neighbour())
    away = journey_at(world, Status.AWAITING)
    away = journeys.check_in(journey=away, arrival=arrival("330109", "B"), by=world.actor("chen"), at=NOW)
    actions.send_across(journey=away, peer=peer, by=world.actor("minqin_department"), at=NOW)
    later = NOW + timedelta(minutes=5)
    Message.objects.update(attempts=2, last_error="unreachable", not_before=later)
    return Message.objects.get()


@time_machine.travel(NOW, tick=False)
def test_what_waits_is_said_in_words(world: World) -> None:
    tried(world)
    said = words(browser_of(world, "province_department").get("/exchange/").content)
    assert "还没有送达的（1）" in said
    assert "试过 2 次：连不上对方，会自动再送；11月23日 09:05 再送" in said
    assert "陈望川" not in said
    # Words, not the rows they are made of.
    assert "Line(" not in said
    assert "datetime" not in said


@time_machine.travel(NOW, tick=False)
def test_what_was_just_done_is_said_on_the_same_page(world: World) -> None:
    message = tried(world)
    desk = browser_of(world, "province_department")
    page = desk.post(f"/exchange/messages/{message.pk}/resend-message/", follow=True)
    assert "已重新排队，一分钟内再送。" in words(page.content)
    Message.objects.update(way=Way.DEAD, receipt="{}")
    page = desk.post(f"/exchange/messages/{message.pk}/settle-message/", follow=True)
    assert "已记为处理完。" in words(page.content)
    assert "还没有送达的" not in words(page.content)
