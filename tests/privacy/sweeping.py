"""Where in everything an installation has written do a member's own values lie, in whatever encoding?"""

import base64
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from tests.web.matrix.leaks import unpacked

_ALIGNMENTS = 3


def _in_base64(raw: bytes) -> Iterator[bytes]:
    """Yield what a value looks like in the middle of base64, at each of the three places it may begin."""
    for before in range(_ALIGNMENTS):
        for code in (base64.b64encode, base64.urlsafe_b64encode):
            text = code(b"\0" * before + raw)
            # The first and last letters depend on the neighbours.
            start = -(-before * 4 // 3)
            end = (before + len(raw)) // 3 * 4
            yield text[start:end]


def encodings_of(value: str) -> set[bytes]:
    """List how a value may lie in a file: plain, wide, Chinese, escaped, percent-encoded, in base64."""
    raw = value.encode()
    found = {raw, value.encode("utf-16-le"), value.encode("utf-16-be"), value.encode("gb18030")}
    escaped = "".join(letter if letter.isascii() else f"\\u{ord(letter):04x}" for letter in value)
    found |= {escaped.encode(), re.sub(r"\\u(....)", lambda m: f"\\u{m[1].upper()}", escaped).encode()}
    entities = "".join(letter if letter.isascii() else f"&#{ord(letter)};" for letter in value)
    percent = quote(value, safe="").encode()
    found |= {entities.encode(), percent, percent.lower(), raw.hex().encode(), raw.hex().upper().encode()}
    for whole in (raw, value.encode("utf-16-le"), escaped.encode()):
        found |= set(_in_base64(whole))
    return {piece for piece in found if len(piece) >= min(len(raw), 6)}


class Sweep:
    """The canaries of one member, looked for in files and rows."""

    def __init__(self, canaries: Mapping[str, str]) -> None:
        self.canaries = dict(canaries)
        pieces = {piece: what for what, value in canaries.items() for piece in encodings_of(value)}
        self._pieces = pieces

    def plainly(self, content: bytes) -> set[str]:
        """Name the canaries that lie in some bytes in any encoding, but not deflated."""
        # One search for each piece is five times as fast as one expression for all of them.
        return {what for piece, what in self._pieces.items() if piece in content}

    def in_bytes(self, content: bytes) -> set[str]:
        """Name the canaries that lie in some bytes, also packed into base64 or deflated."""
        found = self.plainly(content)
        for text in unpacked(content.decode("latin-1")):
            found |= {what for what, value in self.canaries.items() if value in text}
        return found

    def in_files(self, *folders: Path) -> dict[str, set[str]]:
        """Name the canaries in every file below some folders, by file."""
        found = {}
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    hits = self.in_bytes(path.read_bytes())
                    if hits:
                        found[str(path.relative_to(folder))] = hits
        return found

    def in_rows(self, rows: Iterator[tuple[str, Any]]) -> dict[str, set[str]]:
        """Name the canaries in the values of a database, by table and column."""
        found: dict[str, set[str]] = {}
        for column, value in rows:
            content = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            hits = self.in_bytes(content)
            if hits:
                found.setdefault(column, set()).update(hits)
        return found


def on_disk(database: str, since: str) -> Iterator[Path]:
    """Yield the files in which a PostgreSQL keeps one database and what was written since a place in its log.

    The other databases of the server under test, gigabytes of them, are none of this installation's.
    """
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        asked = (
            "SELECT current_setting('data_directory'), oid::text, pg_walfile_name(%s), pg_walfile_name(pg_current_wal_lsn())"
            " FROM pg_database WHERE datname = current_database()"
        )
        row = connection.execute(asked, [since]).fetchone()
    assert row
    root, number, first, last = Path(row[0]), *row[1:]
    # Where PostgreSQL itself writes: its own messages lie beside its folders.
    yield from (path for path in root.iterdir() if path.is_file())
    for folder in (root / "base" / number, root / "global", root / "log"):
        yield from folder.glob("**/*")
    yield from (path for path in (root / "pg_wal").iterdir() if first <= path.name <= last)


def written_so_far(database: str) -> str:
    """Return the place a PostgreSQL's log of writes has come to."""
    with psycopg.connect(database) as connection:
        row = connection.execute("SELECT pg_current_wal_lsn()::text").fetchone()
    assert row
    return str(row[0])


def rows_of(folder: Path, database: str) -> Iterator[tuple[str, Any]]:
    """Yield every value of every table with the name of its column."""
    if database:
        with psycopg.connect(database) as connection:
            names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            for (table,) in connection.execute(names).fetchall():
                cursor = connection.execute(f'SELECT * FROM "{table}"'.encode())
                yield from _values(table, [part.name for part in cursor.description or ()], cursor)
        return
    with closing(sqlite3.connect(folder / "hongyan.sqlite3")) as plain:
        tables = plain.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            rows = plain.execute(f'SELECT * FROM "{table}"')
            yield from _values(table, [part[0] for part in rows.description], rows)


def _values(table: str, names: list[str], rows: Any) -> Iterator[tuple[str, Any]]:
    for row in rows:
        for name, value in zip(names, row, strict=True):
            if value not in (None, "", b""):
                yield f"{table}.{name}", value
