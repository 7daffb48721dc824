"""What do the doors of coming home get sent, so that only who asks decides?"""

import uuid
from typing import Any

from hongyan.journeys import actions
from hongyan.members.models import Member
from tests.web.matrix.stage import Stage
from tests.world import NOW, TODAY

CASE = "journeys/<int:pk>/"
# What the moves of this area are told, by the last part of their address.
WORDS: dict[str, dict[str, str]] = {
    "check-credential/": {},
    "log-search/": {"way": "phone", "outcome": "nothing"},
    "record-decision/": {"decided_on": TODAY.isoformat(), "note": "报上级批准"},
}


def set_up(stage: Stage) -> None:
    """Give every member of a case a credential that can be looked at."""
    members = [journey.member_id for journey in stage.journeys.values()]
    Member.objects.filter(pk__in=members).update(credential_number="甘流 0012")
    home = stage.world.actor("village_secretary")
    lost = actions.flag_lost(journey=stage.journeys["relocating"], by=home, at=NOW, note="电话停机")
    actions.print_dossier(journey=lost, by=home, at=NOW)
    stage.journeys["relocating"].refresh_from_db()


def request(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Fill the forms that are not those of a move."""
    if method != "POST":
        return None
    if door == CASE + "exempt/":
        return "/" + door.replace("<int:pk>", str(stage.journeys[thing].pk)), {"kind": "ill"}
    if door == CASE + "depart-again/":
        address = "/" + door.replace("<int:pk>", str(stage.journeys[thing].pk))
        return address, {"key": uuid.uuid4().hex, "departs_on": TODAY.isoformat()}
    if door.removeprefix(CASE) in WORDS:
        journey = stage.journeys[thing]
        words = {"key": uuid.uuid4().hex, "expect": journey.version, **WORDS[door.removeprefix(CASE)]}
        return "/" + door.replace("<int:pk>", str(journey.pk)), words
    if door == "r/<str:token>/again/":
        address = "/" + door.replace("<str:token>", stage.links[thing])
        return address, {"key": uuid.uuid4().hex, "where": "there"}
    return None


def call(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any], dict[str, str]] | None:
    """Fill the calls whose words are not those of every move."""
    words = WORDS.get(door.rpartition("/")[2] + "/")
    if method != "POST" or words is None:
        return None
    journey = stage.journeys[thing]
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    if stage.tokens.get(person):
        headers["Authorization"] = f"Bearer {stage.tokens[person]}"
    address = "/" + door.replace("<int:journey_id>", str(journey.pk))
    return address, {"expect": journey.version, **words}, headers
