"""What is the Party organisation of a place called?"""

import re
import zlib
from dataclasses import dataclass

from hongyan.geography.codes import Level, level_of
from hongyan.geography.names import FILLERS, full_name, name_of
from hongyan.geography.spellings import stem_of
from hongyan.organizations.kinds import Kind, Tier

# The list writes one village in many ways: 三陶村委会, 新民村村民委员会, 东街社区居委会 …
_BODY = re.compile(r"(?:村村民|村民|社区居民|居民|村|社区|居|村（居）)?(?:委员会|委会|服务中心)$")
_SETTLEMENT = re.compile(r"(?:虚拟)?(?:生活区|管理区)(?:委员会办公室|委员会)?$")
TIERS = {
    Level.PROVINCE: Tier.PROVINCE,
    Level.PREFECTURE: Tier.PREFECTURE,
    Level.COUNTY: Tier.COUNTY,
    Level.TOWN: Tier.TOWN,
    Level.VILLAGE: Tier.GRASSROOTS,
}


@dataclass(frozen=True)
class Title:
    """How one organisation is called and what it is."""

    name: str
    short_name: str
    kind: Kind
    tier: Tier


def lot(code: str, sides: int) -> int:
    """Throw a die that always falls the same way for the same code."""
    return zlib.crc32(code.encode()) % sides


def settlement(name: str) -> str:
    """Return what people call a village or community: 三陶村委会 → 三陶村, 东街社区居委会 → 东街社区."""
    bare = _SETTLEMENT.sub("", name)
    match = _BODY.search(bare)
    if match is None:
        # A farm's or a forest's housing keeps its name; everything else without an ending is a village.
        return bare if bare != name or bare.endswith(("村", "社区")) else bare + "村"
    stem = bare[: match.start()]
    kind = "社区" if "居" in match.group() or "社区" in match.group() else "村"
    return stem if stem.endswith(("村", "社区")) else stem + kind


def short_place(code: str) -> str:
    """Return the short name of a county, prefecture or province: 天祝藏族自治县 → 天祝县, 临夏回族自治州 → 临夏州."""
    name = name_of(code) or code
    if "自治州" in name:
        return stem_of(name) + "州"
    if "自治县" in name:
        return stem_of(name) + "县"
    return name


def _committee(code: str) -> Title:
    """Name a province's, prefecture's or county's committee, whose organisation department works here."""
    name, level = short_place(code), level_of(code)
    above = "" if level < Level.COUNTY else short_place(code[:4])
    if code == "620171":
        return Title("中共兰州新区工作委员会组织部", "兰州新区党工委组织部", Kind.WORK_COMMITTEE, Tier.COUNTY)
    if code == "620200":
        # A prefecture without counties: its towns lie directly under the city.
        return Title("中共嘉峪关市委直属工作委员会", "嘉峪关市直属工委", Kind.WORK_COMMITTEE, Tier.COUNTY)
    return Title(f"中共{above}{name}委组织部", f"{name}委组织部", Kind.COMMITTEE, TIERS[level])


def _town(code: str) -> Title:
    name, county = name_of(code) or code, short_place(code[:6])
    if name.endswith("街道"):
        return Title(f"中共{county}{name}工作委员会", f"{name}党工委", Kind.WORK_COMMITTEE, Tier.TOWN)
    return Title(f"中共{county}{name}委员会", f"{name}党委", Kind.COMMITTEE, Tier.TOWN)


def _grassroots(code: str) -> Title:
    place, town = settlement(name_of(code) or code), name_of(code[:9]) or ""
    full = f"{short_place(code[:6])}{town}{place}"
    if place.endswith("社区"):
        return Title(f"中共{full}委员会", f"{place}党委", Kind.COMMITTEE, Tier.GRASSROOTS)
    # About every eighth village is large enough for a general branch.
    if lot(code, 8) == 0:
        return Title(f"中共{full}总支部委员会", f"{town}{place}党总支", Kind.GENERAL_BRANCH, Tier.GRASSROOTS)
    return Title(f"中共{full}支部委员会", f"{town}{place}党支部", Kind.BRANCH, Tier.GRASSROOTS)


def title_of(code: str) -> Title:
    """Name the organisation of a place whose organisations work on the platform."""
    level = level_of(code)
    if level == Level.VILLAGE:
        return _grassroots(code)
    return _town(code) if level == Level.TOWN else _committee(code)


def outside_title(code: str) -> Title:
    """Name the organisation of a place that is not on the platform, down to the counties."""
    name = name_of(code) or code
    place = name if len(code) == Level.PROVINCE else full_name(code[:4]).removeprefix(name_of(code[:2]) or "")
    if len(code) == Level.COUNTY:
        above = "" if (name_of(code[:4]) or "") in FILLERS else place
        place = f"{above or name_of(code[:2])}{name}" if above != name else name
    return Title(f"{place}党组织（未接入）", f"{place}党组织", Kind.COMMITTEE, TIERS[level_of(code)])
