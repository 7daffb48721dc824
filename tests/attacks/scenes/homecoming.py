"""Which pages of coming home does an attacker find, and for whom?"""

from typing import Any

from hongyan.journeys import actions
from hongyan.journeys.states import CloseReason, Status
from tests.attacks.visiting import visits
from tests.world import NOW, add_member, came_home, journey_at

HOME, HOST = "village_secretary", "community_secretary"


def lay_out(scene: Any) -> None:
    """Bring one member home."""
    world = scene.world
    add_member(world, "m_returned", "易归舟", "village")
    journey = came_home(world, journey_at(world, Status.RETURNING, "m_returned"))
    home = world.actor(HOME)
    scene.cases["returned"] = actions.end(journey=journey, by=home, at=NOW, reason=CloseReason.RETURNED)


PAGES = {
    "homecoming": (*visits(HOME, HOST, case="returning"), *visits(HOME, case="returned")),
    "hold_return_talk": visits(HOME, case="returning"),
    "write_closing": visits(HOST, case="returning"),
    "check_credential": visits(HOME, case="returning"),
    "depart_again": visits(HOME, case="returned"),
    "member_depart_again": visits(None, case="returned"),
}
