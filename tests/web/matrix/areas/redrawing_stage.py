"""What do the doors of the boundaries get sent?"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.journeys.redrawn import staged
from tests.web.matrix.areas.redrawing_rules import LOADED, LOOK, STANDING


def set_up(stage: Any) -> None:
    """Load a generation beside the one in force; nothing of the cast stands where it changes anything."""
    with TemporaryDirectory() as folder:
        generation = staged(
            Path(folder), "code,name\n620105150,九合镇\n", "code,successor\n620105101,620105150\n"
        )
    stage.numbers[f"boundaries {LOADED}"] = generation.pk


def request(stage: Any, door: str, method: str, thing: str, person: str) -> tuple[str, dict[str, Any]] | None:
    """Ask for the one generation that is loaded."""
    if not door.startswith(LOOK):
        return None
    fields = {"kind": "organization"} if door == STANDING else {}
    return "/" + door.replace("<int:pk>", str(stage.numbers[f"boundaries {thing}"])), fields
