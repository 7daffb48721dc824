"""Who may read and change how long each step takes, and how one is reminded? Only the department at the top of the platform."""

from tests.web.matrix.people import HOLDER, MEMBER, PEOPLE, STRANGER
from tests.web.matrix.relations import seats

SETTLE = "rules/settle/"
LADDER = "rules/change-ladder/"
PAGES = {
    "rules/": {"GET": "rules:shown"},
    SETTLE: {"GET": "rules:shown", "POST": "rules:done"},
    LADDER: {"GET": "rules:shown", "POST": "rules:done"},
}
STEP_UP = frozenset({LADDER})
# The nation is a name above the provinces, nobody works for it here.
TOPMOST = "gansu"


def _rules(detail: str, person: str, thing: str) -> str:
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    if PEOPLE[person] in (MEMBER, HOLDER):
        return "not_found"
    held = seats(person, "settle")
    if TOPMOST in held:
        return detail
    return "beyond" if held else "not_found"


RULES = {"rules": _rules}
