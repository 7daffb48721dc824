"""How is a personal value shown to somebody who need not read it, and how is one recognised?

Only the last four of a number stay: the usual first-six + last-four mask of an ID number leaves a few
dozen candidates. Pure.
"""

import re
from functools import cache
from pathlib import Path

VISIBLE = 4
LABELS = {"someone": "某"}

# Digits that stand alone: the parts of a UUID or of a longer code are no phone number.
_PHONE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?1\d{2}[ -]?\d{4}[ -]?\d{4}(?![0-9A-Za-z])")
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[0-9Xx](?![0-9A-Za-z])")


def _mask_number(number: str) -> str:
    # A number hardly longer than what stays visible is hidden whole.
    if len(number) < 2 * VISIBLE:
        return "*" * len(number)
    return "*" * (len(number) - VISIBLE) + number[-VISIBLE:]


def mask_phone(phone: str) -> str:
    """Hide all but the last four digits of a phone number."""
    return _mask_number(phone.strip())


def mask_id_number(number: str) -> str:
    """Hide all but the last four characters of an ID number."""
    return _mask_number(number.strip())


@cache
def _double_surnames() -> frozenset[str]:
    text = (Path(__file__).parent / "double_surnames.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def mask_name(name: str) -> str:
    """Hide the middle of a name: two characters keep the surname, three or more also the last one."""
    name = name.strip()
    if not name:
        return ""
    surname = name[:2] if len(name) > 2 and name[:2] in _double_surnames() else name[:1]
    given = name[len(surname) :]
    return surname + LABELS["someone"] + (given[-1] if len(given) > 1 else "")


def personal_number(text: str) -> str | None:
    """Name the kind of personal number found in `text` ("phone", "id_number"), or None."""
    if _ID_NUMBER.search(text):
        return "id_number"
    if _PHONE.search(text):
        return "phone"
    return None
