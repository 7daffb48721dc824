"""What does a server cost that does nothing: the ceiling that clients and granian set together?"""

from collections.abc import Callable, Iterable
from typing import Any

ANSWER = b'{"status": "nothing was done"}'


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Read the body and answer at once."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(ANSWER)))])
    return [ANSWER]
