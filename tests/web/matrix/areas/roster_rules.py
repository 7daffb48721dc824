"""How do the doors of the roster answer whom? Written from what they are for, not from the code."""

from tests.web.matrix.people import DUTIES, PEOPLE, STRANGER
from tests.web.matrix.relations import over, seats

# Whoever answers for a roster: secretaries and departments, for their organisation and all below.
DUTIES["enrol"] = {"secretary", "department"}
# The exports on the stage: one waits for a word on the village, one for the county.
INTAKES = {"village": "village", "county": "minqin"}

PAGES = {
    "roster/": {"GET": "duty:enrol"},
    # Without a file.
    "roster/take-in/": {"POST": "duty:enrol/refused"},
    "roster/<int:pk>/": {"GET": "intake:shown"},
    "roster/<int:pk>/rows/<str:kind>/": {"GET": "intake:shown"},
    "roster/<int:pk>/confirm-intake/": {"POST": "intake:done"},
    "roster/<int:pk>/go-on/": {"POST": "intake:shown"},
    "roster/<int:pk>/discard-intake/": {"POST": "intake:done"},
    "roster/<int:pk>/take-rejected/": {"POST": "intake:shown"},
    "roster/gone/": {"GET": "duty:enrol"},
    "roster/gone/<int:pk>/answer-gone/": {"POST": "intake:done"},
}
PAGES |= {
    "roster/duplicates/": {"GET": "duty:enrol"},
    "roster/duplicates/<int:pk>/merge-members/": {"POST": "twice:done"},
    "roster/duplicates/<int:pk>/dismiss-pair/": {"POST": "twice:done"},
    "roster/merges/<int:pk>/undo-merge/": {"POST": "twice:done"},
}
# Two rows of one person: both in the village, or one of them next door.
TWICE = {"village": ("village", "village"), "next": ("village", "next_village")}
THINGS = {
    "roster/duplicates/<int:pk>/": tuple(TWICE),
    "roster/merges/<int:pk>/": tuple(TWICE),
    "roster/gone/<int:pk>/": ("village",),
    "roster/<int:pk>/": tuple(INTAKES),
}


def intake(detail: str, person: str, thing: str) -> str:
    """Answer for an export: it exists for those who answer for the roster of its organisation."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    if not seats(person, "enrol") or not over(person, "enrol", INTAKES.get(thing, "village")):
        return "not_found"
    return detail


def twice(detail: str, person: str, thing: str) -> str:
    """Answer for two rows: they exist for those who answer for the rosters of both."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    # A link from another page says nothing of which pair it is about.
    if not seats(person, "enrol") or not all(over(person, "enrol", place) for place in TWICE.get(thing, ())):
        return "not_found"
    return detail


RULES = {"intake": intake, "twice": twice}
