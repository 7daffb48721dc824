"""What stands on the stage for the doors about caretakers, and what are they sent?"""

from datetime import timedelta
from typing import Any

from hongyan.journeys.actions import accept, check_in, mark
from hongyan.members.actions.caring import stay_away
from hongyan.members.models import Appointment
from tests.web.matrix.stage import Stage
from tests.world import NOW, TODAY, add_member, arrival


def set_up(stage: Stage) -> None:
    """Let somebody be away next year: nothing of it is true today."""
    duty = Appointment.objects.get(user=stage.world.users["window_clerk"])
    next_year = TODAY + timedelta(days=300)
    absence = stay_away(
        appointment=duty,
        from_on=next_year,
        until_on=next_year,
        deputy=None,
        by=stage.world.actor("community_secretary"),
        at=NOW,
    )
    stage.numbers["absences window_clerk"] = absence.pk
    # Somebody has been taken in and waits for a caretaker.
    member = add_member(stage.world, "uncared", "莫小楼", "village")
    journey = mark(
        member=member,
        by=stage.world.actor("village_secretary"),
        at=NOW,
        departs_on=TODAY,
        destination="620102",
    )
    journey = check_in(journey=journey, arrival=arrival(), by=stage.world.actor("uncared"), at=NOW)
    accept(journey=journey, by=stage.world.actor("community_secretary"), at=NOW)


def request(stage: Stage, door: str, method: str, thing: str, person: str) -> tuple[str, Any] | None:
    """Write what these doors are sent."""
    fields: dict[str, dict[str, Any]] = {
        "organizations/<int:pk>/assign-caretakers/": {},
        "organizations/<int:pk>/share-out/": {"automatic": "yes"},
        "appointments/<int:pk>/capacity/": {"capacity": 7},
        "appointments/<int:pk>/away/": {"from_on": TODAY.isoformat(), "until_on": TODAY.isoformat()},
        "absences/<int:pk>/end/": {},
        "organizations/<int:pk>/change/": {
            "kind": "rename",
            "name": "新的名称",
            "reason": "批复",
            "step": "change",
        },
    }
    if door not in fields:
        return None
    first = door.partition("/")[0]
    number = stage.organization(thing).pk if first == "organizations" else stage.numbers[f"{first} {thing}"]
    return "/" + door.replace("<int:pk>", str(number)), fields[door] if method == "POST" else {}
