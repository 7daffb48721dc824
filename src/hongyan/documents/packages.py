"""Is this zip a sound spreadsheet, and which of its cells hold no result? Runs inside the cage."""

import re
import zipfile
import zlib
from io import BytesIO

from hongyan.documents.refusals import Refusal, Why, refuse

ENTRIES = 2000
# What all parts together may swell to, and how often larger than packed one part may be.
SWOLLEN = 160_000_000
RATIO = 250
HARMLESS = 2_000_000
CHUNK = 1 << 18
_MACROS = re.compile(r"vbaProject|macrosheets/|^Basic/|activeX/", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_SHEET = re.compile(rb"<sheet\b[^>]*?\br:id=\"([^\"]+)\"[^>]*>|<sheet\b[^>]*?:id=\"([^\"]+)\"[^>]*>")
_TIE = re.compile(rb"<Relationship\b[^>]*>")
_CELL = re.compile(rb"<c r=\"([A-Z]{1,3})(\d{1,7})\"([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
_UNCOMPUTED = re.compile(rb"(</f>|<f\b[^>]*/>)\s*$")
_VALUE = re.compile(rb"<v>([^<]*)</v>")


def _kinds(names: set[str]) -> Refusal | None:
    if any(_MACROS.search(name) for name in names):
        return refuse(Why.MACROS)
    if any(name.startswith("xl/") for name in names):
        return refuse(Why.OLD_BINARY) if "xl/workbook.bin" in names else None
    return None if {"content.xml", "mimetype"} <= names else refuse(Why.NOT_A_SHEET)


def _part(package: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> int | Refusal:
    """Unpack one part piece by piece and count what really comes out, whatever its header claims."""
    size, head, tail = 0, True, b""
    with package.open(entry) as part:
        while piece := part.read(CHUNK):
            size += len(piece)
            if size > left or (size > HARMLESS and size > RATIO * max(entry.compress_size, 1)):
                return refuse(Why.SWELLS)
            # Also as UTF-16, where every other byte is zero.
            plain = piece.replace(b"\0", b"") if head else piece
            if not entry.filename.startswith("META-INF/") and _DOCTYPE.search(tail + plain):
                return refuse(Why.DAMAGED)
            head, tail = False, plain[-16:]
    return size


def why_not(content: bytes) -> Refusal | None:
    """Say why this package is not read, if anything speaks against it."""
    # The number of entries, from the end of the archive, before the list of them is built.
    end = content.rfind(b"PK\x05\x06")
    if end >= 0 and int.from_bytes(content[end + 10 : end + 12], "little") > ENTRIES:
        return refuse(Why.SWELLS)
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            entries = package.infolist()
            names = [entry.filename for entry in entries]
            if len(entries) > ENTRIES or sum(entry.file_size for entry in entries) > SWOLLEN:
                return refuse(Why.SWELLS)
            if any(entry.flag_bits & 1 for entry in entries):
                return refuse(Why.ENCRYPTED)
            if len(set(names)) < len(names):
                # Two parts of one name: two programs would read two different sheets.
                return refuse(Why.DAMAGED)
            return _kinds(set(names)) or _parts(package, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError):
        return refuse(Why.DAMAGED)


def _parts(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Refusal | None:
    left = SWOLLEN
    for entry in entries:
        size = _part(package, entry, left)
        if isinstance(size, Refusal):
            return size
        left -= size
    return None


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\b" + name + rb"=\"([^\"]*)\"", tag)
    return found[1].decode("utf-8", "replace") if found else ""


def _sheet_part(package: zipfile.ZipFile, index: int) -> bytes:
    """Find the part of a sheet by its place in the workbook."""
    ids = [a or b for a, b in _SHEET.findall(package.read("xl/workbook.xml"))]
    ties = _TIE.findall(package.read("xl/_rels/workbook.xml.rels"))
    wanted = ids[index].decode()
    target = next(_attribute(tie, b"Target") for tie in ties if _attribute(tie, b"Id") == wanted)
    return package.read(target.lstrip("/") if target.startswith("/") else f"xl/{target}")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def without_result(content: bytes, index: int) -> dict[tuple[int, int], str]:
    """Find cells that hold an error or a formula nobody has computed: the reader would call them empty."""
    found: dict[tuple[int, int], str] = {}
    with zipfile.ZipFile(BytesIO(content)) as package:
        try:
            text = _sheet_part(package, index)
        except (KeyError, IndexError, StopIteration):
            # A workbook laid out unlike any program we know; its values are read all the same.
            return {}
    for letters, row, attributes, inner in _CELL.findall(text):
        where = int(row) - 1, _column(letters)
        if b't="e"' in attributes:
            value = _VALUE.search(inner)
            found[where] = value[1].decode("utf-8", "replace") if value else "#N/A"
        elif _UNCOMPUTED.search(inner):
            found[where] = "#N/A"
    return found
