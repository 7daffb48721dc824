"""What of members' requests and of lists asked for goes along when an organisation is taken over?"""

from collections.abc import Collection

from hongyan.organizations.models import Organization
from hongyan.privacy.exports import Export
from hongyan.privacy.models import RightsRequest


def follow(*, source: Organization, target: Organization) -> None:
    """Let what still waits for a decision wait at the successor; what was decided stays where it was."""
    place = {"organization": target, "path": target.path}
    RightsRequest.objects.filter(organization=source, done_at=None).update(**place)
    Export.objects.filter(organization=source, answered_at=None, made_at=None).update(**place)


def follow_members(*, source: Organization, target: Organization, members: Collection[int]) -> None:
    """Let what some members ask for be decided by the branch they belong to now."""
    waiting = RightsRequest.objects.filter(organization=source, done_at=None, member__in=members)
    waiting.update(organization=target, path=target.path)
