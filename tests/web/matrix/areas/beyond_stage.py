"""What goes beyond the platform on the stage of the matrix?"""

from typing import Any

from hongyan.exchange.actions import write_letter
from tests.web.matrix.duties import BEFORE
from tests.web.matrix.stage import Stage


def set_up(stage: Stage) -> None:
    """Let the community write about a case on its desk."""
    written, _ = write_letter(
        journey=stage.journeys["offered"],
        receiver=stage.organization("urumqi_tianshan"),
        by=stage.world.actor("community_secretary"),
        at=BEFORE,
    )
    stage.journeys["offered"] = written.journey
    stage.numbers["letters offered"] = written.pk


def request(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Guess a code where letters are answered."""
    if door == "receipt/":
        return "/receipt/", {"code": "ACEF-3467-HJKM-NPRT"}
    return None
