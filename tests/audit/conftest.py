"""What do the tests of the audit stand on: rows, a file of heads of their own, and the ways to tamper?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from hongyan.audit.actions import record, record_access

AT = datetime(2025, 2, 11, 8, 48, tzinfo=UTC)
TABLES = ("audit_entry", "audit_access", "audit_seal")


@pytest.fixture(autouse=True)
def heads_file(settings: Settings, tmp_path: Path) -> Path:
    """Give each test its own file of exported heads."""
    settings.HONGYAN_AUDIT_HEADS = tmp_path / "audit-heads.jsonl"
    return tmp_path / "audit-heads.jsonl"


def fill(rows: int, *, at: datetime = AT, verb: str = "accept") -> None:
    """Remember some deeds and as many looks."""
    for number in range(rows):
        moment = at + timedelta(seconds=number, microseconds=number)
        record(actor="user:1", verb=verb, subject=f"journey:{number}", details={"to": number}, at=moment)
        record_access(viewer="user:1", people=[f"member:{number}"], purpose="desk", at=moment)


def run(sql: str, *values: Any) -> int:
    """Write to the database as somebody who has its password; return how many rows were met."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


@contextmanager
def unfenced() -> Iterator[None]:
    """Take the triggers away as the owner of the database can, and put them back so that nothing shows."""
    if connection.vendor == "postgresql":
        for table in TABLES:
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in TABLES:
            run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _, sql in triggers:
            cursor.execute(sql)
