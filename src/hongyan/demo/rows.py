"""How do hundreds of thousands of rows reach the database in seconds?

One statement per table for many rows: COPY on PostgreSQL, one prepared INSERT on SQLite. The values are the ones the
ORM would store; nothing else is allowed to write like this.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

Converter = Callable[[Any], Any]
CACHE_KIB = 400_000
DEFAULT_KIB = 2_000


def _moment(value: datetime | None) -> str | None:
    # What Django's own adapter writes, at a tenth of its cost.
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ") if value else None


def _converters(fields: Sequence["models.Field[Any, Any]"]) -> dict[int, Converter]:
    """Find the columns whose Python value is not what SQLite's driver stores."""
    if connection.vendor == "postgresql":
        return {}
    found: dict[int, Converter] = {}
    for place, field in enumerate(fields):
        if isinstance(field, models.DateTimeField):
            found[place] = _moment
        elif isinstance(field, models.DateField):
            found[place] = lambda value: value and value.isoformat()
    return found


@contextmanager
def roomy() -> Iterator[None]:
    """Give SQLite room for the pages of all indexes at once: otherwise each is written and read many times."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = -{DEFAULT_KIB}")


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values stand in the order of `columns` (attribute names such as home_id).

    A column that is not named gets what the model gives it, as the ORM would.
    """
    by_attname = {field.attname: field for field in model._meta.concrete_fields}
    rest = [
        field
        for name, field in by_attname.items()
        if name not in columns and field.has_default() and not callable(field.default)
    ]
    fields = [*(by_attname[column] for column in columns), *rest]
    defaults = [field.default for field in rest]
    names = ", ".join(f'"{field.column}"' for field in fields)
    convert = list(_converters(fields).items())

    def stored() -> Iterable[Sequence[Any]]:
        for row in rows:
            values = [*row, *defaults]
            for place, converter in convert:
                values[place] = converter(values[place])
            yield values

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy:
                for values in stored():
                    copy.write_row(values)
        else:
            marks = ", ".join(["%s"] * len(fields))
            sql = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})'
            cursor.executemany(sql, stored())  # type: ignore[arg-type]  # the driver takes any iterable


def count_on(*tables: type[models.Model]) -> None:
    """Let the next row of each table take the number after the ones given by hand.

    A sequence of PostgreSQL stays where it was put when the transaction is undone. It only ever goes forward here:
    put back to a smaller demo that was then undone, it would give out numbers that the one left standing holds.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in tables:
            if not isinstance(table._meta.pk, models.AutoField):
                continue
            name, column = table._meta.db_table, table._meta.pk.column
            cursor.execute(
                "SELECT setval(seq.name, GREATEST(nextval(seq.name), "
                f'(SELECT COALESCE(MAX("{column}"), 1) FROM "{name}"))) '
                "FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name) AS seq",
                [f'"{name}"', column],
            )


def empty(*tables: type[models.Model]) -> None:
    """Delete everything in these tables; inside a transaction, so that their order does not matter."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'DELETE FROM "{table._meta.db_table}"')
