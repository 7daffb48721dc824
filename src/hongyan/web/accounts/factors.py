"""Is this code or passkey the account's second factor, asked no more often than anybody may guess?"""

import hashlib
import json
from datetime import datetime
from typing import Any

from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import complete_authentication, parse_authentication_response
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from hongyan.members.actions import give_back, spend
from hongyan.members.models import User
from hongyan.web.accounts.guessing import NotSo

WRONG_CODE = "验证码不对或已经用过。请等认证器显示下一个数字再试，也可以输入一个恢复码。"
WRONG_PASSKEY = "没有认出这个通行密钥，请再试一次，或改用验证码。"  # noqa: S105 -- a sentence
TOO_OFTEN = "试的次数太多了，请 15 分钟后再试。"
# A code is valid for three steps of half a minute; the mark outlives it.
USED_SECONDS = 120


def factors_of(user: Any) -> set[str]:
    """Name the kinds of second factor an account has."""
    return set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))


def checked_factor(request: HttpRequest, user: User, *, at: datetime) -> None:
    """Check the code or passkey that was sent and record its use, or raise NotSo."""
    about = str(user.pk)
    if not spend("second_factor_guessed", about=about, at=at):
        raise NotSo(TOO_OFTEN)
    credential = request.POST.get("credential", "")
    found = _passkey(user, credential) if credential else _code(user, request.POST.get("code", ""))
    give_back("second_factor_guessed", about=about, at=at)
    post_authentication(request, found)


def _code(user: User, text: str) -> Authenticator:
    code = "".join(text.split())
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    for factor in Authenticator.objects.filter(user=user, type__in=kinds).order_by("-type"):
        if factor.wrap().validate_code(code) and use_up(user, code):
            factor.user = user
            return factor
    raise NotSo(WRONG_CODE)


def use_up(user: User, code: str) -> bool:
    """Mark a code as used, wherever it was shown; False when it has been used already."""
    digest = hashlib.sha256(code.encode()).hexdigest()[:16]
    return cache.add(f"factor-used:{user.pk}:{digest}", 1, timeout=USED_SECONDS)


def read_credential(text: str) -> Any:
    """Read what a browser answered for a passkey, or raise ValueError, also when nested without end."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _passkey(user: User, credential: str) -> Authenticator:
    try:
        response = read_credential(credential)
        parse_authentication_response(response)
        return complete_authentication(user, response)
    except (ValueError, TypeError, KeyError, AttributeError, ValidationError):
        raise NotSo(WRONG_PASSKEY) from None
