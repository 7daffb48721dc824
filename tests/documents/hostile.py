"""How are files made that mean harm: bombs, liars, pictures that are something else too?"""

import struct
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO

from tests.documents.files import TITLES, xlsx

SHEET = "xl/worksheets/sheet1.xml"
GIGABYTE = 1_000_000_000


@dataclass(frozen=True)
class Part:
    """One part of a package as raw as it lies in the file, with whatever its header claims."""

    name: str
    packed: bytes
    check: int
    size: int
    method: int = zipfile.ZIP_DEFLATED
    # The number of the part whose bytes this one shares.
    shares: int | None = None


def raw_zip(parts: list[Part]) -> bytes:
    """Write a zip byte by byte, so that headers may lie."""
    body, directory = b"", b""
    begins: list[int] = []
    for part in parts:
        name = part.name.encode()
        numbers = struct.pack(
            "<HHHHIIIHH", 0, part.method, 0, 33, part.check, len(part.packed), part.size, len(name), 0
        )
        if part.shares is None:
            begins.append(len(body))
            body += b"PK\x03\x04" + struct.pack("<H", 20) + numbers + name + part.packed
        else:
            begins.append(begins[part.shares])
        directory += (
            b"PK\x01\x02"
            + struct.pack("<HH", 20, 20)
            + numbers
            + bytes(10)
            + struct.pack("<I", begins[-1])
            + name
        )
    count = len(parts)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def deflated(*texts: tuple[bytes, int]) -> bytes:
    """Deflate texts repeated so and so often, without ever holding them: a block is packed once and repeated."""
    out = b""
    for text, times in texts:
        packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        out += (packing.compress(text) + packing.flush(zlib.Z_FULL_FLUSH)) * times
    return out + zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS).flush()


def _check(*texts: tuple[bytes, int]) -> int:
    number = 0
    for text, times in texts:
        for _ in range(times):
            number = zlib.crc32(text, number)
    return number


def _others() -> list[Part]:
    with zipfile.ZipFile(BytesIO(xlsx([TITLES]))) as package:
        parts = {name: package.read(name) for name in package.namelist() if name != SHEET}
    return [Part(name, deflated((text, 1)), zlib.crc32(text), len(text)) for name, text in parts.items()]


def _around() -> tuple[bytes, bytes]:
    with zipfile.ZipFile(BytesIO(xlsx([TITLES]))) as package:
        head, tail = package.read(SHEET).split(b"</sheetData>")
    return head, b"</sheetData>" + tail


def bomb(swollen: int = GIGABYTE) -> bytes:
    """Make a workbook of a megabyte whose sheet is honest about swelling to a gigabyte."""
    head, tail = _around()
    blocks = ((head, 1), (b" " * 1_000_000, swollen // 1_000_000), (tail, 1))
    size = sum(len(text) * times for text, times in blocks)
    return raw_zip([*_others(), Part(SHEET, deflated(*blocks), _check(*blocks), size)])


def lying_bomb(swollen: int = GIGABYTE) -> bytes:
    """Make one that claims to be small, with the checksum of what it claims."""
    head, tail = _around()
    packed = deflated((head, 1), (b" " * 1_000_000, swollen // 1_000_000), (tail, 1))
    return raw_zip([*_others(), Part(SHEET, packed, zlib.crc32(head), len(head))])


def shared_bomb(swollen: int = GIGABYTE, *, lying: bool = False) -> bytes:
    """Make one of some kilobytes: a hundred parts that share the same bytes add up to a gigabyte."""
    block = ((b" " * 1_000_000, swollen // 100_000_000),)
    packed, size = deflated(*block), len(block[0][0]) * block[0][1]
    others = _others()
    first = Part(SHEET, packed, _check(*block), 10 if lying else size)
    again = [
        Part(f"xl/worksheets/sheet{n}.xml", packed, first.check, first.size, shares=len(others))
        for n in range(2, 101)
    ]
    return raw_zip([*others, first, *again])


def with_method(book: bytes, method: int) -> bytes:
    """Pack a workbook anew in another way."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(book)) as old, zipfile.ZipFile(out, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return out.getvalue()


def png(width: int, height: int, *chunks: tuple[bytes, bytes], packed_rows: bytes | None = None) -> bytes:
    """Write a black picture of any size with chunks of our choice."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (
        zlib.compress((b"\0" + bytes((width + 7) // 8)) * height, 9) if packed_rows is None else packed_rows
    )
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    middle = b"".join(chunk(*one) for one in chunks)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + middle + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
