"""Who is the member behind a code on paper, asked no more often than anybody may guess?"""

from datetime import datetime

from allauth.account.adapter import get_adapter
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest

from hongyan.members.actions import spend, use_paper_code
from hongyan.members.models import Member
from hongyan.members.permissions import Actor
from hongyan.web.accounts.guessing import NotSo

WRONG = "这个登录码不对、已用过或已过期。请核对纸上的 12 位字符；仍不行，请到服务窗口重新打印一张。"
# How long a clerk may take between finding a member and printing his code.
PERMIT_SECONDS = 15 * 60
TOO_OFTEN = "这个网络试的次数太多了，请 15 分钟后再试。"


def opened(request: HttpRequest, code: str, *, at: datetime) -> Member:
    """Use a paper code up and return whose it is, or raise NotSo; the same sentence for every reason."""
    if not spend("paper_code_guessed_from_address", about=get_adapter().get_client_ip(request), at=at):
        raise NotSo(TOO_OFTEN)
    member = use_paper_code(code=code, at=at)
    if member is None:
        raise NotSo(WRONG)
    return member


def counter_permit(actor: Actor, member: Member) -> str:
    """Sign that this clerk has just found this member by his number and name."""
    return TimestampSigner(salt="paper-code").sign(f"{actor.user_id}-{member.pk}")


def at_counter(actor: Actor, permit: str) -> Member | None:
    """Return who stands at the clerk's counter; None when it was too long ago, or somebody else's counter."""
    try:
        text = TimestampSigner(salt="paper-code").unsign(permit, max_age=PERMIT_SECONDS)
    except BadSignature:
        return None
    clerk, _, number = text.partition("-")
    if clerk != str(actor.user_id):
        return None
    return Member.objects.filter(pk=int(number), erased_at=None).select_related("branch").first()
