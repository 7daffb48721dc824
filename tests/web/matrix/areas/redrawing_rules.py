"""Who may see, decide and put in force a generation of boundaries? Only the department at the top."""

from tests.web.matrix.people import HOLDER, MEMBER, PEOPLE, STRANGER
from tests.web.matrix.relations import seats

LOOK = "boundaries/<int:pk>/"
STANDING, CHOOSE, GO, BACK = (
    f"{LOOK}{step}/" for step in ("standing", "choose-successor", "go-live", "roll-back")
)
PAGES = {
    "boundaries/": {"GET": "boundaries:shown"},
    LOOK: {"GET": "boundaries:shown"},
    STANDING: {"GET": "boundaries:shown"},
    CHOOSE: {"POST": "boundaries:done"},
    GO: {"GET": "boundaries:shown", "POST": "boundaries:done"},
    # What waits to go live has nothing to be taken back.
    BACK: {"GET": "boundaries:shown", "POST": "boundaries:refused"},
}
STEP_UP = {GO, BACK}
LOADED = "loaded"
THINGS = {LOOK: (LOADED,)}
TOPMOST = "gansu"


def _boundaries(detail: str, person: str, thing: str) -> str:
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    if PEOPLE[person] in (MEMBER, HOLDER):
        return "not_found"
    return detail if TOPMOST in seats(person, "settle") else "not_found"


RULES = {"boundaries": _boundaries}
