"""Who is told that a list awaits a second person, and who that it was decided?"""

from datetime import datetime

from django.db.models.query import QuerySet
from django.utils import timezone

from hongyan.members.models import Appointment
from hongyan.members.roles import POWERS, Power, Role
from hongyan.notifications.actions import notify
from hongyan.notifications.models import Channel
from hongyan.organizations.paths import chain
from hongyan.privacy.exports import Export

MAY_APPROVE = [role for role in Role if Power.APPROVE in POWERS[role]]
ANSWER_LABELS = {"agreed": "同意", "refused": "不同意"}


def approving(path: str, asker: str, at: datetime) -> QuerySet[Appointment]:
    """Select the duties of others that may approve for the organisation at this path, the nearest first."""
    rows = Appointment.objects.valid(timezone.localdate(at)).filter(
        organization__path__in=list(chain(path)), role__in=MAY_APPROVE, user__is_active=True
    )
    kind, _, number = asker.partition(":")
    rows = rows.exclude(user_id=int(number)) if kind == "user" and number.isdigit() else rows
    return rows.select_related("user", "organization").order_by("-organization__path", "pk")


def _tell(kind: str, recipient: str, export: Export, facts: dict[str, str], at: datetime) -> None:
    notify(
        kind=kind, recipient=recipient, channel=Channel.APP, subject=f"export:{export.pk}",
        facts=facts | {"organization": export.organization.short_name, "link": f"/exports/{export.pk}/"},
        at=at, dedupe_key=f"{kind}:{export.pk}",
    )  # fmt: skip


def tell_waiting(export: Export, at: datetime) -> None:
    """Tell the nearest organisation in which somebody else may approve."""
    nearest = approving(export.path, export.asked_by, at).first()
    if nearest is None:
        return
    facts = {"people": str(export.people)}
    _tell("export_waiting", f"organization:{nearest.organization_id}", export, facts, at)


def tell_decided(export: Export, answer: str, at: datetime) -> None:
    """Tell whoever asked what the second person said."""
    _tell("export_decided", export.asked_by, export, {"answer": ANSWER_LABELS[answer]}, at)
