"""What is sent to the page that asks whether a membership should follow its member?"""

from typing import Any

from tests.web.matrix.areas.transferring_rules import DOOR, WISH
from tests.web.matrix.stage import Stage


def set_up(stage: Stage) -> None:
    """Add nothing: nobody on the stage has been hosted for half a year."""


def request(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Answer the question of one case."""
    if door == WISH:
        return "/" + door, {"wish": "talk"} if method == "POST" else {}
    if door != DOOR:
        return None
    address = "/" + door.replace("<int:pk>", str(stage.journeys[thing].pk))
    return address, {"agreed": "yes"} if method == "POST" else {}
