"""Which cells does the matrix have: every door × person × thing it may be about × method?"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zlib import crc32

from django.urls import URLPattern, URLResolver, get_resolver

from tests.web.matrix import areas, oracle
from tests.web.matrix.doors import API, API_CASE, CASE, NOWHERE, PAGES, STEP_UP
from tests.web.matrix.people import CASES, DEAD_TOKENS, MOVES, OPENERS, PEOPLE, STRANGER, USUAL_CASES

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
READ_CASES = ("awaiting", "dispatching", "offered", "hosted", "relocating", "returning", "closed")
# An organisation as seen from most of the cast: own, above, below, beside, far away.
PLACES = ("village", "minqin_town", "tianshui_south", "tuanjie", "gansu")
# Whose duty at the village is over, was taken back, has not begun: he may be given it again.
AGAIN = ("village/ended", "village/revoked", "village/not_begun")
NEWS_OF = ("village", "tianshui_south")
LINK_KINDS = (
    "valid:awaiting", "valid:dispatching", "valid:hosted", "valid:closed",
    "forged:", "forged:salt", "expired:awaiting", "replaced:awaiting",
)  # fmt: skip
# What other doors may be asked about: somebody's duty, a member's request, a list taken out, a station.
THINGS = {
    "appointments/": ("window_clerk", "village_secretary"),
    "tokens/": ("window_clerk", "village_secretary"),
    "rights/<int:pk>/": ("village",),
    "exports/<int:pk>/": ("small", "large", "far", "former"),
    "break-glass/": ("hosted",),
    "organizations/stations/": ("tianshui_south",),
    "invited/": ("forged", "without_duty", "dismissed"),
    "account/factors/<int:pk>/": ("village_secretary",),
    "account/": ("",),
    "m/my-data/": ("awaiting",),
}
for _area in areas.PLAIN:
    THINGS |= getattr(_area, "THINGS", {})
LINK_PEOPLE = ("stranger", "himself", "other_member", "village_secretary", "observer")
# Enough to see that a method is refused whoever asks: nobody, somebody without and with the right, a member.
FEW = ("stranger", "himself", "observer", "village_secretary", "community_secretary")
# Where it matters that somebody is opened in an emergency.
OPENED_AT = frozenset(
    {CASE, f"{CASE}contact/", API_CASE, f"{API_CASE}/contact", "break-glass/", "break-glass/close/"}
)
TWO = ("stranger", "village_secretary")
# Doors whose answer depends on nobody, and costs much.
SAME_FOR_ALL = ("api/v1/openapi.json",)


@dataclass(frozen=True, order=True)
class Cell:
    """One question to the product: this person, at this door, with this method, about this thing."""

    door: str
    method: str
    person: str
    thing: str = ""
    # The last proof of who sits there is too old for what matters.
    stale: bool = False

    @property
    def is_call(self) -> bool:
        """Tell whether this is a call of the API."""
        return self.door.startswith("api/")

    def expected(self) -> str:
        """Ask the oracle."""
        if self.door in NOWHERE:
            return "not_found"
        rules = (API if self.is_call else PAGES)[self.door]
        # A page answers HEAD as it answers GET; the API describes its operations one by one.
        asked = "GET" if self.method == "HEAD" and not self.is_call else self.method
        if asked not in rules:
            return "not_allowed"
        if self.is_call:
            return oracle.call(rules[asked], self.person, self.thing)
        step_up = self.door in STEP_UP
        return oracle.page(rules[asked], self.person, self.thing, stale=self.stale, step_up=step_up)

    def __str__(self) -> str:
        about = f" [{self.thing}]" if self.thing else ""
        stale = " (proved long ago)" if self.stale else ""
        return f"{self.method} /{self.door}{about} by {self.person}{stale}"


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Walk the resolver: every address of the product, as its patterns spell it."""
    for entry in (resolver or get_resolver()).url_patterns:
        place = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield place
        else:
            yield from addresses(entry, place)


def listed() -> set[str]:
    """Return every address the oracle answers for."""
    return {*PAGES, *API, *NOWHERE}


def _things(door: str, method: str) -> tuple[str, ...]:
    """List what a door may be asked about."""
    if door.startswith((CASE, API_CASE)):
        verb = door.rsplit("/", 2)[-2 if door.endswith("/") else -1].replace("-", "_")
        verb = "send_back" if verb == "return" else verb
        if verb not in MOVES:
            return READ_CASES
        fitting = tuple(case for case in CASES if case in MOVES[verb][0] and case not in USUAL_CASES)
        if method == "POST":
            return tuple(dict.fromkeys((*USUAL_CASES, *fitting[:1])))
        # All pages of moves are drawn by one function: the fitting case and another one.
        return tuple(dict.fromkeys((*MOVES[verb][0][:1], "dispatching")))
    if door.startswith("r/"):
        return LINK_KINDS
    if door == "organizations/<int:pk>/appoint/" and method == "POST":
        return (*PLACES, *AGAIN)
    for start, things in THINGS.items():
        if door.startswith(start):
            return things
    if door == "desk/read/":
        return NEWS_OF
    if door in ("m/", "m/read/"):
        return ("awaiting",)
    if door.startswith("mark/") or door == "api/v1/journeys":
        return ("village",)
    if "<int:pk>" in door or "<reference>" in door or door == "journeys/":
        return PLACES
    return ("",)


def _people(door: str) -> tuple[str, ...]:
    if door.startswith("r/"):
        return LINK_PEOPLE
    if door.startswith("invited/"):
        return TWO
    if set(PAGES.get(door, {"": ""}).values()) <= {"shown", "refused", "sign_in", "not_found"}:
        # Open to everybody alike.
        return FEW
    people = tuple(person for person in PEOPLE if person not in OPENERS or door in OPENED_AT)
    return (*people, *DEAD_TOKENS) if door.startswith("api/") else people


def _has_nothing(person: str) -> bool:
    """Tell whether somebody's answers are the same for every case: two of them say it all."""
    return isinstance(PEOPLE.get(person, STRANGER), str) or not oracle.seats(person, "see")


def cells_of(door: str) -> Iterator[Cell]:
    """List the cells of one door."""
    rules = {**PAGES, **API}.get(door, {})
    for method in METHODS:
        asked = method in rules
        things = _things(door, method)
        people = _people(door) if asked else FEW if method in ("GET", "HEAD", "POST") else TWO
        people = TWO if door in SAME_FOR_ALL else people
        for person in people:
            if rules.get(method) == "official" and method != "POST":
                # The tree of organisations is open to every official alike.
                things = things[:1]
            about = things if asked and not _has_nothing(person) else things[:2] if asked else things[:1]
            if door.startswith(("r/", "invited/")) and asked:
                about = things
            for thing in about:
                yield Cell(door, method, person, thing)
            if asked and door in STEP_UP:
                yield Cell(door, method, person, things[0], stale=True)


def area_of(door: str) -> str:
    """Sort doors into areas that are walked apart."""
    for module in areas.PLAIN:
        if door in getattr(module, "PAGES", {}) or door in getattr(module, "API", {}):
            return areas.name_of(module)
    if door.startswith(API_CASE):
        return "calls about cases"
    if door.startswith("api/"):
        return "other calls"
    if door.startswith(CASE):
        first = door.removeprefix(CASE)[:1]
        return "moves a to d" if first and first <= "d" else "other moves"
    if door.startswith(("r/", "m/", "account/", "sign-in/")):
        return "pages of members and accounts"
    return "other pages"


AREAS = (
    "calls about cases",
    "other calls",
    "moves a to d",
    "other moves",
    "pages of members and accounts",
    "other pages",
    *(areas.name_of(module) for module in areas.PLAIN),
)


def cells_in(area: str) -> list[Cell]:
    """List the cells of an area."""
    return [cell for door in sorted(listed()) if area_of(door) == area for cell in cells_of(door)]


def mixed(cells: Iterable[Cell]) -> list[Cell]:
    """Put cells into an order that looks random and is always the same."""
    return sorted(cells, key=lambda cell: crc32(repr(cell).encode()))
