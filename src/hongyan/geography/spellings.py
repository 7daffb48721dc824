"""Under which spellings does a province, prefecture or county appear in an address?"""

import csv
import re
from collections.abc import Mapping
from enum import IntEnum

from hongyan.geography.codes import Level, is_zone, level_of
from hongyan.geography.editions import by_edition, in_use
from hongyan.geography.names import FILLERS, TABLES, current_code, upper

PEOPLES = (
    "蒙古族|回族|藏族|维吾尔族|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|傣族|黎族|傈僳族|佤族|畲族|"
    "高山族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族|阿昌族|普米族|"
    "塔吉克族|怒族|乌孜别克族|俄罗斯族|鄂温克族|德昂族|保安族|裕固族|京族|独龙族|鄂伦春族|赫哲族|珞巴族|"
    "蒙古|回|藏|维吾尔|哈萨克|柯尔克孜|塔吉克|锡伯|达斡尔|各族"
)
AUTONOMOUS = re.compile(f"^(?P<base>.{{2,}}?)(?:{PEOPLES})+(?:自治(?P<kind>[区州县旗])|(?P<plain>[区]))$")
# These carry the people's own name, so nothing may be cut from it.
KEPT_WHOLE = {"东乡族自治县": "东乡", "鄂伦春自治旗": "鄂伦春", "鄂温克族自治旗": "鄂温克"}
SUFFIXES = (
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "行政委员会",
    "地区",
    "林区",
    "省",
    "市",
    "盟",
    "县",
    "区",
    "旗",
)


class Kind(IntEnum):
    """Say how much a spelling is worth: the official name, an older or looser one, or the bare stem."""

    SHORT = 1
    OLD = 2
    FULL = 3


def stem_of(name: str) -> str:
    """Return the bare name: 甘肃省 → 甘肃, 积石山保安族东乡族撒拉族自治县 → 积石山, 城关区 → 城关."""
    if name in KEPT_WHOLE:
        return KEPT_WHOLE[name]
    match = AUTONOMOUS.match(name)
    if match:
        return match["base"]
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name[: -len(suffix)]
    return name


def _short_forms(code: str, name: str) -> list[tuple[str, Kind]]:
    """Return the looser spellings of one division."""
    stem = name.removesuffix("新区") if name.endswith("新区") and not is_zone(code) else stem_of(name)
    if len(stem) < 2:
        return []
    # 长沙 is the city; its county of the same stem is only known as 长沙县.
    above = upper().get(code[: Level.PREFECTURE], "")
    city = len(code) == Level.COUNTY and stem_of(above) == stem and above != name
    forms = [] if city else [(stem, Kind.SHORT)]
    autonomous = AUTONOMOUS.match(name) or name in KEPT_WHOLE or name.endswith(("自治州", "自治县", "自治旗"))
    if autonomous and len(code) == Level.PREFECTURE:
        forms.append((stem + "州", Kind.FULL))
        # 海南 is a province first: the prefecture of that name is only known with its 州.
        return forms[-1:] if stem == "海南" else forms
    if autonomous and len(code) == Level.COUNTY:
        forms.append((stem + name[-1], Kind.FULL))
    if len(code) == Level.COUNTY and name.endswith(("区", "市")) and not name.endswith("自治区"):
        # Counties become districts and cities all the time, and people go on writing 县 (or 市).
        forms.append((stem + "县", Kind.OLD))
        if name.endswith("区"):
            forms.append((stem + "市", Kind.OLD))
    return forms


@by_edition()
def spellings() -> Mapping[str, Mapping[str, Kind]]:
    """Return spelling → {code: kind} for everything down to the counties."""
    names = {
        code: name for code, name in upper().items() if len(code) <= Level.COUNTY and name not in FILLERS
    }
    found: dict[str, dict[str, Kind]] = {}
    for code, name in names.items():
        if current_code(code) == code and not _has_twin(code, name, names):
            found.setdefault(name, {})[code] = Kind.FULL
    with (TABLES / "old_names.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["name"], {}).setdefault(row["code"], Kind.OLD)
    for code, olds in in_use().aliases.items():
        for old in olds if len(code) <= Level.COUNTY else ():
            found.setdefault(old, {}).setdefault(code, Kind.OLD)
    official = set(found)
    for code, name in names.items():
        if current_code(code) != code or _has_twin(code, name, names):
            continue
        for form, kind in _short_forms(code, name):
            # A looser spelling never competes with a place that really bears the name.
            if kind is Kind.SHORT or form not in official:
                found.setdefault(form, {}).setdefault(code, kind)
    return found


def _has_twin(code: str, name: str, names: Mapping[str, str]) -> bool:
    # 东莞市 is a prefecture and its own only county: the name means the county, which is deeper.
    return level_of(code) is Level.PREFECTURE and any(
        other.startswith(code) and names[other] == name
        for other in (f"{code}00", f"{code}01")
        if other in names
    )


@by_edition()
def towns_by_first_two() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return first two characters → {whole name of a town: its codes}."""
    buckets: dict[str, dict[str, tuple[str, ...]]] = {}
    for code, name in upper().items():
        if len(code) == Level.TOWN and len(name) > 2:
            whole = name.removesuffix("办事处") if name.endswith("街道办事处") else name
            bucket = buckets.setdefault(whole[:2], {})
            bucket[whole] = (*bucket.get(whole, ()), code)
    return buckets


@by_edition()
def by_first_two() -> Mapping[str, tuple[str, ...]]:
    """Return the spellings that begin with these two characters, longest first."""
    buckets: dict[str, list[str]] = {}
    for spelling in spellings():
        buckets.setdefault(spelling[:2], []).append(spelling)
    return {start: tuple(sorted(names, key=len, reverse=True)) for start, names in buckets.items()}
