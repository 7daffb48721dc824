"""Which towns and villages of the counties in question does a text name?

There are no outlines below the county, so names decide, and only inside a county: 大柳村 exists many times in
China and once in 凉州区.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hongyan.geography.codes import Level, is_zone
from hongyan.geography.editions import in_use
from hongyan.geography.mentions import begins_at
from hongyan.geography.names import counties_of, listed_code, towns_of, upper, villages_of_town
from hongyan.geography.spellings import stem_of, towns_by_first_two

OFFICE = re.compile(r"(?:村|居)(?:民委员会|委会|委)$")
TOWN_SUFFIX = re.compile(
    r"(?:街道办事处|街道|地区办事处|办事处|地区|镇|(?:[\u4e00-\u9fff]{1,12}族)?乡|苏木|管委会|农场|林场|牧场)$"
)
STREETLIKE = re.compile(r"(?:路|街|巷|道|弄|桥|门|里|园|区|城|场)$")
# What follows a bare stem and shows that it named something else.
ELSEWHERE = re.compile(
    r"^(?:路|街|大道|巷|弄|胡同|桥|镇|乡|街道|村|庄|社区|小区|花园|大厦|广场|中路|东路|西路|南路|北路|中街|东街|西街)"
)

# How sure a name makes us of the node inside a certain county; measured on real addresses, see
# docs/geography.md.
TOWN_AND_VILLAGE, TOWN_AND_STEM, TOWN_ALONE = 0.998, 0.96, 0.99
LONG_VILLAGE, SHORT_VILLAGE, WEAK = 0.965, 0.94, 0.8


@dataclass(frozen=True, slots=True)
class Spot:
    """Hold one town or village found by name, with the confidence it deserves inside its county."""

    code: str
    name: str
    text: str
    start: int
    whole: bool
    confidence: float


@lru_cache(maxsize=65536)
def village_forms(name: str) -> tuple[str, str]:
    """Return (whole, stem): 天水南路社区居委会 → (天水南路社区, 天水南路), 大柳村委会 → (大柳村, 大柳)."""
    whole = name
    match = OFFICE.search(name)
    if match:
        head = name[: match.start()]
        # 大柳村委会 is 大柳 + 村委会; 东关村村委会 keeps its own 村; 团结居委会 is what people call 团结社区.
        if head.endswith(("社区", "村")):
            whole = head
        else:
            whole = head + ("村" if match.group().startswith("村") else "社区")
    for suffix in ("社区", "村"):
        if whole.endswith(suffix) and len(whole) > len(suffix):
            return whole, whole[: -len(suffix)]
    return whole, whole


@lru_cache(maxsize=65536)
def town_forms(name: str, county: str) -> tuple[tuple[str, ...], str]:
    """Return (whole spellings, stem): 西路街道 of 安宁区 is also written 安宁西路街道."""
    whole = re.sub(r"街道办事处$", "街道", name)
    stem = TOWN_SUFFIX.sub("", whole)
    spellings = [whole]
    plain = re.sub(r"[\u4e00-\u9fff]{1,3}族乡$", "乡", whole)
    if plain != whole and len(plain) > 2:
        spellings.append(plain)
    short = stem_of(county)
    if len(short) > 1 and not whole.startswith(short):
        spellings.append(short + whole)
    return tuple(spellings), stem


def scope_of(county: str) -> tuple[str, ...]:
    """Return the codes whose towns may be named by people in this county: itself and the zones beside it."""
    listed = listed_code(county)
    zones = [code for code in counties_of(county[: Level.PREFECTURE]) if is_zone(code) and code != listed]
    return (listed, *zones)


def find_spots(
    text: str, starts: frozenset[int], counties: Iterable[str], extra: Sequence[tuple[str, str]] = ()
) -> list[Spot]:
    """Return the towns and villages named in the text inside these counties, best first."""
    names = upper()
    found: list[Spot] = []
    for county in dict.fromkeys(code for wanted in counties for code in scope_of(wanted)):
        towns = [
            *towns_of(county),
            *((c, n) for c, n in extra if len(c) == Level.TOWN and c.startswith(county)),
        ]
        county_name = names.get(county, "")
        named = {code: spot for code, name in towns if (spot := _town(code, name, county_name, text, starts))}
        for code, _ in towns:
            town = named.get(code)
            own = [(c, n) for c, n in extra if len(c) == Level.VILLAGE and c.startswith(code)]
            best = _village(text, starts, town, [*villages_of_town(code), *own])
            found.extend(best)
            if town:
                found.append(town)
        found.extend(_by_old_name(text, starts, county, county_name, {spot.code for spot in found}))
    return _ranked(_longest(found))


def _by_old_name(
    text: str, starts: frozenset[int], county: str, county_name: str, known: set[str]
) -> Iterator[Spot]:
    """Yield the places that were in this county, or are now, under a name they had before."""
    town: Spot | None = None
    for code, name in in_use().old_names.get(county, ()):
        if code in known:
            continue
        if len(code) == Level.TOWN and (spot := _town(code, name, county_name, text, starts)):
            town = spot
            yield spot
        elif len(code) == Level.VILLAGE:
            yield from _village(text, starts, town, [(code, name)])


def _find(form: str, text: str, starts: frozenset[int]) -> tuple[int, bool]:
    """Return (where, whether something began there), preferring a clean start; -1 when absent."""
    at = first = text.find(form)
    while at >= 0:
        if begins_at(at, text, starts):
            return at, True
        at = text.find(form, at + 1)
    return first, False


def _town(code: str, name: str, county_name: str, text: str, starts: frozenset[int]) -> Spot | None:
    spellings, stem = town_forms(name, county_name)
    for form in spellings:
        at, clean = _find(form, text, starts)
        if at >= 0:
            return Spot(code, name, form, at, True, TOWN_ALONE if clean else WEAK)
    at, clean = _find(stem, text, starts) if len(stem) > 1 else (-1, False)
    if at >= 0 and clean and not ELSEWHERE.match(text[at + len(stem) :]):
        return Spot(code, name, stem, at, False, WEAK)
    return None


def _village(
    text: str, starts: frozenset[int], town: Spot | None, villages: Sequence[tuple[str, str]]
) -> list[Spot]:
    """Return the villages of one town that the text names; `town` is that town if the text names it too."""
    inner = starts | {town.start + len(town.text)} if town else starts
    spots = []
    for code, name in villages:
        whole, stem = village_forms(name)
        at, clean = _find(whole, text, inner)
        if at >= 0:
            if town and at >= town.start + len(town.text):
                confidence = TOWN_AND_VILLAGE if clean and (town.whole or len(stem) > 1) else WEAK
            elif town:
                continue  # the "village" is the town's own name read again
            else:
                confidence = (
                    (LONG_VILLAGE if len(stem) > 2 else SHORT_VILLAGE) if clean and stem != whole else WEAK
                )
            spots.append(Spot(code, name, whole, at, True, confidence))
            continue
        if len(stem) < 2 or stem not in text:
            continue
        at, clean = _find(stem, text, inner)
        if (
            not clean
            or ELSEWHERE.match(text[at + len(stem) :])
            or (town and at < town.start + len(town.text))
        ):
            continue
        sure = town is not None and town.whole and len(stem) > 2 and not STREETLIKE.search(stem)
        spots.append(Spot(code, name, stem, at, False, TOWN_AND_STEM if sure else WEAK / 2))
    return spots


def _longest(spots: list[Spot]) -> list[Spot]:
    """Drop names that are only a piece of a longer name found at the same spot."""
    kept = []
    for spot in spots:
        end = spot.start + len(spot.text)
        covered = any(
            len(other.text) > len(spot.text)
            and len(other.code) == len(spot.code)
            and other.start <= spot.start
            and end <= other.start + len(other.text)
            for other in spots
        )
        if not covered:
            kept.append(spot)
    return kept


def _ranked(spots: list[Spot]) -> list[Spot]:
    return sorted(spots, key=lambda spot: (-spot.confidence, -len(spot.code), -len(spot.text), spot.code))


def towns_named(text: str, starts: frozenset[int], above: str) -> list[str]:
    """Return the counties below `above` ("" for all China) with a town whose whole name is in the text."""
    found: list[str] = []
    for at in range(len(text) - 2):
        if begins_at(at, text, starts):
            bucket = towns_by_first_two().get(text[at : at + 2], {})
            for codes in (codes for name, codes in bucket.items() if text.startswith(name, at)):
                found.extend(code[: Level.COUNTY] for code in codes if code.startswith(above))
    return list(dict.fromkeys(found))
