"""Where do the heads of the chain go, so that not even who holds database and key can rewrite what was?

Each head is appended to a file beside the database. It proves something to the degree that its copies lie
where the database's administrator cannot write: docs/audit.md says how to take them there.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings

from hongyan.audit.models import Seal, Stream

# Enough to hold the newest lines of both streams.
TAIL = 64 * 1024
MANY = 1000


def path() -> Path:
    """Name this installation's file of heads."""
    named: Path = settings.HONGYAN_AUDIT_HEADS
    return named


def as_line(seal: Seal) -> str:
    """Write one head as a line of JSON."""
    facts = {name: getattr(seal, name) for name in ("stream", "number", "first_id", "last_id", "rows")}
    facts |= {"head": seal.head, "profile": seal.profile, "key_id": seal.key_id}
    return json.dumps({**facts, "sealed_at": seal.sealed_at.isoformat()}, separators=(",", ":"))


def read_line(line: bytes) -> tuple[str, int, str] | None:
    """Read stream, number and head from a line, or None when it holds no head."""
    try:
        facts: Any = json.loads(line)
        stream, number, head = facts["stream"], facts["number"], facts["head"]
    except (ValueError, TypeError, KeyError):
        return None
    known = stream in Stream.values and type(number) is int and isinstance(head, str)
    return (stream, number, head) if known else None


def newest(stream: Stream, many: int) -> list[Seal]:
    """Fetch the newest seals of a stream, the last one first."""
    return list(Seal.objects.filter(stream=stream).order_by("-number")[:many])


def exported(source: Path) -> dict[str, int]:
    """Read which number of each stream the file ends with."""
    with source.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL))
        # The first line of the tail may be half a one, which reads as none.
        found = _last_numbers(file)
        if len(found) < len(Stream) and size > TAIL:
            file.seek(0)
            found = _last_numbers(file)
    return found


def _last_numbers(lines: Iterator[bytes] | Any) -> dict[str, int]:
    found = {}
    for line in lines:
        if read := read_line(line):
            found[read[0]] = read[1]
    return found


def export() -> int:
    """Append every head the file lacks, also after a crash between sealing and writing; return how many."""
    target = path()
    file = os.open(target, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        known = exported(target)
        size, written = os.fstat(file).st_size, 0
        # A line torn by a crash must not swallow the next one.
        if size and os.pread(file, 1, size - 1) != b"\n":
            os.write(file, b"\n")
        for lines in chain.from_iterable(_missing(stream, known.get(stream, 0)) for stream in Stream):
            os.write(file, "".join(f"{line}\n" for line in lines).encode())
            written += len(lines)
        if written:
            os.fsync(file)
        return written
    finally:
        os.close(file)


def _missing(stream: Stream, number: int) -> Iterator[list[str]]:
    """Yield the lines of all seals after this number, some at a time."""
    while seals := list(Seal.objects.filter(stream=stream, number__gt=number).order_by("number")[:MANY]):
        yield [as_line(seal) for seal in seals]
        number = seals[-1].number
