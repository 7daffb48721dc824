"""What is sent to the pages on which many cases are moved at once?"""

from typing import Any

from tests.web.matrix.areas.many_rules import ACCEPT, FORWARD
from tests.web.matrix.stage import Stage

KEY = "5e0c1f" * 5 + "ab"


def set_up(stage: Stage) -> None:
    """Add nothing: the cases of the stage are enough."""


def request(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Pick one case and ask for it to be moved."""
    if door not in (ACCEPT, FORWARD):
        return None
    if method != "POST":
        return "/" + door, {}
    journey = stage.journeys[thing]
    fields = {"step": "do", "key": KEY, "total": "1", "picked": f"{journey.pk}.{journey.version}"}
    return "/" + door, {
        **fields,
        "target": stage.organization("weiyuan_road").pk,
    } if door == FORWARD else fields
