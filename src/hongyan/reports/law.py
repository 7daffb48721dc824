"""What is a law of the data?"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Law:
    """One law: its name, and a query for (subject, what was found) of everything that breaks it."""

    name: str
    sql: str
    parameters: tuple[Any, ...] = ()
