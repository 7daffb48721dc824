"""What passes between the outbox and a channel: a letter one way, a receipt or a failure the other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True)
class Letter:
    """One message, opened for sending; `client_id` stays the same however often it is tried."""

    client_id: str
    kind: str
    recipient: str
    address: str = field(repr=False)
    # The sentence without the sender's sign, and the words that fill it.
    text: str = field(repr=False)
    words: Mapping[str, str] = field(repr=False)


class Failure(Exception):
    """The channel gave no receipt; `code` says why and holds nothing personal."""

    def __init__(self, code: str) -> None:
        """Keep the code, short enough for the outbox's column."""
        super().__init__(code)
        self.code = code[:200]


class Refused(Failure):
    """The provider will never take this letter: the address is wrong or its owner wants nothing."""


class Unanswered(Failure):
    """Nobody knows whether the letter was taken, or the provider could not take it now: try again."""


class Limited(Failure):
    """The provider takes no more for a while; the letter itself is fine."""

    def __init__(self, code: str, wait: timedelta) -> None:
        """Keep how long to wait."""
        super().__init__(code)
        self.wait = wait


class Adapter(Protocol):
    """Carries letters to one provider; called from several threads at once."""

    def send(self, letter: Letter) -> str:
        """Hand one letter over and return the provider's receipt, or raise a Failure."""
        ...
