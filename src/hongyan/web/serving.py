"""How do the web server and its two clocks start, stop and come back together?

`hongyan serve` is the parent of three: the server, the delivery of the outbox and the schedule.
A child that dies is started again; when the parent is told to stop, all stop; when it is killed, they notice.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

WATCH_SECONDS = 0.5
STOP_SECONDS = 10.0
# A child that dies at once is not started a hundred times a second.
PAUSES = (0.5, 1.0, 2.0, 5.0, 15.0)
STEADY_SECONDS = 60.0
Say = Callable[[str], None]


def follow(parent: int) -> None:
    """End this process as soon as its parent (by number) is gone, also when it went before we could look."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(WATCH_SECONDS)
        # A clean stop could wait for requests that nobody listens to any more.
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@dataclass
class Child:
    """One process that is kept running."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    again: float = field(default=0.0)

    def start(self) -> None:
        """Start it."""
        self.process = subprocess.Popen(self.command)
        self.started = time.monotonic()

    def keep(self, say: Say) -> None:
        """Start it again when it has died, after a pause that grows with each quick death."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.again:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.deaths = 1 if now - self.started > STEADY_SECONDS else self.deaths + 1
        pause = PAUSES[min(self.deaths, len(PAUSES)) - 1]
        say(f"{self.name} ended with {code}; starting it again in {pause:g} s")
        self.process, self.again = None, now + pause

    def stop(self) -> None:
        """Ask it to stop."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end; kill it when it takes too long."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free(host: str, port: int, patience: float = 5.0) -> bool:
    """Tell whether the port can be taken; the workers of a killed server need a moment to leave."""
    until = time.monotonic() + patience
    while True:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, port))
                return True
            except OSError:
                if time.monotonic() > until:
                    return False
        time.sleep(0.2)


def answers(host: str, port: int) -> bool:
    """Tell whether somebody listens there."""
    try:
        with socket.create_connection(("127.0.0.1" if host == "0.0.0.0" else host, port), timeout=0.5):  # noqa: S104
            return True
    except OSError:
        return False


def children(host: str, port: int, workers: int, *, web_only: bool = False) -> list[Child]:
    """List the three processes of an installation; or the first, when the others are kept elsewhere."""
    own = (sys.executable, "-m", "hongyan.web.child", str(os.getpid()))
    web = Child("web", (*own, "web", host, str(port), str(workers)))
    if web_only:
        return [web]
    return [
        web,
        Child("deliver", (*own, "deliver", "--forever", "--skip-checks")),
        Child("tick", (*own, "tick", "--forever")),
    ]


def run(family: Sequence[Child], *, ready: Callable[[], bool], say: Say, announce: str) -> None:
    """Keep the children running until SIGINT or SIGTERM; say `announce` once when `ready`."""
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    for child in family:
        child.start()
    announced = False
    while not stop.wait(0.2):
        for child in family:
            child.keep(say)
        if not announced and ready():
            announced = True
            say(announce)
    for child in family:
        child.stop()
    until = time.monotonic() + STOP_SECONDS
    for child in family:
        child.wait(until)
