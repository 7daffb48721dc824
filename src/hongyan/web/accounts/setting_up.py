"""How is a second factor set up: what the app or the browser answers is checked before it is kept?"""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret, validate_totp_code
from allauth.mfa.webauthn.internal.auth import complete_registration, parse_registration_response
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from hongyan.members.actions import add_passkey, add_totp, spend
from hongyan.members.models import User
from hongyan.web.accounts.factors import use_up
from hongyan.web.accounts.guessing import NotSo

WRONG = "数字不对。请确认手机时间是自动设置的，等认证器显示下一个数字再试。"
TOO_OFTEN = "试的次数太多了，请 15 分钟后再试。"
NO_PASSKEY = "没有添加成功，请再试一次；这台设备不支持时，请改用认证器。"
UNNAMED = "通行密钥"


def activate_totp(request: HttpRequest, user: User, code: str, *, at: datetime) -> None:
    """Keep the secret once the app shows the number that belongs to it, or raise NotSo."""
    if not spend("second_factor_guessed", about=str(user.pk), at=at):
        raise NotSo(TOO_OFTEN)
    secret, typed = get_totp_secret(), "".join(code.split())
    # Whoever looked over the shoulder must not come in with the number that proved the app.
    if not validate_totp_code(secret, typed) or not use_up(user, typed):
        raise NotSo(WRONG)
    add_totp(user=user, secret=secret, at=at)
    clear_totp_secret(request)


def keep_passkey(user: User, fields: dict[str, Any], *, at: datetime) -> None:
    """Keep the passkey the browser has made for the challenge of this session, or raise NotSo."""
    credential = fields["credential"]
    try:
        parse_registration_response(credential)
        complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
        raise NotSo(NO_PASSKEY) from None
    add_passkey(user=user, name=fields.get("name") or UNNAMED, credential=credential, at=at)


def codes_to_show(user: User) -> tuple[list[str], int | None]:
    """Return the recovery codes, this once, and how many are left; None when there are none."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    if row is None:
        return [], None
    codes = row.wrap()
    unused = codes.get_unused_codes()
    if codes.did_view:
        return [], len(unused)
    codes.mark_as_viewed()
    return unused, len(unused)
