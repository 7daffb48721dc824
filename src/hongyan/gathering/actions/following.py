"""What of suggestions and foundings goes along when an organisation is taken over?"""

from datetime import datetime

from django.db.models import F
from django.utils import timezone

from hongyan.gathering.models import Founding, Gathering, Invitation
from hongyan.members.permissions import CLOCK
from hongyan.organizations.models import Organization


def follow(*, source: Organization, target: Organization) -> None:
    """Let what is under way be the successor's; of two suggestions for one place the older one ends."""
    at: datetime = timezone.now()
    mine = Gathering.objects.open().filter(home=target).values_list("place_id", flat=True)
    double = Gathering.objects.open().filter(home=source, place_id__in=list(mine))
    double.exclude(foundings__due_at__isnull=False).update(ended_at=at, ended_by=CLOCK.code)
    left = Gathering.objects.open().filter(home=source).exclude(place_id__in=list(mine))
    left.update(home=target, home_path=target.path)
    Gathering.objects.open().filter(host=source).update(host=target, place_path=target.path)
    Gathering.objects.open().filter(branch=source).update(branch=None)
    waiting = Founding.objects.filter(due_at__isnull=False)
    waiting.filter(holder=source).update(holder=target, holder_path=target.path, version=F("version") + 1)
    waiting.filter(superior=source).update(superior=target)
    Invitation.objects.filter(branch=source, answered_at=None).update(
        answer="declined", answered_at=at, answered_by=CLOCK.code
    )
