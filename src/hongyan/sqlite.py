"""Which SQLite does Django get: the newest one from the wheel, never one that can lose a WAL reset."""

import sys

from pysqlite3 import dbapi2

# 3.7.0 to 3.51.2 can lose committed pages when a WAL is reset under concurrent writers.
FIRST_SAFE = (3, 51, 3)


def version() -> tuple[int, ...]:
    """Return the version Django gets."""
    found: tuple[int, ...] = dbapi2.sqlite_version_info
    return found


def may_lose_writes(found: tuple[int, ...]) -> bool:
    """Tell whether a version is too old to be trusted with a WAL."""
    return found < FIRST_SAFE


def install() -> None:
    """Put the bundled SQLite in the place of the standard module; refuse a version that may lose writes."""
    if may_lose_writes(version()):
        raise RuntimeError(f"SQLite {dbapi2.sqlite_version} can lose writes; install pysqlite3 >= 0.6.1")
    sys.modules["sqlite3"] = sys.modules["pysqlite3"]
    sys.modules["sqlite3.dbapi2"] = dbapi2
