"""Why something cannot be done to an organisation or its stations, and what to do next?"""

from enum import StrEnum

from hongyan import refusals


class Why(StrEnum):
    """Every reason for which something about an organisation is refused."""

    PHOTO_CHANGED = "photo_changed"


SENTENCES = {
    Why.PHOTO_CHANGED: "这个站点的照片刚刚已由他人更换，您这次没有保存。请看现在的照片，需要时再换。",
}


Refusal = refusals.Refusal
Refused = refusals.Refused


def refuse(why: Why, **facts: str) -> Refusal:
    """Make a refusal."""
    return refusals.refusal_of(SENTENCES, why, facts)
