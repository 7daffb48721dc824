"""What runs inside the cage: lower the bars, then read what comes in with the program asked for."""

import importlib
import json
import os
import resource
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# Everything a program needs is loaded before the bars are down: afterwards no file can be opened.
PROGRAMS = {
    "sheet": "hongyan.documents.parsing",
    "roll": "hongyan.documents.rolling",
    "photo": "hongyan.documents.picturing",
}
EVER_OPEN = 3


def lower(memory: int, cpu_seconds: int) -> None:
    """Give up memory, time, files, sockets, children and core dumps for good."""
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: EVER_OPEN,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))


def answer(lines: Iterable[dict[str, Any]]) -> None:
    """Write the answer to standard output."""
    out = sys.stdout.buffer
    for line in lines:
        out.write(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    out.flush()


def main(arguments: list[str]) -> None:
    """Read one file; a program that breaks ends this process without a word more."""
    program, memory, cpu_seconds, question = arguments
    # Isolated mode knows no path of ours: the package lies two folders up.
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    module = importlib.import_module(PROGRAMS[program])
    lower(int(memory), int(cpu_seconds))
    answer(module.read(sys.stdin.buffer.read(), **json.loads(question)))
    # No tidying up in a process that has eaten something strange.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
