"""What do the doors of the ladder get sent?"""

from typing import Any

from tests.web.matrix.stage import Stage


def set_up(stage: Stage) -> None:
    """Build nothing: everybody has a phone."""


def request(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Name the channel a member closes or opens, and guess at the secret of a provider."""
    if door == "delivered/sms/<str:secret>/":
        return f"/delivered/sms/{'x' * 40}/", {}
    if method != "POST" or not door.endswith(("close-channel/", "open-channel/")):
        return None
    return "/" + door.replace("<str:token>", stage.links.get(thing, "")), {"channel": "sms"}
