"""What does each area of the product add to the matrix, so that no file has to know them all?

An area `roster` has two modules here; both are found by their names.

`roster_rules.py` is plain data like the oracle and imports nothing but `people` and `relations`. It may define

    PAGES, API      address → {method: rule}, as in doors.py
    STEP_UP         addresses before which one proves oneself again
    MAY_BE_KEPT     addresses that hold nothing of anybody
    THINGS          start of an address → what its doors may be asked about
    RULES           kind of rule → function(detail, person, thing) → answer, for pages
    CALLS           the same for operations of the API (dead tokens and members are answered before)
    BLIND           kinds of CALLS that are asked also for people who may read nothing

A rule is written "kind" or "kind:detail"; the kinds of oracle.py ("official", "duty:mark", "scope" …) serve here too.

`roster_stage.py` knows the code. It may define

    set_up(stage)                                       builds rows, fills stage.numbers["<first part of address> <thing>"]
    request(stage, door, method, thing, person)         (address, fields) as sent, or None where page_request knows it
    call(stage, door, method, thing, person)            (address, body, headers) of an operation of the API, or None
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

Rule = Callable[[str, str, str], str]


def _modules(ending: str) -> tuple[ModuleType, ...]:
    names = sorted(found.name for found in iter_modules(__path__) if found.name.endswith(ending))
    return tuple(import_module(f"{__name__}.{name}") for name in names)


def _joined(name: str) -> dict[str, Rule]:
    """Join what the areas define under one name; two of them must not define the same."""
    joined: dict[str, Rule] = {}
    for module in PLAIN:
        more = getattr(module, name, {})
        assert not set(joined) & set(more), f"{module.__name__}: {set(joined) & set(more)} is defined twice"
        joined |= more
    return joined


PLAIN = _modules("_rules")
RULES, CALLS = _joined("RULES"), _joined("CALLS")
# Kinds of operations that somebody may call who may read nothing.
BLIND = frozenset(kind for module in PLAIN for kind in getattr(module, "BLIND", ()))


def stages() -> tuple[ModuleType, ...]:
    """Load what the areas put on the stage."""
    return _modules("_stage")


def name_of(module: ModuleType) -> str:
    """Name an area by its module."""
    return module.__name__.rpartition(".")[2].removesuffix("_rules")
