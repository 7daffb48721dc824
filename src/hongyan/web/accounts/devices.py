"""Has somebody come in to this account from this browser before, so that strangers' guesses are not his?

A signed cookie holds a random number and keyed hashes of the accounts that were opened here: no name and no
number that anybody could look up. It opens nothing: it keeps this browser's counts apart from all others'.
"""

import secrets
from datetime import timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from hongyan.members.models import User
from hongyan.vault.sealing import keyed_hash

SALT = "hongyan.device"
KEPT = timedelta(days=180)
# A shared computer remembers the last few; whoever falls out is a stranger there again.
MOST_ACCOUNTS = 5


def cookie_name() -> str:
    """Name the cookie: bound to this host wherever it travels by https."""
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


def known_as(user: User) -> str:
    """Say what guesses at this account are counted by: its name, or the phone of the member whose it is."""
    return user.member.phone_hash if user.member is not None else user.username.lower()


def whence(request: HttpRequest, account: str) -> tuple[str, bool]:
    """Say where an attempt comes from, and whether somebody has come in to this account from there before."""
    number, accounts = _read(request)
    if _mark(account) in accounts:
        return f"device:{number}", True
    return f"network:{get_adapter().get_client_ip(request)}", False


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the browser carry the proof that this account was opened here."""
    number, accounts = _read(request)
    mark = _mark(known_as(user))
    accounts = [mark, *(one for one in accounts if one != mark)][:MOST_ACCOUNTS]
    response.set_cookie(
        cookie_name(),
        signing.dumps([number or secrets.token_hex(16), accounts], salt=SALT),
        max_age=KEPT,
        httponly=True,
        secure=bool(settings.SESSION_COOKIE_SECURE),
        samesite="Lax",
    )


def _mark(account: str) -> str:
    return keyed_hash(account, purpose="device")


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        number, accounts = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return str(number), [str(one) for one in accounts]
