"""What was said of people who were found goes away again, by one function for each period of the policy."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from hongyan.audit.actions import record
from hongyan.finding.models import Finding, Outcome, Referral
from hongyan.finding.telling import tell_finder
from hongyan.members.permissions import CLOCK
from hongyan.notifications.models import Notice

BATCH = 500


def _emptied(rows: QuerySet[Finding]) -> int:
    return rows.update(said_sealed=b"", home_place=None, answer="")


def found_text(before: datetime, at: datetime) -> int:
    """Empty what was said of people whose finding was answered long ago."""
    full = ~Q(said_sealed=b"", home_place=None, answer="")
    return _emptied(Finding.objects.filter(full, closed_at__lt=before))


def unanswered_findings(before: datetime, at: datetime) -> int:
    """End findings of people no roster names and nobody could tell, and empty what was said of them."""
    old = Finding.objects.open().filter(member=None, registered_at__lt=before)
    met = 0
    while found := list(old.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        met += sum(_ended(pk, at) for pk in found)
    return met


@transaction.atomic
def _ended(pk: int, at: datetime) -> int:
    finding = Finding.objects.open().select_for_update().get(pk=pk)
    finding.outcome, finding.closed_at, finding.closed_by = Outcome.UNCONFIRMED, at, CLOCK.code
    finding.due_at, finding.version = None, finding.version + 1
    finding.said_sealed, finding.home_place, finding.answer = b"", None, ""
    finding.save()
    record(actor=CLOCK.code, verb="settle_found", subject=f"finding:{finding.pk}", at=at)
    tell_finder(finding, at)
    return 1


def unconfirmed_referrals(before: datetime, at: datetime) -> int:
    """Delete names nobody has confirmed on his own phone, with every message about them."""
    return _deleted(Referral.objects.filter(confirmed_at=None, made_at__lt=before))


def confirmed_referrals(before: datetime, at: datetime) -> int:
    """Delete what is left of names that were confirmed; the finding stays."""
    return _deleted(Referral.objects.filter(confirmed_at__lt=before))


def _deleted(rows: QuerySet[Referral]) -> int:
    gone = 0
    while found := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            forget_messages(found)
            gone += Referral.objects.filter(pk__in=found).delete()[0]
    return gone


def forget_messages(referral_ids: list[int]) -> None:
    """Delete the messages sent about some referrals: nothing may point at a row that is gone."""
    Notice.objects.filter(recipient__in=[f"referral:{pk}" for pk in referral_ids]).delete()


def forget_found(*, member_id: int) -> None:
    """Empty what was said of a member who is erased."""
    _emptied(Finding.objects.filter(member_id=member_id))
