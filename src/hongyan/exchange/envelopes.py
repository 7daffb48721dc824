"""What does a message between two installations look like, and how is it signed, sealed and believed?

Knows keys and bytes only: no database, no clock, no wire. docs/exchange.md draws the format.
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = 1
KEY, NONCE = 32, 12
# What is fixed when a message is written: a second try says the same, whenever it is made.
FIXED = ("v", "id", "from", "to", "kind", "about", "number", "made", "key", "body")
HEADER = FIXED[:-1]
ENVELOPE = frozenset({*FIXED, "at", "signature"})
RECEIPT = frozenset({"v", "id", "from", "to", "digest", "outcome", "why", "body", "at", "signature"})
# A signature for one purpose must never pass for another.
MESSAGE_CONTEXT, RECEIPT_CONTEXT = b"hongyan/exchange/1/message\n", b"hongyan/exchange/1/receipt\n"
_SEAL = b"hongyan/exchange/1/body"


class Unbelievable(Exception):
    """What came is not what it says it is; who sent it learns no more than that."""


@dataclass(frozen=True)
class Pair:
    """The private halves of one installation: what it signs with, and what opens what is written to it."""

    sign: bytes
    box: bytes

    @classmethod
    def new(cls) -> "Pair":
        """Draw both."""
        return cls(
            Ed25519PrivateKey.generate().private_bytes_raw(), X25519PrivateKey.generate().private_bytes_raw()
        )

    @property
    def sign_public(self) -> bytes:
        """Return what others verify with."""
        return Ed25519PrivateKey.from_private_bytes(self.sign).public_key().public_bytes_raw()

    @property
    def box_public(self) -> bytes:
        """Return what others seal to."""
        return X25519PrivateKey.from_private_bytes(self.box).public_key().public_bytes_raw()


def encoded(raw: bytes) -> str:
    """Write bytes as text."""
    return base64.b64encode(raw).decode()


def decoded(text: object, size: int = 0) -> bytes:
    """Read bytes from text, or raise Unbelievable."""
    try:
        raw = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        raw = b""
    if not raw or size and len(raw) != size:
        raise Unbelievable("not the bytes it should be")
    return raw


def canonical(fields: Mapping[str, Any]) -> bytes:
    """Write fields in the one way in which both sides write them."""
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(code: str, sign_public: bytes, box_public: bytes) -> str:
    """Write in six groups, to be read out over the telephone, whose keys these are."""
    name = code.encode()
    told = hashlib.sha256(b"hongyan/exchange/1/card\n" + bytes([len(name)]) + name + sign_public + box_public)
    digits = told.hexdigest()[:24].upper()
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def key_name(box_public: bytes) -> str:
    """Name the key a body is sealed to, so that a renewed one does not hide the old."""
    return hashlib.sha256(box_public).hexdigest()[:16]


def digest_of(envelope: Mapping[str, Any]) -> str:
    """Return what two tries of the same message have in common."""
    return hashlib.sha256(canonical({name: envelope[name] for name in FIXED})).hexdigest()


def _shared(private: X25519PrivateKey, public: bytes, ephemeral: bytes, box_public: bytes) -> AESGCM:
    try:
        agreed = private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Unbelievable("not a key of that curve") from None
    info = _SEAL + ephemeral + box_public
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY, salt=None, info=info).derive(agreed))


def seal_body(body: Mapping[str, Any], header: Mapping[str, Any], box_public: bytes) -> str:
    """Seal a body for the holder of a box key alone, bound to the header it travels under."""
    private, nonce = X25519PrivateKey.generate(), os.urandom(NONCE)
    ephemeral = private.public_key().public_bytes_raw()
    cipher = _shared(private, box_public, ephemeral, box_public)
    return encoded(ephemeral + nonce + cipher.encrypt(nonce, canonical(body), canonical(header)))


def open_body(text: object, header: Mapping[str, Any], box: bytes) -> dict[str, Any]:
    """Open a body that was sealed to us under this header, or raise Unbelievable."""
    raw, private = decoded(text), X25519PrivateKey.from_private_bytes(box)
    ephemeral, nonce, sealed = raw[:KEY], raw[KEY : KEY + NONCE], raw[KEY + NONCE :]
    if len(sealed) < 16:
        raise Unbelievable("the body is cut short")
    public = private.public_key().public_bytes_raw()
    try:
        opened = json.loads(
            _shared(private, ephemeral, ephemeral, public).decrypt(nonce, sealed, canonical(header))
        )
    except (InvalidTag, ValueError):
        raise Unbelievable("the body was not sealed to us under this header") from None
    if not isinstance(opened, dict):
        raise Unbelievable("the body is not an object")
    return opened


def written(header: Mapping[str, Any], body: Mapping[str, Any], box_public: bytes) -> dict[str, Any]:
    """Write the fixed part of a message; `signed` makes an envelope of it for one try."""
    head = {"v": VERSION, "key": key_name(box_public), **header}
    return {**head, "body": seal_body(body, head, box_public)}


def _signature(fields: Mapping[str, Any], sign: bytes, context: bytes) -> str:
    return encoded(Ed25519PrivateKey.from_private_bytes(sign).sign(context + canonical(fields)))


def signed(
    fixed: Mapping[str, Any], at: str, sign: bytes, context: bytes = MESSAGE_CONTEXT
) -> dict[str, Any]:
    """Sign a message, or a receipt, for one moment."""
    fields = {**fixed, "at": at}
    return {**fields, "signature": _signature(fields, sign, context)}


def verify(fields: Mapping[str, Any], sign_public: bytes, context: bytes = MESSAGE_CONTEXT) -> None:
    """Raise Unbelievable unless the holder of this key has signed just these fields for this purpose."""
    unsigned = {name: value for name, value in fields.items() if name != "signature"}
    try:
        key = Ed25519PublicKey.from_public_bytes(sign_public)
        key.verify(decoded(fields.get("signature"), 64), context + canonical(unsigned))
    except (InvalidSignature, ValueError):
        raise Unbelievable("the signature is not theirs") from None


def read(raw: bytes, names: frozenset[str]) -> dict[str, Any]:
    """Read an envelope or a receipt: exactly these fields, each a text but for the two numbers."""
    try:
        fields = json.loads(raw)
    except (ValueError, RecursionError):
        raise Unbelievable("not JSON") from None
    if not isinstance(fields, dict) or fields.keys() != names:
        raise Unbelievable("not the fields it should have")
    for name, value in fields.items():
        kind = int if name in ("v", "number") else str
        # What cannot be printed no database keeps either: asked before anybody's row is looked for.
        if type(value) is not kind or (type(value) is str and not value.isprintable()):
            raise Unbelievable("a field of another kind")
    if fields["v"] != VERSION:
        raise Unbelievable("of another version")
    return fields
