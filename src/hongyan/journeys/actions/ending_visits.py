"""End a visit at home because of a move: he came to a place, or his period away is over."""

from collections.abc import Mapping
from datetime import datetime

from hongyan.journeys.models import Journey, Visit
from hongyan.journeys.recording import NOT_VISITING
from hongyan.journeys.visit_models import VisitState
from hongyan.members.permissions import Actor


def end_visit(now: Journey, *, for_good: bool, by: Actor, at: datetime) -> Mapping[str, None]:
    """End the visit somebody is on and return the columns that say so; costs nothing when he is on none."""
    if now.visit_until is None:
        return {}
    state = VisitState.OVER if for_good else VisitState.AWAY
    Visit.objects.filter(journey_id=now.pk, state=VisitState.BACK).update(
        state=state, left_at=at, left_by=by.code
    )
    return NOT_VISITING
