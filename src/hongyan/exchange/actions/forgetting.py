"""What of the messages to neighbours is needed no more?"""

from datetime import datetime

from hongyan.exchange.models import Message
from hongyan.exchange.peer_wording import Way


def carried_messages(before: datetime, at: datetime) -> int:
    """Empty the sealed content of what arrived about journeys that ended long ago."""
    done = Message.objects.filter(crossing__ended_at__lt=before).exclude(envelope="")
    return done.exclude(way__in=(Way.WAITING, Way.LEASED)).exclude(receipt="").update(envelope="")
