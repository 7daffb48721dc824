"""Seal what is remembered and not sealed yet, while others go on writing.

A batch is sealed when nothing can appear in it any more. Numbers are given before their row is committed, so
on PostgreSQL the highest number is read first and then every transaction that is writing to the table at that
moment is waited for, without a lock: no writer ever waits for a seal. SQLite has one writer.
"""

import time
from datetime import UTC, datetime

from django.db import IntegrityError, connection, transaction

from hongyan import statements
from hongyan.audit import heads
from hongyan.audit.chain import CHUNK, TABLES, Row, digested, head_of, is_moment, rows_after
from hongyan.audit.models import Seal, Stream
from hongyan.vault.keys import provider
from hongyan.vault.sealing import active_profile

# So many unsealed rows are not left for the next minute.
CROWD = 10_000
# So long a pass waits for writers that are still at it; then the next pass tries.
PATIENCE = 5.0
# Who is writing to the table now: each writer keeps this lock until its transaction ends.
WRITERS = (
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND relation = %s::regclass"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND mode = 'RowExclusiveLock' AND granted AND pid IS DISTINCT FROM pg_backend_pid()"
)


def _last(stream: Stream) -> Seal | None:
    return Seal.objects.filter(stream=stream).order_by("-number").first()


def _highest(stream: Stream) -> int:
    return int(statements.rows(f"SELECT coalesce(max(id), 0) FROM {TABLES[stream]}")[0][0])


def is_crowded() -> bool:
    """Tell whether so much is unsealed that sealing should not wait for its minute."""
    for stream in Stream:
        last = _last(stream)
        low, high = statements.rows(f"SELECT min(id), max(id) FROM {TABLES[stream]}")[0]
        if high is not None and high - (last.last_id if last else low - 1) >= CROWD:
            return True
    return False


def _writers(stream: Stream) -> set[str]:
    # Django's cursor: a name of a table must reach the server as an untyped literal.
    with connection.cursor() as cursor:
        cursor.execute(WRITERS, [TABLES[stream]])
        return {name for (name,) in cursor.fetchall()}


def settled(stream: Stream, patience: float) -> int | None:
    """Find a number below which no row can appear any more; None when writers took longer than `patience`."""
    highest = _highest(stream)
    if connection.vendor != "postgresql":
        return highest
    # In this order: whoever holds a lower number and is not finished is still writing now.
    busy, pause, until = _writers(stream), 0.005, time.monotonic() + patience
    while busy:
        if time.monotonic() >= until:
            return None
        time.sleep(pause)
        pause = min(0.2, pause * 2)
        busy &= _writers(stream)
    return highest


def _latest(rows: list[Row]) -> datetime | None:
    """Find the latest moment; what cannot be read as one must not keep everything from being sealed."""
    moments = [row[1] for row in rows if is_moment(row[1])]
    return datetime.fromisoformat(max(moments)).replace(tzinfo=UTC) if moments else None


def _made(stream: Stream, last: Seal | None, ceiling: int, at: datetime) -> Seal | None:
    """Make the seal that follows `last`, or None when no row up to `ceiling` is left."""
    first_id = last.last_id + 1 if last else 1
    rows = rows_after(stream, first_id - 1, ceiling, CHUNK)
    if not rows:
        return None
    profile = active_profile()
    count, digest = digested(profile, [rows])
    seal = Seal(
        stream=stream,
        number=last.number + 1 if last else 1,
        first_id=first_id,
        last_id=rows[-1][0],
        rows=count,
        last_at=_latest(rows) or at,
        digest=digest,
        previous=last.head if last else "",
        profile=profile.name,
        key_id=provider().active(),
        sealed_at=at,
    )
    seal.head = head_of(seal)
    return seal


def _stored(seal: Seal, last: Seal | None) -> bool:
    """Store a seal unless somebody else has sealed meanwhile; then tell to look again."""
    try:
        with statements.in_turn(), transaction.atomic():
            now = _last(Stream(seal.stream))
            if (now and now.head) != (last and last.head):
                return False
            seal.save(force_insert=True)
    except IntegrityError:
        now = _last(Stream(seal.stream))
        if (now and now.number) == (last and last.number):
            raise
        return False
    return True


def _seal(stream: Stream, at: datetime, patience: float) -> int:
    """Seal one stream batch by batch and return how many rows were sealed."""
    last = _last(stream)
    if _highest(stream) <= (last.last_id if last else 0):
        return 0
    ceiling, sealed = settled(stream, patience), 0
    while ceiling is not None:
        last = _last(stream)
        seal = _made(stream, last, ceiling, at)
        if seal is None:
            return sealed
        if _stored(seal, last):
            sealed += seal.rows
    return sealed


def seal_due(*, at: datetime, patience: float = PATIENCE) -> int:
    """Seal every row that is not sealed yet, export the new heads, and return how many rows were sealed."""
    sealed = sum(_seal(stream, at, patience) for stream in Stream)
    # Also without new rows: a crash may have left a head that no file has.
    transaction.on_commit(_export)
    return sealed


def _export() -> None:
    heads.export()
