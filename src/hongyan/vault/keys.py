"""Where do the keys come from?

A `KeyProvider` hands out sub-keys, never master secrets, so that a provider whose secrets live in a
hardware module can take the place of the one that reads the settings: name it in
`settings.HONGYAN_KEY_PROVIDER`.
"""

import secrets
from functools import cache, lru_cache
from typing import Protocol, cast

from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from hongyan.vault.profiles import Profile

MASTER_BYTES = 32


class UnknownKey(Exception):
    """No master secret has this key id: it was never here, or was taken away too early."""


class KeyProvider(Protocol):
    """Knows the keys of this installation."""

    def active(self) -> str:
        """Name the key new values are sealed and hashed with."""
        ...

    def ids(self) -> tuple[str, ...]:
        """Name every key that may still have sealed or hashed something, the active one first."""
        ...

    def subkey(self, key_id: str, *, profile: Profile, use: str, size: int) -> bytes:
        """Derive `size` bytes for one use, or raise UnknownKey."""
        ...


class SettingsKeys:
    """Derives from `HONGYAN_KEYS` (key id -> 64 hex digits) and `HONGYAN_ACTIVE_KEY`."""

    def active(self) -> str:
        """Name the active key."""
        key_id: str = settings.HONGYAN_ACTIVE_KEY
        return key_id

    def ids(self) -> tuple[str, ...]:
        """Name every key, the active one first."""
        active = self.active()
        return (active, *(key_id for key_id in settings.HONGYAN_KEYS if key_id != active))

    def subkey(self, key_id: str, *, profile: Profile, use: str, size: int) -> bytes:
        """Derive a sub-key with HKDF; derived once per process."""
        master: str | None = settings.HONGYAN_KEYS.get(key_id)
        if master is None:
            raise UnknownKey(key_id)
        return _derived(master, profile, use, size)


@lru_cache(maxsize=1024)
def _derived(master: str, profile: Profile, use: str, size: int) -> bytes:
    try:
        secret = bytes.fromhex(master)
    except ValueError:
        secret = b""
    if len(secret) != MASTER_BYTES:
        # The value itself must not reach a log.
        raise ImproperlyConfigured(
            f"every key in HONGYAN_KEYS must be {2 * MASTER_BYTES} hexadecimal digits"
        ) from None
    label = f"hongyan/1/{profile.name}/{use}".encode()
    return HKDF(algorithm=profile.derivation(), length=size, salt=None, info=label).derive(secret)


@cache
def _provider(path: str) -> KeyProvider:
    return cast(KeyProvider, import_string(path)())


def provider() -> KeyProvider:
    """Return the key provider this installation has chosen."""
    return _provider(settings.HONGYAN_KEY_PROVIDER)


def new_key() -> str:
    """Make a master secret: 64 hex digits for a new entry of HONGYAN_KEYS."""
    return secrets.token_hex(MASTER_BYTES)
