"""What do findings and their notices say in people's words?"""

from datetime import datetime

from django.utils import timezone

from hongyan.notifications.texts import said_day


def day(moment: datetime) -> str:
    """Write a deadline as people say it."""
    return said_day(timezone.localtime(moment))
