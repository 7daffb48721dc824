"""What of letters goes along when an organisation is taken over?"""

from hongyan.exchange.models import Letter
from hongyan.organizations.models import Organization


def follow(*, source: Organization, target: Organization) -> None:
    """Let the successor wait for every answer that has not come; what was answered stays with who asked."""
    Letter.objects.live().filter(sender=source).update(sender=target, sender_path=target.path)
