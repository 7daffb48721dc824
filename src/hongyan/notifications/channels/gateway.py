"""How do we speak to a provider over HTTP: time limits, no redirects, https only, and nothing in any log?"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.core.exceptions import ImproperlyConfigured

from hongyan.notifications.channels.letter import Limited, Unanswered

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
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
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ImproperlyConfigured("a provider is called by https only")
    limit = float(config.get("timeout", ANSWER_SECONDS))
    return httpx.Client(
        base_url=base_url,
        timeout=httpx.Timeout(limit, connect=min(limit, CONNECT_SECONDS)),
        follow_redirects=False,
        # What the shell's environment says about proxies is not what the administrator of this site said.
        trust_env=False,
        proxy=config.get("proxy") or None,
    )


def ask(client: httpx.Client, path: str, **content: Any) -> dict[str, Any]:
    """POST and return the JSON object answered, whatever its status below 500; or raise a Failure."""
    try:
        answer = client.post(path, **content)
    except httpx.TimeoutException:
        raise Unanswered("timeout") from None
    except httpx.ConnectError:
        raise Unanswered("no connection") from None
    except httpx.HTTPError as error:
        raise Unanswered(f"broken connection ({type(error).__name__})") from None
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise Limited("http 429", RATE_WAIT)
    if answer.status_code >= 500 or answer.is_redirect:
        raise Unanswered(f"http {answer.status_code}")
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Unanswered(f"http {answer.status_code} without a JSON object")
    return body
