"""What must the officials at the top hear: a year's calendar is unknown, messages wait too long."""

from datetime import datetime, timedelta

from hongyan.geography.calendar import SHANGHAI, is_published
from hongyan.journeys.terms import in_force
from hongyan.members.models import Appointment
from hongyan.members.roles import Role
from hongyan.notifications.actions import notify_many
from hongyan.notifications.models import Channel, Notice, State
from hongyan.notifications.rows import Draft

# From this month on next year's days are usually published, and deadlines reach into it.
FROM_MONTH = 11


def unknown_year(at: datetime) -> int | None:
    """Name the year that deadlines reach into and whose moved days are not known; None if all is known."""
    today = at.astimezone(SHANGHAI).date()
    near = [today.year, today.year + 1] if today.month >= FROM_MONTH else [today.year]
    return next((year for year in near if not is_published(year)), None)


def _topmost(at: datetime) -> list[int]:
    """List the organisations with a department that stand below no other one of these."""
    rows = Appointment.objects.valid(at.astimezone(SHANGHAI).date()).filter(
        role=Role.DEPARTMENT, organization__closed_at=None
    )
    tops, last = list[int](), ""
    seats = rows.order_by("organization__path").values_list("organization_id", "organization__path")
    for number, path in seats.distinct():
        if not last or not path.startswith(last):
            tops.append(number)
            last = path
    return tops


def warn_calendar(*, at: datetime) -> int:
    """Tell the topmost organisations, once for each year, that it is not known; return how many were told."""
    year = unknown_year(at)
    if year is None:
        return 0
    drafts = [
        Draft(
            recipient=f"organization:{number}",
            subject=f"organization:{number}",
            facts={"year": str(year)},
            dedupe_key=f"calendar:{year}:{number}",
        )
        for number in _topmost(at)
    ]
    return notify_many(kind="calendar_unknown", channel=Channel.APP, drafts=drafts, at=at)


def warn_queue(*, at: datetime) -> int:
    """Tell the topmost organisations, once a day, that messages wait longer than they may."""
    hours = in_force(at).queue_hours
    late = Notice.objects.filter(
        channel=Channel.SMS, state=State.WAITING, not_before__lt=at - timedelta(hours=hours)
    )
    if not late.exists():
        return 0
    waiting = Notice.objects.filter(channel=Channel.SMS, state=State.WAITING, not_before__lte=at).count()
    drafts = [
        Draft(
            recipient=f"organization:{number}",
            subject=f"organization:{number}",
            facts={"hours": str(hours), "number": str(waiting)},
            dedupe_key=f"queue:{at.astimezone(SHANGHAI):%Y-%m-%d}:{number}",
        )
        for number in _topmost(at)
    ]
    return notify_many(kind="queue_late", channel=Channel.APP, drafts=drafts, at=at)
