"""What does a recipient see in the app?"""

from django.db.models import QuerySet

from hongyan.notifications.models import Channel, Notice, State


def inbox(recipient: str) -> QuerySet[Notice]:
    """List what the app shows to "member:12" or "organization:33", the newest first."""
    return Notice.objects.filter(recipient=recipient, channel=Channel.APP, state=State.SENT).order_by("-id")


def unread_count(recipient: str) -> int:
    """Count what the recipient has not read yet."""
    return inbox(recipient).filter(read_at__isnull=True).count()
