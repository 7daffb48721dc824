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
    # Nothing of the cast stands where it changes anything: nothing is decided, nothing but the ground moves,
    # and of the ground no digest is taken.
    CHOOSE: {"POST": "boundaries:shown"},
    GO: {"GET": "boundaries:shown", "POST": "boundaries:shown"},
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
    held = seats(person, "settle")
    if TOPMOST in held:
        return detail
    return "beyond" if held else "not_found"


RULES = {"boundaries": _boundaries}
