"""How do many clients press on one thing at the same time, and how much did they get done?"""

import multiprocessing
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.measuring import percentile

# Does one piece of work (a journey's number) and returns whether it was done.
Work = Callable[[int], bool]
# Makes the work of one client: connects and prepares; called inside the client's process. None: it rests.
Connect = Callable[[int], Work | None]

# With less than this a client would be done before it is measured.
LEAST = 200

_context = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Pressed:
    """What a round of clients got done: how much a second, how much failed, and how long one piece took."""

    rate: float
    failed: int
    p50_ms: float
    p95_ms: float


def _client(
    number: int, connect: Connect, pieces: Sequence[int], seconds: float, gate: Any, told: Any
) -> None:
    work, taken, failed = connect(number), list[float](), 0
    gate.wait()
    begin = now = time.perf_counter()
    for piece in pieces:
        if work is None:
            break
        before = now
        failed += not work(piece)
        now = time.perf_counter()
        taken.append(now - before)
        if now - begin >= seconds:
            break
    told.put((number, len(taken), failed, now - begin, taken))


def press(connect: Connect, pieces: Sequence[Sequence[int]], seconds: float) -> tuple[Pressed, list[int]]:
    """Let one client process for each list of pieces work through it for some seconds.

    Returns what they got done and how many pieces each client used up. The rate is the sum of each client's
    own rate: a client that ran out of time a little later than the others counts for as long as it ran.
    """
    gate, told = _context.Barrier(len(pieces)), _context.SimpleQueue()
    clients = [
        _context.Process(target=_client, args=(number, connect, own, seconds, gate, told), daemon=True)
        for number, own in enumerate(pieces)
    ]
    for client in clients:
        client.start()
    answers = sorted(told.get() for _ in clients)
    for client in clients:
        client.join()
    taken = [one for answer in answers for one in answer[4]]
    rate = sum(done / spent for _, done, _, spent, _ in answers if done)
    failed = sum(answer[2] for answer in answers)
    pressed = Pressed(rate, failed, percentile(taken, 0.5) * 1000, percentile(taken, 0.95) * 1000)
    return pressed, [answer[1] for answer in answers]


class Supply:
    """Hands out journeys: every round of every contender gets its own."""

    def __init__(self, numbers: Iterable[int], clients: int) -> None:
        self.left, self.clients = list(numbers), clients

    def offer(self) -> list[list[int]]:
        """Return what each client may take from: an equal share of what is left.

        A client that reaches the end of its share rests; its rate counts for as long as it ran.
        """
        if len(self.left) < self.clients * LEAST:
            raise RuntimeError("the bench has run out of journeys: seed more")
        return [self.left[client :: self.clients] for client in range(self.clients)]

    def used(self, taken: Sequence[int]) -> None:
        """Take away what the clients have worked on."""
        pairs = zip(self.offer(), taken, strict=True)
        self.left = sorted(one for share, count in pairs for one in share[count:])


class KeepAlive:
    """A plain HTTP/1.1 client on one socket, so cheap that the server is what is measured."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> tuple[int, bytes]:
        """Send one request and return the status and the body."""
        head, body = self.fetch(request)
        return int(head[9:12]), body

    def fetch(self, request: bytes) -> tuple[bytes, bytes]:
        """Send one request and return the head and the body, as they came over the wire."""
        self.socket.sendall(request)
        answer = self.socket.recv(65536)
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._more()
        head = answer[:end]
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        while len(answer) < end + 4 + length:
            answer += self._more()
        return head, answer[end + 4 :]

    def _more(self) -> bytes:
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        return part


def request(method: str, path: str, headers: Sequence[tuple[str, str]], body: bytes = b"") -> bytes:
    """Write one request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body
