"""Who is home on the stage of the matrix, and what is planned with him?"""

from datetime import timedelta
from typing import Any

from hongyan.journeys import actions
from hongyan.journeys.actions.meeting import Planned
from hongyan.journeys.meeting_models import MeetingKind
from hongyan.journeys.visit_models import VisitState
from hongyan.journeys.visit_rules import Reply
from tests.web.matrix.areas.festival_rules import ANSWER, LEAVE, LINK, MEETING, PLAN
from tests.web.matrix.duties import BEFORE
from tests.web.matrix.stage import Stage
from tests.world import NOW, TODAY

KEY = "fe5717" * 5 + "ab"
LAST = TODAY + timedelta(days=9)


def set_up(stage: Stage) -> None:
    """Let one be home, and the village have planned a talk that took place this morning."""
    home, case = stage.world.actor("village_secretary"), stage.journeys["hosted"]
    reply = Reply(VisitState.PLANNED, BEFORE.date(), LAST)
    actions.answer_visit(journeys=[case.pk], reply=reply, by=home, at=BEFORE)
    talk = actions.plan_meeting(
        organization=stage.organization("village"),
        what=Planned(MeetingKind.TALK, NOW - timedelta(hours=1), "村委会"),
        journeys=[case.pk],
        by=home,
        at=BEFORE,
        key="matrix",
    )
    case.refresh_from_db()
    stage.numbers["festival village"] = talk.pk


def request(
    stage: Stage, door: str, method: str, thing: str, person: str
) -> tuple[str, dict[str, Any]] | None:
    """Tick one member, and say the rest rightly; an answer that takes back what was said is told from none."""
    if door.startswith(MEETING):
        return "/" + door.replace("<int:pk>", str(stage.numbers["festival village"])), {}
    if method != "POST":
        return None
    if door == LINK:
        return "/" + door.replace("<str:token>", stage.links[thing]), {"answer": "not_coming"}
    if door not in (ANSWER, LEAVE, PLAN):
        return None
    picked = {"pick": stage.journeys[thing].pk}
    if door == ANSWER:
        return "/" + door, {**picked, "answer": "undecided"}
    planned = {"step": "do", "key": KEY, "kind": "talk", "on": LAST.isoformat(), "hour": "09:00"}
    return "/" + door, {**picked, **planned, "place": "村委会"} if door == PLAN else picked
