"""Which parameters do the pages read: every name, found in the source, so that a new one is attacked by itself?"""

import ast
from collections.abc import Iterator
from pathlib import Path

import hongyan.web

READ = {"get", "getlist", "pop"}
# Names by which frameworks and habits send somebody on.
ONWARD = (
    "next",
    "return",
    "return_to",
    "redirect",
    "redirect_to",
    "url",
    "back",
    "goto",
    "continue",
    "to",
    "r",
)


def _calls() -> Iterator[ast.Call]:
    for path in sorted(Path(hongyan.web.__file__).parent.rglob("*.py")):
        yield from (
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call)
        )


def parameters() -> tuple[str, ...]:
    """List every name that some code under web reads out of a mapping, or gives a form's field."""
    found = set(ONWARD)
    for call in _calls():
        reads = isinstance(call.func, ast.Attribute) and call.func.attr in READ
        first = call.args[0] if call.args else None
        if (
            reads
            and isinstance(first, ast.Constant)
            and isinstance(first.value, str)
            and first.value.isidentifier()
        ):
            found.add(first.value)
    return tuple(sorted(found))
