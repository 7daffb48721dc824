"""What does one page weigh, how many queries does it ask, and how long does the server work on it?"""

import re
import time
from collections.abc import Callable
from urllib.parse import urljoin

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.clients import KeepAlive, request
from hongyan.members.actions import own_account
from hongyan.members.models import Member, User

_LINKED = re.compile(rb"""<(?:link|script|img)\b[^>]*?(?:href|src)="([^"#?]+)""")


def signed_in(who: User | Member) -> str:
    """Return the session cookie of somebody who has signed in with his own account."""
    user = own_account(member=who, at=timezone.now()) if isinstance(who, Member) else who
    client = Client()
    client.force_login(user)
    return str(client.cookies["sessionid"].value)


def weight(port: int, path: str, cookie: str = "") -> int:
    """Return the bytes over the wire of a first visit: the page with every file it names, heads included."""
    line, seen = KeepAlive(port), set[str]()
    total, page = _fetched(line, path, cookie)
    for found in _LINKED.findall(_plain(line, path, cookie) or page):
        linked = urljoin(path, found.decode())
        if linked not in seen and linked.startswith("/"):
            seen.add(linked)
            total += _fetched(line, linked, cookie)[0]
    return total


def _headers(cookie: str, encoding: str) -> list[tuple[str, str]]:
    return [("Accept-Encoding", encoding), *([("Cookie", f"sessionid={cookie}")] if cookie else [])]


def _fetched(line: KeepAlive, path: str, cookie: str) -> tuple[int, bytes]:
    head, body = line.fetch(request("GET", path, _headers(cookie, "gzip")))
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{path} answered {head[:40].decode()}")
    return len(head) + 4 + len(body), body


def _plain(line: KeepAlive, path: str, cookie: str) -> bytes:
    return line.fetch(request("GET", path, _headers(cookie, "identity")))[1]


def queries(path: str, cookie: str = "") -> int:
    """Count the queries of a page."""
    client = _client(cookie)
    client.get(path)
    with CaptureQueriesContext(connection) as counted:
        client.get(path)
    return len(counted)


def timed(path: str, cookie: str = "", times: int = 5) -> Callable[[], float]:
    """Return what measures a page: milliseconds of the server, without a network."""
    client = _client(cookie)

    def turn() -> float:
        begin = time.perf_counter()
        for _ in range(times):
            response = client.get(path)
            if response.status_code != 200:
                raise RuntimeError(f"{path} answered {response.status_code}")
        return (time.perf_counter() - begin) / times * 1000

    return turn


def _client(cookie: str) -> Client:
    client = Client()
    if cookie:
        client.cookies["sessionid"] = cookie
    return client
