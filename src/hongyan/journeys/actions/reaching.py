"""Who could not be reached by WeChat, and is told by phone instead?"""

from datetime import datetime, timedelta

from hongyan.members.models import Member
from hongyan.members.sealing import phone_of
from hongyan.notifications.actions import send_instead
from hongyan.notifications.models import Channel, Notice, State

# Older news is no news: what is still true of it stands in the app.
LATEST = timedelta(days=3)


def tell_by_phone(*, at: datetime, limit: int = 500) -> int:
    """Send by SMS what WeChat did not take, because he does not follow us or unbound it; count."""
    failed = Notice.objects.filter(
        channel=Channel.WECHAT,
        state=State.FAILED,
        recipient__startswith="member:",
        created_at__gt=at - LATEST,
    )
    notices = list(failed.order_by("pk")[:limit])
    people = Member.objects.filter(erased_at=None, sms_closed_at=None).in_bulk(
        {int(notice.recipient.partition(":")[2]) for notice in notices}
    )
    told = 0
    for notice in notices:
        member = people.get(int(notice.recipient.partition(":")[2]))
        if member:
            told += send_instead(notice=notice, channel=Channel.SMS, address=phone_of(member), at=at)
    return told
