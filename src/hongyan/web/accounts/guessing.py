"""Does this password belong to this account, asked no more often than anybody may guess?"""

from datetime import datetime

from allauth.account.adapter import get_adapter
from django.contrib.auth import authenticate
from django.http import HttpRequest

from hongyan.members.actions import give_back, spend_each
from hongyan.members.models import User
from hongyan.web.accounts.devices import whence

TOO_OFTEN = "试的次数太多了，请 15 分钟后再试。忘了密码，请让给您开通账号的上级重发一个设置密码的链接。"
WRONG = "用户名或密码不对，请核对后再试。"


class NotSo(Exception):
    """What was shown proves nothing; the sentence says what to do."""


def checked_password(
    request: HttpRequest, username: str, password: str, *, at: datetime, wrong: str = WRONG
) -> User:
    """Return the account this name and password open, or raise NotSo; the same sentence for every reason.

    Every count is taken before looking: a guess that was not counted would be free.
    """
    account = username.lower()
    counts = _counts(request, account)
    if not spend_each([(name, about, at) for name, about in counts]):
        raise NotSo(TOO_OFTEN)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User) or user.member_id is not None:
        raise NotSo(wrong)
    for name, about in counts:
        give_back(name, about=about, at=at)
    return user


def _counts(request: HttpRequest, account: str) -> list[tuple[str, str]]:
    """Name what a guess is counted by: strangers in common too, but never with the owner's browser."""
    place, known = whence(request, account)
    counts = [
        ("password_guessed_from_address", get_adapter().get_client_ip(request)),
        ("password_guessed", f"{account} {place}"),
    ]
    return counts if known else [*counts, ("password_guessed_from_all", account)]
