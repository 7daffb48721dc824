"""Does a guest of a neighbouring installation walk the way of everybody, once, and does his home hear of it?"""

from datetime import timedelta

import pytest

from hongyan.exchange import actions
from hongyan.exchange.actions.forgetting import carried_messages
from hongyan.exchange.actions.posting import envelope_of
from hongyan.exchange.models import Crossing, Message, Received
from hongyan.exchange.peer_wording import Way
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


def test_what_has_not_arrived_keeps_its_sealed_content(world: World, neighbour: Neighbour) -> None:
    """Sixty days after both are done only what was receipted is emptied: the rest must still be sent."""
    assert neighbour.says("handover", neighbour.handover())["outcome"] == "taken"
    journey = Journey.objects.get(member__is_guest=True)
    journeys.accept(journey=journey, by=world.actor("community_secretary"), at=NOW)
    actions.tell_peers_due(at=NOW)
    assert neighbour.says("ended", {"reason": "returned"})["outcome"] == "taken"
    after = NOW + timedelta(days=61)
    assert carried_messages(NOW - timedelta(days=1), NOW) == 0
    assert carried_messages(NOW + timedelta(days=1), after) == 0
    Message.objects.update(way=Way.SENT, receipt="{}", settled_at=NOW)
    assert carried_messages(NOW - timedelta(days=1), NOW) == 0
    assert carried_messages(NOW + timedelta(days=1), after) == 1
    assert Message.objects.get().envelope == ""
    assert broken() == []
