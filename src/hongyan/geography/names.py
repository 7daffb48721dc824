"""What is a place called, and what lies directly below it?

Reads the packed tables: everything down to the towns at once (some 45,000 names), villages by province when
first asked for. Codes form a tree by prefix; `patch.csv` adds what the list lacks, and the edition in use
what later generations of boundaries changed: a code that ended is in no list, but keeps its name.
"""

import csv
import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hongyan.geography.codes import Level, ancestors_of, is_code, is_zone, level_of
from hongyan.geography.editions import by_edition, in_use

TABLES = Path(__file__).resolve().parent / "tables"
# Levels that exist only to fill the five-level form: nobody writes them in an address.
FILLERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


@dataclass(frozen=True, slots=True)
class Patch:
    """Hold one row of our own about a code the list lacks, moved or numbers differently."""

    boundary_set: str
    code: str
    name: str
    kind: str
    places: tuple[str, ...]


@cache
def patches() -> tuple[Patch, ...]:
    """Return the rows of patch.csv."""
    with (TABLES / "patch.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(
            Patch(row["set"], row["code"], row["name"], row["kind"], tuple(row["place"].split()))
            for row in csv.DictReader(lines)
        )


@cache
def _listed() -> Mapping[str, str]:
    text = lzma.decompress((TABLES / "upper.xz").read_bytes()).decode("gb18030")
    names = dict(line.split("\t") for line in text.splitlines())
    names.update((row.code, row.name) for row in patches() if row.kind in ("added", "merged", "renumbered"))
    return dict(sorted(names.items()))


@by_edition()
def upper() -> Mapping[str, str]:
    """Return code → name of every division down to the towns, patch rows included, in the order of codes."""
    edition = in_use()
    if not edition.changes:
        return _listed()
    names = {code: name for code, name in _listed().items() if code not in edition.ended}
    names.update((code, name) for code, name in edition.named.items() if len(code) <= Level.TOWN)
    return dict(sorted(names.items()))


@cache
def _village_lines(province: str) -> Mapping[str, str]:
    # Kept as lines: decoding 37,000 villages costs 10 ms, parsing all of them would cost ten times that.
    path = TABLES / "villages" / f"{province}.xz"
    if not path.exists():
        return {}
    text = lzma.decompress(path.read_bytes()).decode("gb18030")
    return {line[:9]: line[10:] for line in text.splitlines()}


@by_edition(maxsize=4096)
def villages_of_town(town: str) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of the villages and communities of one town, in the order of codes."""
    edition = in_use()
    listed = _listed_villages(town)
    if not edition.changes:
        return listed
    names = {code: name for code, name in listed if code not in edition.ended}
    names.update(edition.villages.get(town, ()))
    return tuple(sorted(names.items()))


def _listed_villages(town: str) -> tuple[tuple[str, str], ...]:
    line = _village_lines(town[:2]).get(town)
    if line is None:
        return ()
    runs, names = line.split("\t")
    numbers: list[int] = []
    for run in runs.split(","):
        first, _, last = run.partition("-")
        numbers.extend(range(int(first), int(last or first) + 1))
    return tuple(
        (f"{town}{number:03d}", name) for number, name in zip(numbers, names.split("|"), strict=True)
    )


@by_edition()
def _children() -> Mapping[str, tuple[str, ...]]:
    below: dict[str, list[str]] = {}
    for code in upper():
        above = ancestors_of(code)
        below.setdefault(above[-1] if above else "", []).append(code)
    return {code: tuple(children) for code, children in below.items()}


def provinces() -> tuple[str, ...]:
    """Return the codes of the 34 provinces."""
    return _children()[""]


def children_of(code: str) -> tuple[str, ...]:
    """Return the codes one level below; a renumbered county has what the list keeps under its old number."""
    if level_of(code) is Level.TOWN:
        return tuple(village for village, _ in villages_of_town(code))
    return _children().get(code) or _children().get(listed_code(code), ())


def counties_of(code: str) -> tuple[str, ...]:
    """Return the county-level codes below a province or prefecture, zones included."""
    found = [code]
    while found and len(found[0]) < Level.COUNTY:
        found = [child for parent in found for child in children_of(parent)]
    return tuple(found)


def towns_of(county: str) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of the towns of a county."""
    names = upper()
    return tuple((town, names[town]) for town in children_of(county))


@by_edition(maxsize=512)
def villages_of(county: str) -> tuple[tuple[str, str], ...]:
    """Return (code, name) of every village and community of a county."""
    return tuple(village for town in children_of(county) for village in villages_of_town(town))


def name_of(code: str) -> str | None:
    """Return the official name of one node, None when the code is unknown; of one that ended its last."""
    if len(code) == Level.VILLAGE:
        return dict(villages_of_town(code[:9])).get(code) or in_use().was.get(code)
    return upper().get(code) or in_use().was.get(code)


@by_edition(maxsize=16384)
def full_name(code: str) -> str:
    """Return the whole name from the province down, without fillers and repetitions; "" when unknown."""
    if not is_code(code) or name_of(code) is None:
        return ""
    parts: list[str] = []
    for step in (*ancestors_of(code), code):
        name = name_of(step)
        if name and name not in FILLERS and name not in parts:
            parts.append(name)
    return "".join(parts)


@cache
def _renumbered() -> Mapping[str, str]:
    return {row.code: row.places[0] for row in patches() if row.kind == "renumbered"}


@cache
def _renumbering() -> Mapping[str, str]:
    return {old: new for new, old in _renumbered().items()}


def listed_code(county: str) -> str:
    """Return the number under which the code list keeps this county's towns (620200 → 620201)."""
    return _renumbered().get(county, county)


def current_code(county: str) -> str:
    """Return the number a county goes by today (620201 → 620200); other codes come back as they are."""
    return _renumbering().get(county, county)


@cache
def _takers() -> Mapping[str, tuple[str, ...]]:
    """Return county → the counties that took its ground after the list was made, wholly or partly."""
    later: dict[str, set[str]] = {}
    for row in patches():
        if row.kind in ("added", "merged", "grown", "renumbered"):
            for place in row.places:
                later.setdefault(place, set()).add(row.code)
    return {code: tuple(sorted(found)) for code, found in later.items()}


@cache
def _ended() -> frozenset[str]:
    return frozenset(place for row in patches() if row.kind == "merged" for place in row.places)


def successors_of(county: str) -> tuple[str, ...]:
    """Return what a county became that ended after the list was made; nothing for one that stands."""
    return _takers().get(county, ()) if county in _ended() else ()


@cache
def _hosts() -> Mapping[str, tuple[str, ...]]:
    return {row.code: row.places for row in patches() if row.kind == "zone"}


def same_ground(one: str, other: str) -> bool:
    """Say whether two county codes can mean the same spot: equal, renumbered, merged, or a zone and its host.

    Where the hosts of a zone are not known, every county of its prefecture may be one.
    """
    if one == other or other in _takers().get(one, ()) or one in _takers().get(other, ()):
        return True
    if (one, other) in in_use().shared:
        return True
    if is_zone(one) == is_zone(other) or one[:4] != other[:4]:
        return False
    zone, county = (one, other) if is_zone(one) else (other, one)
    hosts = _hosts().get(zone)
    return hosts is None or county in hosts
