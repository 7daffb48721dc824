"""Is the database under test the one that was asked for, and do threads meet in it?"""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection


@pytest.mark.django_db
def test_the_database_is_the_one_asked_for(database_vendor: str) -> None:
    assert connection.vendor == database_vendor
    with connection.cursor() as cursor:
        if database_vendor == "sqlite":
            cursor.execute("select sqlite_version()")
            version = tuple(int(part) for part in cursor.fetchone()[0].split("."))
            assert version >= (3, 51, 3), "this SQLite can lose a WAL reset"
            assert sqlite3.sqlite_version_info == version, "Django must use the bundled SQLite"
        else:
            cursor.execute("show server_version_num")
            assert int(cursor.fetchone()[0]) >= 140000


@pytest.mark.django_db(transaction=True)
def test_threads_meet_in_the_same_database() -> None:
    def in_thread(statement: str) -> int:
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone()[0] if cursor.description else 0
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        one.submit(in_thread, "create table meeting (id integer)").result()
        try:
            one.submit(in_thread, "insert into meeting values (7)").result()
            assert other.submit(in_thread, "select id from meeting").result() == 7
        finally:
            one.submit(in_thread, "drop table meeting").result()


def test_no_test_can_touch_an_installation() -> None:
    root = Path(__file__).resolve().parent.parent
    assert settings.DATA.resolve() != root / "data"
    assert "hongyan-test-" in str(settings.DATA)
