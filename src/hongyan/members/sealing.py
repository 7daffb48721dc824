"""How a member's phone and ID number are sealed, opened and looked up."""

import re
from collections.abc import Callable, Iterable

from hongyan.members.models import Member
from hongyan.vault.sealing import hasher, keyed_hash, keyed_hashes, seal, unseal

PHONE = "members_member.phone"
ID_NUMBER = "members_member.id_number"
EMERGENCY_PHONE = "members_member.emergency_phone"
WECHAT = "members_member.wechat"
# How many digits of a phone number find somebody, and what their hash is for.
TAIL, TAILS = 4, "phone_tail"


def normal_phone(text: str) -> str:
    """Reduce a typed phone number to its digits, without the country's prefix."""
    if len(text) == 11 and text.isascii() and text.isdigit():
        return text
    digits = re.sub(r"\D", "", text)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def normal_number(text: str) -> str:
    """Write an ID number as it is sealed and hashed."""
    return text.strip().upper()


def phone_hash(phone: str) -> str:
    """Hash a phone number for look-up."""
    return keyed_hash(normal_phone(phone), purpose="phone")


def phone_tail(phone: str) -> int | None:
    """Say in which drawer a phone number's last four digits lie; too short a number lies in none."""
    digits = normal_phone(phone)
    return _drawer(keyed_hash(digits[-TAIL:], purpose=TAILS)) if len(digits) >= TAIL else None


def phone_tails(digits: str) -> list[int]:
    """List every drawer in which somebody with these last digits may lie, also while keys change."""
    return [_drawer(hashed) for hashed in keyed_hashes(digits[-TAIL:], purpose=TAILS)]


def tail_finder() -> Callable[[str], int | None]:
    """Return what finds drawers as `phone_tail` does, of normal numbers: for many in one go."""
    hashed = hasher(TAILS, few=True)
    return lambda digits: _drawer(hashed(digits[-TAIL:])) if len(digits) >= TAIL else None


def _drawer(hashed: str) -> int:
    """Keep ten bits of a hash: what is equal here need not be equal, so no table of it tells a number."""
    return int(hashed[:3], 16) >> 2


def id_number_hash(number: str) -> str:
    """Hash an ID number for look-up."""
    return keyed_hash(normal_number(number), purpose="id_number")


def id_number_hashes_of(numbers: Iterable[str]) -> list[str]:
    """Hash many ID numbers for look-up, each as `id_number_hash` does."""
    return list(map(hasher("id_number"), map(normal_number, numbers)))


def phone_hashes(phone: str) -> list[str]:
    """List every hash a phone number may be found under, also while keys change."""
    return keyed_hashes(normal_phone(phone), purpose="phone")


def id_number_hashes(number: str) -> list[str]:
    """List every hash an ID number may be found under, also while keys change."""
    return keyed_hashes(normal_number(number), purpose="id_number")


def seal_phone(phone: str, uid: str) -> bytes:
    """Seal a phone number for the member with this uid."""
    return seal(normal_phone(phone), place=PHONE, row=uid)


def seal_id_number(number: str, uid: str) -> bytes:
    """Seal an ID number for the member with this uid."""
    return seal(normal_number(number), place=ID_NUMBER, row=uid)


def seal_wechat(openid: str, uid: str) -> bytes:
    """Seal a WeChat account's id for the member with this uid."""
    return seal(openid, place=WECHAT, row=uid)


def wechat_of(member: Member) -> str:
    """Open the id of the WeChat account a member has bound; empty when he has bound none."""
    sealed = bytes(member.wechat_sealed)
    return unseal(sealed, place=WECHAT, row=member.uid) if sealed else ""


def phone_of(member: Member) -> str:
    """Open a member's phone number."""
    return unseal(bytes(member.phone_sealed), place=PHONE, row=member.uid)


def id_number_of(member: Member) -> str:
    """Open a member's ID number; of a guest there is none."""
    if not bytes(member.id_number_sealed):
        return ""
    return unseal(bytes(member.id_number_sealed), place=ID_NUMBER, row=member.uid)


def members_with_phone(phone: str) -> list[Member]:
    """Find the members who have this phone number."""
    return list(
        Member.objects.filter(phone_hash__in=phone_hashes(phone)).select_related("branch").order_by("pk")
    )
