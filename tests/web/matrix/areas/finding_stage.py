"""What do the doors about people who were found find on the stage, and what are they sent?"""

import uuid
from typing import Any

from hongyan.finding import actions
from hongyan.finding.models import Consent
from hongyan.finding.said import tidy
from tests.web.matrix.stage import NAMES, Stage, phone_of
from tests.world import NOW


def set_up(stage: Stage) -> None:
    """Let the community meet a member nobody has marked."""
    finding = actions.register_found(
        organization=stage.world["tianshui_south"],
        said=tidy(name=NAMES["roster"], phone=phone_of("roster")),
        home="",
        consent=Consent.SPOKEN,
        by=stage.world.actor("community_secretary"),
        at=NOW,
    )
    stage.numbers["found unmarked"] = finding.pk


def request(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Fill the forms so that nothing but the person can be in their way."""
    if not door.startswith("found/"):
        return None
    address = door.replace("<int:pk>", str(stage.numbers.get(f"found {thing}", 0)))
    survey = {
        "key": uuid.uuid4().hex,
        "name": "石敢当",
        "phone": "10099990001",
        "consent": "spoken",
    }
    fields = survey if door == "found/register/" else {"note": "已与本人核对"}
    return f"/{address}", fields if method == "POST" else {}
