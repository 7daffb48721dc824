"""How is a whole installation started, killed and asked, as an operator would?"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg

# A loaded machine is not a dead server.
PATIENCE = 90.0


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def own_database(name: str) -> str:
    """Make a database of one's own on the PostgreSQL under test and return its address."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(urlunsplit(parts), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(parts._replace(path=f"/{name}"))


class Installation:
    """One folder, one port, one database, and the server on it."""

    def __init__(self, folder: Path, vendor: str) -> None:
        self.port = free_port()
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        known = {name: value for name, value in os.environ.items() if not name.startswith("HONGYAN_")}
        known.pop("DATABASE_URL", None)
        self.environment = known | {"HONGYAN_DATA": str(folder), "HONGYAN_PORT": str(self.port)}
        self.database = ""
        if vendor == "postgresql":
            self.database = own_database(f"fault_{os.getpid()}_{self.port}")
            self.environment["DATABASE_URL"] = self.database

    @property
    def api(self) -> str:
        """Return where the API answers."""
        return f"http://127.0.0.1:{self.port}/api/v1"

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command of the program."""
        return subprocess.run(
            [sys.executable, "-m", "hongyan", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def token(self, username: str) -> str:
        """Issue a token."""
        made = self.command("token", "--user", username, "--skip-checks")
        assert made.returncode == 0, made.stderr
        return made.stdout.split()[-1]

    def start(self, workers: int = 2) -> None:
        """Start the server in a process group of its own and wait until it answers."""
        log = (self.folder / "serve.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hongyan", "serve", "--workers", str(workers)],
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        self.wait()

    def wait(self) -> None:
        """Wait until the server answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.api}/openapi.json", timeout=PATIENCE).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError((self.folder / "serve.log").read_text(encoding="utf-8"))

    def kill(self) -> None:
        """Kill server, workers, delivery and clock at once, as a power cut would."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """Stop the server as an operator would; return its exit code."""
        assert self.process
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def children(self, parent: int | None = None) -> list[int]:
        """List the processes a process has started; the server's own by default."""
        assert self.process
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(parent or self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(line) for line in found.stdout.split()]

    def query(self, sql: str) -> list[Any]:
        """Ask the database, past the program."""
        if self.database:
            with psycopg.connect(self.database) as connection:
                return list(connection.execute(sql).fetchall())
        with closing(sqlite3.connect(self.folder / "hongyan.sqlite3")) as connection:
            return list(connection.execute(sql))

    def execute(self, sql: str) -> None:
        """Write to the database past the program: a planted fault."""
        if self.database:
            with psycopg.connect(self.database) as server:
                server.execute(sql)
            return
        with closing(sqlite3.connect(self.folder / "hongyan.sqlite3")) as file, file:
            file.execute(sql)

    def check(self) -> Sequence[Any]:
        """Run `hongyan check` and return the violations."""
        done = self.command("check")
        report = json.loads(done.stdout)
        assert done.returncode == (1 if report["violations"] else 0)
        violations: list[Any] = report["violations"]
        return violations
