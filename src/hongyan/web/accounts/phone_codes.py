"""How does a member prove that a phone on the roster is his, with the same answer for every number?

A number nobody has goes the same way: the same counts, session and time; only no message leaves. The session
holds keyed hashes, never a number or a code.
"""

import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from hongyan.members.actions import spend, spend_each
from hongyan.members.models import Member
from hongyan.members.sealing import id_number_of, members_with_phone, normal_phone, phone_hash
from hongyan.notifications.actions import forget_facts, notify
from hongyan.notifications.models import Channel
from hongyan.vault.sealing import keyed_hash
from hongyan.web.accounts.devices import whence
from hongyan.web.accounts.guessing import NotSo

STATE = "phone_code"
KIND = "sign_in_code"
DIGITS = 6
VALID = timedelta(minutes=10)
# Every answer takes at least so long: looking up, sealing and queueing happen within it.
FLOOR_SECONDS = 0.4
PHONE_DIGITS = 11

NO_PHONE = "请填写 11 位手机号码。"
ADDRESS_BUSY = "这个网络要验证码的次数太多了，请一小时后再试，或请服务窗口打印一个纸质登录码。"
PHONE_BUSY = "这个号码要验证码的次数太多了，请一小时后再试，或请服务窗口打印一个纸质登录码。"
EXPIRED = "验证码已过期，请重新获取。"
WRONG = "验证码不对，请核对短信里的 6 位数字。"
TOO_OFTEN = "试的次数太多了，请 15 分钟后重新获取验证码，或请服务窗口打印一个纸质登录码。"
NOT_ONE = "没有对上。请核对身份证号码的最后四位；仍不对，请联系您的党支部核对名册。"
log = logging.getLogger("hongyan.accounts")


def unhurried(answer: Callable[[], Any]) -> Any:
    """Run something and let it take no less than the floor, whether it had anything to do or not."""
    begun = time.perf_counter()
    try:
        return answer()
    finally:
        time.sleep(max(0.0, FLOOR_SECONDS - (time.perf_counter() - begun)))


def ask_code(request: HttpRequest, phone: str, *, at: datetime) -> None:
    """Send a code to this number if it stands on the roster; raise NotSo where the reason may be told."""
    number = normal_phone(phone)
    if len(number) != PHONE_DIGITS:
        raise NotSo(NO_PHONE)
    if not spend("code_asked_from_address", about=get_adapter().get_client_ip(request), at=at):
        raise NotSo(ADDRESS_BUSY)
    about = phone_hash(number)
    place, known = whence(request, about)
    counts = [("code_sent_to_phone", f"{about} {place}")]
    # The owner's own browser is not counted with strangers: nobody takes his codes away by asking for them.
    counts.append(("code_sent_to_phone_a_day", f"{about} {place}" if known else about))
    if not known:
        counts.append(("code_sent_to_phone_from_all", about))
    if not spend_each([(name, one, at) for name, one in counts]):
        raise NotSo(PHONE_BUSY)
    code, nonce = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", secrets.token_hex(16)
    unhurried(lambda: _send(number, code, at))
    request.session[STATE] = {
        "phone": about,
        "nonce": nonce,
        "digest": _digest(nonce, code),
        "asked_at": at.timestamp(),
    }


def _digest(nonce: str, code: str) -> str:
    return keyed_hash(f"{nonce}:{code}", purpose="sign_in_code")


def _send(number: str, code: str, at: datetime) -> None:
    forget_facts(kind=KIND, before=at - VALID, at=at)
    owners = [member for member in members_with_phone(number) if member.erased_at is None]
    if not owners:
        return
    if not spend("code_sent_by_all", about="all", at=at):
        log.error("no more sign-in codes this hour: the limit of the installation is reached")
        return
    notify(
        kind=KIND,
        recipient=f"member:{owners[0].pk}",
        channel=Channel.SMS,
        subject=KIND,
        facts={"code": code},
        address=number,
        at=at,
    )


def is_asked(request: HttpRequest, *, at: datetime) -> bool:
    """Tell whether this session waits for a code that may still be typed."""
    state = request.session.get(STATE)
    return state is not None and at.timestamp() < state["asked_at"] + VALID.total_seconds()


def checked_code(request: HttpRequest, code: str, *, at: datetime) -> list[Member]:
    """Return whose phone it is once the code is right, or raise NotSo; a code is taken once."""
    state = request.session.get(STATE)
    if not state or not is_asked(request, at=at):
        raise NotSo(EXPIRED)
    # By the phone, however many sessions guess at it; and by the code, wherever its minutes fall.
    asked = datetime.fromtimestamp(state["asked_at"], at.tzinfo)
    place, known = whence(request, state["phone"])
    counts = [("code_guessed", f"{state['phone']} {place}", at), ("code_guessed", state["nonce"], asked)]
    if not known:
        counts.append(("code_guessed_from_all", state["phone"], at))
    if not spend_each(counts):
        raise NotSo(TOO_OFTEN)
    typed = _digest(state["nonce"], "".join(code.split()))
    if not secrets.compare_digest(typed, state["digest"]):
        raise NotSo(WRONG)
    if not cache.add(f"code-used:{state['nonce']}", 1, timeout=int(VALID.total_seconds())):
        raise NotSo(EXPIRED)
    return list(Member.objects.filter(phone_hash=state["phone"], erased_at=None).order_by("pk"))


def one_of(request: HttpRequest, last_four: str, *, at: datetime) -> Member:
    """Return which of those who share a phone it is, by the last four of his ID number, or raise NotSo."""
    state = request.session.get(STATE)
    if not state or not state.get("proved") or not is_asked(request, at=at):
        raise NotSo(EXPIRED)
    asked = datetime.fromtimestamp(state["asked_at"], at.tzinfo)
    if not spend("code_guessed", about=f"four:{state['nonce']}", at=asked):
        raise NotSo(TOO_OFTEN)
    sharing = Member.objects.filter(phone_hash=state["phone"], erased_at=None).order_by("pk")
    typed = last_four.strip().upper()
    same = [member for member in sharing if secrets.compare_digest(id_number_of(member)[-4:], typed)]
    if len(same) != 1:
        raise NotSo(NOT_ONE)
    return same[0]


def remember_proved(request: HttpRequest) -> None:
    """Remember that the code was right, while he says which of those who share the phone he is."""
    request.session[STATE] = {**request.session[STATE], "proved": True}


def forget(request: HttpRequest) -> None:
    """Drop what this session knew of a code."""
    request.session.pop(STATE, None)
