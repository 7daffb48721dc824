"""Is this zip a sound spreadsheet, and which of its cells hold no result? Runs inside the cage."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from hongyan.documents.refusals import Refusal, Why, refuse

ENTRIES = 2000
# What all parts together may swell to, and how often larger than packed one part may be.
SWOLLEN = 160_000_000
RATIO = 250
HARMLESS = 2_000_000
CHUNK, SLICE = 1 << 18, 1 << 16
# How the parts of a spreadsheet may be packed; other ways pack a gigabyte into a kilobyte.
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
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


def _packed(content: bytes, entry: zipfile.ZipInfo) -> bytes:
    """Cut the packed bytes of one part out of the file, as its own header says where they begin."""
    at = entry.header_offset
    names, extra = (int.from_bytes(content[at + place : at + place + 2], "little") for place in (26, 28))
    begin = at + 30 + names + extra
    return content[begin : begin + entry.compress_size]


def _pieces(content: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack one part piece by piece to its real end, whatever size its header claims."""
    packed = _packed(content, entry)
    if entry.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    used = 0
    # Fed in slices: what is left over is copied each time, and of a long part that would be all of it.
    while used < len(packed) and not unpacking.eof:
        given = packed[used : used + SLICE]
        used += len(given)
        while given and not unpacking.eof:
            yield unpacking.decompress(given, CHUNK)
            given = unpacking.unconsumed_tail
    while not unpacking.eof and (rest := unpacking.decompress(b"", CHUNK)):
        yield rest
    if not unpacking.eof or unpacking.unused_data or used < len(packed):
        raise zlib.error("the part ends elsewhere")


def _part(content: bytes, entry: zipfile.ZipInfo, left: int) -> int | Refusal:
    """Count what really comes out of one part, and look for what no spreadsheet has in it."""
    size, head, tail = 0, True, b""
    for piece in _pieces(content, entry):
        size += len(piece)
        if size > left or (size > HARMLESS and size > RATIO * max(entry.compress_size, 1)):
            return refuse(Why.SWELLS)
        # Also as UTF-16, where every other byte is zero.
        plain = piece.replace(b"\0", b"") if head else piece
        if not entry.filename.startswith("META-INF/") and _DOCTYPE.search(tail + plain):
            return refuse(Why.DAMAGED)
        head, tail = False, plain[-16:]
    return size if size == entry.file_size else refuse(Why.DAMAGED)


def why_not(content: bytes, swollen: int = SWOLLEN) -> Refusal | None:
    """Say why this package is not read, if anything speaks against it."""
    # The number of entries, from the end of the archive, before the list of them is built.
    end = content.rfind(b"PK\x05\x06")
    if end >= 0 and int.from_bytes(content[end + 10 : end + 12], "little") > ENTRIES:
        return refuse(Why.SWELLS)
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            entries = package.infolist()
            names = [entry.filename for entry in entries]
            claimed, packed = (sum(sizes) for sizes in zip(*map(_sizes, entries), strict=True))
            # Parts that share their bytes add up to more than the file.
            if len(entries) > ENTRIES or claimed > swollen or packed > len(content):
                return refuse(Why.SWELLS)
            if any(entry.flag_bits & 1 for entry in entries):
                return refuse(Why.ENCRYPTED)
            if len(set(names)) < len(names) or {entry.compress_type for entry in entries} - METHODS:
                # Two parts of one name: two programs would read two different sheets.
                return refuse(Why.DAMAGED)
            return _kinds(set(names)) or _parts(content, entries, swollen)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError):
        return refuse(Why.DAMAGED)


def _sizes(entry: zipfile.ZipInfo) -> tuple[int, int]:
    return entry.file_size, entry.compress_size


def _parts(content: bytes, entries: list[zipfile.ZipInfo], left: int) -> Refusal | None:
    for entry in entries:
        size = _part(content, entry, left)
        if isinstance(size, Refusal):
            return size
        left -= size
    return None


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"\b" + name + rb"=\"([^\"]*)\"", tag)
    return found[1].decode("utf-8", "replace") if found else ""


def _sheet_part(package: zipfile.ZipFile, index: int) -> zipfile.ZipInfo:
    """Find the part of a sheet by its place in the workbook."""
    ids = [a or b for a, b in _SHEET.findall(package.read("xl/workbook.xml"))]
    ties = _TIE.findall(package.read("xl/_rels/workbook.xml.rels"))
    wanted = ids[index].decode()
    target = next(_attribute(tie, b"Target") for tie in ties if _attribute(tie, b"Id") == wanted)
    return package.getinfo(target.lstrip("/") if target.startswith("/") else f"xl/{target}")


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
            part = _sheet_part(package, index)
        except (KeyError, IndexError, StopIteration):
            # A workbook laid out unlike any program we know; its values are read all the same.
            return {}
    for text in _whole_rows(_pieces(content, part)):
        if b't="e"' in text or b"<f" in text:
            found.update(_failed(text))
    return found


def _whole_rows(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Cut a sheet where a row ends, so that no cell is torn and a long sheet never lies in memory whole."""
    held = b""
    for piece in pieces:
        held += piece
        whole, sign, rest = held.rpartition(b"</row>")
        if sign:
            yield whole
            held = rest
    yield held


def _failed(text: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for letters, row, attributes, inner in _CELL.findall(text):
        where = int(row) - 1, _column(letters)
        if b't="e"' in attributes:
            value = _VALUE.search(inner)
            yield where, value[1].decode("utf-8", "replace") if value else "#N/A"
        elif _UNCOMPUTED.search(inner):
            yield where, "#N/A"
