"""Does this password belong to this account, asked no more often than anybody may guess?"""

from datetime import datetime

from allauth.account.adapter import get_adapter
from django.contrib.auth import authenticate
from django.http import HttpRequest

from hongyan.members.actions import give_back, spend
from hongyan.members.models import User

TOO_OFTEN = "试的次数太多了，请 15 分钟后再试。忘了密码，请让给您开通账号的上级重发一个设置密码的链接。"
WRONG = "用户名或密码不对，请核对后再试。"


class NotSo(Exception):
    """What was shown proves nothing; the sentence says what to do."""


def checked_password(request: HttpRequest, username: str, password: str, *, at: datetime) -> User:
    """Return the account this name and password open, or raise NotSo; the same sentence for every reason.

    Both counts are taken before looking: a guess that was not counted would be free.
    """
    account, network = username.lower(), get_adapter().get_client_ip(request)
    allowed = spend("password_guessed_from_address", about=network, at=at)
    if not (spend("password_guessed", about=account, at=at) and allowed):
        raise NotSo(TOO_OFTEN)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User) or user.member_id is not None:
        raise NotSo(WRONG)
    give_back("password_guessed", about=account, at=at)
    give_back("password_guessed_from_address", about=network, at=at)
    return user
