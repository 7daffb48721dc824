"""How is a place or a way between places said on the console?"""

from functools import lru_cache

from hongyan.geography.codes import Level
from hongyan.geography.names import FILLERS, full_name, name_of
from hongyan.journeys.models import Journey

# The list names the bodies of villages and communities; addresses name the places.
BODIES = ("居民委员会", "村民委员会", "居委会", "村委会")


@lru_cache(maxsize=8192)
def county(code: str) -> str:
    """Name the county a code lies in, without its province (a municipality stays); "" when unknown."""
    code = code[: Level.COUNTY]
    whole, province = full_name(code), full_name(code[: Level.PROVINCE])
    # Below a municipality the county alone would not say where it is.
    if name_of(code[: Level.PREFECTURE]) in FILLERS:
        return whole
    return whole.removeprefix(province) or whole


def home_of(journey: Journey) -> str:
    """Say where somebody comes from: the county, as the routing card has it."""
    return county(journey.home.division_id or "") or journey.home.short_name


def destination_of(journey: Journey) -> str:
    """Say where somebody goes: the county."""
    return county(journey.destination_id or "") or "去向未定"


def beyond(code: str, text: str) -> str:
    """Return what an address adds to the place it lies in, so that no line says one name twice."""
    rest = text.strip()
    for level in Level:
        name = name_of(code[:level]) if level <= len(code) else None
        for form in (name, *(name.removesuffix(body) for body in BODIES if name and name.endswith(body))):
            if form and rest.startswith(form):
                rest = rest.removeprefix(form).lstrip(" ，,")
                break
    return rest
