"""Which sources do the conventions judge, and how is one read?"""

import ast
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent.parent
BINARY = {".png", ".jpg", ".webp", ".ico", ".woff2", ".xz", ".gz", ".zst", ".npz", ".npy", ".bin", ".xlsx"}


@dataclass(frozen=True)
class Source:
    """One file: its path from the project's root, and its text; a planted fault is one made by hand."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Parse the file as Python."""
        return ast.parse(self.text, self.path)

    def matches(self, *patterns: str) -> bool:
        """Tell whether the path fits one of these patterns (`**` crosses folders)."""
        return any(_matches(self.path, pattern) for pattern in patterns)


def _matches(path: str, pattern: str) -> bool:
    """Match by parts; PurePath.match knows `**` only since Python 3.13."""
    return _fits(PurePosixPath(path).parts, PurePosixPath(pattern).parts)


def _fits(parts: tuple[str, ...], patterns: tuple[str, ...]) -> bool:
    if not patterns:
        return not parts
    if patterns[0] == "**":
        return any(_fits(parts[start:], patterns[1:]) for start in range(len(parts) + 1))
    return bool(parts) and PurePosixPath(parts[0]).match(patterns[0]) and _fits(parts[1:], patterns[1:])


@cache
def listed() -> tuple[str, ...]:
    """List every file git keeps or would keep; one that is not added yet is judged too."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(sorted({name for name in result.stdout.split("\0") if name and (ROOT / name).is_file()}))


@cache
def sources(*patterns: str) -> tuple[Source, ...]:
    """Read the listed text files that fit one of the patterns."""
    chosen = [name for name in listed() if any(_matches(name, pattern) for pattern in patterns)]
    return tuple(
        _read(name) for name in chosen if PurePosixPath(name).suffix not in BINARY and (ROOT / name).is_file()
    )


def _read(name: str) -> Source:
    return Source(name, (ROOT / name).read_text(encoding="utf-8"))


def product() -> tuple[Source, ...]:
    """Read the Python of the product."""
    return sources("src/hongyan/**/*.py")


def all_python() -> tuple[Source, ...]:
    """Read every Python file of the project."""
    return sources("**/*.py")


def nothing(found: Iterable[object]) -> None:
    """Fail with every line that was found, so that one run tells all there is to mend."""
    lines = [str(line) for line in found]
    if lines:
        raise AssertionError("\n" + "\n".join(lines))


def dotted(node: ast.AST) -> str:
    """Spell a name or attribute chain, e.g. `timezone.now`; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted(node.value)
        return f"{head}.{node.attr}" if head else node.attr
    return ""


def imports(tree: ast.AST) -> list[tuple[int, str]]:
    """List what a module imports as (line, dotted name); `from a import b` gives `a.b`."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.lineno, f"{node.module or ''}.{alias.name}") for alias in node.names]
    return found


def docstrings(tree: ast.AST) -> set[ast.Constant]:
    """Collect the nodes that are docstrings."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, kinds)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
        and isinstance(node.body[0].value.value, str)
    }
