"""What does a member agree to, and what does he take back?"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from hongyan.audit.actions import record
from hongyan.members.actions import accounts
from hongyan.members.models import Member
from hongyan.privacy.models import Consent, Purpose
from hongyan.privacy.policy import consent_texts
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
        # Nothing is kept for a use that is over: neither the address nor the way in by it.
        accounts.unbind_wechat(member=member, by=by, at=at)
    _record("withdraw", member, purpose, by, at)
    return True


@transaction.atomic
def bind_wechat(*, member: Member, openid: str, version: str, at: datetime) -> bool:
    """Bind a WeChat account with the consent to be told there; False when it belongs to somebody else."""
    if not accounts.bind_wechat(member=member, openid=openid, at=at):
        return False
    who = f"member:{member.pk}"
    consent(member=member, purpose=Purpose.NOTICES_WECHAT, version=version, by=who, at=at)
    return True


@transaction.atomic
def unbind_wechat(*, member: Member, by: str, at: datetime) -> None:
    """Unbind WeChat, which takes the consent back as well."""
    if not withdraw(member=member, purpose=Purpose.NOTICES_WECHAT, by=by, at=at):
        accounts.unbind_wechat(member=member, by=by, at=at)


def unbind_without_consent(*, by: str, at: datetime) -> int:
    """Unbind every WeChat account whose member has not agreed to the text as it is now; return how many."""
    version = consent_texts()[Purpose.NOTICES_WECHAT].version
    agreed = Consent.objects.filter(
        member=OuterRef("pk"), purpose=Purpose.NOTICES_WECHAT, withdrawn_at=None, version=version
    )
    bound = Member.objects.exclude(wechat_sealed=b"").filter(~Exists(agreed))
    stale = list(bound.order_by("pk"))
    for member in stale:
        unbind_wechat(member=member, by=by, at=at)
    return len(stale)


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
