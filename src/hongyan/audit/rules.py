"""May this be remembered, or is it a personal value that has no place in the audit?"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hongyan.vault.redaction import personal_number

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_DECIMAL = re.compile(r"(?<![\d.])-?\d{1,3}\.\d{3,}(?![\d.])")
_REFERENCE = re.compile(r"[a-z][a-z_]*:[A-Za-z0-9_.\-]+")
_CODE = re.compile(r"[a-z][a-z0-9_.\-]*")


class PersonalValue(ValueError):
    """A caller tried to write a person's data, or words, where only ids and codes belong."""


def _why_personal(value: object) -> str | None:
    """Name what makes one scalar unfit for the audit, or None."""
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int | str):
        text = str(value)
        if _HAN.search(text):
            return "words"
        if isinstance(value, str) and _DECIMAL.search(text):
            return "coordinate"
        return personal_number(text)
    # A float is a measurement, most likely of where somebody is; other types are no ids.
    return type(value).__name__


def _scalars(value: object, path: str) -> Iterator[tuple[str, object]]:
    """Walk keys and values of nested JSON with the path to each."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield f"{path} (a key)", key
            yield from _scalars(item, f"{path}.{key}" if _CODE.fullmatch(str(key)) else f"{path}.?")
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _scalars(item, f"{path}[]")
    else:
        yield path, value


def refuse_personal(details: Mapping[str, Any]) -> None:
    """Raise PersonalValue when `details` hold anything but ids and codes; never repeat the value."""
    for path, value in _scalars(details, "details"):
        found = _why_personal(value)
        if found:
            raise PersonalValue(
                f"{path} looks like personal data ({found}); the audit holds ids and codes only"
            )


def refuse_bad_reference(name: str, value: str) -> None:
    """Raise PersonalValue unless `value` reads like "journey:5" and hides no number of a person."""
    if not _REFERENCE.fullmatch(value) or personal_number(value.partition(":")[2]):
        raise PersonalValue(f"{name} must be a reference such as 'member:5'")


def refuse_bad_code(name: str, value: str) -> None:
    """Raise PersonalValue unless `value` is a code such as "check_in"."""
    if not _CODE.fullmatch(value):
        raise PersonalValue(f"{name} must be a code such as 'check_in'")


def details_text(details: Mapping[str, Any] | None) -> str:
    """Check details and write them as compact JSON, ready for a raw INSERT into audit_entry."""
    if not details:
        return "{}"
    refuse_personal(details)
    return json.dumps(details, separators=(",", ":"), sort_keys=True)
