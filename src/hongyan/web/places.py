"""Where does somebody say or show that he is, and how does that travel between pages without a coordinate?

Used by the member's pages, the window and the API alike:

    location = located(request.POST, declared="620102")   # lat, lng, crs, accuracy, age | address | code
    value = signed_place(location)                         # into a hidden field named `place`
    arrival = arrival_from(request.POST, journey)          # place, community, employer → actions.check_in

A position lives in memory for the length of one call. What is signed, stored or shown is the division only.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core import signing

from hongyan.geography.addresses import read_address
from hongyan.geography.codes import Level, contains, is_code, level_of
from hongyan.geography.evidence import Evidence, Location, Option, Question
from hongyan.geography.locating import RULE_VERSION, TIERS, locate
from hongyan.geography.models import Division
from hongyan.geography.names import counties_of, full_name, same_ground
from hongyan.journeys.areas import Arrival
from hongyan.journeys.models import Journey
from hongyan.journeys.refusals import Refused, Why, refuse
from hongyan.organizations.models import ServiceArea

PLACE = "place"
_SALT = "place"
# A tap kept through a day without network still counts; after that one is asked again, because people move.
_HOURS = 24
_TEXT = 200
# Three decimals are what the phone sends and what is used here; the rounding is added to the accuracy.
_DECIMALS, _ROUNDING_METRES = 3, 80.0
_OTHERS = 5


def _number(text: str | None) -> float | None:
    """Read a number; what is no number counts as not sent, what is out of range is for geography to name."""
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _evidence(post: Mapping[str, str], declared: str) -> Evidence:
    lat, lng, accuracy = (_number(post.get(name)) for name in ("lat", "lng", "accuracy"))
    if accuracy is not None:
        accuracy = max(accuracy, 0.0) + _ROUNDING_METRES
    return Evidence(
        lat=lat if lat is None or not math.isfinite(lat) else round(lat, _DECIMALS),
        lng=lng if lng is None or not math.isfinite(lng) else round(lng, _DECIMALS),
        crs=post.get("crs") or "unknown",
        accuracy_m=accuracy,
        age_s=_number(post.get("age")),
        address=typed(post, "address"),
        declared=declared or None,
        zones=_zones() if lat is not None else (),
    )


def _zones() -> tuple[tuple[str, str], ...]:
    """Read the outlines that organisations serve beside the divisions: a few parks and zones."""
    rows = ServiceArea.objects.exclude(polygon="").filter(organization__closed_at=None)
    return tuple((str(pk), polygon) for pk, polygon in rows.values_list("pk", "polygon"))


def typed(post: Mapping[str, str], name: str) -> str:
    """Read a line somebody typed, without what no address contains."""
    text = "".join(letter for letter in post.get(name, "") if letter.isprintable())
    return text.strip()[:_TEXT]


def located(post: Mapping[str, str], declared: str = "") -> Location:
    """Resolve what was sent: a chosen `code`, else a position and an `address`.

    The position comes as `lat` and `lng` in degrees, `crs`, `accuracy` in metres, `age` in seconds; and
    `declared` is the division the member said he would go to. Nothing of this is stored or logged.
    """
    if post.get("code"):
        return chosen(post["code"])
    evidence = _evidence(post, declared)
    found = locate(evidence)
    if evidence.address and found.level != Level.VILLAGE:
        # What staff added is read only for the county in question: few rows, and no other county's names.
        extra = _added(found.within or next((c.code for c in found.candidates), ""))
        return locate(replace(evidence, extra=extra)) if extra else found
    return found


def _added(code: str) -> tuple[tuple[str, str], ...]:
    if len(code) < Level.COUNTY:
        return ()
    rows = Division.objects.added().below(code[: Level.COUNTY])
    return tuple(rows.values_list("code", "name"))


def chosen(code: str) -> Location:
    """Take a division somebody picked from a list; a code nobody knows decides nothing."""
    code = code.strip()
    if not is_code(code) or not name_in_full(code):
        return Location("", "", None, 0.0, "E", (), "", None, "", RULE_VERSION)
    level = level_of(code)
    reason = f"本人选择{name_in_full(code)}。"
    return Location(code, code, level, 1.0, TIERS[level], (), reason, None, "", RULE_VERSION)


def name_in_full(code: str) -> str:
    """Name a place from the province down, also one that county staff added; "" when nobody knows it."""
    name = full_name(code)
    if not name and is_code(code):
        added = Division.objects.filter(pk=code).values_list("name", flat=True).first()
        name = full_name(code[: Level.TOWN]) + added if added else ""
    return name


def signed_place(location: Location, text: str = "") -> str:
    """Sign a decided place for the next page, without any coordinate; `text` is what was typed."""
    others = [
        (candidate.code, round(candidate.probability, 4))
        for candidate in location.candidates[:_OTHERS]
        if not contains(candidate.code, location.within)
    ]
    value = {
        "code": location.code or location.within,
        "tier": location.tier,
        "probability": round(location.probability, 4),
        "reason": location.reason,
        "others": others,
        "text": text,
        "generation": location.generation,
        "zones": [int(zone) for zone in location.zones],
    }
    return signing.dumps(value, salt=_SALT, compress=True)


def _opened(value: str) -> Arrival:
    try:
        place: dict[str, Any] = signing.loads(value, salt=_SALT, max_age=_HOURS * 3600)
    except signing.BadSignature:
        raise Refused(refuse(Why.PLACE_UNDECIDED)) from None
    place["others"] = tuple((code, chance) for code, chance in place["others"])
    place["zones"] = tuple(place["zones"])
    if not place["code"]:
        raise Refused(refuse(Why.PLACE_UNDECIDED))
    return Arrival(**place)


def _prior(code: str) -> dict[str, float]:
    """Weigh the counties a place may lie in."""
    counties = counties_of(code) if len(code) < Level.COUNTY else (code[: Level.COUNTY],)
    return {county: 1 / len(counties) for county in counties}


def arrival_from(post: Mapping[str, str], journey: Journey) -> Arrival:
    """Build the arrival from the signed `place` and the optional `community` and `employer`.

    Raises Refused when no place is decided. What was typed makes the place deeper when it lies inside it; it
    never moves it elsewhere (see `contradiction`).
    """
    arrival = _opened(post.get(PLACE, ""))
    employer = typed(post, "employer") or journey.employer
    text = typed(post, "community")
    if not text:
        return replace(arrival, employer=employer)
    arrival = replace(arrival, employer=employer, text=f"{arrival.text} {text}".strip()[:_TEXT])
    found = read_address(text, _prior(arrival.code), _added(arrival.code)).decided
    if found and contains(arrival.code, found.code) and found.code != arrival.code:
        tier, reason = TIERS[level_of(found.code)], f"{arrival.reason}{found.reason}。"
        chance = min(arrival.probability, found.probability)
        return replace(arrival, code=found.code, tier=tier, probability=chance, reason=reason)
    return arrival


def contradiction(post: Mapping[str, str]) -> Location | None:
    """Ask which it is when the `community` typed names another county than the signed place lies in."""
    place = _opened(post.get(PLACE, ""))
    reading = read_address(typed(post, "community"), _prior(place.code))
    if not reading.claims or any(_agree(place.code, claim) for claim in reading.claims):
        return None
    other = reading.decided.code if reading.decided else reading.claims[0]
    here, there = name_in_full(place.code), name_in_full(other)
    sentence = f"您刚才确认的是{here}，写的地址像是在{there}，两者对不上。"
    options = (Option(place.code, here), Option(other, there))
    question = Question("请问您现在在下面哪个地方？", options)
    return Location("", "", None, 0.0, "E", (), sentence, question, place.generation, RULE_VERSION)


def _agree(code: str, claim: str) -> bool:
    if contains(claim, code) or contains(code, claim):
        return True
    county = Level.COUNTY
    return len(code) >= county <= len(claim) and same_ground(code[:county], claim[:county])
