"""What of neighbouring installations is in the scene of the attacks?"""

from hongyan.exchange import actions
from hongyan.exchange.models import Peer
from hongyan.journeys import actions as journeys
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status
from tests.attacks.visiting import Scene, visits
from tests.exchange.neighbour import Neighbour, acquainted
from tests.world import NOW, add_member, arrival, journey_at

DEPARTMENT, DESK = "province_department", "minqin_department"


def lay_out(scene: Scene) -> None:
    """Hand a case to a neighbour, be handed a guest, and have one case that may be handed over."""
    world, neighbour = scene.world, Neighbour()
    peer: Peer = acquainted(world, neighbour)
    add_member(world, "m_across", "计南舟", "village")
    away = journey_at(world, Status.AWAITING, "m_across")
    away = journeys.check_in(journey=away, arrival=arrival("330109", "B"), by=world.actor("m_across"), at=NOW)
    scene.cases["across"] = actions.send_across(journey=away, peer=peer, by=world.actor(DESK), at=NOW)
    neighbour.says("handover", neighbour.handover(), NOW)
    scene.cases["guest"] = Journey.objects.get(member__is_guest=True)
    scene.numbers["peer"] = peer.pk


PAGES = {
    "peers": visits(DEPARTMENT),
    "open_peer": visits(DEPARTMENT),
    "send_across": visits(DESK, case="abroad"),
    "send_home": visits("community_secretary", case="guest"),
}
