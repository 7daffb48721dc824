"""Who may read, print and answer what goes beyond the platform?"""

from tests.web.matrix.people import PEOPLE, STRANGER
from tests.web.matrix.relations import over

# The letter on the stage was written by the community whose desk the case "offered" lies on.
WRITERS = {"offered": "tianshui_south"}
THINGS = {"letters/<int:pk>/": ("offered",)}
PAGES = {
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


RULES = {"letter": letter}
