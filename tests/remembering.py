"""How is what many tests start from built once, and put back row by row afterwards?

The first test of a process builds it through the real actions; what that wrote is read back, and every later test
gets the same rows in a few statements. Only where the test is undone anyway and every table met is still as
empty as it was the first time: everything else is built anew.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

# What may change how a value is sealed, hashed or signed: what was built under other keys is another thing.
KEYS = (
    "SECRET_KEY",
    "HONGYAN_KEYS",
    "HONGYAN_ACTIVE_KEY",
    "HONGYAN_KEY_PROVIDER",
    "HONGYAN_CRYPTO_PROFILE",
)
# How many values one statement may carry on either database.
MOST_VALUES = 30_000
# The database writes these rows when the others are put back.
JOURNEYS = "journeys_journey"
WRITTEN_BY_ITSELF = {"reports_newmove", "reports_shift"}
Rows = list[tuple[Any, ...]]
Tables = dict[str, tuple[list[str], Rows]]
Built = TypeVar("Built")


@dataclass(frozen=True)
class Memory:
    """What a builder returned, and the rows it wrote."""

    returned: bytes
    rows: Tables


_memories: dict[tuple[str, ...], Memory] = {}


def remembered(build: Callable[[], Built]) -> Callable[[], Built]:
    """Let a builder without arguments work once in this process."""

    @wraps(build)
    def built() -> Built:
        if not connection.in_atomic_block:
            return build()
        key = (build.__module__, build.__qualname__, *(str(getattr(settings, name)) for name in KEYS))
        memory = _memories.get(key)
        if memory is None:
            before = everything()
            made = build()
            added = _added(before, everything())
            if added:
                _memories[key] = Memory(pickle.dumps(made), added)
            return made
        if not _all_empty(list(memory.rows)):
            return build()
        # Last the journeys: what they count as is looked up in the others while they are written.
        for table, (columns, rows) in sorted(memory.rows.items(), key=lambda one: one[0] == JOURNEYS):
            _put(table, columns, rows)
        again: Built = pickle.loads(memory.returned)
        return again

    return built


def everything() -> Tables:
    """Read every table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} ORDER BY 1")
            columns = [str(column[0]) for column in cursor.description]
            found[table] = (columns, list(cursor.fetchall()))
    return found


def _added(before: Tables, after: Tables) -> Tables:
    """Return what was written; nothing when it went to a table in which something stood before."""
    met = {
        table: rows
        for table, rows in after.items()
        if rows != before[table] and table not in WRITTEN_BY_ITSELF
    }
    return {} if any(before[table][1] for table in met) else met


def _all_empty(tables: list[str]) -> bool:
    asked = " OR ".join(f"EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT CASE WHEN {asked} THEN 1 ELSE 0 END")
        return bool(cursor.fetchone() == (0,))


def _put(table: str, columns: list[str], rows: Rows) -> None:
    """Write rows as they were."""
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    one = f"({', '.join(['%s'] * len(columns))})"
    most = MOST_VALUES // len(columns)
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        sql = (
            f"INSERT INTO {connection.ops.quote_name(table)} ({names}) VALUES {', '.join([one] * len(some))}"
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [value for row in some for value in row])
