"""Which missed deadlines are open now, and before whom do they lie?"""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from hongyan.journeys.climbing import CLOCKS, Clock
from hongyan.journeys.models import Journey, Raise

# How far back missed deadlines are looked for: longer than any outage, so that none is left out.
WITHIN = timedelta(days=90)


def still_open() -> Q:
    """Match the raises whose deadline the journey still has: nobody has done the duty since."""
    found = Q(pk__in=[])
    for clock in CLOCKS:
        found |= Q(
            duty=clock.duty,
            journey__status__in=clock.statuses,
            deadline=F(f"journey__{clock.column}"),
            journey__member__is_exempt=clock.of_exempt,
            **({f"journey__{clock.done}": None} if clock.done else {}),
        )
    return found


def missed(clock: Clock, at: datetime) -> QuerySet[Journey]:
    """List the journeys whose deadline was missed and lies before nobody yet, by index."""
    column = clock.column
    known = Raise.objects.filter(journey=OuterRef("pk"), duty=clock.duty, deadline=OuterRef(column), level=1)
    late = Journey.objects.filter(
        **{f"{column}__lt": at, f"{column}__gt": at - WITHIN}, status__in=clock.statuses
    )
    if clock.debtor == "home":
        # A guest's home minds its own clocks, on its own installation.
        late = late.filter(member__is_guest=False)
    if clock.done:
        late = late.filter(**{clock.done: None})
    return late.filter(~Exists(known), member__is_exempt=clock.of_exempt).order_by(column, "pk")


def before(organization_ids: list[int]) -> QuerySet[Raise]:
    """List what lies before these organisations, the oldest first; each before the level that sees it."""
    rows = Raise.objects.filter(still_open(), organization__in=organization_ids)
    near = rows.select_related(
        "debtor", "journey__member", "journey__home", "journey__host", "journey__destination"
    )
    return near.order_by("deadline", "pk")
