"""What does WeChat's web authorisation answer: a real HTTP server that keeps what it was asked?"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit


class Stub:
    """Gives an openid for each code it knows, once."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.asked: list[dict[str, str]] = []
        self.openid = "oStubStubStubStubStubStub001"
        self.fails_with: int | None = None
        stub = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """Answer as the provider's documentation says."""
                if self.path.startswith("/connect/oauth2/authorize?"):
                    self.send_response(302)
                    self.send_header("Location", stub.way_back(parse_qs(urlsplit(self.path).query)))
                    self.end_headers()
                    return
                status, answer = stub.answer(urlsplit(self.path).path, parse_qs(urlsplit(self.path).query))
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def way_back(self, query: dict[str, list[str]]) -> str:
        """Lead whoever is asked back with a code, as WeChat does without a page of its own."""
        code = f"way{len(self.codes)}{len(self.asked)}"
        self.codes[code] = self.openid
        return f"{query['redirect_uri'][0]}?{urlencode({'code': code, 'state': query['state'][0]})}"

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """Answer one call."""
        asked = {name: values[0] for name, values in query.items()}
        self.asked.append(asked)
        if self.fails_with:
            return self.fails_with, {}
        openid = self.codes.pop(asked.get("code", ""), None)
        if path != "/sns/oauth2/access_token" or asked.get("secret") != "stub-secret" or openid is None:
            return 200, {"errcode": 40029, "errmsg": "invalid code"}
        return 200, {
            "access_token": "TOKEN-THAT-MUST-NOT-STAY",
            "expires_in": 7200,
            "refresh_token": "REFRESH-THAT-MUST-NOT-STAY",
            "openid": openid,
            "scope": "snsapi_base",
        }

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()
