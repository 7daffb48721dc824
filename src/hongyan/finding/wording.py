"""What do findings and their notices say in people's words?"""

from datetime import datetime

from django.utils import timezone

from hongyan.notifications.texts import said_day


def day(moment: datetime) -> str:
    """Write a deadline as people say it."""
    return said_day(timezone.localtime(moment))


def came_forward(company: str) -> str:
    """Say why somebody is where he is: he said so himself at his workplace."""
    return f"本人在{company}扫码报到"
