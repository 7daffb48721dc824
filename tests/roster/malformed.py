"""Does any malformed export do more than earn a sentence? Thousands of broken rosters, and the roster after each."""

import hashlib
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from hongyan.members.models import Member
from hongyan.members.permissions import official
from hongyan.roster.actions import incoming, take_in
from hongyan.roster.models import Intake, Stage
from hongyan.roster.refusals import Refused
from tests.documents.campaign import BREAKS
from tests.documents.files import delimited, ods, part, repacked, xls, xlsx
from tests.roster.exports import EXPORT, invented, table
from tests.world import NOW, TODAY, World, build_world

VILLAGE = "三雷镇三陶村党支部"
PEOPLE = 12
Table = list[list[Any]]


def _formulas(rows: Table, dice: random.Random) -> Table:
    for row in rows[1:]:
        row[dice.randrange(len(row))] = dice.choice(
            ('=HYPERLINK("http://x","y")', "=1+1", "@SUM(1)", "+cmd|' /C calc'!A0", "-2+3", "#REF!", "=cmd()")
        )
    return rows


def _huge(rows: Table, dice: random.Random) -> Table:
    rows[dice.randrange(1, len(rows))][dice.randrange(len(EXPORT))] = dice.choice("欧9 ,\t") * dice.randrange(
        600, 60_000
    )
    return rows


def _merged(rows: Table, dice: random.Random) -> Table:
    """Write the titles as a merged head does: the first row of groups, the rest below, holes between."""
    groups = [title if place % 4 == 0 else "" for place, title in enumerate(rows[0])]
    head = [title if dice.random() < 0.6 else "" for title in rows[0]]
    return [groups, head, *rows[1:]]


def _twisted(rows: Table, dice: random.Random) -> Table:
    for row in rows[dice.randrange(2) :]:
        dice.shuffle(row)
    return rows


def _doubled(rows: Table, dice: random.Random) -> Table:
    place = dice.randrange(len(rows[0]))
    return [[*row, row[place]] for row in rows]


def _holes(rows: Table, dice: random.Random) -> Table:
    return [[cell if dice.random() < 0.7 else "" for cell in row] for row in rows]


def _strange(rows: Table, dice: random.Random) -> Table:
    for row in rows[dice.randrange(2) :]:
        row[dice.randrange(len(row))] = dice.choice(
            (
                "\u202e\u200b",
                "\ufeff",
                "𠮷野",
                "１００１２３４５６７８",
                "1E+17",
                "9" * 18,
                "null",
                "二〇二六年",
                "2026-13-45",
                "0",
            )
        )
    return rows


def _as_they_are(rows: Table, dice: random.Random) -> Table:
    return rows


TWISTS: tuple[Callable[[Table, random.Random], Table], ...] = (
    _formulas, _huge, _merged, _twisted, _doubled, _holes, _strange, _as_they_are,
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "big5", "shift_jis", "utf-32", "utf-7")


def _file(dice: random.Random) -> tuple[str, bytes]:
    """Make one file that is wrong in its bytes, in its cells, or in both."""
    rows = table([invented(dice.randrange(10_000), VILLAGE) for _ in range(PEOPLE)])
    twist = dice.choice(TWISTS)
    rows = twist(rows, dice)
    ending = dice.choice(("xlsx", "xlsx", "csv", "csv", "xls", "ods"))
    if ending == "csv":
        encoding = dice.choice(ENCODINGS)
        text = delimited(rows, dice.choice((",", "\t", ";", "，")), "utf-8").decode()
        content_bytes = text.encode(encoding, "replace")
    else:
        content_bytes = {"xlsx": xlsx, "xls": xls, "ods": ods}[ending](
            [[_plain(cell, ending) for cell in row] for row in rows]
        )
    # Cells that are wrong in a sound file are half of it; what is sound in every way is broken outside.
    if twist is _as_they_are or dice.random() < 0.4:
        spoil = dice.choice(BREAKS)
        if ending == "xlsx" and dice.random() < 0.5:
            inside = dice.choice(("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"))
            return f"a.{ending}", repacked(content_bytes, {inside: spoil(part(content_bytes, inside), dice)})
        content_bytes = spoil(content_bytes, dice)
    return f"a.{ending}", content_bytes


def _plain(cell: Any, ending: str) -> Any:
    # Our own writers of the old formats know no markup and no long labels.
    text = str(cell)[: 250 if ending == "xls" else 30_000]
    return text.replace("&", "").replace("<", "") if ending == "ods" else text


def state() -> str:
    """Digest every column of every member."""
    digest = hashlib.sha256()
    for row in Member.objects.order_by("pk").values_list().iterator():
        digest.update(repr(row).encode())
    return digest.hexdigest()


def _judge(world: World, name: str, content: bytes, tally: Counter[str], number: int) -> None:
    actor = official(world.users["minqin_department"], TODAY)
    try:
        with incoming(content, name) as file:
            intake = take_in(key=f"m{number}", organization=world["minqin"], file=file, by=actor, at=NOW)
    except Refused as refused:
        tally["refused"] += 1
        tally["speechless"] += not refused.refusal.sentence.endswith(("。", "！"))
        return
    tally["read"] += 1
    tally["rows"] += intake.rows
    tally["rejected"] += intake.rejected
    counted = intake.stage == Stage.COMPARED and intake.rows == intake.accepted + intake.rejected > 0
    tally["uncounted"] += not counted
    intake.delete()


def tally(count: int, seed: int) -> Counter[str]:
    """Take in so many broken files and count all that came of it."""
    world, dice = build_world(), random.Random(seed)
    before, found = state(), Counter[str]()
    for number in range(count):
        name, content = _file(dice)
        try:
            _judge(world, name, content, found, number)
        except Exception as error:
            found["crashed"] += 1
            print(f"{number} {name}: {type(error).__name__}: {error}", flush=True)
        found["tried"] += 1
        if number % 200 == 199:
            print(dict(found), flush=True)
    found["changed"] = state() != before
    found["left"] = Intake.objects.count()
    return found


def run(count: int, seed: int) -> dict[str, int]:
    """Take in so many broken files: a sentence or counted rows each, nobody changed."""
    found = tally(count, seed)
    lost = found["crashed"] + found["speechless"] + found["uncounted"] + found["left"]
    print(dict(found), flush=True)
    return {
        "tried": count, "faults": count, "acknowledged": count - lost, "lost": lost, "leaked": int(found["changed"]),
    }  # fmt: skip
