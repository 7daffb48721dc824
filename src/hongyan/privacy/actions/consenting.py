"""What does a member agree to, and what does he take back?"""

from datetime import datetime

from django.db import IntegrityError, transaction

from hongyan.audit.actions import record
from hongyan.members.models import Member
from hongyan.privacy.models import Consent, Purpose
from hongyan.privacy.refusals import Refused
from hongyan.privacy.rules import last_word, why_not_consent


def consent(
    *, member: Member, purpose: str, version: str, by: str, at: datetime, in_passing: bool = False
) -> bool:
    """Record that a member agrees to one use, to the text he has read; return whether that is new.

    What he does in passing, by a button that does something else as well, overturns no withdrawal.
    """
    last = last_word(member.pk, purpose)
    refusal = why_not_consent(purpose, version, last if in_passing else None)
    if refusal:
        raise Refused(refusal)
    live = last if last and last.withdrawn_at is None else None
    if live and live.version == version:
        return False
    try:
        with transaction.atomic():
            # A consent to an older text ends where the one to the new text begins.
            if live:
                Consent.objects.filter(pk=live.pk).update(withdrawn_at=at, withdrawn_by=by)
            Consent.objects.create(member=member, purpose=purpose, version=version, given_at=at, given_by=by)
            _record("consent", member, purpose, by, at, version=version)
    except IntegrityError:
        # The same tap twice, in the same moment.
        return False
    return True


@transaction.atomic
def withdraw(*, member: Member, purpose: str, by: str, at: datetime) -> bool:
    """Take a consent back, with effect from now; return whether there was one."""
    live = Consent.objects.filter(member=member, purpose=purpose, withdrawn_at=None)
    if not live.update(withdrawn_at=at, withdrawn_by=by):
        return False
    if purpose == Purpose.NOTICES_WECHAT:
        # Nothing is kept for a use that is over.
        Member.objects.filter(pk=member.pk).update(wechat_sealed=b"")
    _record("withdraw", member, purpose, by, at)
    return True


def _record(verb: str, member: Member, purpose: str, by: str, at: datetime, **details: str) -> None:
    facts = {"purpose": str(purpose), **details}
    record(
        actor=by,
        verb=verb,
        subject=f"member:{member.pk}",
        organization=member.branch_id,
        details=facts,
        at=at,
    )
