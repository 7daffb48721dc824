"""How are the rows of an export sealed while they wait?"""

import json
from typing import Any

from hongyan.members.actions import Numbers
from hongyan.roster.models import Chunk, Merge
from hongyan.vault.sealing import seal, unseal

ACCEPTED = "roster_chunk.accepted"
REJECTED = "roster_chunk.rejected"
ROWS = {place: place for place in (ACCEPTED, REJECTED)}
MERGED_PHONE = "roster_merge.phone"
MERGED_NUMBER = "roster_merge.number"


def sealed_rows(rows: list[Any], place: str, uid: str) -> bytes:
    """Seal rows for the chunk with this uid; nothing when there is none."""
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return seal(text, place=ROWS[place], row=uid) if rows else b""


def accepted_of(chunk: Chunk) -> list[Any]:
    """Open the rows of a chunk that were taken: [kind, member, number, person, changed fields]."""
    return _opened(bytes(chunk.accepted_sealed), ACCEPTED, chunk.uid)


def rejected_of(chunk: Chunk) -> list[Any]:
    """Open the rows of a chunk that were not: [number, name, problems]."""
    return _opened(bytes(chunk.rejected_sealed), REJECTED, chunk.uid)


def _opened(sealed: bytes, place: str, uid: str) -> list[Any]:
    rows: list[Any] = json.loads(unseal(sealed, place=place, row=uid)) if sealed else []
    return rows


def sealed_numbers(numbers: Numbers, uid: str) -> tuple[bytes, bytes]:
    """Seal what identified an absorbed row, for the merging with this uid."""
    phone = seal(numbers.phone, place=MERGED_PHONE, row=uid) if numbers.phone else b""
    return phone, seal(numbers.id_number, place=MERGED_NUMBER, row=uid)


def opened_numbers(merge: Merge) -> Numbers:
    """Open what identified an absorbed row."""
    phone = bytes(merge.phone_sealed)
    return Numbers(
        unseal(phone, place=MERGED_PHONE, row=merge.uid) if phone else "",
        unseal(bytes(merge.number_sealed), place=MERGED_NUMBER, row=merge.uid),
    )
