"""Which place does a declared destination mean, and is that what was meant?"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from hongyan.geography.codes import Level, is_code
from hongyan.geography.names import children_of, counties_of, name_of, provinces
from hongyan.web.places import located, name_in_full, typed

LEVELS = (
    ("province", "省", Level.PROVINCE),
    ("prefecture", "市", Level.PREFECTURE),
    ("county", "县区", Level.COUNTY),
)
OFFERED = 5


@dataclass(frozen=True)
class Choice:
    """One place the words may mean."""

    code: str
    name: str


@dataclass(frozen=True)
class Select:
    """One of the three selects from province to county."""

    name: str
    label: str
    value: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Destination:
    """What was typed or picked, what it may mean, and what is taken."""

    text: str
    choices: tuple[Choice, ...]
    picked: str
    asked: bool
    selects: tuple[Select, ...]
    why: str = ""

    @property
    def name(self) -> str:
        """Name the place that is taken."""
        return name_in_full(self.picked) if self.picked else ""


def _options(codes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((code, name_of(code) or code) for code in codes)


def _selects(fields: Mapping[str, str]) -> tuple[Select, ...]:
    """Draw the selects as far as they are picked: each appears when the one before has a value."""
    found: list[Select] = []
    above = ""
    for name, label, level in LEVELS:
        codes = children_of(above) if above else provinces()
        codes = tuple(code for code in codes if len(code) == level)
        value = fields.get(name, "")
        value = value if value in codes else ""
        found.append(Select(name, label, value, _options(codes)))
        if not value:
            break
        above = value
    return tuple(found)


def meant_by(text: str) -> tuple[tuple[Choice, ...], str, str]:
    """Return the places some words may mean, the one that is certain ("" when none), and why."""
    location = located({"address": text})
    certain = location.code or ("" if location.question else location.within)
    codes = [certain, *(candidate.code for candidate in location.candidates)]
    if location.question:
        codes += [option.code for option in location.question.options]
    wanted = [code for code in dict.fromkeys(codes) if code and name_in_full(code)][:OFFERED]
    return tuple(Choice(code, name_in_full(code)) for code in wanted), certain, location.reason


@cache
def _wide() -> Mapping[str, str]:
    """Map what provinces and prefectures are called, in short and in full, to their codes."""
    found: dict[str, str] = {}
    for code in (*provinces(), *(below for above in provinces() for below in children_of(above))):
        name = name_of(code) or ""
        if len(code) < Level.COUNTY and len(name) > 1:
            for called in (name, name[:-1], name_in_full(code)):
                found.setdefault(called, code)
    return found


def county_inside(text: str) -> str:
    """Name a county inside a province or prefecture that was written without one; "" for anything else."""
    code = _wide().get("".join(text.split()), "")
    county = next(iter(counties_of(code)), "") if code else ""
    if not county:
        return ""
    return (
        f"{name_of(county[: len(code)])}{name_of(county)}"
        if len(code) > Level.PROVINCE
        else name_in_full(county)
    )


def read_destination(fields: Mapping[str, str]) -> Destination:
    """Read a destination from words, from a choice among what they may mean, or from the selects."""
    text, selects = typed(fields, "destination_text"), _selects(fields)
    deepest = next((select.value for select in reversed(selects) if select.value), "")
    choices, certain, why = meant_by(text) if text else ((), "", "")
    if not text and deepest:
        return Destination("", (Choice(deepest, name_in_full(deepest)),), deepest, True, selects)
    said = fields.get("destination")
    # The choice belongs to the words it was made for: other words ask again.
    fits = said is not None and (said == "" or said in {choice.code for choice in choices})
    picked = said if fits and said is not None else certain
    # What is certain to the county needs no second look: the answer names it.
    clear = len(certain) >= Level.COUNTY and said is None
    asked = not text or fits or clear
    return Destination(text, choices, picked if is_code(picked) else "", asked, selects, why)
