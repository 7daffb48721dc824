"""How is the real server started for a bench, and stopped again?"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager

STARTS_WITHIN, ENDS_WITHIN = 90.0, 20.0
WORKERS, THREADS = 2, 4


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


@contextmanager
def _running(command: Sequence[str], port: int, environment: dict[str, str]) -> Iterator[int]:
    # Its own group, so that whatever it started ends with it, and nothing else does.
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        until = time.monotonic() + STARTS_WITHIN
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"did not start: {' '.join(command)}")
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def hongyan() -> Iterator[int]:
    """Run `hongyan serve` on a free port, with its workers and its two clocks; yield the port."""
    port = _free_port()
    command = [sys.executable, "-m", "hongyan", "serve", "--port", str(port), "--workers", str(WORKERS)]
    with _running(command, port, {"HONGYAN_PORT": str(port)}) as found:
        yield found


@contextmanager
def application(name: str, **environment: str) -> Iterator[int]:
    """Serve another WSGI application with the same server, workers and threads; yield the port."""
    port = _free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--no-ws", "--http", "1",
        "--log-level", "error", name,
    ]  # fmt: skip
    with _running(command, port, environment) as found:
        yield found
