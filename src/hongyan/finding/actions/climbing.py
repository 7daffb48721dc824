"""Let the unanswered climb, and write down what home has answered on the journey's own page."""

from datetime import datetime

from django.db import transaction

from hongyan.audit.actions import record
from hongyan.finding.asking import next_above
from hongyan.finding.models import Finding, Outcome
from hongyan.finding.rules import OUTCOMES, outcome_of
from hongyan.finding.telling import tell_desk, tell_finder
from hongyan.finding.wording import day
from hongyan.journeys import periods
from hongyan.journeys.terms import in_force
from hongyan.members.permissions import CLOCK
from hongyan.organizations.models import Organization


def climb_overdue(*, at: datetime, limit: int = 500) -> int:
    """Put every unanswered question before the organisation above; return how many.

    A report on a journey climbs with the journey; at the top the last desk keeps it with a new deadline.
    """
    late = Finding.objects.open().filter(due_at__lt=at, handoff=None).order_by("due_at")
    return sum(_climb(pk, at) for pk in list(late.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _climb(pk: int, at: datetime) -> int:
    rows = Finding.objects.open().filter(pk=pk, due_at__lt=at, handoff=None)
    finding = rows.select_related("holder", "organization").select_for_update(of=("self",)).first()
    if finding is None:
        # Answered, or climbed, in this very moment.
        return 0
    before = finding.holder
    above = next_above(before)
    holder = above or before
    finding.holder, finding.holder_path = holder, holder.path
    finding.due_at = (
        periods.hop_due(at, in_force(at))
        if finding.member_id
        else periods.outside_answer_due(at, in_force(at))
    )
    finding.climbs += 1
    finding.version += 1
    finding.save()
    _record_climb(finding, before, at)
    if above:
        tell_desk(finding, before, "found_late", at)
    facts = {"sender": finding.organization.short_name, "due": day(finding.due_at)}
    tell_desk(finding, holder, "found_unmarked" if finding.member_id else "found_unknown", at, **facts)
    return 1


def _record_climb(finding: Finding, before: Organization, at: datetime) -> None:
    record(
        actor=CLOCK.code,
        verb="climb_found",
        subject=f"finding:{finding.pk}",
        organization=finding.holder_id,
        details={"from": before.pk, "to": finding.holder_id},
        at=at,
    )


def settle_answered(*, at: datetime, limit: int = 500) -> int:
    """Close every finding whose report has been answered on its journey; return how many."""
    answered = Finding.objects.open().filter(handoff__answer__in=[str(answer) for answer in OUTCOMES])
    return sum(_settle(pk, at) for pk in list(answered.order_by("pk").values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _settle(pk: int, at: datetime) -> int:
    rows = Finding.objects.open().filter(pk=pk).select_related("handoff")
    finding = rows.select_for_update(of=("self",)).first()
    if finding is None or finding.handoff is None:
        return 0
    finding.outcome = Outcome(outcome_of(finding))
    finding.closed_at, finding.closed_by, finding.due_at = at, CLOCK.code, None
    finding.version += 1
    finding.save()
    subject = f"finding:{finding.pk}"
    details = {"outcome": str(finding.outcome)}
    record(actor=CLOCK.code, verb="settle_found", subject=subject, details=details, at=at)
    tell_finder(finding, at)
    return 1
