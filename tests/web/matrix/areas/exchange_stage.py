"""Which neighbour stands on the stage of the matrix?"""

from typing import Any

from hongyan.exchange.actions.crossing import send_across
from hongyan.exchange.models import Message
from hongyan.organizations.actions import serve_area
from hongyan.organizations.kinds import AreaKind
from tests.exchange.neighbour import Neighbour, acquainted
from tests.web.matrix.duties import BEFORE
from tests.web.matrix.stage import Stage
from tests.world import SETUP


def set_up(stage: Stage) -> None:
    """Let a neighbour serve the places of the stage, and one message to him wait."""
    peer = acquainted(stage.world, Neighbour())
    # A workplace nobody works at: the neighbour may be chosen, and no case goes there by itself.
    serve_area(
        organization=peer.organization, kind=AreaKind.WORKPLACE, division_id="62", workplaces="无此单位",
        by=SETUP, at=BEFORE,
    )  # fmt: skip
    stage.numbers["exchange peer"] = peer.pk
    offered = stage.journeys["relocating"]
    stage.journeys["relocating"] = send_across(
        journey=offered, peer=peer, by=stage.world.actor("liberation_secretary"), at=BEFORE
    )
    # It was tried in vain before: whoever sends it again changes something.
    Message.objects.update(attempts=1)
    stage.numbers["exchange message"] = Message.objects.get().pk


def request(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Fill in a card that is none."""
    if door == "exchange/open-peer/":
        fields = {"card": "{}", "organization": stage.organization("urumqi_tianshan").pk, "compared": "0000"}
        return "/exchange/open-peer/", fields if method == "POST" else {}
    if door.startswith("exchange/messages/"):
        return f"/exchange/messages/{stage.numbers['exchange message']}/{door.split('/')[-2]}/", {}
    if door == "exchange/<int:pk>/close-peer/":
        return f"/exchange/{stage.numbers['exchange peer']}/close-peer/", {}
    return None
