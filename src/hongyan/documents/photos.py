"""How does a photo come in so that it shows a place and tells nothing else?"""

import base64
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from hongyan.documents.cage import Bars, Broken, ask
from hongyan.documents.refusals import Refusal, Why, refuse

LARGEST = 10_000_000
LONGEST = 1280
BARS = Bars(memory=900_000_000, cpu_seconds=8, wall_seconds=20.0, answer=6_000_000)
NAME = re.compile(r"^[0-9a-f]{32}\.jpg$")
# What the cage says of any file, in the words for a photo.
OF_PHOTOS = {Why.DAMAGED: Why.NOT_A_PHOTO, Why.OVERWHELMING: Why.PHOTO_TOO_MUCH}
# What a JPEG of pixels alone is made of: JFIF head, tables, frame, scans. No other segment may be there.
_PLAIN = {0xE0, 0xDB, 0xC4, 0xC0, 0xC2, 0xDD, 0xDA}


@dataclass(frozen=True)
class Photo:
    """A clean photo: a name nobody can guess, and the bytes of a JPEG that holds pixels alone."""

    name: str
    content: bytes
    width: int
    height: int


def clean_photo(content: bytes) -> Photo | Refusal:
    """Read a JPG, PNG or WebP by its content and write its pixels anew, without anything else it carried."""
    if not content:
        return refuse(Why.EMPTY)
    if len(content) > LARGEST:
        return refuse(Why.PHOTO_TOO_LARGE, size=f"{len(content) / 1e6:.1f}", limit=LARGEST // 1_000_000)
    try:
        line = next(ask("photo", content, {}, BARS), {})
        if "refused" in line:
            return refuse(Why(line["refused"]), **{str(name): fact for name, fact in line["facts"].items()})
        jpeg = base64.b64decode(line["jpeg"], validate=True)
        if not is_plain(jpeg):
            raise ValueError("not pixels alone")
        return Photo(f"{secrets.token_hex(16)}.jpg", jpeg, int(line["width"]), int(line["height"]))
    except Broken as broken:
        return refuse(OF_PHOTOS.get(broken.why, broken.why))
    except (KeyError, TypeError, ValueError):
        # The child's answer is not what it was asked for: something else is speaking.
        return refuse(Why.PHOTO_TOO_MUCH)


def is_plain(jpeg: bytes) -> bool:
    """Walk the segments of a JPEG: true when there is nothing in it but pixels, and nothing behind them."""
    if not jpeg.startswith(b"\xff\xd8") or not jpeg.endswith(b"\xff\xd9"):
        return False
    at = 2
    while at < len(jpeg) - 2:
        if jpeg[at] != 0xFF or jpeg[at + 1] not in _PLAIN:
            return False
        marker, length = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == 0xE0 and (length != 16 or jpeg[at + 4 : at + 9] != b"JFIF\0"):
            return False
        at += 2 + max(length, 2)
        if marker == 0xDA:
            at = _after_scan(jpeg, at)
    return at == len(jpeg) - 2


def _after_scan(jpeg: bytes, at: int) -> int:
    """Skip the packed pixels: up to a marker that is neither an escaped byte nor a restart."""
    while (at := jpeg.find(b"\xff", at)) >= 0 and (jpeg[at + 1] == 0 or 0xD0 <= jpeg[at + 1] <= 0xD7):
        at += 2
    return at if at >= 0 else len(jpeg)


def store(photo: Photo, folder: Path) -> None:
    """Put a photo into its folder, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f"{photo.name}.{secrets.token_hex(4)}.tmp"
    aside.write_bytes(photo.content)
    aside.replace(folder / photo.name)


def stored(name: str, folder: Path) -> bytes | None:
    """Return a stored photo; None for a name we never gave, or one that is not there."""
    if not NAME.match(name):
        return None
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        return None


def discard(name: str, folder: Path) -> None:
    """Take a photo away for good."""
    if NAME.match(name):
        (folder / name).unlink(missing_ok=True)
