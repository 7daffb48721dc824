"""Until when is somebody nobody hears of to be looked for again?"""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from hongyan.journeys.models import Handoff, Journey, Search
from hongyan.journeys.search_rules import open_search
from hongyan.journeys.states import Purpose, Status

# Where a member out of contact is looked for, not just called.
LOOKED_FOR = (Status.AWAITING, Status.HOSTED)


def next_search() -> Subquery:
    """Write until when the next attempt is due as an expression for a list."""
    searches = Search.objects.filter(journey=OuterRef("pk"), found_at=None)
    return Subquery(searches.values("next_due_at")[:1])


def is_looked_for(journey: Journey, live: Handoff | None) -> bool:
    """Tell whether a member is to be searched for; whom somebody has just met is to be confirmed first."""
    is_met = live is not None and live.purpose == Purpose.ARRIVAL
    return journey.lost_at is not None and journey.status in LOOKED_FOR and not is_met


def search_due(journey: Journey, live: Handoff | None) -> datetime | None:
    """Return until when the next attempt is due: while somebody is out of contact no other clock counts."""
    if not is_looked_for(journey, live):
        return None
    if "next_search_at" in journey.__dict__:
        due: datetime | None = journey.__dict__["next_search_at"]
        return due
    search = open_search(journey)
    return search.next_due_at if search else None


def due_searched() -> When:
    """Write what `search_due` says as a condition for a list; without a next attempt the old clock counts."""
    met = Handoff.objects.filter(journey=OuterRef("pk"), answered_at=None, purpose=Purpose.ARRIVAL)
    sought = Q(lost_at__isnull=False, status__in=LOOKED_FOR) & ~Exists(met)
    return When(sought, then=Coalesce(next_search(), F("due_at")))
