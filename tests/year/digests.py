"""Which desks must be told this morning that something is due? Counted by hand, before the job does it."""

from datetime import datetime, timedelta
from operator import attrgetter

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.models import Journey, Raise, Reminder
from hongyan.journeys.states import Status
from hongyan.notifications.models import Notice

DAY = timedelta(days=1)
# Which deadline a duty has, and while which statuses.
AWAY = {Status.DISPATCHING, Status.HOSTED, Status.RELOCATING}
DUTIES = {
    "check_in": ("due_at", {Status.AWAITING}),
    "home_contact": ("home_due_at", AWAY),
    "host_contact": ("host_due_at", AWAY - {Status.DISPATCHING}),
    "return_talk": ("due_at", {Status.RETURNING}),
    "visit_end": ("visit_due_at", AWAY | {Status.AWAITING}),
    "closing_note": ("homecoming.closing_due_at", {Status.RETURNING}),
}


def desks_to_tell(at: datetime) -> set[int]:
    """List the organisations with something due today, a call to make, or something raised since yesterday."""
    midnight = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + DAY
    desks = set[int]()
    rows = Journey.objects.exclude(status=Status.CLOSED).order_by()
    for due, home_due, holder, home in rows.values_list("due_at", "home_due_at", "holder_id", "home_id"):
        if due and due < tomorrow:
            desks.add(holder)
        if home_due and home_due < tomorrow:
            desks.add(home)
    calls = Reminder.objects.filter(way="call").exclude(outcome="reached")
    for called_at, anchor, begun, home in calls.values_list(
        "called_at", "anchor", "journey__remind_from", "journey__home_id"
    ):
        if anchor == begun and (called_at is None or called_at < midnight):
            desks.add(home)
    for one in Raise.objects.filter(at__gt=at - DAY).select_related("journey__homecoming"):
        column, statuses = DUTIES[one.duty]
        if one.duty == "closing_note" and one.journey.homecoming.closing_at:
            continue
        if one.journey.status in statuses and attrgetter(column)(one.journey) == one.deadline:
            desks.add(one.organization_id)
    return desks


def told_differently(at: datetime, wanted: set[int]) -> list[str]:
    """Say which desks were not told, or told twice, or for nothing."""
    day = f"{at.astimezone(SHANGHAI):%Y-%m-%d}"
    told = Notice.objects.filter(kind="digest", created_at=at).order_by("pk")
    made = [int(subject.partition(":")[2]) for subject in told.values_list("subject", flat=True)]
    faults = [f"{day} digest missing: organization:{pk}" for pk in sorted(wanted - set(made))]
    faults += [f"{day} digest for nothing: organization:{pk}" for pk in sorted(set(made) - wanted)]
    return faults + [f"{day} digest twice: organization:{pk}" for pk in made if made.count(pk) > 1]
