"""How is a personal value stored so that only this installation can read it, and found without being read?

Envelope: version (1 byte) · profile (1) · length of the key id (1) · key id (ascii) · nonce (12) ·
ciphertext and tag. Header, place and row are authenticated: a value copied to another row, column or key
id does not open.
"""

import os
from collections.abc import Callable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from hongyan.vault.keys import UnknownKey, provider
from hongyan.vault.profiles import BY_CODE, NONCE_BYTES, PROFILES, TAG_BYTES, Aead, Profile

VERSION = 1
FIXED_HEADER = 3


class Unsealable(Exception):
    """These bytes do not open here: tampered with, moved from another place, or their key is missing."""


def active_profile() -> Profile:
    """Return the profile new values are sealed and hashed with."""
    name = settings.HONGYAN_CRYPTO_PROFILE
    if name not in PROFILES:
        raise ImproperlyConfigured(f"HONGYAN_CRYPTO_PROFILE must be one of {sorted(PROFILES)}")
    return PROFILES[name]


@lru_cache(maxsize=1024)
def _cipher(profile: Profile, subkey: bytes) -> Aead:
    return profile.cipher(subkey)


@lru_cache(maxsize=256)
def _mac(profile: Profile, subkey: bytes) -> Callable[[bytes], bytes]:
    return profile.mac(subkey)


@lru_cache(maxsize=256)
def header_of(profile: Profile, key_id: str) -> bytes:
    """Return the bytes with which everything begins that was sealed with a key under a profile."""
    name = key_id.encode("ascii")
    if not 1 <= len(name) <= 255:
        raise ImproperlyConfigured("a key id is 1 to 255 ascii characters")
    return bytes((VERSION, profile.code, len(name))) + name


@lru_cache(maxsize=1024)
def _place(place: str) -> bytes:
    """Write a place with its length, which keeps ("a", "bc") apart from ("ab", "c")."""
    where = place.encode()
    return len(where).to_bytes(2, "big") + where


def _aead(profile: Profile, key_id: str, place: str) -> Aead:
    # One sub-key per column: no key ever meets its limit of random nonces.
    return _cipher(
        profile, provider().subkey(key_id, profile=profile, use=f"seal:{place}", size=profile.key_bytes)
    )


def seal(text: str, *, place: str, row: str) -> bytes:
    """Encrypt `text` for one row (`row` = its uid) of one column (`place` = "table.column")."""
    profile, key_id = active_profile(), provider().active()
    header = header_of(profile, key_id)
    nonce = os.urandom(NONCE_BYTES)
    return (
        header
        + nonce
        + _aead(profile, key_id, place).encrypt(nonce, text.encode(), header + _place(place) + row.encode())
    )


def sealer(place: str) -> Callable[[str, str], bytes]:
    """Return what seals (text, row) for one column: for many rows in one go, the key looked up once."""
    profile, key_id = active_profile(), provider().active()
    header = header_of(profile, key_id)
    encrypt, bound, random = _aead(profile, key_id, place).encrypt, header + _place(place), os.urandom

    def one(text: str, row: str) -> bytes:
        nonce = random(NONCE_BYTES)
        return header + nonce + encrypt(nonce, text.encode(), bound + row.encode())

    return one


def _opened(sealed: bytes) -> tuple[Profile, str, int]:
    """Read an envelope's header: profile, key id and where the nonce starts."""
    if len(sealed) < FIXED_HEADER or sealed[0] != VERSION or sealed[1] not in BY_CODE:
        raise Unsealable("not an envelope of a version known here")
    start = FIXED_HEADER + sealed[2]
    if len(sealed) < start + NONCE_BYTES + TAG_BYTES:
        raise Unsealable("the envelope is cut short")
    try:
        return BY_CODE[sealed[1]], sealed[FIXED_HEADER:start].decode("ascii"), start
    except UnicodeDecodeError:
        raise Unsealable("the key id is not readable") from None


def unseal(sealed: bytes | memoryview, *, place: str, row: str) -> str:
    """Decrypt what `seal` made for the same place and row, or raise Unsealable."""
    raw = bytes(sealed)
    profile, key_id, start = _opened(raw)
    body = start + NONCE_BYTES
    try:
        plain = _aead(profile, key_id, place).decrypt(
            raw[start:body], raw[body:], raw[:start] + _place(place) + row.encode()
        )
    except UnknownKey:
        raise Unsealable(f"the key {key_id!r} is not among HONGYAN_KEYS") from None
    except InvalidTag:
        raise Unsealable(f"the value does not belong to this row of {place}, or was changed") from None
    return plain.decode()


def sealed_with(sealed: bytes | memoryview) -> tuple[str, str]:
    """Say with which (profile name, key id) a value was sealed: what a rotation still has to renew."""
    profile, key_id, _ = _opened(bytes(sealed))
    return profile.name, key_id


def _hashed(text: str, purpose: str, profile: Profile, key_id: str) -> str:
    subkey = provider().subkey(key_id, profile=profile, use=f"hash:{purpose}", size=32)
    return _mac(profile, subkey)(text.encode()).hex()


def keyed_hash(text: str, *, purpose: str) -> str:
    """Hash `text` for look-up: 64 hex digits under the active key and profile; normalise before."""
    return _hashed(text, purpose, active_profile(), provider().active())


def hasher(purpose: str, *, few: bool = False) -> Callable[[str], str]:
    """Return what hashes a text for look-up as `keyed_hash` does: for many in one go.

    With `few` each text is hashed once and remembered: for a purpose that knows ten thousand at most.
    """
    profile = active_profile()
    subkey = provider().subkey(provider().active(), profile=profile, use=f"hash:{purpose}", size=32)
    if few:
        return _remembering(profile, subkey)
    mac = _mac(profile, subkey)
    return lambda text: mac(text.encode()).hex()


@lru_cache(maxsize=16)
def _remembering(profile: Profile, subkey: bytes) -> Callable[[str], str]:
    mac = _mac(profile, subkey)
    return lru_cache(maxsize=10_000)(lambda text: mac(text.encode()).hex())


def keyed_hashes(text: str, *, purpose: str) -> list[str]:
    """List every hash `text` may be stored under while keys or profile change; the active one first."""
    first = active_profile()
    profiles = [first, *(profile for profile in PROFILES.values() if profile is not first)]
    return [_hashed(text, purpose, profile, key_id) for profile in profiles for key_id in provider().ids()]
