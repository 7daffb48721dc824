"""Why something cannot be done to an organisation or its stations, and what to do next?"""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Every reason for which something about an organisation is refused."""

    PHOTO_CHANGED = "photo_changed"


SENTENCES = {
    Why.PHOTO_CHANGED: "这个站点的照片刚刚已由他人更换，您这次没有保存。请看现在的照片，需要时再换。",
}


@dataclass(frozen=True)
class Refusal:
    """One refusal."""

    why: Why

    @property
    def sentence(self) -> str:
        """Say why not, and what to do next."""
        return SENTENCES[self.why]


class Refused(Exception):
    """Carries a refusal out of an action, so that its transaction is undone."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.why)
        self.refusal = refusal


def refuse(why: Why) -> Refusal:
    """Make a refusal."""
    return Refusal(why)
