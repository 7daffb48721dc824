"""Say why somebody is gone from the national system's export; nobody is taken off our roster by it."""

from datetime import datetime

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.members.permissions import Actor
from hongyan.roster.models import Gone, GoneReason
from hongyan.roster.refusals import Refused, Why, refuse
from hongyan.roster.rules import who


@transaction.atomic
def answer_gone(*, gone: Gone, reason: GoneReason, by: Actor, at: datetime) -> None:
    """Write the reason down, for this export and whatever earlier one asked the same."""
    now = Gone.objects.select_for_update().select_related("intake").get(pk=gone.pk)
    if now.answered_at and (now.reason, now.answered_by) == (reason, by.code):
        # The same form sent twice.
        return
    if now.answered_at:
        raise Refused(refuse(Why.ANSWERED, who=who(now.answered_by)))
    same = Gone.objects.filter(member=now.member_id, answered_at=None)
    same.update(reason=reason, answered_at=at, answered_by=by.code)
    record(
        actor=by.code, verb="answer_gone", subject=f"member:{now.member_id}",
        organization=now.intake.organization_id, details={"reason": str(reason)}, at=at,
    )  # fmt: skip
