"""What would a generation of boundaries change, in figures that open their lists and in words?"""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from hongyan.geography.codes import parent_of
from hongyan.geography.models import Division, NamedDivision
from hongyan.geography.names import full_name, name_of
from hongyan.journeys.models import Journey
from hongyan.journeys.redrawing import Prospect, Reference, Split, references


class Fate(StrEnum):
    """What becomes of a code."""

    MERGED = "merged"
    SPLIT = "split"
    MOVED = "moved"
    RECODED = "recoded"
    RENAMED = "renamed"
    NEW = "new"


FATE_LABELS = {
    Fate.MERGED: "合并",
    Fate.SPLIT: "拆分",
    Fate.MOVED: "划归另一上级",
    Fate.RECODED: "更换代码",
    Fate.RENAMED: "改名",
    Fate.NEW: "新设",
}
KIND_LABELS = {
    "journey": "在办的流动党员",
    "organization": "党组织",
    "servicearea": "服务范围",
    "station": "站点",
    "company": "企业",
    "finding": "摸排登记",
    "gathering": "同乡流动党员",
}


@dataclass(frozen=True)
class Fated:
    """One code, what becomes of it, and how many of what stand there."""

    code: str
    name: str
    fate: Fate
    successors: tuple[tuple[str, str], ...]
    counts: tuple[tuple[str, int], ...]

    @property
    def label(self) -> str:
        """Return what becomes of it, in words."""
        return FATE_LABELS[self.fate]


def fate_of(split: Split, heirs: Counter[str], known: set[str]) -> Fate:
    """Tell what becomes of a code that ends."""
    if not split.is_sole:
        return Fate.SPLIT
    now = split.successors[0]
    if heirs[now] > 1 or now in known:
        return Fate.MERGED
    return Fate.RECODED if parent_of(now) == parent_of(split.code) else Fate.MOVED


def ending(prospect: Prospect) -> list[Fated]:
    """List every code that ends and does not merely keep its last digits below one that does."""
    counts, splits = prospect.counted(), prospect.splits
    heirs = Counter(one for split in splits.values() for one in split.successors)
    known = set(Division.objects.filter(valid_to=None, code__in=heirs).values_list("code", flat=True))
    return [
        Fated(
            code,
            _whole(code, split.name),
            fate_of(split, heirs, known),
            tuple((one, named(prospect, one)) for one in split.successors),
            tuple(sorted(counts.get(code, {}).items())),
        )
        for code, split in splits.items()
        if counts.get(code) or not _merely_follows(split, splits)
    ]


def _merely_follows(split: Split, splits: Any) -> bool:
    above = splits.get(parent_of(split.code) or "")
    if above is None or not split.is_sole:
        return above is not None
    return bool(above.is_sole and split.successors[0] == above.successors[0] + split.code[len(above.code) :])


def _whole(code: str, name: str) -> str:
    return full_name(code) or full_name(parent_of(code) or "") + name


def named(prospect: Prospect, code: str) -> str:
    """Return what a code is called once the generation is live, with what lies above it."""
    parts, step = [], code
    while step:
        parts.append(prospect.names.get(step) or name_of(step) or step)
        step = parent_of(step) or ""
    return "".join(dict.fromkeys(reversed(parts)))


def beginning(prospect: Prospect) -> list[Fated]:
    """List every code that begins without taking over from one, and every other name."""
    heirs = {one for split in prospect.splits.values() for one in split.successors}
    rows = NamedDivision.objects.filter(generation=prospect.generation).order_by("code")
    return [
        Fated(
            row.code,
            row.was_name or named(prospect, row.code),
            Fate.RENAMED if row.was_name else Fate.NEW,
            ((row.code, row.name),) if row.was_name else (),
            (),
        )
        for row in rows
        if row.was_name or row.code not in heirs
    ]


def totals(prospect: Prospect) -> dict[str, int]:
    """Count by kind everything that follows."""
    found: Counter[str] = Counter()
    for kinds in prospect.counted().values():
        found.update(kinds)
    return dict(found)


@lru_cache(maxsize=1)
def _by_word() -> dict[str, list[Reference]]:
    found: dict[str, list[Reference]] = {}
    for reference in references():
        found.setdefault(reference.word, []).append(reference)
    return found


def standing(prospect: Prospect, word: str, code: str) -> Any:
    """Return the rows of a kind that stand at a code (all that follow: ""), None for a kind nobody knows."""
    if word not in _by_word():
        return None
    rows: Any = None
    for reference in _by_word()[word]:
        some = prospect.at(reference, [code] if code else None)
        rows = some if rows is None else rows | some
    beside = ("home", "holder", "destination") if rows.model is Journey else ("division",)
    names = {one.name for one in rows.model._meta.fields}
    wanted = [one for one in (*beside, "organization") if one in names]
    return rows.select_related(*wanted).order_by("pk")


def preview(prospect: Prospect) -> dict[str, Any]:
    """Return everything as plain values for a program."""
    generation, undecided = prospect.generation, prospect.undecided()
    return {
        "generation": generation.name,
        "based_on": generation.based_on.name if generation.based_on else "",
        "reason": generation.reason,
        "from": generation.valid_from.isoformat(),
        "follows": totals(prospect),
        "divisions": [_plain(one) for one in (*ending(prospect), *beginning(prospect))],
        "undecided": [
            {"subject": one.subject, "name": one.name, "code": one.split.code, "common": one.split.common,
             "successors": list(one.split.successors), "chosen": one.chosen}
            for one in undecided
        ],
        "missing": sum(not one.chosen for one in undecided),
    }  # fmt: skip


def _plain(one: Fated) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "fate": one.fate.value,
        "successors": dict(one.successors),
        "counts": dict(one.counts),
    }
