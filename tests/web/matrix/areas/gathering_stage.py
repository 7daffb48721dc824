"""Who is together on the stage, which founding waits, and what are their doors sent?"""

import uuid
from typing import Any

from hongyan.gathering.kinds import HostKind
from hongyan.gathering.models import Founding, Gathering, Invitation
from tests.web.matrix.areas.gathering_rules import INVITED
from tests.web.matrix.stage import Stage
from tests.world import NOW, SETUP

TOGETHER = ("dispatching", "offered", "hosted")


def _gathering(stage: Stage, place: str, **more: Any) -> Gathering:
    home, host = stage.world["minqin"], stage.world["chengguan"]
    return Gathering.objects.create(
        home=home, home_path=home.path, place_id=place, host=host, place_path=host.path,
        full_members=3, suggested_at=NOW, suggested_by=SETUP, refreshed_at=NOW, **more,
    )  # fmt: skip


def set_up(stage: Stage) -> None:
    """Let three be together, one founding wait for the destination, and one member be asked."""
    world = stage.world
    stage.numbers["gatherings open"] = _gathering(stage, "620102").pk
    waiting = Founding.objects.create(
        gathering=_gathering(stage, "620105"), name="民勤县驻安宁流动党员党支部", host_kind=HostKind.PARK,
        host_body="安宁产业园", address="园区一楼", phone="0000-1000023", superior=world["minqin_town"],
        holder=world["chengguan"], holder_path=world["chengguan"].path, due_at=NOW, proposed_at=NOW,
        proposed_by=SETUP,
    )  # fmt: skip
    stage.numbers["foundings consulting"] = waiting.pk
    for case in INVITED:
        asked = Invitation.objects.create(
            branch=world["jingning_park"], journey=stage.journeys[case], invited_at=NOW, invited_by=SETUP
        )
        stage.numbers[f"invitations {case}"] = asked.pk


def request(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Fill the forms so that nothing but the person can be in their way."""
    if method != "POST" or not door.startswith(("gatherings/", "foundings/", "invitations/")):
        return None
    number = stage.numbers.get(f"{door.partition('/')[0]} {thing}", 0)
    fields = {
        "gatherings/<int:pk>/decline/": {"reason": "scattered"},
        "gatherings/<int:pk>/propose/": _proposal(stage),
        "foundings/<int:pk>/answer/": {"expect": 1, "answer": "agrees"},
        "foundings/<int:pk>/drop/": {"expect": 1, "note": "场所不再提供"},
        "foundings/<int:pk>/again/": {"expect": 1, "note": "情况有变"},
        "foundings/<int:pk>/found/": {"expect": 1},
        "invitations/<int:pk>/": {"agreed": "yes"},
    }.get(door, {})
    return "/" + door.replace("<int:pk>", str(number)), fields


def _proposal(stage: Stage) -> dict[str, Any]:
    people = [stage.journeys[case].pk for case in TOGETHER]
    return {
        "key": uuid.uuid4().hex,
        "name": "民勤县驻城关流动党员党支部",
        "host_kind": "chamber",
        "host_body": "兰州民勤商会",
        "address": "天水南路",
        "phone": "0000-1000024",
        "superior": stage.world["minqin_town"].pk,
        "people": people,
        "secretary": people[0],
    }
