"""Let go of whole batches after their period, through the one door that the database leaves open for it.

The triggers of migration 0002 let a row go only while a row of audit_door says so. It is written and taken
away in the same transaction, so nobody else ever sees the door open.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

from hongyan import statements
from hongyan.audit import heads
from hongyan.audit.actions.recording import record
from hongyan.audit.chain import TABLES, Rows, digested, equal, head_of, mark_of
from hongyan.audit.models import Seal, Stream
from hongyan.audit.rules import refuse_bad_reference
from hongyan.vault.keys import UnknownKey
from hongyan.vault.profiles import PROFILES

# So many batches, or a few more rows than so many, go in one transaction.
SEALS, ROWS = 200, 10_000
PRUNE, CLEAR = "prune", "clear"


class Pruned(NamedTuple):
    """What one pass has let go, and how many batches it kept because they do not hold."""

    rows: int = 0
    batches: int = 0
    unsound: int = 0


@contextmanager
def door(act: str, stream: Stream, last_id: int) -> Iterator[None]:
    """Let rows of one stream go up to `last_id`; nobody outside this transaction sees the door open."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_door (act, stream, last_id) VALUES (%s, %s, %s)", [act, stream, last_id]
        )
        yield
        cursor.execute("DELETE FROM audit_door WHERE act = %s AND stream = %s", [act, stream])


def _holds(seal: Seal) -> bool:
    """Tell whether a batch is what was sealed: evidence of a change is not thrown away."""
    rows = Rows(Stream(seal.stream), seal.last_id, seal.first_id - 1).up_to(seal.last_id)
    try:
        intact = digested(PROFILES[seal.profile], rows) == (seal.rows, seal.digest)
        return intact and equal(seal.head, head_of(seal))
    except (KeyError, UnknownKey):
        return False


def _due(stream: Stream, before: datetime, after: int) -> list[Seal]:
    """Fetch the next batches that lie wholly before a moment, as many as go in one transaction."""
    waiting = Seal.objects.filter(stream=stream, pruned_at=None, last_at__lt=before, number__gt=after)
    taken, rows = list[Seal](), 0
    for seal in waiting.select_for_update().order_by("number")[:SEALS]:
        taken.append(seal)
        rows += seal.rows
        if rows >= ROWS:
            break
    return taken


def _let_go(stream: Stream, seals: list[Seal], at: datetime, by: str) -> None:
    with door(PRUNE, stream, seals[-1].last_id), connection.cursor() as cursor:
        for seal in seals:
            cursor.execute(
                f"DELETE FROM {TABLES[stream]} WHERE id >= %s AND id <= %s", [seal.first_id, seal.last_id]
            )
            Seal.objects.filter(pk=seal.pk).update(
                pruned_at=at, pruned_by=by, pruned_mark=mark_of(seal, at, by)
            )


def _prune_some(stream: Stream, before: datetime, after: int, at: datetime, by: str) -> tuple[Pruned, int]:
    """Prune some batches after number `after` in one transaction; return the last number looked at, or 0."""
    with statements.in_turn():
        due = _due(stream, before, after)
        sound = [seal for seal in due if _holds(seal)]
        if sound:
            _let_go(stream, sound, at, by)
            facts = {"batches": len(sound), "rows": sum(seal.rows for seal in sound)}
            facts |= {"first": sound[0].first_id, "last": sound[-1].last_id}
            record(actor=by, verb=PRUNE, subject=f"audit:{stream}", details=facts, at=at)
    gone = Pruned(sum(seal.rows for seal in sound), len(sound), len(due) - len(sound))
    return gone, due[-1].number if due else 0


def prune_sealed(*, before: datetime, at: datetime, by: str) -> Pruned:
    """Let go of every sealed batch whose rows are all older than `before`; the seals stay, the chain holds.

    A batch that does not hold stays as it is, counted as unsound: `verify` says what is wrong with it.
    """
    refuse_bad_reference("by", by)
    total = Pruned()
    for stream in Stream:
        after = 0
        while True:
            gone, after = _prune_some(stream, before, after, at, by)
            total = Pruned(*(one + other for one, other in zip(total, gone, strict=True)))
            if not after:
                break
    return total


def clear() -> None:
    """Empty the audit before a demo is loaded anew; a production refuses."""
    if settings.PRODUCTION:
        raise PermissionError("the audit of a production is never emptied")
    with transaction.atomic(), connection.cursor() as cursor:
        for stream, table in TABLES.items():
            with door(CLEAR, stream, 2**63 - 1):
                cursor.execute(f"DELETE FROM {table}")
                cursor.execute("DELETE FROM audit_seal WHERE stream = %s", [stream])
        # The heads of a chain that is gone would accuse the next one.
        transaction.on_commit(lambda: heads.path().unlink(missing_ok=True))
