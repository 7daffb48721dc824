"""Who may open which page about caretakers, and change what is there?"""

from tests.web.matrix.people import PEOPLE, STRANGER
from tests.web.matrix.relations import at, over

PAGES = {
    "organizations/<int:pk>/change/": {"GET": "change:shown", "POST": "change:done"},
    "organizations/<int:pk>/caretakers/": {"GET": "reach:"},
    "organizations/<int:pk>/assign-caretakers/": {"POST": "assign:"},
    "organizations/<int:pk>/share-out/": {"POST": "reach:done"},
    "appointments/<int:pk>/capacity/": {"GET": "appointment:shown", "POST": "appointment:done"},
    "appointments/<int:pk>/away/": {"GET": "appointment:shown", "POST": "appointment:done"},
    "absences/<int:pk>/end/": {"POST": "appointment:done"},
}
THINGS = {"absences/": ("window_clerk",)}
# Where a member waits for a caretaker.
WAITING = "tianshui_south"


def _assign(detail: str, person: str, thing: str) -> str:
    """Answer for giving members to caretakers: whoever accepts at the organisation itself does it."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    if not over(person, "appoint", thing):
        return "not_found"
    if not at(person, "accept", thing):
        return "refused"
    return "done" if thing == WAITING else "shown"


STEP_UP = frozenset({"organizations/<int:pk>/change/"})
RULES = {"assign": _assign}
