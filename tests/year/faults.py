"""What would a schedule do that forgets, or does twice? Jobs with a fault, to see that the year finds it."""

from datetime import date, datetime, timedelta

from hongyan.geography.calendar import SHANGHAI
from hongyan.journeys.actions import digest_due, remind_due
from hongyan.journeys.models import Journey
from hongyan.notifications.models import Notice
from tests.year.temper import OUTAGE

LOST = date(2026, 2, 26)


def twice_after_the_outage(*, at: datetime, limit: int = 500) -> int:
    """Remind, and after the outage send what was made up for a second time."""
    made = remind_due(at=at, limit=limit)
    if OUTAGE[1] <= at < OUTAGE[1] + timedelta(hours=12):
        again = list(Notice.objects.filter(kind="check_in_reminder", created_at=at))
        for one in again:
            one.pk, one.dedupe_key = None, None
        Notice.objects.bulk_create(again)
    return made


def without_one_day(*, at: datetime, limit: int = 500) -> int:
    """Remind, but let whoever was due on one day wait for the next one."""
    if at.astimezone(SHANGHAI).date() != LOST:
        return remind_due(at=at, limit=limit)
    due = Journey.objects.filter(remind_at__lte=at)
    due.update(remind_at=at + timedelta(days=1))
    return 0


def leaving_out_one_day(*, at: datetime, limit: int = 500) -> int:
    """Remind, but take the steps of one day as made."""
    if at.astimezone(SHANGHAI).date() != LOST:
        return remind_due(at=at, limit=limit)
    due = Journey.objects.filter(remind_at__lte=at, remind_step=2)
    due.update(remind_step=3, remind_at=at + timedelta(days=6))
    return 0


def digests_lost(*, at: datetime) -> int:
    """Tell the desks every day but one."""
    return 0 if at.astimezone(SHANGHAI).date() == LOST else digest_due(at=at)
