"""Is every file, function, view and template small enough to be read at once?"""

import ast
from dataclasses import dataclass

import pytest

from tests.conventions.tree import ROOT, Source, nothing, sources

FILE, FUNCTION, VIEW, TEMPLATE = 400, 40, 20, 150
VIEWS = ("src/hongyan/web/**/views/*.py", "src/hongyan/web/**/views.py", "src/hongyan/web/api/*.py")
# "path" or "path::function" → the decision record that says why; there is no other way past a budget.
EXCEPTIONS: dict[str, str] = {}


@dataclass(frozen=True)
class Excess:
    """One thing that is longer than its budget."""

    place: str
    lines: int
    budget: int


def excesses(source: Source) -> list[Excess]:
    """List what in this file passes its budget."""
    length = len(source.text.splitlines())
    if source.path.endswith(".html"):
        return [Excess(source.path, length, TEMPLATE)] if length > TEMPLATE else []
    found = [Excess(source.path, length, FILE)] if length > FILE else []
    if source.path.endswith(".py"):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                budget = VIEW if _is_view(source, node) else FUNCTION
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > budget:
                    found.append(Excess(f"{source.path}::{node.name}", lines, budget))
    return found


def _is_view(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Recognise a view: it lies in web's views or API and takes the request first."""
    names = [argument.arg for argument in node.args.args]
    return source.matches(*VIEWS) and names[:1] == ["request"] and not node.name.startswith("_")


def test_nothing_is_longer_than_its_budget() -> None:
    judged = sources("**/*.py", "src/**/*.html", "src/**/*.js", "src/**/*.css")
    judged = tuple(source for source in judged if "/migrations/" not in source.path)
    found = [excess for source in judged for excess in excesses(source)]
    nothing(excess for excess in found if excess.place not in EXCEPTIONS)


def test_each_exception_is_a_decision() -> None:
    for place, record in EXCEPTIONS.items():
        path = ROOT / "docs" / "decisions" / record
        assert path.is_file(), f"{place}: no decision record {record}"
        assert place in path.read_text(encoding="utf-8"), f"{record} does not name {place}"


def _function(lines: int, first: str = "request") -> str:
    return f"def accept({first}):\n" + "    x = 1\n" * (lines - 1)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/hongyan/journeys/rules.py", "x = 1\n" * (FILE + 1)),
        ("src/hongyan/journeys/rules.py", _function(FUNCTION + 1)),
        ("src/hongyan/web/console/views/desk.py", _function(VIEW + 1)),
        ("src/hongyan/web/templates/console/desk/desk.html", "<p>\n" * (TEMPLATE + 1)),
        ("src/hongyan/web/static/js/map.js", "x\n" * (FILE + 1)),
    ],
)
def test_a_planted_excess_is_caught(path: str, text: str) -> None:
    assert excesses(Source(path, text))


def test_what_fits_is_left_alone() -> None:
    assert not excesses(Source("src/hongyan/journeys/rules.py", _function(FUNCTION)))
    assert not excesses(Source("src/hongyan/web/console/views/desk.py", _function(VIEW)))
    assert not excesses(Source("src/hongyan/web/console/views/desk.py", _function(FUNCTION, "journey")))
