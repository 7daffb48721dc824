"""What is a refusal: a value with one sentence that says why not, and what to do next?

Every app names its own reasons and sentences; what a refusal is and how it leaves an action is said here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class Refusal:
    """One refusal: the reason, its words, and the facts they name."""

    why: StrEnum
    words: str
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Say why not, and what to do next."""
        return self.words.format(**self.facts)


class Refused(Exception):
    """Carries a refusal out of an action, so that its transaction is undone."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.why)
        self.refusal = refusal


def refusal_of(sentences: Mapping[Any, str], why: StrEnum, facts: Mapping[str, object]) -> Refusal:
    """Make a refusal out of an app's sentences."""
    return Refusal(why, sentences[why], {name: str(value) for name, value in facts.items()})
