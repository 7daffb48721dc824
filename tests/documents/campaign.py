"""Does any malformed file do more than earn a sentence? Thousands of broken sheets and photos, counted."""

import io
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from hongyan.documents.photos import Photo, clean_photo, is_plain
from hongyan.documents.sheets_in import Sheet, read_sheet
from tests.documents.files import TITLES, delimited, ods, part, people, repacked, xls, xlsx

SLOW_SECONDS = 15.0
NAMES = ("a.xlsx", "a.xls", "a.ods", "a.csv")
# Bytes that mean something to a parser.
MEANT = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xff\xff\xff\xff",
    b"\0" * 8,
    b"<!DOCTYPE x>",
    b"\xff\xd9",
    b'"',
    b"IEND",
    b"]]>",
    b"</row>",
)


def _photo(kind: str) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize((400, 300)).convert("RGB").save(out, kind)
    return out.getvalue()


def _sound() -> dict[str, bytes]:
    rows = [TITLES, *people(12)]
    sheets = {
        "a.xlsx": xlsx(rows),
        "a.xls": xls(rows),
        "a.ods": ods(rows),
        "a.csv": delimited(rows, ",", "gb18030"),
    }
    return sheets | {f"a.{kind.lower()}": _photo(kind) for kind in ("JPEG", "PNG", "WEBP")}


def _flipped(content: bytes, dice: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(dice.randint(1, 24)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(1, len(content))]


def _holed(content: bytes, dice: random.Random) -> bytes:
    begin = dice.randrange(len(content))
    return content[:begin] + content[begin + dice.randrange(1, 400) :] or b"x"


def _stuffed(content: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(content))
    return content[:at] + dice.choice(MEANT) * dice.choice((1, 1, 3, 500)) + content[at:]


def _shuffled(content: bytes, dice: random.Random) -> bytes:
    a, b = sorted((dice.randrange(len(content)), dice.randrange(len(content))))
    return content[:a] + content[b:] + content[a:b]


def _noise(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.choice((0, 4, 8, 30, 512))] + dice.randbytes(dice.randrange(1, 6000))


BREAKS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _flipped,
    _cut,
    _holed,
    _stuffed,
    _shuffled,
    _noise,
)
INNER = {
    "a.xlsx": ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"),
    "a.ods": ("content.xml",),
}


def _broken(name: str, content: bytes, dice: random.Random) -> bytes:
    """Break a file from outside, or break a part of it and pack it up again as if nothing were wrong."""
    spoil = dice.choice(BREAKS)
    if name in INNER and dice.random() < 0.6:
        inside = dice.choice(INNER[name])
        return repacked(content, {inside: spoil(part(content, inside), dice)})
    return spoil(content, dice)


def _judge(name: str, content: bytes, tally: Counter[str]) -> None:
    if name in NAMES:
        sheet = read_sheet(content, name, max_rows=500)
        tally["sheets"] += 1
        if isinstance(sheet, Sheet):
            tally["rows"] += len(sheet.all_rows)
        else:
            tally["refused"] += 1
            tally["speechless"] += not sheet.sentence.endswith("。")
        return
    photo = clean_photo(content)
    tally["photos"] += 1
    if isinstance(photo, Photo):
        tally["unclean"] += not is_plain(photo.content)
    else:
        tally["refused"] += 1
        tally["speechless"] += not photo.sentence.endswith("。")


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def tally(count: int, seed: int) -> Counter[str]:
    """Read so many broken files and count all that came of it."""
    dice, sound = random.Random(seed), _sound()
    found: Counter[str] = Counter()
    before = _open_files()
    for _ in range(count):
        name = dice.choice(list(sound))
        content = _broken(name, sound[name], dice)
        begun = time.monotonic()
        try:
            _judge(name, content, found)
        except Exception:
            # Whatever it is, the server would have answered with an error page.
            found["crashed"] += 1
        found["tried"] += 1
        found["slow"] += time.monotonic() - begun > SLOW_SECONDS
    found["left_open"] = max(0, _open_files() - before)
    return found


def run(count: int, seed: int) -> dict[str, int]:
    """Read so many broken files: each is answered with rows, a photo or a sentence; lost and leaked stay at zero."""
    found = tally(count, seed)
    lost = found["crashed"] + found["speechless"] + found["slow"]
    leaked = found["unclean"] + found["left_open"]
    return {"tried": count, "faults": count, "acknowledged": count - lost, "lost": lost, "leaked": leaked}
