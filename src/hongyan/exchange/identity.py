"""Who is this installation to others, and how does a card of a neighbour read?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from hongyan.exchange.envelopes import Pair, Unbelievable, decoded, fingerprint
from hongyan.exchange.models import Identity, Peer
from hongyan.exchange.refusals import Refused, Why, refuse
from hongyan.vault.sealing import seal, unseal

SIGN, BOX = "exchange_identity.sign", "exchange_identity.box"
KEY = 32
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Own:
    """This installation's name among others and the keys it uses now."""

    code: str
    name: str
    pair: Pair


@dataclass(frozen=True)
class Card:
    """What an installation says of itself."""

    code: str
    name: str
    url: str
    sign_public: str
    box_public: str

    @property
    def fingerprint(self) -> str:
        """Return what both sides compare over the telephone."""
        return fingerprint(self.code, decoded(self.sign_public, KEY), decoded(self.box_public, KEY))

    def printed(self) -> dict[str, str]:
        """Return the card as it is handed on."""
        return {
            "hongyan_exchange": "1",
            "code": self.code,
            "name": self.name,
            "url": self.url,
            "sign": self.sign_public,
            "box": self.box_public,
            "fingerprint": self.fingerprint,
        }


def sealed_halves(pair: Pair, uid: str) -> tuple[bytes, bytes]:
    """Seal both private halves: what signs, and what opens."""
    return seal(pair.sign.hex(), place=SIGN, row=uid), seal(pair.box.hex(), place=BOX, row=uid)


def _sign_of(row: Identity) -> bytes:
    return bytes.fromhex(unseal(bytes(row.sign_sealed), place=SIGN, row=row.uid))


def _box_of(row: Identity) -> bytes:
    return bytes.fromhex(unseal(bytes(row.box_sealed), place=BOX, row=row.uid))


def latest() -> Identity | None:
    """Read the row that signs now."""
    return Identity.objects.order_by("-pk").first()


def own() -> Own:
    """Return who we are, or refuse when no keys were made yet."""
    row = latest()
    if row is None:
        raise Refused(refuse(Why.NO_KEYS))
    return Own(row.code, row.name, Pair(_sign_of(row), _box_of(row)))


def box_named(name: str) -> bytes:
    """Return the private half of the key a body was sealed to; those renewed meanwhile still open."""
    row = Identity.objects.filter(box_name=name).first()
    if row is None:
        raise Unbelievable("sealed to a key that is not ours")
    return _box_of(row)


def own_card() -> Card:
    """Return our card."""
    row = latest()
    if row is None:
        raise Refused(refuse(Why.NO_KEYS))
    return Card(row.code, row.name, settings.PUBLIC_URL.rstrip("/"), row.sign_public, row.box_public)


def card_of(peer: Peer) -> Card:
    """Return the card by which we know a neighbour."""
    return Card(peer.code, peer.name, peer.url, peer.sign_public, peer.box_public)


def is_secure(url: str) -> bool:
    """Tell whether messages may go there: HTTPS; beside a trial also this very machine."""
    parts = urlsplit(url)
    plain = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password)
    if not plain or not parts.hostname:
        return False
    nearby = not settings.PRODUCTION and parts.scheme == "http" and parts.hostname in LOOPBACK
    return parts.scheme == "https" or nearby


def read_card(text: str) -> Card:
    """Read a card that somebody pasted, or refuse it; a fingerprint on it must be its own."""
    try:
        fields = json.loads(text)
        card = _card(fields)
        told = fields.get("fingerprint", card.fingerprint)
        whole = told == card.fingerprint
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError, Unbelievable):
        whole = False
    if not whole:
        raise Refused(refuse(Why.CARD_UNREADABLE))
    if not is_secure(card.url):
        raise Refused(refuse(Why.ADDRESS_INSECURE))
    return card


def _card(fields: Mapping[str, Any]) -> Card:
    card = Card(fields["code"], fields["name"], fields["url"].rstrip("/"), fields["sign"], fields["box"])
    longest = ((card.code, 30), (card.name, 60), (card.url, 200))
    if not all(text.strip() and text.isprintable() and len(text) <= most for text, most in longest):
        raise ValueError(card.code)
    return card
