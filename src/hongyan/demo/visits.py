"""Who in the demo comes home for the Spring Festival, so that the page shows something out of season too?"""

from datetime import datetime, time, timedelta

from django.utils import timezone

from hongyan.demo.found import Stage
from hongyan.demo.scenes import VILLAGE
from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys import actions
from hongyan.journeys.actions.meeting import Planned
from hongyan.journeys.festivals import festival_at
from hongyan.journeys.meeting_models import MeetingKind
from hongyan.journeys.models import Journey
from hongyan.journeys.states import AWAY, Status
from hongyan.journeys.visit_models import VisitState
from hongyan.journeys.visit_rules import Reply

# The last of them is home already, for a wedding.
HOME_NOW = timedelta(days=12)


def play_visits(stage: Stage, now: datetime) -> None:
    """Let the village note who comes and who does not, and plan a meeting with those who come."""
    village = stage.organization(VILLAGE)
    home, feast, today = stage.at_desk(village.pk), festival_at(now), timezone.localdate(now)
    away = Journey.objects.filter(status__in=AWAY, home=village).order_by("pk")
    first, last = feast.days_from(today)
    coming = list(away.exclude(status=Status.HOSTED).values_list("pk", flat=True)[:3])
    hosted = list(away.filter(status=Status.HOSTED).values_list("pk", flat=True))
    replies = (
        (coming, Reply(VisitState.PLANNED, first, last)),
        (hosted[1:2], Reply(VisitState.PLANNED, first + timedelta(days=1), last)),
        (hosted[2:3], Reply(VisitState.NOT_COMING)),
        (hosted[-1:], Reply(VisitState.PLANNED, today - timedelta(days=2), today + HOME_NOW)),
    )
    for ids, reply in replies:
        actions.answer_visit(journeys=ids, reply=reply, by=home, at=now)
    starts_at = datetime.combine(first + timedelta(days=2), time(9), SHANGHAI)
    actions.plan_meeting(
        organization=village,
        what=Planned(MeetingKind.TALK, starts_at, "村党群服务中心"),
        journeys=[*coming, *hosted[1:2]],
        by=home,
        at=now,
        key="demo:festival",
    )
