"""Which guards and scope filters has the product, found by rules, and what is the product without one of them?

Nothing here is a list of places: a new guard, a new scope filter is found by its shape in the syntax tree. A
mutant swaps the code of one function in place, so everybody who has imported it meets the mutant.
"""

import ast
import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from types import CodeType, FunctionType, ModuleType
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.conventions.test_guards import operations_of
from tests.conventions.tree import Source, dotted, sources

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
# Words of a condition that asks who somebody is.
ASKS_WHO = frozenset(
    {"actor", "visible_paths", "seats_for", "seat_at", "seat_over", "seat_reaching", "may_look_into"}
    | {"is_revoked", "is_expired", "holder", "came_by_link", "own", "is_fresh", "fresh", "link_serial"}
)
WHO = frozenset({"member_id", "link_serial", "asked_by"})
# What a page offers (a menu, a ranking, a card of the demo) is no scope: the door behind it asks again.
OFFERS = (
    "src/hongyan/web/pages.py",
    "src/hongyan/web/console/suggesting.py",
    "src/hongyan/web/console/targets.py",
    "src/hongyan/web/console/entering.py",
    "src/hongyan/web/management/**/*.py",
)
_CONDITION = re.compile(r"[a-z]\.[a-z_]+ (?:IS NULL|[<>]=? %s)")


@dataclass(frozen=True)
class Mutant:
    """The product without one guard or filter; `doors` names the addresses it stands at, when it is a guard."""

    name: str
    kind: str
    # As the name, without the line, which moves.
    key: str
    apply: Callable[[], AbstractContextManager[None]]
    # The function it lies in, to find the cells that run it; empty for what stands at named doors.
    function: str = ""
    doors: tuple[str, ...] = ()


# ── Guards ────────────────────────────────────────────────────────────────────────────────────────────────────


def _patterns(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        place = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield place, entry
        else:
            yield from _patterns(entry, place)


def _module_of(source: Source) -> ModuleType:
    name = source.path.removeprefix("src/").removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    return importlib.import_module(name)


def guarded_views(files: Iterable[Source]) -> Iterator[tuple[Source, ast.FunctionDef, str]]:
    """Find every view that wears a guard, with the guard's name, by its decorators."""
    for source in files:
        for node in source.tree.body:
            for worn in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
                name = dotted(worn.func if isinstance(worn, ast.Call) else worn)
                owner, _, last = name.rpartition(".")
                if last in GUARDS and owner in ("", "guards"):
                    assert isinstance(node, ast.FunctionDef)
                    yield source, node, last


@contextmanager
def _bare(places: list[URLPattern]) -> Iterator[None]:
    """Let these addresses lead to their view without its guard."""
    worn = [place.callback for place in places]
    for place in places:
        place.callback = vars(place.callback)["__wrapped__"]
    try:
        yield
    finally:
        for place, callback in zip(places, worn, strict=True):
            place.callback = callback


def _guard_mutants() -> Iterator[Mutant]:
    patterns = list(_patterns())
    for source, node, guard in guarded_views(sources(*GUARDED)):
        view = getattr(_module_of(source), node.name)
        mine = [(place, pattern) for place, pattern in patterns if pattern.callback is view]
        doors = tuple(place for place, _ in mine)
        found = [pattern for _, pattern in mine]
        name = f"{source.path}:{node.lineno} {node.name} without @{guard}"
        key = f"{source.path} {node.name} guard"
        yield Mutant(name, "guard", key, partial(_bare, found), doors=doors)


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


# ── Scope filters: each rule finds a shape and says what it is without the filter ─────────────────────────────

_ALL = "~__import__('django.db.models', fromlist=['Q']).Q(pk__in=[])"


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _call(node: ast.AST) -> tuple[str, ast.Call] | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
        return (node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id), node
    return None


def _names(node: ast.AST) -> set[str]:
    found = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return found | {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}


def _without(node: ast.AST, function: ast.FunctionDef) -> Iterator[tuple[str, ast.AST]]:
    """Yield what an expression is without its filter: (what was taken away, what stands there instead)."""
    named = _call(node)
    if named:
        yield from _call_without(*named, function)
    if isinstance(node, ast.Compare) and _names(node) & WHO and not _asks_none(node):
        yield "the comparison of who it is", ast.Constant(value=isinstance(node.ops[0], ast.Eq | ast.In))


def _asks_none(node: ast.Compare) -> bool:
    """Tell whether a comparison only asks whether somebody is a member or an official at all."""
    return any(isinstance(part, ast.Constant) for part in (node.left, *node.comparators))


def _call_without(name: str, node: ast.Call, function: ast.FunctionDef) -> Iterator[tuple[str, ast.AST]]:
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name == "visible_to" and owner:
        yield "visible_to", owner
    elif name == "is_visible_to" and owner:
        yield "is_visible_to", ast.Constant(value=True)
    elif name == "may_know":
        yield "may_know", ast.Constant(value=True)
    elif name == "covers" and _names(function) & {"visible_paths", "seats", "seats_for", "seat"}:
        yield "covers", ast.Constant(value=True)
    elif name == "seats_for" and owner:
        yield "seats_for", ast.Attribute(value=owner, attr="seats", ctx=ast.Load())
    elif name in ("seat_at", "seat_over", "seat_reaching") and owner:
        yield name, _expression(f"next(iter({ast.unparse(owner)}.seats), None)")
    elif name == "under" and len(node.args) == 2 and _names(node.args[1]) & {"seat", "path"}:
        scoped = _names(function) & {"visible_paths", "seats_for", "seats"}
        if scoped:
            yield "under", _expression(_ALL)
    elif name == "valid" and owner and "objects" in _names(owner):
        yield "valid", _expression(f"{ast.unparse(owner)}.all()")
    elif name in ("filter", "exclude", "get_object_or_404"):
        yield from _keywords_without(node)


def _keywords_without(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    """Drop from a query each condition that says who may be found or what still counts."""
    for keyword in node.keywords:
        counts = keyword.arg in ("is_active", "revoked_at", "organization__closed_at", "from_on__lte")
        whose = keyword.arg and bool(_names(keyword.value) & {"actor", "_recipients", "actor_of"})
        if counts or whose:
            left = [other for other in node.keywords if other is not keyword]
            yield f"filter {keyword.arg}", ast.Call(func=node.func, args=node.args, keywords=left)


def _checks_without(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Drop a check that ends the request of somebody who has no business here."""
    if isinstance(node, ast.If) and len(node.body) == 1 and isinstance(node.body[0], ast.Raise):
        raised = node.body[0].exc
        kind = dotted(raised.func if isinstance(raised, ast.Call) else raised) if raised else ""
        if kind.split(".")[-1] in ("Http404", "Problem", "PermissionDenied") and _names(node.test) & ASKS_WHO:
            yield "a check", ast.copy_location(ast.Pass(), node)


class _Swap(ast.NodeTransformer):
    """Puts another node in the place of one."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        """Swap the one, walk the others."""
        return self.new if node is self.old else self.generic_visit(node)


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Find the functions of a module and the methods of its classes."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from (
                (f"{node.name}.{part.name}", part) for part in node.body if isinstance(part, ast.FunctionDef)
            )


def _code_of(function: ast.FunctionDef, path: str) -> CodeType:
    """Compile a function and return its code."""
    bare = ast.Module(body=[function], type_ignores=[])
    made = compile(ast.fix_missing_locations(bare), path, "exec", dont_inherit=True)
    codes = (part for part in made.co_consts if isinstance(part, CodeType))
    return next(part for part in codes if part.co_name == function.name)


def _real(module: ModuleType, name: str) -> FunctionType | None:
    """Find the plain function behind a name of a module, below its decorators."""
    found: Any = module
    for part in name.split("."):
        found = vars(found).get(part) if isinstance(found, type) else getattr(found, part, None)
    found = getattr(found, "fget", None) or getattr(found, "func", None) or getattr(found, "__func__", found)
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    return found if isinstance(found, FunctionType) else None


@contextmanager
def swapped(function: FunctionType, code: CodeType) -> Iterator[None]:
    """Let a function run other code for a while."""
    before = function.__code__
    function.__code__ = code
    try:
        yield
    finally:
        function.__code__ = before


def _copy_without(source: Source, name: str, place: int, which: int) -> ast.FunctionDef:
    """Parse the module anew and return the function with the `place`-th node put out of action."""
    tree = ast.parse(source.text, source.path)
    function = dict(_functions(tree))[name]
    function.decorator_list = []
    node = list(ast.walk(function))[place]
    changes = [*_without(node, function), *_checks_without(node)]
    new = ast.copy_location(changes[which][1], node)
    swapped = _Swap(node, new).visit(function)
    assert isinstance(swapped, ast.FunctionDef)
    return swapped


def scope_mutants(files: Iterable[Source]) -> Iterator[Mutant]:
    """Make one mutant for every scope filter of these files."""
    for source in files:
        if source.matches(*OFFERS):
            continue
        module = _module_of(source)
        for name, function in _functions(ast.parse(source.text, source.path)):
            function.decorator_list = []
            real = _real(module, name)
            for place, node in enumerate(ast.walk(function)):
                changes = [*_without(node, function), *_checks_without(node)]
                for which, (what, _) in enumerate(changes):
                    line = getattr(node, "lineno", 0)
                    label = f"{source.path}:{line} {name} without {what}"
                    if real is None:
                        raise LookupError(f"{label}: the function is not where it was found")

                    def apply(
                        source: Source = source,
                        name: str = name,
                        place: int = place,
                        which: int = which,
                        real: FunctionType = real,
                    ) -> AbstractContextManager[None]:
                        changed = _copy_without(source, name, place, which)
                        return swapped(real, _code_of(changed, source.path))

                    key = f"{source.path} {name} {what}"
                    yield Mutant(label, "scope", key, apply, function=f"{source.path}:{name}")


@contextmanager
def _sql(module: ModuleType, name: str, text: str) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, text)
    try:
        yield
    finally:
        setattr(module, name, before)


def _sql_mutants(files: Iterable[Source]) -> Iterator[Mutant]:
    """Put each condition of hand-written SQL that decides who counts out of action."""
    for source in files:
        module = _module_of(source)
        for name, value in vars(module).items():
            if not isinstance(value, str) or "SELECT" not in value:
                continue
            for found in _CONDITION.finditer(value):
                text = f"{value[: found.start()]}({found.group()} OR 1 = 1){value[found.end() :]}"
                label = f"{source.path} {name} without {found.group()}"
                doors = ("api/v1/desk",)
                yield Mutant(label, "sql", label, partial(_sql, module, name, text), doors=doors)


def mutants() -> list[Mutant]:
    """List the product without each of its guards and scope filters, one at a time."""
    return [
        *_guard_mutants(),
        *_bearer_mutants(),
        *scope_mutants(sources(*SCOPED)),
        *_sql_mutants(sources(*SQL)),
    ]


def instrumented(files: Iterable[Source]) -> Iterator[tuple[str, FunctionType, CodeType]]:
    """Compile every function that holds a scope filter with a first line that says it was run."""
    for source in files:
        module = _module_of(source)
        for name, function in _functions(ast.parse(source.text, source.path)):
            found = any([*_without(node, function), *_checks_without(node)] for node in ast.walk(function))
            real = _real(module, name)
            if not found or real is None:
                continue
            key = f"{source.path}:{name}"
            function.decorator_list = []
            says = ast.parse(f"__import__('tests.web.matrix.runs', fromlist=['RUN']).RUN.add({key!r})").body[
                0
            ]
            function.body.insert(0, says)
            yield key, real, _code_of(function, source.path)
