"""What do the tests of visits at home say and do again and again?"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hongyan.journeys import actions
from hongyan.journeys.models import Journey, Visit
from hongyan.journeys.states import Status
from hongyan.journeys.visit_models import VisitState
from hongyan.journeys.visit_rules import Reply
from tests.world import World, journey_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPENS, DAY = date(2027, 1, 7), date(2027, 2, 6)
FIRST, LAST = date(2027, 1, 25), date(2027, 2, 12)
COMING = Reply(VisitState.PLANNED, FIRST, LAST)


def on(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, 20, tzinfo=SHANGHAI)


def say(world: World, journey: Journey, reply: Reply, at: datetime, who: str = "chen") -> Visit:
    actions.answer_visit(journeys=[journey.pk], reply=reply, by=world.actor(who), at=at)
    return Visit.objects.get(journey=journey)


def at_home(world: World, status: Status = Status.HOSTED) -> Journey:
    """Let one come home as he said: the clock puts him there."""
    journey = journey_at(world, status, at=on(OPENS))
    say(world, journey, COMING, on(OPENS))
    assert actions.follow_visits_due(at=on(FIRST - timedelta(days=1))) == 0
    assert actions.follow_visits_due(at=on(FIRST, 6)) == 1
    assert actions.follow_visits_due(at=on(FIRST, 7)) == 0
    journey.refresh_from_db()
    assert journey.visit_until == LAST
    return journey
