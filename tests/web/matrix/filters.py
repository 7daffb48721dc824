"""Which scope filters has the product, found by rules, and what is it without one of them?

Nothing here is a list of places: a filter is found by its shape in the syntax tree. A mutant swaps the code of one
function in place, so everybody who has imported it meets the mutant.
"""

import ast
import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from types import CodeType, FunctionType, ModuleType
from typing import Any

from tests.conventions.tree import Source, dotted

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


def module_of(source: Source) -> ModuleType:
    """Import the module a source is."""
    name = source.path.removeprefix("src/").removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    return importlib.import_module(name)


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
    elif name == "seats_for" and owner and not _is_picked(node, function):
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


def _is_picked(node: ast.Call, function: ast.FunctionDef) -> bool:
    """Tell whether only one of several is taken, to be written down as who did it: that lets nobody in."""
    if "SEE" in _names(node):
        return False
    return any(
        isinstance(part, ast.Subscript) and part.value is node and ast.unparse(part.slice) == "0"
        for part in ast.walk(function)
    )


# Conditions of a query that say what still counts.
COUNTS = frozenset(
    {"is_active", "revoked_at", "organization__closed_at", "from_on__lte"}
    | {"expires_at__gt", "opened_at__lte", "user_id", "user"}
)


def _keywords_without(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    """Drop from a query each condition that says who may be found or what still counts."""
    emergency = any(keyword.arg == "expires_at__gt" for keyword in node.keywords)
    for keyword in node.keywords:
        counts = keyword.arg in COUNTS or (emergency and keyword.arg == "closed_at")
        whose = keyword.arg and bool(_names(keyword.value) & {"actor", "_recipients", "actor_of"})
        if counts or whose:
            left = [other for other in node.keywords if other is not keyword]
            yield f"filter {keyword.arg}", ast.Call(func=node.func, args=node.args, keywords=left)
    for given in node.args:
        if any(isinstance(part, ast.keyword) and part.arg == "until_on__gte" for part in ast.walk(given)):
            rest = [other for other in node.args if other is not given]
            yield "filter until_on", ast.Call(func=node.func, args=rest, keywords=node.keywords)


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


@dataclass(frozen=True)
class _Spot:
    """One node of a function that a mutant changes: its place in a walk of the tree, and which change it is."""

    place: int
    which: int
    what: str
    line: int
    # What stands there instead, when that is always the same.
    constant: bool | None


def _spots(function: ast.FunctionDef) -> Iterator[_Spot]:
    """Find every filter and check of a function."""
    function.decorator_list = []
    for place, node in enumerate(ast.walk(function)):
        for which, (what, new) in enumerate([*_without(node, function), *_checks_without(node)]):
            constant = bool(new.value) if isinstance(new, ast.Constant) else None
            yield _Spot(place, which, what, getattr(node, "lineno", 0), constant)


def _copy_without(source: Source, name: str, spot: _Spot) -> ast.FunctionDef:
    """Parse the module anew and return the function with one node put out of action."""
    function = dict(_functions(ast.parse(source.text, source.path)))[name]
    function.decorator_list = []
    node = list(ast.walk(function))[spot.place]
    changes = [*_without(node, function), *_checks_without(node)]
    new = ast.copy_location(changes[spot.which][1], node)
    swapped = _Swap(node, new).visit(function)
    assert isinstance(swapped, ast.FunctionDef)
    return swapped


@dataclass(frozen=True)
class _Off:
    """Puts one filter out of action, when it is called."""

    source: Source
    name: str
    spot: _Spot
    real: FunctionType

    def __call__(self) -> AbstractContextManager[None]:
        changed = _copy_without(self.source, self.name, self.spot)
        return swapped(self.real, _code_of(changed, self.source.path))


def scope_mutants(files: Iterable[Source]) -> Iterator[Mutant]:
    """Make one mutant for every scope filter of these files."""
    for source in files:
        if source.matches(*OFFERS):
            continue
        module = module_of(source)
        for name, function in _functions(ast.parse(source.text, source.path)):
            real = _real(module, name)
            counted: dict[str, int] = {}
            for spot in _spots(function):
                label = f"{source.path}:{spot.line} {name} without {spot.what}"
                if real is None:
                    raise LookupError(f"{label}: the function is not where it was found")
                counted[spot.what] = nth = counted.get(spot.what, 0) + 1
                key = f"{source.path} {name} {spot.what}{f' ({nth})' if nth > 1 else ''}"
                yield Mutant(label, "scope", key, _Off(source, name, spot, real))


class _Mark(ast.NodeTransformer):
    """Lets nodes say when they are come by, and with what value."""

    def __init__(self, marks: Mapping[int, list[tuple[str, bool | None]]]) -> None:
        self.marks = marks

    def visit(self, node: ast.AST) -> Any:
        """Mark the inner nodes, then the node itself."""
        marks = self.marks.get(id(node))
        changed = self.generic_visit(node)
        if not marks:
            return changed
        says = _expression(f"__import__('tests.web.matrix.runs', fromlist=['noted']).noted({marks!r}, None)")
        assert isinstance(says, ast.Call)
        if isinstance(changed, ast.If):
            changed.body.insert(0, ast.Expr(says))
            return changed
        says.args[1] = changed  # type: ignore[call-overload]
        return says


@contextmanager
def watched(mutants: Iterable[Mutant]) -> Iterator[None]:
    """Let every place a scope mutant changes say which of its mutants a request could tell from the product."""
    with ExitStack() as stack:
        for (source, name, real), offs in groupby(_offs(mutants), key=lambda one: one[0]):
            function = dict(_functions(ast.parse(source.text, source.path)))[name]
            function.decorator_list = []
            nodes = list(ast.walk(function))
            marks: dict[int, list[tuple[str, bool | None]]] = {}
            for _, key, spot in offs:
                marks.setdefault(id(nodes[spot.place]), []).append((key, spot.constant))
            marked = _Mark(marks).visit(function)
            stack.enter_context(swapped(real, _code_of(marked, source.path)))
        yield


def _offs(mutants: Iterable[Mutant]) -> Iterator[tuple[tuple[Source, str, FunctionType], str, _Spot]]:
    """List the scope mutants of these by function, with key and place."""
    for one in mutants:
        if isinstance(one.apply, _Off):
            off = one.apply
            yield (off.source, off.name, off.real), one.key, off.spot


@contextmanager
def _sql(module: ModuleType, name: str, text: str) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, text)
    try:
        yield
    finally:
        setattr(module, name, before)


def sql_mutants(files: Iterable[Source]) -> Iterator[Mutant]:
    """Put each condition of hand-written SQL that decides who counts out of action."""
    for source in files:
        module = module_of(source)
        for name, value in vars(module).items():
            if not isinstance(value, str) or "SELECT" not in value:
                continue
            for found in _CONDITION.finditer(value):
                text = f"{value[: found.start()]}({found.group()} OR 1 = 1){value[found.end() :]}"
                label = f"{source.path} {name} without {found.group()}"
                doors = ("api/v1/desk",)
                yield Mutant(label, "sql", label, partial(_sql, module, name, text), doors=doors)
