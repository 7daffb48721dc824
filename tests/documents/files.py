"""How are sheets of every format made by hand?"""

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

Rows = Sequence[Sequence[Any]]
TITLES = ("姓名", "手机号码", "公民身份号码", "外出时间", "去向")


def people(count: int) -> list[list[str]]:
    """Invent rows: phones that ring nowhere, ID numbers with a letter no checksum yields."""
    return [
        [f"童{number:04d}", f"100{number:08d}", f"620621{number:011d}A", "2026-11-23", "甘肃省兰州市城关区"]
        for number in range(count)
    ]


def xlsx(rows: Rows, *, name: str = "名册", hidden: Rows = (), more: Rows = ()) -> bytes:
    """Write rows as a workbook, if wished behind a hidden sheet and before another one."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False}) as book:
        if hidden:
            sheet = book.add_worksheet("藏")
            _fill(book, sheet, hidden)
            sheet.hide()
        first = book.add_worksheet(name)
        first.activate()
        first.set_first_sheet()
        _fill(book, first, rows)
        if more:
            _fill(book, book.add_worksheet("第二张"), more)
    return out.getvalue()


def _fill(book: Any, sheet: Any, rows: Rows) -> None:
    day = book.add_format({"num_format": 31})
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, place, value, day)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(number, place, value)
            elif value not in ("", None):
                sheet.write_string(number, place, str(value))


def ods(rows: Rows) -> bytes:
    """Write rows as an OpenDocument sheet."""
    lines = []
    for row in rows:
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
            for value in row
        )
        lines.append(f"<table:table-row>{cells}</table:table-row>")
    return ods_of(f'<table:table table:name="名册">{"".join(lines)}</table:table>')


def ods_of(table: str) -> bytes:
    """Wrap a table of our own making as an OpenDocument file."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body>'
        f"<office:spreadsheet>{table}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    return packed({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def packed(parts: dict[str, str | bytes]) -> bytes:
    """Pack parts into a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


def repacked(book: bytes, changed: Mapping[str, bytes]) -> bytes:
    """Change or add parts of a package."""
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        parts: dict[str, str | bytes] = {name: package.read(name) for name in package.namelist()}
    return packed({**parts, **changed})


def part(book: bytes, name: str) -> bytes:
    """Read one part of a package."""
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        return package.read(name)


def delimited(rows: Rows, sign: str, encoding: str) -> bytes:
    """Write rows as text with a delimiter."""
    return "\r\n".join(sign.join(map(str, row)) for row in rows).encode(encoding)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _text(value: str) -> bytes:
    return struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")


def xls(rows: Rows) -> bytes:
    """Write rows as a binary workbook (BIFF8): strings as labels, numbers as doubles."""
    cells = b""
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            where = struct.pack("<HHH", number, place, 0)
            if isinstance(value, int | float):
                cells += _record(0x0203, where + struct.pack("<d", value))
            else:
                cells += _record(0x0204, where + _text(str(value)))
    width = max(map(len, rows), default=0)
    size = _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    sheet = (
        _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
        + size
        + cells
        + _record(0x0A, b"")
    )
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + _record(0x42, b"\xb0\x04")
    name = "名册".encode("utf-16-le")
    length = len(begin) + 4 + 8 + len(name) + 4
    bound = _record(0x0085, struct.pack("<IHBB", length, 0, 2, 1) + name)
    return compound({"Workbook": begin + bound + _record(0x0A, b"") + sheet})


def compound(streams: dict[str, bytes]) -> bytes:
    """Write streams into a compound file, as old binary documents and encrypted ones are."""
    end, free, fat_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    # Streams shorter than 4096 bytes would live elsewhere: they are filled up.
    bodies = {name: body.ljust(4096, b"\0") for name, body in streams.items()}
    sectors: list[bytes] = []
    chain: list[int] = []
    starts = {}
    for name, body in bodies.items():
        pieces = [body[at : at + 512].ljust(512, b"\0") for at in range(0, len(body), 512)]
        starts[name] = len(sectors)
        chain += [*range(len(sectors) + 1, len(sectors) + len(pieces)), end]
        sectors += pieces
    entries = _entry("Root Entry", 5, 1, end, 0)
    for place, (name, body) in enumerate(bodies.items(), start=1):
        entries += _entry(
            name, 2, free, starts[name], len(body), right=place + 1 if place < len(bodies) else free
        )
    entries = entries.ljust((len(entries) + 511) // 512 * 512, b"\0")
    directory = len(sectors)
    count = len(entries) // 512
    chain += [*range(directory + 1, directory + count), end]
    sectors += [entries[at : at + 512] for at in range(0, len(entries), 512)]
    table = len(sectors)
    fats = 1
    while (len(chain) + fats) * 4 > fats * 512:
        fats += 1
    chain += [fat_mark] * fats
    packed_chain = struct.pack(f"<{len(chain)}I", *chain).ljust(fats * 512, b"\xff")
    places = struct.pack("<109I", *(range(table, table + fats)), *([free] * (109 - fats)))
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + bytes(6)
    )
    head += struct.pack("<IIIIIIIII", 0, fats, directory, 0, 4096, end, 0, end, 0) + places
    return head + b"".join(sectors) + packed_chain


def _entry(name: str, kind: int, child: int, start: int, size: int, *, right: int = 0xFFFFFFFF) -> bytes:
    letters = (name + "\0").encode("utf-16-le")
    fields = struct.pack("<HBBIII", len(letters), kind, 1, 0xFFFFFFFF, right, child)
    return letters.ljust(64, b"\0") + fields + bytes(36) + struct.pack("<IQ", start, size)
