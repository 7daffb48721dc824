"""Who may ask and answer about people who were found: plain data, written from the domain."""

from tests.web.matrix.people import PEOPLE, STRANGER
from tests.web.matrix.relations import over

PAGES = {
    "found/": {"GET": "official"},
    "found/register/": {"GET": "duty:assist", "POST": "duty:assist/done"},
    "found/<int:pk>/": {"GET": "asked:shown"},
    "found/<int:pk>/confirm/": {"POST": "asked:done"},
    "found/<int:pk>/deny/": {"POST": "asked:done"},
    "found/<int:pk>/answer/": {"POST": "asked:done"},
}
# A member of the village whom nobody had marked, met by a community.
THINGS = {"found/<int:pk>/": ("unmarked",)}


def _asked(detail: str, person: str, thing: str) -> str:
    """Answer for somebody found: he exists for his home and the levels above it, for nobody where he was met."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    return detail if over(person, "mark", "village") else "not_found"


RULES = {"asked": _asked}
