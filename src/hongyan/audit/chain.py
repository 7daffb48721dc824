"""What do rows hash to, and how does each seal hang on the one before?

Canonical rows: one JSON array per row in the order of ids, every column, each followed by a comma; ASCII, no
spaces, keys of details in order, moments in UTC with six decimals. The same rows give the same bytes on both
databases. The digest of a batch is a plain hash, its head is keyed: who can write to the database but has not
the key cannot go on from rows he has changed.
"""

import hmac
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any

from cryptography.hazmat.primitives import hashes
from django.db import connection

from hongyan import statements
from hongyan.audit.models import Seal, Stream
from hongyan.vault.keys import provider
from hongyan.vault.profiles import PROFILES, Profile

CHUNK = 5000
TABLES = {Stream.ENTRY: "audit_entry", Stream.ACCESS: "audit_access"}
# Every column of a row, in the order in which they are hashed.
COLUMNS = {
    Stream.ENTRY: ("id", "at", "actor", "verb", "subject", "organization_id", "details"),
    Stream.ACCESS: ("id", "at", "viewer", "person", "organization_id", "purpose"),
}
# Written into every head: another way to write rows or heads gets another number.
VERSION = 1
BEFORE_ALL = -(2**63)
Row = Sequence[Any]


def _selected(column: str) -> str:
    """Read one column as text that needs no more than a touch to be canonical."""
    if connection.vendor == "postgresql":
        if column == "at":
            return "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        return "details::text" if column == "details" else column
    # An expression has no declared type, so the driver leaves the text alone.
    return "at || ''" if column == "at" else column


def moment_text(moment: datetime) -> str:
    """Write a moment as the canonical rows do."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _moment(text: Any) -> Any:
    """Bring a moment of SQLite, which keeps what a writer has written, into the canonical form."""
    plain = text.removesuffix("+00:00") if isinstance(text, str) else ""
    if len(plain) == 26:
        return plain
    if len(plain) == 19:
        return f"{plain}.000000"
    try:
        read = datetime.fromisoformat(plain)
    except ValueError:
        return text
    return moment_text(read if read.tzinfo else read.replace(tzinfo=UTC))


def is_moment(text: Any) -> bool:
    """Tell whether a canonical row's moment can be read."""
    try:
        return isinstance(text, str) and moment_text(datetime.fromisoformat(f"{text}+00:00")) == text
    except ValueError:
        return False


@lru_cache(maxsize=8192)
def _details(text: Any) -> Any:
    """Write details with their keys in order; a few texts make up nearly all rows."""
    try:
        return json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError):
        return text


def _canonical(stream: Stream, rows: Iterable[Row]) -> list[Row]:
    if stream == Stream.ENTRY:
        return [(*row[:1], _moment(row[1]), *row[2:6], _details(row[6])) for row in rows]
    return [(*row[:1], _moment(row[1]), *row[2:]) for row in rows]


def rows_after(stream: Stream, after: int, until: int, limit: int = CHUNK) -> list[Row]:
    """Fetch the next canonical rows with an id above `after` and up to `until`."""
    columns = ", ".join(_selected(column) for column in COLUMNS[stream])
    found = statements.rows(
        f"SELECT {columns} FROM {TABLES[stream]} WHERE id > %s AND id <= %s ORDER BY id LIMIT %s",
        (after, until, limit),
    )
    return _canonical(stream, found)


class Rows:
    """Reads a stream's rows once, in the order of ids and in constant memory."""

    def __init__(self, stream: Stream, until: int, after: int = BEFORE_ALL) -> None:
        """Stand before the first row with an id above `after`."""
        self._stream, self._until, self._after = stream, until, after
        self._chunk: list[Row] = []
        self._place = 0

    def up_to(self, last: int) -> Iterator[list[Row]]:
        """Yield the rows not read yet whose id is at most `last`, piece by piece."""
        while True:
            if self._place == len(self._chunk):
                self._chunk, self._place = rows_after(self._stream, self._after, self._until), 0
                if not self._chunk:
                    return
                self._after = self._chunk[-1][0]
            end = bisect_right(self._chunk, last, lo=self._place, key=itemgetter(0))
            if end > self._place:
                yield self._chunk[self._place : end]
            self._place = end
            if end < len(self._chunk):
                return


def digested(profile: Profile, pieces: Iterable[list[Row]]) -> tuple[int, str]:
    """Count rows and hash them, however they are cut into pieces."""
    hashed, count = hashes.Hash(profile.derivation()), 0
    for piece in pieces:
        count += len(piece)
        hashed.update(json.dumps(piece, separators=(",", ":"), default=repr)[1:-1].encode() + b",")
    return count, hashed.finalize().hex()


def _keyed(seal: Seal, use: str, facts: list[Any]) -> str:
    """Hash facts under the key and profile a seal names; raises UnknownKey when that key is gone."""
    profile = PROFILES[seal.profile]
    key = provider().subkey(seal.key_id, profile=profile, use=f"audit:{use}", size=32)
    return profile.mac(key)(json.dumps(facts, separators=(",", ":")).encode()).hex()


def head_of(seal: Seal) -> str:
    """Compute the head a seal must carry."""
    facts = [VERSION, seal.previous, seal.stream, seal.number, seal.first_id, seal.last_id, seal.rows]
    facts += [moment_text(seal.last_at), seal.digest, seal.profile, seal.key_id, moment_text(seal.sealed_at)]
    return _keyed(seal, "head", facts)


def mark_of(seal: Seal, at: datetime, by: str) -> str:
    """Compute the mark that a batch was pruned at this moment by this actor."""
    return _keyed(seal, "prune", [VERSION, seal.head, moment_text(at), by])


def equal(one: str, other: str) -> bool:
    """Compare two hashes without telling by the time taken how far they agree."""
    return hmac.compare_digest(one.encode(), other.encode())
