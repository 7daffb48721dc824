"""Which mutants could a request tell from the product, since it came by what they change?"""

from collections.abc import Iterable
from typing import TypeVar

RUN: set[str] = set()
Value = TypeVar("Value")


def noted(marks: Iterable[tuple[str, bool | None]], value: Value) -> Value:
    """Remember each mutant of a node for which another value would have stood here, and hand the value on.

    A mutant that puts a constant in the place of the node differs only where the node is not that constant.
    """
    for mutant, constant in marks:
        if constant is None or bool(value) is not constant:
            RUN.add(mutant)
    return value
