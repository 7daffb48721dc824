"""Who may read and change how long each step takes? Only the department at the top of the platform."""

from tests.web.matrix.people import HOLDER, MEMBER, PEOPLE, STRANGER
from tests.web.matrix.relations import seats

SETTLE = "rules/settle/"
PAGES = {
    "rules/": {"GET": "rules:shown"},
    SETTLE: {"GET": "rules:shown", "POST": "rules:done"},
}
# The nation is a name above the provinces, nobody works for it here.
TOPMOST = "gansu"


def _rules(detail: str, person: str, thing: str) -> str:
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    if PEOPLE[person] in (MEMBER, HOLDER):
        return "not_found"
    return detail if TOPMOST in seats(person, "settle") else "not_found"


RULES = {"rules": _rules}
