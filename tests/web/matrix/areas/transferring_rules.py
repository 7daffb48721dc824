"""Who finds the question whether a membership should follow its member: plain data, written from the domain."""

from tests.web.matrix.people import OPENED, PEOPLE, STRANGER
from tests.web.matrix.relations import knows, sees

DOOR = "journeys/<int:pk>/transfer/"
PAGES = {DOOR: {"GET": "transfer:shown", "POST": "transfer:refused"}}


def _transfer(detail: str, person: str, case: str) -> str:
    """Answer for the question: home and the host find it; nobody on the stage has been hosted for so long."""
    if PEOPLE[person] == STRANGER:
        return "sign_in"
    if PEOPLE[person] in ("member", "holder"):
        return "not_found"
    found = sees(person, case) and (knows(person, case) or OPENED.get(person) == case)
    return detail if found else "not_found"


RULES = {"transfer": _transfer}
