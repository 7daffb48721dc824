"""How is a stranger's file read so that, whatever is in it, this process takes no harm?

A child process of its own session gets the bytes on its standard input and answers in lines of JSON. It has
little memory, little time, no file to open, nothing of our environment, and its answer is cut at a limit.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from hongyan.documents.refusals import Why

ENTRY = Path(__file__).with_name("caged.py")
# How many files this process lets be read at once, and how long a further one waits for its turn.
AT_ONCE = 2
# No line of an answer that comes in pieces is longer.
LONGEST_LINE = 8_000_000
PATIENCE_SECONDS = 15.0
_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Bars:
    """How much one child may use."""

    memory: int
    cpu_seconds: int
    wall_seconds: float
    answer: int


class Broken(Exception):
    """The child did not come back with an answer; carries why."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def ask(program: str, content: bytes, question: dict[str, Any], bars: Bars) -> Iterator[dict[str, Any]]:
    """Let a caged child read the content; yield its lines, or raise Broken."""
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise Broken(Why.BUSY)
    try:
        answer = _run(program, content, question, bars)
    finally:
        _turns.release()
    lines = answer.split(b"\n")
    # The last line is empty when the child finished what it had to say.
    if len(lines) < 2 or lines[-1]:
        raise Broken(Why.OVERWHELMING)
    return map(_object, lines[:-1])


def _object(line: bytes) -> dict[str, Any]:
    """Believe nothing of the child but that it may answer in objects."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        raise Broken(Why.OVERWHELMING) from None
    if not isinstance(found, dict):
        raise Broken(Why.OVERWHELMING)
    return found


def stream(
    program: str, given: IO[bytes], question: dict[str, Any], bars: Bars
) -> Generator[dict[str, Any], None, None]:
    """Let a caged child read a file; yield its lines while it reads, or raise Broken; close it in the end."""
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise Broken(Why.BUSY)
    try:
        child = _started(program, given, question, bars)
        late = threading.Timer(bars.wall_seconds, child.kill)
        late.start()
        try:
            yield from _said(child, bars.answer)
        finally:
            late.cancel()
            child.kill()
            child.wait()
            if child.stdout:
                child.stdout.close()
    finally:
        _turns.release()


def _said(child: "subprocess.Popen[bytes]", most: int) -> Iterator[dict[str, Any]]:
    """Yield what a child says line by line, up to the limit, and see it end well."""
    said = 0
    while child.stdout and (line := child.stdout.readline(LONGEST_LINE)):
        said += len(line)
        if said > most or not line.endswith(b"\n"):
            raise Broken(Why.OVERWHELMING)
        yield _object(line)
    ended = child.wait()
    if ended:
        # 1: not killed and not starved, the program met something it has no name for.
        raise Broken(Why.DAMAGED if ended == 1 else Why.OVERWHELMING)


def _started(
    program: str, given: IO[bytes], question: dict[str, Any], bars: Bars
) -> "subprocess.Popen[bytes]":
    """Start the child with the file as its standard input."""
    words = [program, str(bars.memory), str(bars.cpu_seconds), json.dumps(question)]
    return subprocess.Popen(
        [sys.executable, "-I", "-B", str(ENTRY), *words],
        stdin=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},
        start_new_session=True,
    )


def in_memory(content: bytes) -> IO[bytes]:
    """Make a file of bytes in memory, not in a folder: what somebody uploads never lies on a disk."""
    given = os.fdopen(os.memfd_create("caged"), "wb+")
    given.write(content)
    given.seek(0)
    return given


def _run(program: str, content: bytes, question: dict[str, Any], bars: Bars) -> bytes:
    """Start the child, give it the bytes, take its answer up to the limit, and see it end."""
    with in_memory(content) as given:
        child = _started(program, given, question, bars)
    late = threading.Timer(bars.wall_seconds, child.kill)
    late.start()
    try:
        answer = _taken(child.stdout, bars.answer)
        if len(answer) > bars.answer:
            child.kill()
        ended = child.wait()
    finally:
        late.cancel()
    if ended == 1 and len(answer) <= bars.answer:
        # Not killed and not starved: the program met something it has no name for.
        raise Broken(Why.DAMAGED)
    if ended != 0 or len(answer) > bars.answer:
        raise Broken(Why.OVERWHELMING)
    return answer


def _taken(pipe: IO[bytes] | None, most: int) -> bytes:
    """Read until the child closes its side, or one byte more than it may say."""
    if pipe is None:
        return b""
    with pipe:
        return pipe.read(most + 1)
