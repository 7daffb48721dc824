"""What goes beyond the platform in the scene of the attacks?"""

from hongyan.exchange.actions import write_letter
from hongyan.journeys import actions
from hongyan.journeys.states import Status
from tests.attacks.visiting import Scene, visits
from tests.world import NOW, add_member, arrival, journey_at

DESK = "minqin_department"


def lay_out(scene: Scene) -> None:
    """Let the county write about a member in a district without the platform."""
    world = scene.world
    add_member(world, "m_letter", "卫远方", "village")
    away = journey_at(world, Status.AWAITING, "m_letter")
    away = actions.check_in(journey=away, arrival=arrival("330109", "B"), by=world.actor("m_letter"), at=NOW)
    letter, _ = write_letter(journey=away, receiver=world["xiaoshan"], by=world.actor(DESK), at=NOW)
    scene.cases["letter"] = away
    scene.numbers["letter"] = letter.pk


PAGES = {
    "send_letter": visits(DESK, case="abroad"),
    "letters": visits(DESK, "village_secretary"),
    "letter": visits(DESK, number="letter"),
    "receipt": visits(None),
}
