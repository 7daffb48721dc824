"""How do we speak to a provider over HTTP: time limits, no redirects, https only, and nothing in any log?

Only the configured host is called, at a public address (`outside`); an answer is read up to a limit.
"""

import json
import logging
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from hongyan.notifications.channels.letter import Limited, Unanswered
from hongyan.notifications.channels.outside import LOOPBACK, NotAllowed, OnlyTo

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
# A provider answers in some hundred bytes; whoever sends more is no provider.
LARGEST_ANSWER = 64 * 1024
RATE_WAIT = timedelta(minutes=5)

# These write every address they call, and an address may hold a token.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def required(config: Mapping[str, Any], name: str, *keys: str) -> None:
    """Raise ImproperlyConfigured naming the keys missing from a settings dict, never their values."""
    missing = [key for key in keys if not config.get(key)]
    if missing:
        raise ImproperlyConfigured(f"{name} lacks {', '.join(missing)}")


def open_client(base_url: str, config: Mapping[str, Any]) -> httpx.Client:
    """Open a client for one provider; `timeout` (seconds) and `proxy` may be given in its settings."""
    parts = urlsplit(base_url)
    # A stub on this machine stands in for a provider in demos and tests that say so, never in production.
    local = settings.HONGYAN_LOCAL_GATEWAYS and not settings.PRODUCTION and parts.hostname in LOOPBACK
    if parts.username or parts.password or not (parts.scheme == "https" or parts.scheme == "http" and local):
        raise ImproperlyConfigured("a provider is called by https only")
    limit, proxy = float(config.get("timeout", ANSWER_SECONDS)), config.get("proxy") or None
    # What the shell's environment says about proxies is not what the administrator of this site said.
    inner = httpx.HTTPTransport(trust_env=False, proxy=proxy)
    return httpx.Client(
        base_url=base_url,
        timeout=httpx.Timeout(limit, connect=min(limit, CONNECT_SECONDS)),
        follow_redirects=False,
        trust_env=False,
        headers={"Accept-Encoding": "identity"},
        transport=OnlyTo(httpx.URL(base_url), inner, local=local, proxied=proxy is not None),
    )


def ask(client: httpx.Client, path: str, *, method: str = "POST", **content: Any) -> dict[str, Any]:
    """Call and return the JSON object answered, whatever its status below 500; or raise a Failure."""
    try:
        with client.stream(method, path, **content) as answer:
            if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
                raise Limited("http 429", RATE_WAIT)
            if answer.status_code >= 500 or answer.is_redirect:
                raise Unanswered(f"http {answer.status_code}")
            return _object(answer, _read(answer))
    except httpx.TimeoutException:
        raise Unanswered("timeout") from None
    except NotAllowed:
        raise Unanswered("address not allowed") from None
    except httpx.ConnectError:
        raise Unanswered("no connection") from None
    except httpx.HTTPError as error:
        raise Unanswered(f"broken connection ({type(error).__name__})") from None


def _read(answer: httpx.Response) -> bytes:
    """Read an answer as it comes over the wire, neither longer nor for longer than an answer may be."""
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        # A few packed bytes may unpack to many.
        raise Unanswered("packed answer")
    until, raw = time.monotonic() + 2 * ANSWER_SECONDS, b""
    for piece in answer.iter_raw():
        raw += piece
        if len(raw) > LARGEST_ANSWER:
            raise Unanswered("answer too long")
        if time.monotonic() > until:
            raise Unanswered("timeout")
    return raw


def _object(answer: httpx.Response, raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise Unanswered(f"http {answer.status_code} without a JSON object")
    return body
