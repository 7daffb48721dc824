"""What does a new generation of divisions change, is its list whole, and what follows from it below?

Two tables in a folder: `divisions.csv` (code, name) of what begins or is renamed, and `successors.csv` (code,
successor) of what ends, a line for each successor. What lies below an ended code and is not listed follows
it with its own last digits where it has one successor of its level; else it is whoever has the ground.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hongyan.geography.codes import LENGTHS, Level, is_code, parent_of
from hongyan.geography.editions import common

DIVISIONS, SUCCESSORS = "divisions.csv", "successors.csv"
LONGEST_NAME = 64
NO_CODE = f"不是区划代码，应为 {'、'.join(map(str, LENGTHS))} 位数字。"


@dataclass(frozen=True)
class Lists:
    """What the two tables say."""

    named: Mapping[str, str]
    ended: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Changes:
    """Everything a generation changes, down to the last village."""

    # code → (its name, the one before; empty when it is new).
    named: Mapping[str, tuple[str, str]]
    # code → (its last name, its successors).
    ended: Mapping[str, tuple[str, tuple[str, ...]]]

    def shared(self, code: str) -> str:
        """Return the deepest division that holds all successors of a code that ends."""
        return common(self.ended[code][1])


class Unfit(Exception):
    """The tables contradict themselves or what is in force; each problem is one sentence."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def read_lists(folder: Path) -> Lists:
    """Read the two tables; raise Unfit when one is missing or no table at all."""
    named: dict[str, str] = {}
    ended: dict[str, list[str]] = {}
    for code, name in _rows(folder / DIVISIONS, ("code", "name")):
        named[code] = name
    for code, successor in _rows(folder / SUCCESSORS, ("code", "successor")):
        ended.setdefault(code, []).append(successor)
    return Lists(named, {code: tuple(dict.fromkeys(now)) for code, now in ended.items()})


def _rows(path: Path, columns: tuple[str, str]) -> Iterator[tuple[str, str]]:
    if not path.exists():
        raise Unfit([f"没有找到 {path.name}，请放在同一个文件夹里。"])
    with path.open(encoding="utf-8-sig", newline="") as lines:
        table = csv.DictReader(lines)
        if not set(columns) <= set(table.fieldnames or ()):
            raise Unfit([f"{path.name} 的第一行应写：{','.join(columns)}。"])
        for row in table:
            yield (row[columns[0]] or "").strip(), (row[columns[1]] or "").strip()


def changes_of(lists: Lists, known: Mapping[str, str]) -> Changes:
    """Work out everything that changes; `known` is code → name of what is in force. May raise Unfit."""
    problems = [*_wrong_forms(lists), *_wrong_ends(lists, known)]
    if problems:
        raise Unfit(problems)
    named, ended = dict(lists.named), dict(lists.ended)
    for code in sorted(_below(lists.ended, known), key=lambda code: (len(code), code)):
        if code in ended:
            continue
        above = next(ended[one] for one in _upwards(code) if one in ended)
        mine = _follower(code, parent_of(code) or "", ended)
        if mine and (mine in known and mine not in lists.ended or mine in named and mine not in lists.named):
            problems.append(
                f"{code} {known[code]} 会和已有的 {mine} 同号，请在 {SUCCESSORS} 里写明它现在的代码。"
            )
            continue
        if mine:
            ended[code] = (mine,)
            named.setdefault(mine, known[code])
        else:
            ended[code] = above
    problems = problems or list(_orphans(named, ended, known))
    if problems:
        raise Unfit(problems)
    return Changes(
        named={
            code: (name, known.get(code, ""))
            for code, name in sorted(named.items())
            if known.get(code) != name
        },
        ended={code: (known[code], now) for code, now in sorted(ended.items())},
    )


def _follower(code: str, parent: str, ended: Mapping[str, tuple[str, ...]]) -> str:
    """Return the code with the same last digits below the parent's one successor, "" without one."""
    now = ended.get(parent, ())
    return now[0] + code[len(parent) :] if len(now) == 1 and len(now[0]) == len(parent) else ""


def _upwards(code: str) -> Iterator[str]:
    while parent := parent_of(code):
        yield parent
        code = parent


def _below(ended: Mapping[str, tuple[str, ...]], known: Mapping[str, str]) -> Iterator[str]:
    """Yield what lies below a code that ends; one that also goes on keeps whatever is not listed."""
    for code in known:
        if any(above in ended for above in _upwards(code)):
            yield code


def _wrong_forms(lists: Lists) -> Iterator[str]:
    for code, name in lists.named.items():
        if not is_code(code):
            yield f"{DIVISIONS}：{code or '（空）'} {NO_CODE}"
        elif not 0 < len(name) <= LONGEST_NAME:
            yield f"{DIVISIONS}：{code} 没有名称，或名称超过 {LONGEST_NAME} 个字。"
    for code, now in lists.ended.items():
        for one in (code, *now):
            if not is_code(one):
                yield f"{SUCCESSORS}：{one or '（空）'} {NO_CODE}"


def _wrong_ends(lists: Lists, known: Mapping[str, str]) -> Iterator[str]:
    for code, now in lists.ended.items():
        if is_code(code) and code not in known:
            yield f"{SUCCESSORS}：{code} 不在现行区划里，无从停用。"
        if code in now:
            yield f"{SUCCESSORS}：{code} 还在使用，不能又写成停用；划出去的部分请逐个写它的乡镇或村。"
        if code in lists.named:
            yield f"{code} 在 {SUCCESSORS} 里停用，在 {DIVISIONS} 里又启用，只能写一处。"
        if all(map(is_code, now)) and not common(now):
            yield f"{SUCCESSORS}：{code} 的去向分在几个省，没有共同上级，请逐级写明。"
        for one in now:
            if one in lists.ended:
                yield f"{SUCCESSORS}：{code} 的去向 {one} 也停用了，请写最后的去向。"
            elif is_code(one) and one not in known and one not in lists.named:
                yield f"{SUCCESSORS}：{code} 的去向 {one} 没有名称，请写进 {DIVISIONS}。"


def _orphans(
    named: Mapping[str, str], ended: Mapping[str, tuple[str, ...]], known: Mapping[str, str]
) -> Iterator[str]:
    """Find what would hang in the air: a code whose parent is not there."""
    for code in named:
        parent = parent_of(code)
        if parent and (parent in ended or parent not in known and parent not in named):
            yield f"{code} {named[code]} 的上级 {parent} 不存在或已停用，请补在 {DIVISIONS}。"
    for code in known:
        if code not in ended and len(code) > Level.PROVINCE and (parent_of(code) or "") in ended:
            yield f"{code} {known[code]} 的上级停用了，请写明它的去向。"
