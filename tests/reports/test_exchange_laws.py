"""Does every law of what two installations share notice when it is broken?"""

import pytest
from django.db import connection

from hongyan.exchange import actions
from hongyan.journeys import actions as journeys
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from hongyan.reports.exchange_laws import EXCHANGE_LAWS
from hongyan.reports.laws import broken
from tests.exchange.neighbour import Neighbour, acquainted
from tests.world import NOW, World, arrival, build_world, journey_at

# By law: the statement that breaks it, where the database's own constraints let it pass.
FAULTS = {
    "every case handed over is a message, and every such message a move": "UPDATE exchange_message SET move = 99"
    " WHERE kind = 'handover'",
    "messages about a shared journey are numbered without a gap": "UPDATE exchange_message SET number = 7"
    " WHERE kind = 'accepted'",
    "what a neighbour said was heard once and in order": "UPDATE exchange_crossing SET heard = 3"
    " WHERE side = 'guest'",
    "nothing is told that has not happened": "UPDATE exchange_crossing SET told = 99",
    "a guest belongs to a neighbour, came with a message and has no ID number": "UPDATE exchange_crossing"
    " SET side = 'home' WHERE side = 'guest'",
    "whose home is a neighbour is a guest": "UPDATE members_member SET is_guest = {no}",
    "nobody here works for a neighbour": "UPDATE organizations_organization SET has_desk = {yes}"
    " WHERE code = 'zhejiang'",
}


@pytest.fixture
def world(db: None) -> World:
    """Let one case go to a neighbour, and one of his guests be taken in here."""
    world, neighbour = build_world(), Neighbour()
    peer = acquainted(world, neighbour)
    away = journey_at(world, Status.AWAITING)
    away = journeys.check_in(journey=away, arrival=arrival("330109", "B"), by=world.actor("chen"), at=NOW)
    actions.send_across(journey=away, peer=peer, by=world.actor("minqin_department"), at=NOW)
    neighbour.says("handover", neighbour.handover())
    guest = Journey.objects.get(member__is_guest=True)
    journeys.accept(journey=guest, by=world.actor("community_secretary"), at=NOW)
    actions.tell_peers_due(at=NOW)
    return world


def test_what_is_shared_breaks_no_law(world: World) -> None:
    assert broken() == []


def test_every_law_has_a_fault_to_catch() -> None:
    assert set(FAULTS) == {law.name for law in EXCHANGE_LAWS}


@pytest.mark.parametrize("law", list(FAULTS))
def test_a_planted_fault_breaks_its_law(world: World, law: str) -> None:
    yes, no = ("true", "false") if connection.vendor == "postgresql" else ("1", "0")
    with connection.cursor() as cursor:
        cursor.execute(FAULTS[law].format(yes=yes, no=no))
        assert cursor.rowcount > 0
    assert law in {violation.law for violation in broken()}
