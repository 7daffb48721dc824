"""Which provinces, prefectures and counties does a text name as the place where something is?

Names that only lend themselves to a road, a firm, a home town or an office elsewhere are left out: 天水南路,
新疆武威商会, 老家天水, 平凉市驻兰州市流动党员联络站.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest

from hongyan.geography.codes import Level, contains
from hongyan.geography.spellings import Kind, by_first_two, spellings, towns_by_first_two

TRADITIONAL = str.maketrans(
    "縣區鎮鄉蘭肅臺灣東莊蘇寧廣門雲貴陝龍遼烏魯齊漢陽開環會館團結滬濟無錫連號樓單園國關慶徑涇靜達鄭",
    "县区镇乡兰肃台湾东庄苏宁广门云贵陕龙辽乌鲁齐汉阳开环会馆团结沪济无锡连号楼单园国关庆径泾静达郑",
)
NOISE = re.compile(r"[\s,,。.;;、/\\|\-_()()\[\]【】《》“”\"'::!!??·]+")
# A place begins after these even without a space: 住在…, 位于…, 邻近车站的….
BOUNDARY = "的在于到住至位寄往去居址现回赴抵驻"
ROAD = re.compile(
    r"^(?:[东西南北中前后上下新老外内]{0,2})(?:[一二三四五六七八九十]|\d+|第.)?"
    r"(?:路|大路|马路|大街|街(?!道)|大道|巷|弄|胡同|桥|大桥|公路|高速|里弄)"
)
# After an official name only these show that it is somebody's origin; after a bare stem many more things
# borrow it.
AWAY = re.compile(r"^(?:商会|同乡|老乡|会馆(?![巷街路村社])|籍|人士|话|口音|老家|驻|人(?!民))")
BORROWED = re.compile(
    r"^(?:商会|同乡|老乡|会馆(?![巷街路村社])|大学|学院|理工|师范|医科|银行|拉面|牛肉面|饭店|饭馆|餐|宾馆|酒店|大厦|广场|花园|花苑|家园|新村|小区|公寓|"
    r"人家|人士|籍|菜|烧烤|小吃|中学|小学|一中|二中|医院|特产|风味|羊肉|手抓|商贸|有限|集团|公司|驻|老家|话|口音|站|火车站|机场|港|"
    r"人(?!民))"
)
TOWN = re.compile(r"^(?:镇|乡|街道|村|社区|苏木|居委会)")
TOWNISH = re.compile(
    r"^(?:镇|乡|街道|村|庄|社区|苏木|居委会|屯|堡|湾|河|山|沟|桥|楼|店|营|寨|铺|坪|岭|滩|川|口|门|庙|寺|园)"
)
ORIGIN = re.compile(r"(?:老家|来自|原籍|祖籍|籍贯|户籍|户口|出生于|出生在|生于|从|由)(?:是|在|地|为|于)?$")
LEAVING = re.compile(
    r"^(?:来的?(?![\u4e00-\u9fff]{1,3}[镇乡村])|过来|出来|流出|到(?!达)|[搬调转](?:到|往|去|来|入|至))"
)
# Official names that are also what people call a part of any city.
GENERIC = frozenset(
    {
        "城区",
        "郊区",
        "矿区",
        "东区",
        "西区",
        "新市区",
        "新城区",
        "城中区",
        "城北区",
        "城东区",
        "城西区",
        "市中区",
    }
)
# Full names of two characters that are also ordinary words need their prefecture or a clean start before
# them.
ANCHORED = 2


@dataclass(frozen=True, slots=True)
class Mention:
    """Hold one name found in the text: where, how it is spelled and which divisions it may mean."""

    start: int
    end: int
    text: str
    kinds: Mapping[str, Kind]

    def full(self) -> tuple[str, ...]:
        """Return the divisions whose official or older name this is."""
        return tuple(code for code, kind in self.kinds.items() if kind is not Kind.SHORT)


def tidy(text: str) -> str:
    """Return the text in one width and script, with every separator as one space."""
    plain = unicodedata.normalize("NFKC", text).translate(TRADITIONAL)
    return NOISE.sub(" ", plain).strip()


def squeezed(text: str) -> tuple[str, frozenset[int]]:
    """Return the tidy text without spaces, and the places where something began (after a separator)."""
    starts, pieces, length = {0}, [], 0
    for piece in tidy(text).split(" "):
        starts.add(length)
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces), frozenset(starts)


def find_mentions(text: str, starts: frozenset[int]) -> list[Mention]:
    """Return the names in a squeezed text, left to right, longest first, less those that are not places."""
    found: list[Mention] = []
    at = 0
    while at < len(text) - 1:
        spelling = next(
            (name for name in by_first_two().get(text[at : at + 2], ()) if text.startswith(name, at)), ""
        )
        if not spelling:
            at += 1
            continue
        mention = Mention(at, at + len(spelling), spelling, spellings()[spelling])
        kept = _judged(mention, text, starts, found)
        if kept:
            found.append(kept)
        elif AWAY.match(text[mention.end :]):
            _drop_above(mention, found)
        # A stem that named a road may hide a county further in; an official name never does.
        at = mention.end if kept or mention.full() else at + len(spelling)
    return _without_origins(found, text)


def _judged(mention: Mention, text: str, starts: frozenset[int], found: list[Mention]) -> Mention | None:
    """Return the mention as it may be used, None when the name is only borrowed."""
    after = text[mention.end :]
    previous = found[-1] if found and found[-1].end == mention.start else None
    below = {
        code: kind
        for code, kind in mention.kinds.items()
        if previous and any(contains(above, code) and above != code for above in previous.kinds)
    }
    leads = any(
        _is_below(name, mention) for name in by_first_two().get(after[:2], ()) if after.startswith(name)
    )
    if not leads and (AWAY if mention.full() else BORROWED).match(after):
        return None
    if mention.full():
        if mention.text in GENERIC and not below:
            return None
        if len(mention.text) == ANCHORED and not below and not begins_at(mention.start, text, starts):
            return None
        return Mention(mention.start, mention.end, mention.text, below or mention.kinds)
    province = any(len(code) == Level.PROVINCE for code in mention.kinds)
    if not leads and (ROAD.match(after) or (TOWN if province else TOWNISH).match(after)):
        return None
    if not leads and _starts_town(mention, text):
        return None
    kinds = below or mention.kinds
    if province:
        # 河北 is the province; the district of that stem is written 河北区.
        kinds = {code: kind for code, kind in kinds.items() if below or len(code) < Level.COUNTY}
    if not previous and not begins_at(mention.start, text, starts):
        # In the middle of a word a stem is too weak: 定城镇江南社区 is not in 镇江.
        return None
    return Mention(mention.start, mention.end, mention.text, kinds)


def _drop_above(mention: Mention, found: list[Mention]) -> None:
    """Take back the names above one that turned out to be an origin: 甘肃省平凉市静宁县驻兰州办事处."""
    start = mention.start
    while found and found[-1].end == start and _is_below(mention.text, found[-1]):
        start = found.pop().start


def _starts_town(mention: Mention, text: str) -> bool:
    """Say whether a longer name of a town begins here: 新安集镇 is not in 新安县."""
    towns = towns_by_first_two().get(mention.text[:2], {})
    return any(len(town) > len(mention.text) and text.startswith(town, mention.start) for town in towns)


def _is_below(spelling: str, mention: Mention) -> bool:
    return any(
        contains(above, code) and above != code for code in spellings()[spelling] for above in mention.kinds
    )


def begins_at(at: int, text: str, starts: frozenset[int]) -> bool:
    """Say whether a name can begin here: after a separator, a particle, a digit or a letter."""
    return at in starts or (at > 0 and (text[at - 1] in BOUNDARY or not "\u4e00" <= text[at - 1] <= "\u9fff"))


def _without_origins(found: list[Mention], text: str) -> list[Mention]:
    """Drop where somebody comes from: a run of names after 老家 or 来自, or before 来的, 流出 or 驻."""
    kept: list[Mention] = []
    run: list[Mention] = []
    for mention, following in zip_longest(found, found[1:]):
        run.append(mention)
        if following is None or following.start != mention.end:
            origin = ORIGIN.search(text[: run[0].start]) or LEAVING.match(text[mention.end :])
            if not origin:
                kept.extend(run)
            run = []
    return kept
