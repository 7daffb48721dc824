"""Tell each desk once a day how much is due, instead of once for every thing."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Count, F

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.calls import waiting
from hongyan.journeys.ladder_models import Reminder
from hongyan.journeys.models import Journey, Raise
from hongyan.journeys.raises import still_open
from hongyan.notifications.actions import notify_many
from hongyan.notifications.models import Channel
from hongyan.notifications.rows import Draft

KIND = "digest"
# A desk that has nothing else hears of what was raised in the last day.
NEW = timedelta(days=1)


def digest_due(*, at: datetime) -> int:
    """Tell every desk with something due, once a day, how much it is; return how many were told."""
    counts: defaultdict[int, dict[str, int]] = defaultdict(lambda: {"due": 0, "calls": 0, "raised": 0})
    day = at.astimezone(SHANGHAI)
    evening = day.replace(hour=23, minute=59, second=59)
    late = Journey.objects.open().filter(due_at__lte=evening, member__is_exempt=False)
    beside = Journey.objects.filter(home_due_at__lte=evening, member__is_exempt=False)
    reviews = Journey.objects.open().filter(member__exempt_due_at__lte=evening)
    calls = Reminder.objects.filter(waiting(at), anchor=F("journey__remind_from"))
    calls = calls.filter(journey__member__is_exempt=False)
    raised = Raise.objects.filter(still_open(), at__gt=at - NEW)
    for name, desk, rows in (
        ("due", "holder_id", late),
        ("due", "home_id", beside.exclude(holder_id=F("home_id"))),
        ("due", "home_id", reviews),
        ("calls", "journey__home_id", calls),
        ("raised", "organization_id", raised),
    ):
        for organization, number in rows.order_by().values_list(desk).annotate(number=Count("pk")):
            counts[organization][name] += number
    drafts = [
        Draft(
            recipient=f"organization:{organization}",
            subject=f"organization:{organization}",
            facts={**{name: str(number) for name, number in found.items()}, "link": "/desk/"},
            dedupe_key=f"digest:{organization}:{day:%Y-%m-%d}",
        )
        for organization, found in counts.items()
    ]
    return notify_many(kind=KIND, channel=Channel.APP, drafts=drafts, at=at)
