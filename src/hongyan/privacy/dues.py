"""Until when is a request to be answered, and is the answer late?"""

from collections.abc import Iterable
from datetime import datetime

from hongyan.geography.calendar import after_working_days
from hongyan.journeys.models import Journey
from hongyan.privacy.models import Kind, RightsRequest

ANSWER_WORKING_DAYS = 15


def dues_of(requests: Iterable[RightsRequest]) -> dict[int, datetime | None]:
    """Say for each request, by its number, until when to answer it; None while its clock stands still.

    Nobody can be erased while he is away: until his journey ends nobody is late, and whoever decides has the
    full time from that day on.
    """
    asked = list(requests)
    waits = {row.member_id for row in asked if row.kind == Kind.ERASE and row.done_at is None}
    ended: dict[int, list[datetime | None]] = {}
    rows = Journey.objects.filter(member_id__in=waits).values_list("member_id", "closed_at")
    for member_id, closed_at in rows:
        ended.setdefault(member_id, []).append(closed_at)
    return {row.pk: _due(row, ended.get(row.member_id, [])) for row in asked}


def _due(request: RightsRequest, ended: list[datetime | None]) -> datetime | None:
    if request.kind != Kind.ERASE or request.done_at:
        return request.due_at
    if None in ended:
        return None
    waited = [moment for moment in ended if moment and moment > request.asked_at]
    return max([request.due_at, *(after_working_days(moment, ANSWER_WORKING_DAYS) for moment in waited)])


def late_ones(requests: Iterable[RightsRequest], at: datetime) -> set[int]:
    """Return the numbers of the requests whose answer is overdue."""
    asked = [row for row in requests if row.done_at is None]
    return {pk for pk, due in dues_of(asked).items() if due is not None and due < at}
