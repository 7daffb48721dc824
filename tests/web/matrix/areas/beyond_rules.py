"""Who may read, print and answer what goes beyond the platform?"""

from tests.web.matrix.people import CASES, OPENED, PEOPLE, STRANGER
from tests.web.matrix.relations import over, sees

# The letter on the stage was written by the community whose desk the case "offered" lies on.
WRITERS = {"offered": "tianshui_south"}
THINGS = {"letters/<int:pk>/": ("offered",)}
PAGES = {
    "journeys/<int:pk>/note-abroad/": {"POST": "abroad:"},
    "letters/": {"GET": "duty:dispatch"},
    "letters/<int:pk>/": {"GET": "letter:shown"},
    "letters/<int:pk>/reprint/": {"POST": "letter:done"},
    # Whoever holds the paper; a code that opens nothing is refused, to everybody alike.
    "receipt/": {"GET": "shown", "POST": "refused"},
}


def letter(detail: str, person: str, thing: str) -> str:
    """Answer for one letter: it exists for those who dispatch where it was written, and above."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    return detail if over(person, "dispatch", WRITERS[thing]) else "not_found"


def abroad(detail: str, person: str, thing: str) -> str:
    """Answer for registering that a member is abroad: home and above, while he is away."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    if isinstance(PEOPLE[person], str) or not sees(person, thing):
        return "not_found"
    away = thing not in ("returning", "closed")
    kept = OPENED.get(person) != thing and over(person, "care", CASES[thing]["home"])
    return "done" if away and kept else "refused"


RULES = {"letter": letter, "abroad": abroad}
