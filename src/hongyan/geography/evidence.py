"""What is known about where somebody is, and what may be concluded from it?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from hongyan.geography.codes import Level
from hongyan.geography.crs import UNKNOWN


@dataclass(frozen=True, slots=True)
class Evidence:
    """Hold what one person told us once; it lives in memory only and is never stored.

    Degrees for `lat` and `lng`, metres for `accuracy_m`, seconds for `age_s`. Everything may be missing.
    `declared` is the division the person said he would go to, `near` are divisions made likely by other
    knowledge (his workplace), `extra` are (code, name) of places that county staff added to the code list,
    `zones` are (name, GeoJSON) of areas the caller wants to know about that follow no division's border.
    """

    lat: float | None = None
    lng: float | None = None
    crs: str = UNKNOWN
    accuracy_m: float | None = None
    age_s: float | None = None
    address: str = ""
    declared: str | None = None
    near: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    zones: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Name one division the person may be in, with a probability between 0 and 1 and a Chinese reason."""

    code: str
    name: str
    probability: float
    reason: str


@dataclass(frozen=True, slots=True)
class Option:
    """Be one button below a question; an empty code means another way on, not a place."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """Ask the person one thing, with two or three buttons."""

    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Location:
    """Say where the person is as deeply as it is certain, why, and what to ask when it is not.

    `code` is the county, town or village decided, "" when he must be asked. `within` is the deepest division
    that is certain (also a prefecture or province, for the desk that may help): it equals `code` when there
    is one. `level` and `probability` belong to `within`. Tiers: A town or village, B county, C prefecture,
    D province, E none. `zones` names those of the evidence's zones that hold the fix.
    """

    code: str
    within: str
    level: Level | None
    probability: float
    tier: str
    candidates: tuple[Candidate, ...]
    reason: str
    question: Question | None
    generation: str
    rule_version: str
    zones: tuple[str, ...] = ()

    def candidates_json(self) -> str:
        """Return the candidates as JSON: a list of {code, name, probability, reason}, best first."""
        return json.dumps([_plain(candidate) for candidate in self.candidates], ensure_ascii=False)


def _plain(candidate: Candidate) -> Mapping[str, str | float]:
    return {
        "code": candidate.code,
        "name": candidate.name,
        "probability": round(candidate.probability, 4),
        "reason": candidate.reason,
    }
