"""The net between two installations, and whatever may happen to a message there."""

import socket
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, bytes]


class Net:
    """Stands before an installation and passes on what comes, unless a test wants otherwise."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seen: list[bytes] = []
        self.answers: list[Answer] = []
        # What happens to a request on its way there, and to the answer on its way back: None is lost.
        self.there: Callable[[bytes], bytes | None] = lambda raw: raw
        self.back: Callable[[Answer], Answer | None] = lambda answer: answer
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Return where a neighbour believes the installation to be."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def quiet(self) -> None:
        """Let everything pass again."""
        self.there, self.back = lambda raw: raw, lambda answer: answer

    def sent(self, path: str, raw: bytes) -> Answer:
        """Send something to the installation itself."""
        wire = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            wire.request("POST", path, raw, {"Content-Type": "application/json"})
            answer = wire.getresponse()
            return answer.status, answer.read()
        finally:
            wire.close()

    def close(self) -> None:
        """Leave nothing behind."""
        self.server.shutdown()
        self.server.server_close()


def _handler(net: Net) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            net.seen.append(raw)
            passed = net.there(raw)
            if passed is None:
                self._lose()
                return
            try:
                first = net.sent(self.path, passed)
            except OSError:
                self._lose()
                return
            net.answers.append(first)
            answer = net.back(first)
            if answer is None:
                self._lose()
                return
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(answer[1])))
            self.end_headers()
            self.wfile.write(answer[1])

        def _lose(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
