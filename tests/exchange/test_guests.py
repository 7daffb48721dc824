"""Does a guest of a neighbouring installation walk the way of everybody, once, and does his home hear of it?"""

import pytest

from hongyan.exchange import actions
from hongyan.exchange.actions.posting import envelope_of
from hongyan.exchange.models import Crossing, Message, Received
from hongyan.journeys import actions as journeys
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.members.models import Member
from hongyan.reports.laws import broken
from tests.exchange.neighbour import Neighbour, acquainted
from tests.world import NOW, World


@pytest.fixture
def neighbour(world: World) -> Neighbour:
    there = Neighbour()
    acquainted(world, there)
    return there


def kinds() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))


def test_a_guest_is_taken_in_and_his_home_hears_of_it(world: World, neighbour: Neighbour) -> None:
    receipt = neighbour.says("handover", neighbour.handover())
    assert receipt["outcome"] == "taken", receipt
    guest = Member.objects.get(is_guest=True)
    assert bytes(guest.id_number_sealed) == b""
    journey = Journey.objects.get(member=guest)
    assert (journey.status, journey.holder.code) == (Status.DISPATCHING, "tianshui_south")
    assert broken() == []
    journey = journeys.accept(journey=journey, by=world.actor("community_secretary"), at=NOW)
    assert actions.tell_peers_due(at=NOW) == 1
    message = Message.objects.get()
    body = neighbour.opens(envelope_of(message))
    assert (message.kind, body["where"]) == ("accepted", "天水南路社区党委")
    assert broken() == []
    assert neighbour.says("returning", {})["outcome"] == "taken"
    assert neighbour.says("ended", {"reason": "returned"})["outcome"] == "taken"
    journey.refresh_from_db()
    assert (journey.status, journey.close_reason) == (Status.CLOSED, "across")
    shared = Crossing.objects.get()
    assert shared.ended_at
    assert shared.heard == 3
    assert Received.objects.count() == 3
    assert actions.tell_peers_due(at=NOW) == 0
    assert broken() == []
