"""Where do sealed values lie: which columns of which app, bound to what, and found by which hash?

An app that seals something says so in its module `sealed_columns`; a rotation renews what is listed, and a
test finds whatever is sealed and not listed.
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps

from hongyan.vault.profiles import PROFILES, Profile
from hongyan.vault.sealing import header_of


@dataclass(frozen=True)
class SealedColumn:
    """One column of sealed values; `row` names the column each value is bound to."""

    table: str
    column: str
    place: str
    row: str
    # Where the same value lies hashed for look-up, and for which purpose.
    hashed: str = ""
    purpose: str = ""
    # What else is worked out from the value with a key: its column, and how.
    derived: tuple[tuple[str, Callable[[str], Any]], ...] = ()

    @property
    def name(self) -> str:
        """Name the column as a log may say it."""
        return f"{self.table}.{self.column}"

    def sealed_with(self, profile: Profile, key_id: str) -> tuple[str, list[Any]]:
        """Write the condition that a row of this column was sealed with a key under a profile."""
        header = header_of(profile, key_id)
        return f"substr({self.column}, 1, {len(header)}) = %s", [header]


@dataclass(frozen=True)
class SealedTexts(SealedColumn):
    """A column of JSON in which some of the texts are sealed values, written as hex or base64."""

    written: str = "hex"
    # All rows bound to one word instead of to a column.
    bound_to: str = ""

    def sealed_with(self, profile: Profile, key_id: str) -> tuple[str, list[Any]]:
        """Write the condition that a text in this column was sealed with a key under a profile."""
        header = header_of(profile, key_id)
        # Of base64 the last sign already depends on what follows.
        start = header.hex() if self.written == "hex" else _base64(header)[: len(header) * 8 // 6]
        return f"CAST({self.column} AS text) LIKE %s", [f'%"{start}%']

    def decoded(self, text: str) -> bytes:
        """Read a text as bytes; nothing when it is not written so."""
        try:
            return bytes.fromhex(text) if self.written == "hex" else base64.b64decode(text, validate=True)
        except ValueError:
            return b""

    def encoded(self, sealed: bytes) -> str:
        """Write sealed bytes as text."""
        return sealed.hex() if self.written == "hex" else _base64(sealed)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@cache
def sealed_columns() -> tuple[SealedColumn, ...]:
    """List every column of the installation that holds sealed values."""
    found: list[SealedColumn] = []
    for app in apps.get_app_configs():
        name = f"{app.name}.sealed_columns"
        if app.name.startswith("hongyan.") and find_spec(name):
            found += import_module(name).SEALED
    return tuple(found)


def other_pairs(profile: str, key_id: str, known: tuple[str, ...]) -> Iterator[tuple[Profile, str]]:
    """Go through every profile with every known key, but for one pair."""
    for other in PROFILES.values():
        for other_id in known:
            if (other.name, other_id) != (profile, key_id):
                yield other, other_id
