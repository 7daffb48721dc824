"""Which guards, arguments of guards, tokens and filters has the product, and what is it without one of them?

Nothing here is a list of places: a new guard, a new filter is found by its shape in the syntax tree.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.conventions.test_guards import operations_of
from tests.conventions.tree import Source, dotted, sources
from tests.web.matrix.filters import Mutant, module_of, scope_mutants, sql_mutants

GUARDED = ("src/hongyan/web/**/*.py",)
# Where scopes are made and asked: below the web they are in the people's and the journeys' own rules.
SCOPED = (
    "src/hongyan/web/**/*.py",
    "src/hongyan/members/permissions.py",
    "src/hongyan/members/rules.py",
    "src/hongyan/members/models.py",
    "src/hongyan/journeys/models.py",
    "src/hongyan/journeys/rules.py",
    "src/hongyan/journeys/reading.py",
    "src/hongyan/journeys/links.py",
    "src/hongyan/privacy/rules.py",
    "src/hongyan/privacy/export_rules.py",
)
SQL = ("src/hongyan/members/tokens.py",)
GUARDS = frozenset({"official", "member", "signed_in", "by_link", "anyone"})


# ── Guards ────────────────────────────────────────────────────────────────────────────────────────────────────


def _patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        place = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield place, entry
        else:
            yield from _patterns(entry, place)


def guarded_views(files: Iterable[Source]) -> Iterator[tuple[Source, ast.FunctionDef, ast.expr]]:
    """Find every view that wears a guard, with the guard, by its decorators."""
    for source in files:
        for node in source.tree.body:
            for worn in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                name = dotted(worn.func if isinstance(worn, ast.Call) else worn)
                owner, _, last = name.rpartition(".")
                if last in GUARDS and owner in ("", "guards"):
                    assert isinstance(node, ast.FunctionDef)
                    yield source, node, worn


@contextmanager
def _led(places: Iterable[URLPattern], wear: Callable[[Any], Any]) -> Iterator[None]:
    """Let these addresses lead to what `wear` makes of their view without its guard."""
    worn = [(place, place.callback) for place in places]
    for place, callback in worn:
        place.callback = wear(vars(callback)["__wrapped__"])
    try:
        yield
    finally:
        for place, callback in worn:
            place.callback = callback


def _guard_mutants() -> Iterator[Mutant]:
    """Take each guard off its view, and each argument off its guard."""
    patterns = list(_patterns())
    for source, node, worn in guarded_views(sources(*GUARDED)):
        module = vars(module_of(source))
        mine = [(place, pattern) for place, pattern in patterns if pattern.callback is module[node.name]]
        doors = tuple(place for place, _ in mine)
        found = [pattern for _, pattern in mine]
        label, key = f"{source.path}:{node.lineno} {node.name}", f"{source.path} {node.name}"
        name = f"{label} without @{ast.unparse(worn)}"
        yield Mutant(name, "guard", f"{key} guard", partial(_led, found, lambda view: view), doors=doors)
        for argument, weaker in _weaker(worn):
            guard = eval(compile(ast.Expression(weaker), source.path, "eval"), module)
            name = f"{label} without {argument} in @{ast.unparse(worn)}"
            yield Mutant(name, "argument", f"{key} {argument}", partial(_led, found, guard), doors=doors)


def _weaker(worn: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Write a guard anew without each of the arguments it is given by name: (the argument, the weaker guard)."""
    if not isinstance(worn, ast.Call):
        return
    for keyword in worn.keywords:
        left = [other for other in worn.keywords if other is not keyword]
        weaker = ast.copy_location(ast.Call(worn.func, worn.args, left), worn)
        yield f"{keyword.arg}=", ast.fix_missing_locations(weaker)


# ── Operations of the API ─────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _unasked(operation: Any) -> Iterator[None]:
    worn, operation.auth_callbacks = operation.auth_callbacks, []
    try:
        yield
    finally:
        operation.auth_callbacks = worn


def _bearer_mutants() -> Iterator[Mutant]:
    for door, pattern in _patterns():
        for operation in operations_of(pattern.callback) or ():
            if operation.auth_callbacks:
                name = f"{'/'.join(operation.methods)} /{door} without its token"
                yield Mutant(name, "token", name, partial(_unasked, operation), doors=(door,))


def mutants() -> list[Mutant]:
    """List the product without each of its guards and scope filters, one at a time."""
    return [
        *_guard_mutants(),
        *_bearer_mutants(),
        *scope_mutants(sources(*SCOPED)),
        *sql_mutants(sources(*SQL)),
    ]
