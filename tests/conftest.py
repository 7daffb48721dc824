"""Which database and which data folder does this test run use?

SQLite unless HONGYAN_TEST_DATABASE=postgresql. The choice is made here, while pytest loads its first
conftest, because the settings read the environment once; xdist's workers inherit it from their parent.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest

from tests.postgres import postgres_url

VENDOR = os.environ.get("HONGYAN_TEST_DATABASE", "sqlite")
# Fixtures through which a test reaches the database; such tests run on both databases.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def _data_folder() -> Path:
    """Make this process's own data folder, so that no test can touch the folder of an installation."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        folder = Path(os.environ["HONGYAN_TEST_ROOT"]) / worker
        folder.mkdir(exist_ok=True)
        return folder
    root = Path(tempfile.mkdtemp(prefix="hongyan-test-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    os.environ["HONGYAN_TEST_ROOT"] = str(root)
    return root


def _choose() -> None:
    """Tell the settings which database and folder to use."""
    if VENDOR not in {"sqlite", "postgresql"}:
        raise RuntimeError(f"HONGYAN_TEST_DATABASE is {VENDOR!r}: it must be sqlite or postgresql")
    for name in [name for name in os.environ if name.startswith("HONGYAN_") and "_TEST_" not in name]:
        # An installation's own settings must not leak into the tests; the browser's path may.
        if name != "HONGYAN_CHROMIUM":
            del os.environ[name]
    folder = _data_folder()
    # Where collected static files would lie; WhiteNoise warns when the folder is missing.
    (folder / "static").mkdir(exist_ok=True)
    os.environ["HONGYAN_DATA"] = str(folder)
    # Providers are stubs on this machine.
    os.environ["HONGYAN_LOCAL_GATEWAYS"] = "1"
    if VENDOR == "postgresql":
        os.environ["DATABASE_URL"] = postgres_url()
    else:
        os.environ.pop("DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "hongyan.settings"


_choose()
# A loaded machine is not a wrong answer: laws are searched without a stopwatch.
hypothesis.settings.register_profile("hongyan", deadline=None)
hypothesis.settings.load_profile("hongyan")
# Before any other conftest or test module imports a model.
django.setup()

from hongyan.geography import editions  # noqa: E402
from hongyan.geography.live import _Looked  # noqa: E402
from hongyan.journeys import ladders  # noqa: E402
from hongyan.journeys.terms import _Remembered  # noqa: E402
from tests.quick import earnestly, quicken  # noqa: E402 - models can be imported only now
from tests.world import World, build_world  # noqa: E402

quicken()


def pytest_configure(config: pytest.Config) -> None:
    """Let xdist's workers choose for themselves: with this name in their environment, pytest-django would read
    the settings before their own conftest has named their own data folder."""
    if config.getoption("numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_report_header() -> str:
    """Say at the top of every run which database it speaks about."""
    return f"database: {VENDOR}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that reaches the database, so that none can be forgotten on the second one."""
    with_own = set()
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & DATABASE_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker("database")
        elif item.get_closest_marker("database"):
            with_own.add(item)
    # Whoever starts an installation of its own takes longest. At the front its module stays with one worker, which
    # sets it up once; at the end, where tests are dealt out one by one, every worker would.
    items.sort(key=lambda item: item not in with_own)


@pytest.fixture(autouse=True)
def default_periods() -> None:
    """Let this process know no change of a period or of steps, as after a start, until a test makes one."""
    _Remembered.changes, _Remembered.until = (), float("inf")
    ladders._Remembered.ladders, ladders._Remembered.until = (), float("inf")


@pytest.fixture(autouse=True)
def packed_list() -> None:
    """Let this process answer by the packed list, as after a start, until a test puts a generation in force."""
    editions.use()
    _Looked.known, _Looked.until = (), float("inf")


@pytest.fixture
def world(db: None) -> World:
    """Build the named cast anew; a test that needs it differently built says so in its own folder."""
    return build_world()


@pytest.fixture
def earnest() -> Iterator[None]:
    """Let passwords cost what they cost in the product."""
    with earnestly():
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Put SQLite's test database into a file: threads and processes must meet in the same database."""
    from django.db import connections

    settings: dict[str, Any] = connections["default"].settings_dict
    if VENDOR == "sqlite":
        settings["TEST"]["NAME"] = str(Path(os.environ["HONGYAN_DATA"]) / "test.sqlite3")
        # As in tests/postgres.py: the disk is not under test.
        options = settings["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(scope="session")
def database_vendor() -> str:
    """Name the database under test: "sqlite" or "postgresql"."""
    return VENDOR


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Let Django empty the tables between tests: the audit's own would refuse to be emptied."""
    from django.db import connection, transaction

    # On the class: beside a browser, Django may open another connection than the one it has now.
    operations: Any = type(connection.ops)
    emptied = operations.execute_sql_flush

    def flush(ops: Any, statements: Iterable[str]) -> None:
        with transaction.atomic(), ops.connection.cursor() as cursor:
            for stream in ("entry", "access"):
                cursor.execute("INSERT INTO audit_door VALUES ('clear', %s, %s)", [stream, 2**63 - 1])
            if VENDOR == "sqlite":
                # Deleted journeys are noted, and what they no longer count as is looked up in the others.
                cursor.execute("DELETE FROM journeys_journey")
            emptied(ops, statements)
            cursor.execute("DELETE FROM reports_shift")
            cursor.execute("DELETE FROM reports_newmove")
            cursor.execute("DELETE FROM audit_door")

    operations.execute_sql_flush = flush
    # The cast is built for the first time here, where no test has yet bent what builds it.
    with django_db_blocker.unblock(), transaction.atomic():
        build_world()
        transaction.set_rollback(True)
