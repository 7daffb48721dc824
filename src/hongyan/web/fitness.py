"""Is the database of a production fit for real people's data? Asked at the start and by `check --deploy`."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from hongyan import production
from hongyan.demo.loading import loaded

LACK_LABELS = {
    "unreachable": "连不上数据库。请检查 DATABASE_URL 和数据库服务。",
    "not_migrated": "数据库的表还没有更新。请先运行 hongyan migrate。",
    "demo_data": "数据库里是演示数据。正式环境请用新的数据库。",
    "heads_unwritable": "写不进 HONGYAN_AUDIT_HEADS。请先建好它所在的目录，并让运行服务的用户可以写。",
    "sqlite_pragma": "SQLite 没有按要求工作（WAL、FULL、secure_delete）。请把数据库放在本机磁盘上。",
}


def lacks() -> list[str]:
    """Name every reason for which this database must not serve a production."""
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return ["not_migrated"]
        found = ["demo_data"] if loaded() else []
    except DatabaseError:
        return ["unreachable"]
    found += [] if _takes_heads(Path(settings.HONGYAN_AUDIT_HEADS)) else ["heads_unwritable"]
    return found + (["sqlite_pragma"] if connection.vendor == "sqlite" and not _is_careful() else [])


def _takes_heads(file: Path) -> bool:
    """Tell whether heads can be written there: else the audit is sealed and nobody outside ever knows."""
    there = file if file.exists() else file.parent
    return there.exists() and os.access(there, os.R_OK | os.W_OK)


def _is_careful() -> bool:
    with connection.cursor() as cursor:
        said = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
        secure = cursor.execute("PRAGMA secure_delete").fetchone()[0]
    return said == ["wal", 2] and secure == 1


def fit_for_production(app_configs: Sequence[Any] | None = None, **options: Any) -> list[CheckMessage]:
    """Say every fault of the settings and of the database, whatever this installation calls itself."""
    faults = [production.FAULT_LABELS[fault] for fault in production.faults_of(_settings())]
    faults += [LACK_LABELS[lack] for lack in lacks()]
    return [Error(sentence, id=f"hongyan.E{number:03d}") for number, sentence in enumerate(faults, 1)]


def _settings() -> dict[str, Any]:
    return {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
