"""By which letters is a name found when only the beginnings of its syllables are typed: 张三丰 by zsf?

Pure: a table of single readings, and what is read otherwise as a surname or in the name of a place.
"""

import re

from hongyan.first_letters import LETTERS

_BEGINS = 0x4E00
# As a surname, and only there. Where two readings are surnames, the commoner one.
SURNAMES = {
    "单": "s", "曾": "z", "解": "x", "仇": "q", "区": "o", "查": "z", "翟": "z", "覃": "q",
    "折": "s", "乐": "y", "种": "c", "繁": "p", "秘": "b", "召": "s", "阚": "k", "郇": "x",
    "祭": "z", "句": "g", "佴": "n", "乜": "n", "么": "y", "重": "c", "隗": "w", "炅": "g",
    "不": "f", "尉迟": "yc", "万俟": "mq", "单于": "cy", "澹台": "tt",
}  # fmt: skip
# In the names of places and organisations.
PLACES = {
    "重庆": "cq", "重阳": "cy", "西藏": "xz", "藏族": "zz", "藏区": "zq", "厦门": "xm", "乐清": "yq",
    "番禺": "py", "铅山": "ys", "莘庄": "xz", "东阿": "de", "尉犁": "yl", "蔚县": "yx", "犍为": "qw",
    "泌阳": "by", "枞阳": "zy", "宝坻": "bd", "黄陂": "hp", "浒墅": "xs", "茄子": "qz", "太行": "th",
    "大埔": "db", "里堡": "lp", "单县": "sx", "涡阳": "gy", "洪洞": "ht", "繁峙": "fs",
    "浚县": "xx", "解州": "xz", "银行": "yh", "行业": "hy", "商行": "sh", "会稽": "kj", "畜牧": "xm",
    "音乐": "yy", "长": "c", "曾": "z",
}  # fmt: skip
_PLACE = re.compile("|".join(sorted(map(re.escape, PLACES), key=len, reverse=True)))
_ASIDE = " \u3000·•・．.-—()（）《》“”\"'、，,"
_LETTER_OF: dict[int, str | None] = {
    _BEGINS + place: letter for place, letter in enumerate(LETTERS) if letter != "."
}
_LETTER_OF |= {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_LETTER_OF |= {ord("〇"): "l"} | {ord(sign): None for sign in _ASIDE}


def name_initials(name: str) -> str:
    """Write the initials of a person: the surname by its own reading, unknown characters as they are."""
    for length in (2, 1):
        surname = SURNAMES.get(name[:length])
        if surname:
            return surname + name[length:].translate(_LETTER_OF)
    return name.translate(_LETTER_OF)


def place_initials(name: str) -> str:
    """Write the initials of an organisation."""
    return _PLACE.sub(lambda found: PLACES[found[0]], name).translate(_LETTER_OF)
