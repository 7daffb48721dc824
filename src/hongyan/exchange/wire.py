"""How is a neighbour called over HTTPS, and what can go wrong on the way? Knows no database."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import httpx

from hongyan.exchange.envelopes import (
    RECEIPT,
    RECEIPT_CONTEXT,
    Unbelievable,
    canonical,
    digest_of,
    read,
    verify,
)

MESSAGES, RECONCILE = "/exchange/v1/messages", "/exchange/v1/reconcile"
PATIENCE = httpx.Timeout(20.0, connect=8.0)
LARGEST = 256 * 1024


class Failed(Exception):
    """No receipt came; `word` is a code of `peer_wording.FAILURE_LABELS`."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def _posted(url: str, envelope: Mapping[str, Any]) -> bytes:
    headers = {"Content-Type": "application/json"}
    with (
        httpx.Client(timeout=PATIENCE, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", url, content=canonical(envelope), headers=headers) as answer,
    ):
        raw = b""
        for part in answer.iter_bytes():
            raw += part
            if len(raw) > LARGEST:
                raise Failed("bad_receipt")
    if answer.status_code == HTTPStatus.FORBIDDEN:
        raise Failed("not_believed")
    if answer.status_code != HTTPStatus.OK:
        raise Failed("busy" if answer.status_code in _BUSY else "unreachable")
    return raw


_BUSY = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.BAD_GATEWAY)


def call(url: str, envelope: Mapping[str, Any], *, sign_public: bytes) -> dict[str, Any]:
    """Send an envelope; return the receipt, once it is sure that the neighbour signed it for just this."""
    try:
        raw = _posted(url, envelope)
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        raise Failed("unreachable") from None
    try:
        receipt = read(raw, RECEIPT)
        verify(receipt, sign_public, RECEIPT_CONTEXT)
    except Unbelievable:
        raise Failed("bad_receipt") from None
    bound = (receipt["id"], receipt["digest"], receipt["from"], receipt["to"])
    if bound != (envelope["id"], digest_of(envelope), envelope["to"], envelope["from"]):
        raise Failed("bad_receipt")
    return receipt
