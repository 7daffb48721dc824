"""What do the doors of coming home get sent, so that only who asks decides?"""

import uuid
from typing import Any

from hongyan.members.models import Member
from tests.web.matrix.stage import Stage
from tests.world import TODAY

CASE = "journeys/<int:pk>/"


def set_up(stage: Stage) -> None:
    """Give every member of a case a credential that can be looked at."""
    members = [journey.member_id for journey in stage.journeys.values()]
    Member.objects.filter(pk__in=members).update(credential_number="甘流 0012")


def request(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Fill the forms that are not those of a move."""
    if method != "POST":
        return None
    if door == CASE + "depart-again/":
        address = "/" + door.replace("<int:pk>", str(stage.journeys[thing].pk))
        return address, {"key": uuid.uuid4().hex, "departs_on": TODAY.isoformat()}
    if door == CASE + "check-credential/":
        journey = stage.journeys[thing]
        return (
            "/" + door.replace("<int:pk>", str(journey.pk)),
            {"key": uuid.uuid4().hex, "expect": journey.version},
        )
    if door == "r/<str:token>/again/":
        address = "/" + door.replace("<str:token>", stage.links[thing])
        return address, {"key": uuid.uuid4().hex, "where": "there"}
    return None


def call(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any], dict[str, str]] | None:
    """Fill the call that looks at a credential: it takes no note."""
    if method != "POST" or not door.endswith("/check-credential"):
        return None
    journey = stage.journeys[thing]
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    if stage.tokens.get(person):
        headers["Authorization"] = f"Bearer {stage.tokens[person]}"
    address = "/" + door.replace("<int:journey_id>", str(journey.pk))
    return address, {"expect": journey.version}, headers
