"""Which SQLite does Django get: the newest one from the wheel, never one that can lose a WAL reset."""

import sys

from pysqlite3 import dbapi2

# 3.7.0 to 3.51.2 can lose committed pages when a WAL is reset under concurrent writers.
FIRST_SAFE = (3, 51, 3)


def install() -> None:
    """Put the bundled SQLite in the place of the standard module; refuse a version that may lose writes."""
    if dbapi2.sqlite_version_info < FIRST_SAFE:
        raise RuntimeError(f"SQLite {dbapi2.sqlite_version} can lose writes; install pysqlite3 >= 0.6.1")
    sys.modules["sqlite3"] = sys.modules["pysqlite3"]
    sys.modules["sqlite3.dbapi2"] = dbapi2
