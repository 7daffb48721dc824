"""Which account does a member sign in with, and which password and WeChat belong to an account?"""

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from hongyan.audit.actions import record
from hongyan.members.models import Member, User
from hongyan.members.sealing import seal_wechat
from hongyan.notifications.actions import give_up
from hongyan.notifications.models import Channel
from hongyan.vault.sealing import keyed_hashes

WECHAT_PROVIDER = "wechat"


@transaction.atomic
def own_account(*, member: Member, at: datetime) -> User:
    """Return the account a member signs in with, making it the first time; it has no password."""
    user, made = User.objects.get_or_create(
        member=member,
        defaults={
            "username": f"member-{member.uid}",
            "password": "!",
            "created_at": at,
            "created_by": f"member:{member.pk}",
        },
    )
    if made:
        record(actor=f"member:{member.pk}", verb="own_account", subject=f"user:{user.pk}", at=at)
    return user


@transaction.atomic
def set_password(*, user: User, password: str, by: str, at: datetime) -> None:
    """Give an account a new password; every session that knew the old one is over."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record(actor=by, verb="set_password", subject=f"user:{user.pk}", at=at)


def wechat_uids(openid: str) -> list[str]:
    """List every hash a WeChat account may be found under, the one for new rows first."""
    return keyed_hashes(openid, purpose="wechat")


@transaction.atomic
def bind_wechat(*, member: Member, openid: str, at: datetime) -> bool:
    """Let this WeChat account open the member's own pages; False when it belongs to somebody else already."""
    user, uids = own_account(member=member, at=at), wechat_uids(openid)
    bound = SocialAccount.objects.filter(provider=WECHAT_PROVIDER)
    if bound.filter(uid__in=uids).exclude(user=user).exists():
        return False
    bound.filter(user=user).delete()
    SocialAccount.objects.create(provider=WECHAT_PROVIDER, uid=uids[0], user=user)
    Member.objects.filter(pk=member.pk).update(wechat_sealed=seal_wechat(openid, member.uid))
    who = f"member:{member.pk}"
    record(actor=who, verb="bind_wechat", subject=who, at=at)
    return True


@transaction.atomic
def unbind_wechat(*, member: Member, at: datetime, by: str = "") -> None:
    """Let no WeChat account open the member's own pages any more, and send nothing there."""
    bound = SocialAccount.objects.filter(provider=WECHAT_PROVIDER, user__member=member).delete()[0]
    kept = Member.objects.filter(pk=member.pk).exclude(wechat_sealed=b"").update(wechat_sealed=b"")
    who = f"member:{member.pk}"
    give_up(recipient=who, channel=Channel.WECHAT)
    if bound or kept:
        record(actor=by or who, verb="unbind_wechat", subject=who, at=at)
