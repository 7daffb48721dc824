"""What of people found, and of posters, goes along when an organisation is taken over?"""

from django.db.models import F

from hongyan.finding.models import Company, Finding
from hongyan.organizations.models import Organization


def follow(*, source: Organization, target: Organization) -> None:
    """Let open findings be the successor's, whether it found or has to answer, and its companies' posters."""
    waiting, version = Finding.objects.filter(closed_at=None), F("version") + 1
    waiting.filter(holder=source).update(holder=target, holder_path=target.path, version=version)
    waiting.filter(organization=source).update(organization=target, organization_path=target.path)
    Company.objects.filter(organization=source, closed_at=None).update(organization=target)
