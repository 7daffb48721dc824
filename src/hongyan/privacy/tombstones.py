"""Who was erased, as told by a file that lies outside the database?

A backup from before an erasure brings the person back. The file does not come back with it: it is
appended to, one keyed hash a line, and read at every start.
"""

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from hongyan.vault.sealing import keyed_hash, keyed_hashes

PURPOSE = "tombstone"


def path() -> Path:
    """Return where the file lies."""
    return Path(settings.HONGYAN_TOMBSTONES)


def digest_of(uid: str) -> str:
    """Hash the opaque name of a member's row under the active key."""
    return keyed_hash(uid, purpose=PURPOSE)


def digests_of(uid: str) -> list[str]:
    """List every hash this row may have been erased under, while keys change."""
    return keyed_hashes(uid, purpose=PURPOSE)


def listed() -> set[str]:
    """Read the file; a line cut short by a failing machine is no line."""
    try:
        lines = path().read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return set()
    found = set()
    for line in lines:
        try:
            found.add(str(json.loads(line)["digest"]))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def append(digests: Iterable[str], at: datetime) -> None:
    """Add lines that are on the disk when this returns."""
    lines = [json.dumps({"digest": digest, "erased_at": at.isoformat()}) + "\n" for digest in digests]
    if not lines:
        return
    path().parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # One write: lines of two processes do not mix. It begins with an end, in case the last line has none.
        os.write(file, ("\n" + "".join(lines)).encode())
        os.fsync(file)
    finally:
        os.close(file)
