"""How does hand-written SQL reach the database: prepared once, several in one round trip, many rows at once?

Django's own cursor writes every value into the text, so PostgreSQL plans each statement anew; on the hot path
planning costs more than the work. Here the server keeps the plan, and a batch waits for the wire once. On
SQLite there is no wire, and the driver keeps its statements by itself.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from itertools import islice
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import RawCursor
from psycopg.types.numeric import Int8

Statement = tuple[str, Sequence[Any]]
Row = tuple[Any, ...]


def rows(sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """Run one query and return its rows."""
    return rows_of([(sql, parameters)])[0]


def rows_of(statements: Sequence[Statement]) -> list[list[Row]]:
    """Run some queries in one journey and return the rows of each."""
    connection = connections[DEFAULT_DB_ALIAS]
    if _is_direct(connection):
        return [cursor.fetchall() for cursor in _sent(connection, statements)]
    with connection.cursor() as cursor:
        found = []
        for sql, parameters in statements:
            cursor.execute(sql, parameters)
            found.append(list(cursor.fetchall()))
        return found


def run(statements: Sequence[Statement]) -> int:
    """Run statements that write, in one journey; return how many rows the first one met.

    When the first meets none the others are not wanted: the caller must then undo the transaction. Changes
    are made before additions; neither changes nor additions may depend on one another.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if _is_direct(connection):
        return int(_sent(connection, _together(statements))[0].fetchall()[0][0])
    with connection.cursor() as cursor:
        cursor.execute(*statements[0])
        met = int(cursor.rowcount)
        for sql, parameters in statements[1:] if met else ():
            cursor.execute(sql, parameters)
    return met


# Signs that mean something else in COPY's text; the first one first, for it stands in the others' escapes.
_ESCAPES = (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r"))
# So many lines at a time: the server reads them while the next are written.
_PIECE = 200


NULL, BYTES = r"\N", r"\\x"


def _escaped(text: str) -> str:
    """Escape what COPY would misread; mostly there is nothing, and looking is cheaper than translating."""
    for sign, escape in _ESCAPES:
        if sign in text:
            text = text.replace(sign, escape)
    return text


def copied(value: Any) -> str:
    """Write one value as COPY reads it."""
    if type(value) is str:
        # A path, a hash, a name: nothing in it to escape.
        return value if value.isalnum() else _escaped(value)
    if value is None:
        return NULL
    if type(value) is int:
        return str(value)
    if isinstance(value, bytes):
        return BYTES + value.hex()
    if isinstance(value, bool):
        return "t" if value else "f"
    return _escaped(str(value))


def line_of(values: Iterable[Any]) -> str:
    """Write one row as COPY reads it, without its end."""
    return "\t".join(map(copied, values))


def copy_in(sql: str, lines: Iterable[str]) -> None:
    """Add rows on PostgreSQL by a COPY, each a line of its text.

    The lines are written here: letting the driver find out each value's type costs more than the value.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    with (
        connection.cursor() as cursor,
        # Django does not know this way of its driver: its errors are made Django's here.
        connection.wrap_database_errors,
        cursor.copy(sql) as copy,
    ):
        rest = iter(lines)
        while piece := list(islice(rest, _PIECE)):
            copy.write("\n".join(piece) + "\n")


@contextmanager
def in_turn() -> Iterator[None]:
    """Open a transaction that writes; on SQLite wait in line for it.

    There the database has one writer, and the others ask again after ever longer sleeps: whoever sleeps best
    goes first, and the place stays empty meanwhile. A lock on a file beside it lets the next one in at once.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    waits = connection.vendor == "sqlite" and not connection.in_atomic_block
    if not waits:
        with transaction.atomic():
            yield
        return
    line = os.open(f"{connection.settings_dict['NAME']}.line", os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        fcntl.flock(line, fcntl.LOCK_EX)
        with transaction.atomic():
            yield
    finally:
        # Closing gives the place away, as does the end of the process.
        os.close(line)


# Whether this thread already sees one moment: a page does, and each of its parts asks for it again.
_seeing = ContextVar("seeing", default=False)


@contextmanager
def snapshot() -> Iterator[None]:
    """See one moment of the database while others go on writing; a transaction is one already."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.in_atomic_block or _seeing.get():
        yield
        return
    # Django's own transaction would take SQLite's write lock and keep everybody waiting.
    begin = "BEGIN"
    if connection.vendor == "postgresql":
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(begin)
    inside = _seeing.set(True)
    try:
        yield
    finally:
        _seeing.reset(inside)
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")


def _together(statements: Sequence[Statement]) -> list[Statement]:
    """Make one statement of all changes and one of all additions: each costs the server and the driver alike.

    Two, because a change may have to make room for an addition, and inside one statement nothing comes first.
    """
    groups = [[one for one in statements if one[0].startswith("INSERT") is adds] for adds in (False, True)]
    return [
        (_merged(tuple(sql for sql, _ in group)), [value for _, values in group for value in values])
        for group in groups
        if group
    ]


@cache
def _merged(sqls: tuple[str, ...]) -> str:
    """Write some statements as one that tells how many rows the first one met."""
    parts = ", ".join(f"part{number} AS ({sql} RETURNING 1)" for number, sql in enumerate(sqls))
    return f"WITH {parts} SELECT count(*) FROM part0"


def _is_direct(connection: BaseDatabaseWrapper) -> bool:
    """Tell whether to pass Django's cursor by; somebody who counts queries shall see every one of them."""
    return connection.vendor == "postgresql" and not connection.queries_logged


def _sent(connection: BaseDatabaseWrapper, statements: Sequence[Statement]) -> list[RawCursor[Row]]:
    """Send statements to PostgreSQL and return their cursors; errors are Django's."""
    connection.ensure_connection()
    connection.validate_thread_sharing()
    connection.validate_no_broken_transaction()
    wire, cursors = connection.connection, list[RawCursor[Row]]()
    with connection.wrap_database_errors:
        if len(statements) == 1:
            return [_executed(wire, *statements[0])]
        with wire.pipeline():
            cursors += (_executed(wire, sql, parameters) for sql, parameters in statements)
    return cursors


def _executed(wire: Any, sql: str, parameters: Sequence[Any]) -> RawCursor[Row]:
    # One width for all numbers: a plan is kept for each combination of types, and small ids are narrow ones.
    values = [Int8(value) if type(value) is int else value for value in parameters]
    return RawCursor(wire).execute(_numbered(sql), values)


@cache
def _numbered(sql: str) -> bytes:
    """Write the places of values as PostgreSQL has them; the driver would do so anew for long statements."""
    first, *rest = sql.split("%s")
    return first.encode() + b"".join(f"${number}{part}".encode() for number, part in enumerate(rest, 1))
