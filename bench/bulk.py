"""How do millions of rows reach a bench: set by set, each like a first one, the indexes afterwards?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, models


def is_postgresql() -> bool:
    """Tell which of the two databases this is."""
    return connection.vendor == "postgresql"


def numbers() -> str:
    """Write a source of the numbers n from one to another, both given as values."""
    if is_postgresql():
        return "generate_series(CAST(%s AS bigint), CAST(%s AS bigint)) AS n"
    return "(WITH RECURSIVE c(n) AS (VALUES(%s) UNION ALL SELECT n + 1 FROM c WHERE n < %s) SELECT n FROM c)"


def moment(base: datetime, minutes: str) -> str:
    """Write a moment so many minutes (an expression) after another."""
    said = f"{base:%Y-%m-%d %H:%M:%S}"
    if is_postgresql():
        return f"(timestamptz '{said}+00' + ({minutes}) * interval '1 minute')"
    return f"datetime('{said}', ({minutes}) || ' minutes')"


def like(model: type[models.Model], own: Mapping[str, str], source: str) -> str:
    """Write the statement that adds a row for each of a source's, like the row t but for its own columns."""
    names = [str(field.column) for field in model._meta.concrete_fields]
    chosen = ", ".join(own.get(name, f"t.{name}") for name in names)
    return f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {chosen} FROM {source}"


@contextmanager
def without_indexes(cursor: Any, table: str) -> Iterator[None]:
    """Build the indexes of a table once, after the rows."""
    if is_postgresql():
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            f" WHERE indrelid = '{table}'::regclass"
            " AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)"
        )
    else:
        cursor.execute(
            "SELECT '\"' || name || '\"', sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            " AND tbl_name = %s",
            [table],
        )
    made = cursor.fetchall()
    for name, _ in made:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, definition in made:
        cursor.execute(definition)
