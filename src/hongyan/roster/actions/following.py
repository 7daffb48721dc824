"""What of rosters that are being taken in goes along when an organisation is taken over?"""

from hongyan.organizations.models import Organization
from hongyan.roster.models import Gone, Intake


def follow(*, source: Organization, target: Organization) -> None:
    """Let the successor go on with what is not written yet, and be asked about whom no export names."""
    waiting = Intake.objects.filter(organization=source, done_at=None, discarded_at=None)
    waiting.update(organization=target, path=target.path)
    Gone.objects.filter(branch_path=source.path, answered_at=None).update(branch_path=target.path)
