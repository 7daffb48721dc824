"""Which pages of coming home does an attacker find, and for whom?"""

from datetime import timedelta
from typing import Any

from hongyan.journeys import actions
from hongyan.journeys.states import CloseReason, Status
from tests.attacks.visiting import visits
from tests.world import NOW, TODAY, add_member, came_home, journey_at

HOME, HOST = "village_secretary", "community_secretary"


def lay_out(scene: Any) -> None:
    """Bring one member home."""
    world = scene.world
    add_member(world, "m_returned", "易归舟", "village")
    journey = came_home(world, journey_at(world, Status.RETURNING, "m_returned"))
    home = world.actor(HOME)
    add_member(world, "m_lost", "喻远行", "village")
    lost = actions.flag_lost(
        journey=journey_at(world, Status.HOSTED, "m_lost"), by=home, at=NOW, note="电话停机"
    )
    actions.print_dossier(journey=lost, by=home, at=NOW)
    scene.cases["lost"] = actions.log_search(
        journey=lost, by=home, at=NOW, way="family", outcome="trace", note="家属说换了工地"
    )
    add_member(world, "m_spared", "温如言", "village")
    spared = journey_at(world, Status.HOSTED, "m_spared")
    near = TODAY + timedelta(days=5)
    actions.exempt(member=spared.member, kind="old", review_on=near, by=home, at=NOW)
    actions.ask_exempt_reviews_due(at=NOW)
    scene.cases["spared"] = type(spared).objects.select_related("member").get(pk=spared.pk)
    scene.cases["returned"] = actions.end(journey=journey, by=home, at=NOW, reason=CloseReason.RETURNED)


PAGES = {
    "homecoming": (*visits(HOME, HOST, case="returning"), *visits(HOME, case="returned")),
    "hold_return_talk": visits(HOME, case="returning"),
    "write_closing": visits(HOST, case="returning"),
    "check_credential": visits(HOME, case="returning"),
    "exempt": (*visits(HOME, case="hosted"), *visits(HOME, case="spared")),
    "lost": visits(HOME, HOST, "town_organiser"),
    "lost_case": visits(HOME, HOST, case="lost"),
    "flag_lost": visits(HOST, case="hosted"),
    "log_search": visits(HOME, case="lost"),
    "record_decision": visits(HOME, case="lost"),
    "dossier": visits(HOME, case="lost"),
    "depart_again": visits(HOME, case="returned"),
    "member_depart_again": visits(None, case="returned"),
}
