"""Which algorithms does a crypto profile stand for?

`std` is AES-256-GCM with SHA-256, `gm` the national suite: SM4-GCM with SM3. Pure: no settings, no keys.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

NONCE_BYTES = 12
TAG_BYTES = 16
# What SHA-256 takes in at a time.
BLOCK_BYTES = 64


class Aead(Protocol):
    """Encrypts and authenticates; raises cryptography's InvalidTag on anything altered."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """Return ciphertext and tag."""
        ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """Return the plain bytes."""
        ...


class Sm4Gcm:
    """SM4 in GCM mode with the shape of cryptography's AESGCM, which has no SM4 sibling."""

    def __init__(self, key: bytes) -> None:
        """Hold the algorithm with its 16-byte key."""
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """Return ciphertext and tag."""
        context = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        context.authenticate_additional_data(associated_data)
        return context.update(data) + context.finalize() + context.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """Return the plain bytes; nothing is returned before the tag has been checked."""
        if len(data) < TAG_BYTES:
            raise InvalidTag
        context = Cipher(self._algorithm, modes.GCM(nonce, data[-TAG_BYTES:])).decryptor()
        context.authenticate_additional_data(associated_data)
        return context.update(data[:-TAG_BYTES]) + context.finalize()


def _hmac_sha256(key: bytes) -> Callable[[bytes], bytes]:
    # The two padded keys of RFC 2104, digested once: what is left of a call is half as long as `hmac.digest`.
    padded = (key if len(key) <= BLOCK_BYTES else hashlib.sha256(key).digest()).ljust(BLOCK_BYTES, b"\0")
    inside, outside = (hashlib.sha256(bytes(byte ^ pad for byte in padded)) for pad in (0x36, 0x5C))

    def digest(message: bytes) -> bytes:
        inner, outer = inside.copy(), outside.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()

    return digest


def _hmac_sm3(key: bytes) -> Callable[[bytes], bytes]:
    keyed = HMAC(key, hashes.SM3())  # noqa: S303 -- SM3 is the national standard, not a broken digest

    def digest(message: bytes) -> bytes:
        # A copy of the keyed state saves the two key blocks on every call.
        context = keyed.copy()
        context.update(message)
        return context.finalize()

    return digest


# Compared by identity: hashing every field on each look-up of a cached key costs half of a seal.
@dataclass(frozen=True, eq=False)
class Profile:
    """One suite of algorithms; `code` is its byte in the envelope and never changes."""

    name: str
    code: int
    key_bytes: int
    derivation: Callable[[], hashes.HashAlgorithm]
    cipher: Callable[[bytes], Aead]
    mac: Callable[[bytes], Callable[[bytes], bytes]]


STD = Profile("std", 1, 32, hashes.SHA256, AESGCM, _hmac_sha256)
GM = Profile("gm", 2, 16, hashes.SM3, Sm4Gcm, _hmac_sm3)
PROFILES = {profile.name: profile for profile in (STD, GM)}
BY_CODE = {profile.code: profile for profile in (STD, GM)}
