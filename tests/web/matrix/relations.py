"""How does somebody stand to an organisation, to a case, to a move? What every rule of the oracle is made of.

Plain data like the oracle: written from the domain and never from the code.
"""

from tests.web.matrix.people import (
    ABOVE,
    CASES,
    DUTIES,
    HOLDER,
    MEMBER,
    MOVES,
    OPENED,
    PEOPLE,
    REACHABLE,
    RESTRICTED,
)


def covers(above: str, below: str) -> bool:
    """Tell whether an organisation is another or stands above it."""
    while below and below != above:
        below = ABOVE[below]
    return bool(below)


def seats(person: str, duty: str) -> list[str]:
    """List the organisations at which a person's duty lets him do this."""
    held = PEOPLE[person]
    return [] if isinstance(held, str) else [place for role, place in held if role in DUTIES[duty]]


def over(person: str, duty: str, organization: str) -> bool:
    """Tell whether somebody may do this at an organisation or above it."""
    return bool(organization) and any(covers(seat, organization) for seat in seats(person, duty))


def at(person: str, duty: str, organization: str) -> bool:
    """Tell whether somebody may do this for exactly this organisation."""
    return bool(organization) and organization in seats(person, duty)


def sees(person: str, case: str) -> bool:
    """Tell whether a case exists for somebody: for both places, the desk it lies on, and the levels above them.

    After the end the host keeps figures only (privacy 8), home keeps its view (T9).
    """
    stands = CASES[case]
    places = ("home",) if "closed" in stands else ("home", "desk", "host")
    return OPENED.get(person) == case or any(over(person, "see", stands.get(place, "")) for place in places)


def knows(person: str, case: str) -> bool:
    """Tell whether somebody may read who it is: home, the host until the end, and the member himself (T8, T9)."""
    stands = CASES[case]
    if person in ("himself", "link_holder") or OPENED.get(person) == case:
        return True
    places = ("home",) if "closed" in stands else ("home", "host")
    return any(over(person, "see", stands.get(place, "")) for place in places)


def calls(person: str, case: str) -> bool:
    """Tell whether somebody may read the phone number of whom a case is about."""
    stands = CASES[case]
    if case == RESTRICTED and PEOPLE[person] not in (MEMBER, HOLDER):
        return any(at(person, "see", stands.get(place, "")) for place in ("home", "host"))
    return knows(person, case) or (case == REACHABLE and at(person, "see", stands["desk"]))


def may(verb: str, person: str, case: str) -> bool:
    """Tell whether a move of a case is somebody's to make now."""
    sources, parties, duty = MOVES[verb]
    stands = CASES[case]
    if case not in sources or OPENED.get(person) == case:
        # Whom one has opened in an emergency one reads about, and does nothing.
        return False
    ways = {
        "home": over(person, duty, stands["home"]),
        "desk": at(person, duty, stands["desk"]),
        "host": at(person, duty, stands.get("host", "")),
        "parent": over(person, duty, ABOVE[stands["desk"]]),
        "window": bool(seats(person, duty)),
    }
    return any(ways[party] for party in parties)
