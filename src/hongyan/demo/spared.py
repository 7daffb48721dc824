"""Of whom in the demo is nothing hard asked, and whose reason is looked at again these days?"""

from datetime import datetime, timedelta

from django.utils import timezone

from hongyan.demo.found import Stage
from hongyan.demo.scenes import VILLAGE
from hongyan.journeys import actions
from hongyan.journeys.models import Journey
from hongyan.journeys.states import Status

# One of them has nearly come to his day, the other one has time.
NEAR, FAR = timedelta(days=6), timedelta(days=200)


def play_spared(stage: Stage, now: datetime) -> None:
    """Let the village have spared one who is ill and one who is disabled; the first is to be looked at again."""
    village = stage.organization(VILLAGE)
    home, today = stage.at_desk(village.pk), timezone.localdate(now)
    quiet = Journey.objects.filter(home=village, status=Status.HOSTED, lost_at=None, visit_until=None)
    # Whoever was met last has nothing else due: what is shown is the look alone.
    first, second = quiet.select_related("member").order_by("-home_due_at", "-pk")[:2]
    for journey, kind, after in ((first, "ill", NEAR), (second, "disabled", FAR)):
        actions.exempt(member=journey.member, kind=kind, review_on=today + after, by=home, at=now)
    actions.ask_exempt_reviews_due(at=now)
