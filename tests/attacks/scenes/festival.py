"""Who is home for the festival in the scene of the attacks, and which pages show it?"""

from datetime import timedelta

from hongyan.journeys import actions
from hongyan.journeys.actions.meeting import Planned
from hongyan.journeys.meeting_models import MeetingKind
from hongyan.journeys.states import Status
from hongyan.journeys.visit_models import VisitState
from hongyan.journeys.visit_rules import Reply
from tests.attacks.visiting import Scene, visits
from tests.world import NOW, TODAY, add_member, journey_at

HOME, HOST = "village_secretary", "community_secretary"


def lay_out(scene: Scene) -> None:
    """Let one be home, and be invited to a talk."""
    world = scene.world
    add_member(world, "m_visitor", "归小年", "village")
    journey, home = journey_at(world, Status.HOSTED, "m_visitor"), world.actor(HOME)
    reply = Reply(VisitState.PLANNED, TODAY, TODAY + timedelta(days=9))
    actions.answer_visit(journeys=[journey.pk], reply=reply, by=home, at=NOW)
    talk = actions.plan_meeting(
        organization=world["village"],
        what=Planned(MeetingKind.TALK, NOW + timedelta(hours=1), "村委会"),
        journeys=[journey.pk],
        by=home,
        at=NOW,
        key="scene",
    )
    begun = actions.plan_meeting(
        organization=world["village"],
        what=Planned(MeetingKind.TALK, NOW - timedelta(hours=1), "村委会"),
        journeys=[journey.pk],
        by=home,
        at=NOW - timedelta(hours=2),
        key="begun",
    )
    scene.numbers["meeting that began"] = begun.pk
    scene.cases["visitor"] = journey
    scene.numbers["meeting"] = talk.pk


PAGES = {
    "festival": visits(HOME, "minqin_department", HOST),
    "festival_hosted": visits(HOST),
    "meeting": visits(HOME, number="meeting"),
    "print_meeting": visits(HOME, number="meeting"),
    "member_visit": visits(None, case="visitor"),
}
NOT_PAGES = {"plan_meeting": "a step of a form that begins with whom one has ticked"}
