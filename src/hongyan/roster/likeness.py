"""May two members be one person, and why? Pure: it compares, and knows neither the database nor the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Like(StrEnum):
    """Every reason for which two members are shown side by side."""

    SAME_PHONE = "same_phone"
    OLD_NUMBER = "old_number"
    ONE_SIGN = "one_sign"
    VARIANT = "variant"


LIKE_LABELS = {
    Like.SAME_PHONE: "姓名、出生日期、手机号码都相同，身份证号不同",
    Like.OLD_NUMBER: "身份证号一个是 15 位、一个是 18 位，其余相同",
    Like.ONE_SIGN: "身份证号只差一位，或相邻两位颠倒",
    Like.VARIANT: "出生日期、手机号码相同，姓名只是用字不同（异体、繁体、形近）",
}
# Signs of one name written in several ways; the first stands for all of a group.
_GROUPS = (
    "峰峯", "于於", "昇升陞", "钧鈞", "闫阎閆閻", "肖萧蕭", "付傅", "邱丘", "戴代",
    "喆哲", "堃坤", "韵韻", "赟贇", "翠翆", "祎禕", "珏玨", "琼瓊", "颖頴潁颍",
    "淑叔", "娜那", "萍平", "军君", "红洪", "霞遐", "燕雁", "岩巖", "丽麗",
    "华華", "国國", "东東", "宝寶", "兰蘭", "凤鳳", "龙龍", "玉王",
)  # fmt: skip
_ONE = {sign: group[0] for group in _GROUPS for sign in group}
OLD, NEW = 15, 18


@dataclass(frozen=True)
class Known:
    """One member as far as he is compared."""

    pk: int
    name: str
    birth_on: str
    phone_hash: str
    number: str


def folded(name: str) -> str:
    """Write a name with one sign for each of its variants."""
    return "".join(_ONE.get(sign, sign) for sign in name)


def is_old_form(one: str, other: str) -> bool:
    """Tell whether one number is the other as it was written with fifteen digits."""
    short, long = sorted((one, other), key=len)
    return len(short) == OLD and len(long) == NEW and short == long[:6] + long[8:17]


def is_near(one: str, other: str) -> bool:
    """Tell whether two numbers differ by one sign, or by two neighbours exchanged."""
    if len(one) != len(other) or one == other:
        return False
    places = [place for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(places) == 1:
        return True
    if len(places) != 2 or places[1] - places[0] != 1:
        return False
    first, second = places
    return one[first] == other[second] and one[second] == other[first]


def likeness(one: Known, other: Known) -> tuple[Like, ...]:
    """List why two members may be one; empty when nothing speaks for it."""
    if not one.number or not other.number or one.number == other.number:
        return ()
    same_name, same_birth = one.name == other.name, bool(one.birth_on) and one.birth_on == other.birth_on
    same_phone = bool(one.phone_hash) and one.phone_hash == other.phone_hash
    found: list[Like] = []
    if same_name and same_birth and same_phone:
        found.append(Like.SAME_PHONE)
    like_name = same_name or folded(one.name) == folded(other.name)
    if like_name and is_old_form(one.number, other.number):
        found.append(Like.OLD_NUMBER)
    if like_name and (same_birth or same_phone) and is_near(one.number, other.number):
        found.append(Like.ONE_SIGN)
    if not same_name and like_name and same_birth and same_phone:
        found.append(Like.VARIANT)
    return tuple(found)


def said(reasons: Sequence[str]) -> list[str]:
    """Say reasons in words."""
    return [LIKE_LABELS[Like(reason)] for reason in reasons]
