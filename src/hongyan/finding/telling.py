"""Who is told what about somebody found: the desk that owes an answer, and the finder once there is one."""

from datetime import datetime

from hongyan.finding.models import Finding, Source
from hongyan.notifications.actions import notify
from hongyan.notifications.models import Channel
from hongyan.organizations.models import Organization


def tell_desk(finding: Finding, organization: Organization, kind: str, at: datetime, **facts: str) -> None:
    """Tell the people at an organisation's desk, once for each step."""
    notify(
        kind=kind,
        recipient=f"organization:{organization.pk}",
        channel=Channel.APP,
        subject=f"finding:{finding.pk}",
        facts={"link": f"/found/{finding.pk}/", **facts},
        dedupe_key=f"{kind}:{finding.pk}:{finding.version}:{organization.pk}",
        at=at,
    )


def tell_finder(finding: Finding, at: datetime) -> None:
    """Tell the finder that there is an answer; what it is stands on its own list.

    A park hears nothing: an answer for one row of its list would say that it names a member.
    """
    if finding.source == Source.PARK:
        return
    notify(
        kind="found_answered",
        recipient=f"organization:{finding.organization_id}",
        channel=Channel.APP,
        subject=f"finding:{finding.pk}",
        facts={"link": "/found/"},
        dedupe_key=f"found_answered:{finding.pk}",
        at=at,
    )
