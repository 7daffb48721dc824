"""What of letters goes along when an organisation is taken over?"""

from collections.abc import Collection

from hongyan.exchange.models import Letter
from hongyan.organizations.models import Organization


def follow(*, source: Organization, target: Organization) -> None:
    """Let the successor wait for every answer that has not come; what was answered stays with who asked."""
    Letter.objects.live().filter(sender=source).update(sender=target, sender_path=target.path)


def follow_members(*, source: Organization, target: Organization, members: Collection[int]) -> None:
    """Let whoever is home of these members now wait for the answers about them."""
    waiting = Letter.objects.live().filter(sender=source, journey__member__in=members)
    waiting.filter(journey__holder=target).update(sender=target, sender_path=target.path)
